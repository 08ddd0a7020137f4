/* profile_decode.c - the message of a profile: types, mappings, locations, functions, strings,
 * header. */
#include "pprof/profile_decode.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/ids.h"
#include "pprof/proto.h"

static const char ADVICE[] = "fetch it again; a damaged profile is never half used";

/* What one pass over the message carries along. */
struct decoding {
	struct pprof_profile *p;
	const char *what;
	struct err_msg *why;
	uint64_t count[16];             /* how often each top-level field occurs */
	uint64_t default_type, drop, keep;
	uint64_t period_type, period_unit;
	uint64_t *comment;              /* string indexes */
	uint64_t *type;                 /* pairs of string indexes */
};

static enum err
bad(struct decoding *d, const char *why)
{
	return err_set(d->why, ERR_FORMAT, d->what, ADVICE, "malformed profile: %s", why);
}

static enum err
no_memory(struct decoding *d)
{
	return err_set(d->why, ERR_MEMORY, d->what, "free some memory, or use a smaller profile",
	    "no memory for the tables of the profile");
}

static bool
table(void **out, uint64_t count, size_t size)
{
	if (count > UINT32_MAX || count * size > SIZE_MAX / 2)
		return false;
	*out = mem_try(count == 0 ? size : (size_t)count * size);
	return *out != NULL;
}

/* Walks a message; each field goes to fn. Stops at the first error. */
typedef enum err (*field_fn)(struct decoding *d, const struct proto_field *f, void *arg);

static enum err
walk(struct decoding *d, const unsigned char *p, size_t n, field_fn fn, void *arg)
{
	const unsigned char *end = p + n;
	struct proto_field f = { 0 };
	enum err e;

	while (p < end) {
		p = proto_field(p, end, &f);
		if (p == NULL)
			return bad(d, "a broken or cut off field");
		e = fn(d, &f, arg);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

/* A scalar field: out[number] takes the value; all fields below `limit` must be varints. */
struct scalars {
	uint64_t *out;
	uint64_t  limit;
};

static enum err
scalar(struct decoding *d, const struct proto_field *f, void *arg)
{
	struct scalars *s = arg;

	if (f->number == 0 || f->number >= s->limit)
		return ERR_OK;
	if (f->type != PROTO_VARINT)
		return bad(d, "a field of the wrong wire type");
	s->out[f->number] = f->value;
	return ERR_OK;
}

static enum err
scalars(struct decoding *d, const struct proto_field *f, uint64_t *out, uint64_t limit)
{
	struct scalars s = { out, limit };

	memset(out, 0, sizeof(*out) * (size_t)limit);
	return walk(d, f->p, f->n, scalar, &s);
}

/* A string index becomes 32 bits wide; whether it is in range is checked when all strings are
 * known. */
static uint32_t
narrow(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static enum err
id_put(struct decoding *d, struct pprof_ids *ids, uint64_t id)
{
	switch (ids_put(ids, id)) {
	case IDS_OK:
		return ERR_OK;
	case IDS_ZERO:
		return bad(d, "an id is 0, which is reserved");
	case IDS_TWICE:
		return bad(d, "an id is used twice");
	default:
		return no_memory(d);
	}
}

static enum err
take_type(struct decoding *d, const struct proto_field *f)
{
	uint64_t v[3];
	enum err e = scalars(d, f, v, 3);

	d->type[2 * d->p->type_count] = v[1];
	d->type[2 * d->p->type_count + 1] = v[2];
	d->p->type_count++;
	return e;
}

static enum err
take_period_type(struct decoding *d, const struct proto_field *f)
{
	uint64_t v[3];
	enum err e = scalars(d, f, v, 3);

	d->period_type = v[1];
	d->period_unit = v[2];
	return e;
}

static enum err
take_mapping(struct decoding *d, const struct proto_field *f)
{
	struct pprof_mapping *m = &d->p->mapping[d->p->mapping_count++];
	uint64_t v[11];
	enum err e = scalars(d, f, v, 11);

	*m = (struct pprof_mapping){ .start = v[2], .limit = v[3], .offset = v[4],
	    .file = narrow(v[5]), .build_id = narrow(v[6]),
	    .bits = (v[7] != 0) | (uint32_t)(v[8] != 0) << 1 | (uint32_t)(v[9] != 0) << 2
	        | (uint32_t)(v[10] != 0) << 3 };
	return e != ERR_OK ? e : id_put(d, &d->p->mapping_ids, v[1]);
}

static enum err
take_function(struct decoding *d, const struct proto_field *f)
{
	struct pprof_function *fn = &d->p->function[d->p->function_count++];
	uint64_t v[6];
	enum err e = scalars(d, f, v, 6);

	*fn = (struct pprof_function){ .name = narrow(v[2]), .system_name = narrow(v[3]),
	    .file = narrow(v[4]), .start_line = (int64_t)v[5] };
	return e != ERR_OK ? e : id_put(d, &d->p->function_ids, v[1]);
}

static enum err
add_line(struct decoding *d, uint64_t function, int64_t line)
{
	struct pprof_profile *p = d->p;

	if (p->line_count == p->line_cap) {
		size_t cap = (size_t)p->line_cap + p->line_cap / 2 + 16;
		struct pprof_line *more;

		if (cap > UINT32_MAX / 2 || p->line_count > INT32_MAX - 1)
			return no_memory(d);
		more = mem_try_resize(p->line, cap * sizeof(*more));
		if (more == NULL)
			return no_memory(d);
		p->line = more;
		p->line_cap = (uint32_t)cap;
	}
	p->line[p->line_count++] = (struct pprof_line){ function, line };
	return ERR_OK;
}

struct location_scan {
	struct pprof_location *l;
	uint64_t id;
};

static enum err
location_field(struct decoding *d, const struct proto_field *f, void *arg)
{
	struct location_scan *s = arg;
	uint64_t v[3];
	enum err e;

	if (f->number == 0 || f->number > 5)
		return ERR_OK;
	if (f->type != (f->number == 4 ? PROTO_LEN : PROTO_VARINT))
		return bad(d, "a location field of the wrong wire type");
	switch (f->number) {
	case 1:
		s->id = f->value;
		break;
	case 2:
		s->l->mapping = f->value;       /* an id until resolve() */
		break;
	case 3:
		s->l->address = f->value;
		break;
	case 4:
		e = scalars(d, f, v, 3);
		if (e == ERR_OK && v[1] == 0)
			e = bad(d, "a line without a function");
		return e != ERR_OK ? e : add_line(d, v[1], (int64_t)v[2]);
	default:
		s->l->folded = f->value != 0;
		break;
	}
	return ERR_OK;
}

static enum err
take_location(struct decoding *d, const struct proto_field *f)
{
	struct pprof_profile *p = d->p;
	struct location_scan s = { .l = &p->location[p->location_count++] };
	enum err e;

	*s.l = (struct pprof_location){ .first_line = p->line_count };
	e = walk(d, f->p, f->n, location_field, &s);
	if (e == ERR_OK && p->line_count == s.l->first_line)
		e = add_line(d, PPROF_NONE, 0);
	if (e != ERR_OK)
		return e;
	s.l->line_count = (p->line_count - s.l->first_line) & 0x7fffffff;
	return id_put(d, &p->location_ids, s.id);
}

static enum err
take_string(struct decoding *d, const struct proto_field *f)
{
	static const char base[] = "pprof::base";
	struct pprof_profile *p = d->p;
	const unsigned char *head = f->p - 1;

	if (p->string_count == 0 && f->n != 0)
		return bad(d, "the first string is not empty");
	/* Kept as the offset of the length: the varint before the bytes, itself behind the tag's
	 * last byte. */
	while (head[-1] >= 0x80)
		head--;
	p->string[p->string_count++] = (uint32_t)(head - p->raw);
	if (f->n == sizeof(base) - 1 && memcmp(f->p, base, f->n) == 0)
		p->has_base_string = true;
	return ERR_OK;
}

static enum err
take_comment(struct decoding *d, const struct proto_field *f)
{
	const unsigned char *p = f->p, *end = f->type == PROTO_LEN ? p + f->n : p;
	uint64_t v = f->value;

	if (f->type != PROTO_LEN && f->type != PROTO_VARINT)
		return bad(d, "a comment of the wrong wire type");
	do {
		if (f->type == PROTO_LEN && p == end)
			break;
		if (f->type == PROTO_LEN && (p = proto_varint(p, end, &v)) == NULL)
			return bad(d, "a broken number");
		if (d->p->comment_count == d->p->comment_cap) {
			uint32_t cap = d->p->comment_cap * 2 + 8;
			uint64_t *more = mem_try_resize(d->comment, cap * sizeof(*more));

			if (more == NULL)
				return no_memory(d);
			d->comment = more;
			d->p->comment_cap = cap;
		}
		d->comment[d->p->comment_count++] = v;
	} while (p < end);
	return ERR_OK;
}

static enum err
take_time(struct decoding *d, const struct proto_field *f)
{
	if (d->p->time_nanos != 0)
		return bad(d, "two profiles concatenated in one file");
	d->p->time_nanos = (int64_t)f->value;
	return ERR_OK;
}

/* The scalar fields of the header. */
static enum err
take_number(struct decoding *d, const struct proto_field *f)
{
	switch (f->number) {
	case 7:
		d->drop = f->value;
		break;
	case 8:
		d->keep = f->value;
		break;
	case 10:
		d->p->duration_nanos = (int64_t)f->value;
		break;
	case 12:
		d->p->period = (int64_t)f->value;
		break;
	default:
		d->default_type = f->value;
		break;
	}
	return ERR_OK;
}

static enum err
take_sample(struct decoding *d, const struct proto_field *f)
{
	(void)f;
	d->p->sample_count++;
	return ERR_OK;
}

/* One row per top-level field: the wire type it must have (any for -1) and who takes it. */
static const struct top_field {
	int type;
	enum err (*take)(struct decoding *d, const struct proto_field *f);
} top_fields[16] = {
	[1]  = { PROTO_LEN, take_type },
	[2]  = { PROTO_LEN, take_sample },
	[3]  = { PROTO_LEN, take_mapping },
	[4]  = { PROTO_LEN, take_location },
	[5]  = { PROTO_LEN, take_function },
	[6]  = { PROTO_LEN, take_string },
	[7]  = { PROTO_VARINT, take_number },
	[8]  = { PROTO_VARINT, take_number },
	[9]  = { PROTO_VARINT, take_time },
	[10] = { PROTO_VARINT, take_number },
	[11] = { PROTO_LEN, take_period_type },
	[12] = { PROTO_VARINT, take_number },
	[13] = { -1, take_comment },
	[14] = { PROTO_VARINT, take_number },
};

/* First pass: framing, wire types, how many of each, where the samples lie. */
static enum err
count_fields(struct decoding *d)
{
	struct pprof_profile *p = d->p;
	const unsigned char *at = p->raw, *end = p->raw + p->raw_n, *next;
	struct proto_field f = { 0 };

	for (; at < end; at = next) {
		next = proto_field(at, end, &f);
		if (next == NULL)
			return bad(
			    d, "a broken or cut off field; perhaps this is no profile at all");
		if (f.number >= 16 || top_fields[f.number].take == NULL)
			continue;
		if (top_fields[f.number].type >= 0 && (int)f.type != top_fields[f.number].type)
			return bad(
			    d, "a field of the wrong wire type; perhaps this is no profile at all");
		if (f.number == 2) {
			if (d->count[2] == 0)
				p->sample_from = (size_t)(at - p->raw);
			p->sample_to = (size_t)(next - p->raw);
		}
		d->count[f.number]++;
	}
	return ERR_OK;
}

static enum err
make_tables(struct decoding *d)
{
	struct pprof_profile *p = d->p;
	bool ok = table((void **)&d->type, d->count[1], 2 * sizeof(*d->type))
	    && table((void **)&p->type, d->count[1], sizeof(*p->type))
	    && table((void **)&p->mapping, d->count[3], sizeof(*p->mapping))
	    && table((void **)&p->location, d->count[4], sizeof(*p->location))
	    && table((void **)&p->function, d->count[5], sizeof(*p->function))
	    && table((void **)&p->string, d->count[6], sizeof(*p->string));

	if (!ok || d->count[2] > UINT32_MAX)
		return no_memory(d);
	ids_init(&p->mapping_ids, (uint32_t)d->count[3]);
	ids_init(&p->location_ids, (uint32_t)d->count[4]);
	ids_init(&p->function_ids, (uint32_t)d->count[5]);
	p->line_cap = (uint32_t)d->count[4];
	if (!table((void **)&p->line, p->line_cap, sizeof(*p->line)))
		return no_memory(d);
	return ERR_OK;
}

/* Second pass: everything but the samples into the tables. */
static enum err
top_field(struct decoding *d, const struct proto_field *f, void *arg)
{
	(void)arg;
	if (f->number >= 16 || top_fields[f->number].take == NULL)
		return ERR_OK;
	return top_fields[f->number].take(d, f);
}

static enum err
text(struct decoding *d, uint64_t index, struct slice *out)
{
	if (index >= d->p->string_count)
		return bad(d, "a string index is out of range");
	*out = pprof_string(d->p, (uint32_t)index);
	return ERR_OK;
}

static enum err
resolve_texts(struct decoding *d)
{
	struct pprof_profile *p = d->p;
	enum err e = text(d, d->period_type, &p->period_type.type);

	if (e == ERR_OK)
		e = text(d, d->period_unit, &p->period_type.unit);
	if (e == ERR_OK)
		e = text(d, d->default_type, &p->default_type);
	if (e == ERR_OK)
		e = text(d, d->drop, &p->drop_frames);
	if (e == ERR_OK)
		e = text(d, d->keep, &p->keep_frames);
	for (uint32_t i = 0; e == ERR_OK && i < p->type_count; i++) {
		e = text(d, d->type[2 * i], &p->type[i].type);
		if (e == ERR_OK)
			e = text(d, d->type[2 * i + 1], &p->type[i].unit);
	}
	if (e != ERR_OK || p->comment_count == 0)
		return e;
	p->comment = mem_try(p->comment_count * sizeof(*p->comment));
	if (p->comment == NULL)
		return no_memory(d);
	for (uint32_t i = 0; e == ERR_OK && i < p->comment_count; i++)
		e = text(d, d->comment[i], &p->comment[i]);
	return e;
}

static enum err
check_strings(struct decoding *d)
{
	const struct pprof_profile *p = d->p;
	uint32_t n = p->string_count;
	bool ok = true;

	for (uint32_t i = 0; i < p->function_count; i++)
		ok &= p->function[i].name < n && p->function[i].system_name < n
		    && p->function[i].file < n;
	for (uint32_t i = 0; i < p->mapping_count; i++)
		ok &= p->mapping[i].file < n && p->mapping[i].build_id < n;
	return ok ? ERR_OK : bad(d, "a string index is out of range");
}

/* Ids become indexes. A mapping that is not there is none (pprof does the same); a function must be
 * there. */
static enum err
resolve_ids(struct decoding *d)
{
	struct pprof_profile *p = d->p;
	uint32_t index;

	for (uint32_t i = 0; i < p->location_count; i++) {
		struct pprof_location *l = &p->location[i];

		l->mapping = ids_get(&p->mapping_ids, l->mapping, &index) ? index : PPROF_NONE;
	}
	for (uint32_t i = 0; i < p->line_count; i++) {
		if (p->line[i].function == PPROF_NONE)
			continue;
		if (!ids_get(&p->function_ids, p->line[i].function, &index))
			return bad(d, "a line names a function that is not there");
		p->line[i].function = index;
	}
	return ERR_OK;
}

static enum err
decode_raw(struct decoding *d)
{
	struct pprof_profile *p = d->p;
	enum err e;

	if (p->raw_n == 0)
		return err_set(d->why, ERR_FORMAT, d->what, "fetch it again", "empty input file");
	e = count_fields(d);
	if (e == ERR_OK)
		e = make_tables(d);
	if (e == ERR_OK)
		e = walk(d, p->raw, p->raw_n, top_field, NULL);
	if (e == ERR_OK)
		e = resolve_texts(d);
	if (e == ERR_OK)
		e = check_strings(d);
	if (e == ERR_OK)
		e = resolve_ids(d);
	if (e == ERR_OK && p->type_count == 0)
		e = bad(d, p->sample_count != 0 ? "missing sample type information"
		    : "the profile has no samples");
	return e;
}

enum err
profile_decode(struct pprof_profile *p, const char *what, struct err_msg *why)
{
	struct decoding d = { .p = p, .what = what, .why = why };
	const enum err e = decode_raw(&d);

	mem_free(d.comment);
	mem_free(d.type);
	return e;
}

enum err
pprof_decode_own(struct pprof_profile **out, struct buf *message, const char *what,
    struct err_msg *why)
{
	struct pprof_profile *p = mem_zero(1, sizeof *p);
	enum err e;

	p->raw_n = message->len;
	p->raw = (unsigned char *)buf_take(message);
	e = profile_decode(p, what, why);
	if (e == ERR_OK)
		*out = p;
	else
		pprof_free(p);
	return e;
}
