/* cursor.c - walking the samples of a decoded profile, one at a time, in place. */
#include "pprof/cursor.h"

#include "base/alloc.h"
#include "pprof/ids.h"
#include "pprof/proto.h"

static enum err
bad(const struct pprof_cursor *c, struct err_msg *why, const char *text)
{
	return err_set(why, ERR_FORMAT, c->what,
	    "fetch it again; a damaged profile is never half used", "malformed profile: %s", text);
}

static enum err
no_memory(const struct pprof_cursor *c, struct err_msg *why)
{
	return err_set(why, ERR_MEMORY, c->what, "free some memory, or use a smaller profile",
	    "no memory for one sample of the profile");
}

enum err
pprof_cursor_init(struct pprof_cursor *c, const struct pprof_profile *p, const char *what,
    bool labels, struct err_msg *why)
{
	*c = (struct pprof_cursor){ .p = p, .what = what, .at = p->sample_from,
	    .check = true, .labels = labels };
	c->value = mem_try((p->type_count + 1) * sizeof(*c->value));
	return c->value == NULL ? no_memory(c, why) : ERR_OK;
}

void
pprof_cursor_fini(struct pprof_cursor *c)
{
	mem_free(c->loc);
	mem_free(c->value);
	mem_free(c->label);
	*c = (struct pprof_cursor){ 0 };
}

void
pprof_cursor_rewind(struct pprof_cursor *c)
{
	c->at = c->p->sample_from;
	c->check = false;
}

/* Room for `more` further locations: 4 bytes for each byte of the message at most. */
static bool
loc_room(struct pprof_cursor *c, size_t more)
{
	size_t cap = c->loc_cap * 2;
	uint32_t *p;

	if (c->loc != NULL && c->loc_cap - c->loc_count >= more)
		return true;
	if (cap < c->loc_count + more)
		cap = c->loc_count + more + 64;
	p = mem_try_resize(c->loc, cap * sizeof(*p));
	if (p == NULL)
		return false;
	c->loc = p;
	c->loc_cap = cap;
	return true;
}

/* The innermost loop of all: room was made, locals keep it tight. */
static enum err
packed_locations(
    struct pprof_cursor *c, const unsigned char *p, const unsigned char *end, struct err_msg *why)
{
	const struct pprof_ids *ids = &c->p->location_ids;
	const uint64_t count = ids->dense ? ids->count : 0;
	uint32_t *out = c->loc + c->loc_count;

	while (p < end) {
		uint64_t id;

		p = proto_varint(p, end, &id);
		if (p == NULL)
			return bad(c, why, "a broken number");
		*out = (uint32_t)(id - 1);
		if (id - 1 >= count && !ids_get(ids, id, out))
			return bad(c, why, "a sample names a location that is not there");
		out++;
	}
	c->loc_count = (size_t)(out - c->loc);
	return ERR_OK;
}

static enum err
take_locations(struct pprof_cursor *c, const struct proto_field *f, struct err_msg *why)
{
	const struct pprof_ids *ids = &c->p->location_ids;
	const unsigned char *p = f->p;
	uint64_t id = f->value;

	if (f->type != PROTO_LEN && f->type != PROTO_VARINT)
		return bad(c, why, "a location id of the wrong wire type");
	if (!loc_room(c, f->type == PROTO_LEN ? f->n : 1))
		return no_memory(c, why);
	if (f->type == PROTO_VARINT) {
		if (!ids_get(ids, id, &c->loc[c->loc_count++]))
			return bad(c, why, "a sample names a location that is not there");
		return ERR_OK;
	}
	return packed_locations(c, p, p + f->n, why);
}

static enum err
take_values(struct pprof_cursor *c, const struct proto_field *f, struct err_msg *why)
{
	const unsigned char *p = f->p, *end = f->type == PROTO_LEN ? p + f->n : p;
	uint64_t v = f->value;

	if (f->type != PROTO_LEN && f->type != PROTO_VARINT)
		return bad(c, why, "a value of the wrong wire type");
	if (f->type == PROTO_VARINT && c->value_count < c->p->type_count) {
		c->value[c->value_count++] = (int64_t)v;
		return ERR_OK;
	}
	while (p < end && c->value_count < c->p->type_count) {
		p = proto_varint(p, end, &v);
		if (p == NULL)
			return bad(c, why, "a broken number");
		c->value[c->value_count++] = (int64_t)v;
	}
	if (p < end || f->type == PROTO_VARINT)
		return bad(c, why, "a sample has more values than there are types");
	return ERR_OK;
}

/* Range checks as in pprof's postDecode: the unit of a string label is not looked at. */
static bool
label_ok(const struct pprof_profile *p, const uint64_t v[5])
{
	if (v[1] >= p->string_count)
		return false;
	if (v[2] != 0)
		return v[2] < p->string_count;
	return v[4] < p->string_count;
}

static bool
label_keep(struct pprof_cursor *c, const uint64_t v[5])
{
	if (c->label_count == c->label_cap) {
		size_t cap = c->label_cap * 2 + 8;
		struct pprof_label *more = mem_try_resize(c->label, cap * sizeof(*more));

		if (more == NULL)
			return false;
		c->label = more;
		c->label_cap = cap;
	}
	c->label[c->label_count++] = (struct pprof_label){ .key = (uint32_t)v[1],
		.str = (uint32_t)v[2],
		.unit = v[2] != 0 ? 0 : (uint32_t)v[4],
		.num = (int64_t)v[3] };
	return true;
}

static bool
is_base(const struct pprof_profile *p, const uint64_t v[5])
{
	return v[2] != 0 && p->has_base_string &&
	    slice_is(pprof_string(p, (uint32_t)v[1]), "pprof::base") &&
	    slice_is(pprof_string(p, (uint32_t)v[2]), "true");
}

/* key, str, num and unit of a label into v[1] to v[4]. */
static bool
label_fields(const struct proto_field *f, uint64_t v[5])
{
	const unsigned char *p = f->p, *end = f->p + f->n;
	struct proto_field g = { 0 };

	while (p < end) {
		p = proto_field(p, end, &g);
		if (p == NULL)
			return false;
		if (g.number < 1 || g.number > 4)
			continue;
		if (g.type != PROTO_VARINT)
			return false;
		v[g.number] = g.value;
	}
	return true;
}

static enum err
take_label(struct pprof_cursor *c, const struct proto_field *f, struct err_msg *why)
{
	uint64_t v[5] = { 0 };

	if (f->type != PROTO_LEN || !label_fields(f, v))
		return bad(c, why, "a broken label");
	if (!label_ok(c->p, v))
		return bad(c, why, "a string index is out of range");
	c->base = c->base || is_base(c->p, v);
	/* A label with neither text nor number nor unit is dropped, as pprof does. */
	if (c->labels && (v[2] | v[3] | v[4]) != 0 && !label_keep(c, v))
		return no_memory(c, why);
	return ERR_OK;
}

static enum err
take_sample(
    struct pprof_cursor *c, const unsigned char *p, const unsigned char *end, struct err_msg *why)
{
	bool labels = c->check || c->labels || c->p->has_base_string;
	struct proto_field f = { 0 };
	enum err e = ERR_OK;

	c->loc_count = c->value_count = 0;
	c->label_count = 0;
	c->base = false;
	while (p < end && e == ERR_OK) {
		p = proto_field(p, end, &f);
		if (p == NULL)
			return bad(c, why, "a broken or cut off sample");
		if (f.number == 1)
			e = take_locations(c, &f, why);
		else if (f.number == 2)
			e = take_values(c, &f, why);
		else if (f.number == 3 && labels)
			e = take_label(c, &f, why);
	}
	if (e == ERR_OK && c->value_count != c->p->type_count)
		return bad(c, why, "a sample has fewer values than there are types");
	return e;
}

static enum err
hand_out(struct pprof_cursor *c, const struct proto_field *f, size_t offset, struct pprof_sample *s,
    struct err_msg *why)
{
	enum err e = take_sample(c, f->p, f->p + f->n, why);

	*s = (struct pprof_sample){ .loc = c->loc, .loc_count = c->loc_count, .value = c->value,
	    .label = c->label, .label_count = c->label_count, .base = c->base, .offset = offset };
	return e;
}

enum err
pprof_cursor_next(struct pprof_cursor *c, struct pprof_sample *s, struct err_msg *why)
{
	const unsigned char *raw = c->p->raw, *end = raw + c->p->sample_to, *next;
	struct proto_field f = { 0 };

	while (c->at < c->p->sample_to) {
		size_t offset = c->at;

		next = proto_field(raw + c->at, end, &f);
		if (next == NULL)
			return bad(c, why, "a broken or cut off field");
		c->at = (size_t)(next - raw);
		if (f.number == 2)
			return hand_out(c, &f, offset, s, why);
	}
	return ERR_NOTHING;
}

enum err
pprof_cursor_at(struct pprof_cursor *c, size_t offset, struct pprof_sample *s, struct err_msg *why)
{
	struct proto_field f = { 0 };

	if (offset >= c->p->sample_to ||
	    proto_field(c->p->raw + offset, c->p->raw + c->p->sample_to, &f) == NULL ||
	    f.number != 2)
		return bad(c, why, "no sample here");
	return hand_out(c, &f, offset, s, why);
}
