/* merge.c - merging by content; the result is written and read back, so it is checked like any. */
#include "pprof/merge.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/limits.h"
#include "pprof/cursor.h"
#include "pprof/encode.h"
#include "pprof/keys.h"
#include "pprof/profile_decode.h"
#include "pprof/units.h"

/* A distinct sample: where its stack and labels stand, and its sums behind it in values. */
struct entry {
	uint32_t source;
	uint32_t offset;
};

struct side {
	struct keys keys;
	double *ratio;                  /* to the common unit, by type */
	uint64_t *location, *function, *mapping;        /* id in the output, 0: none yet */
};

struct merging {
	const struct merge_source *src;
	size_t n;
	uint32_t types;
	struct side *side;
	struct slice *unit;             /* common unit of each type */
	struct slice period_unit;
	struct hmap samples, locations, functions, mappings;
	struct entry *entry;
	int64_t *value;
	uint32_t count, cap;
	struct pprof_mapping *main;     /* of each output mapping: the first of its key */
	uint64_t main_count, main_cap;
	struct encode *w;
	struct err_msg *why;
};

static enum err
no_memory(struct merging *m)
{
	return err_set(m->why, ERR_MEMORY, m->src[0].what,
	    "free some memory, or merge smaller profiles", "no memory to merge");
}

static enum err
unlike(struct merging *m, size_t k, const char *which)
{
	return err_set(m->why, ERR_USAGE, m->src[k].what, "take profiles of one kind",
	    "its %s differ from those of %s", which, m->src[0].what);
}

static bool
finer(struct slice a, struct slice than)
{
	struct slice ignored;

	return units_scale(1, a, than, &ignored) < 1;
}

/* The finest unit of each type; kinds must agree. */
static enum err
common_units(struct merging *m)
{
	const struct pprof_profile *first = m->src[0].p;

	m->period_unit = first->period_type.unit;
	for (uint32_t i = 0; i < m->types; i++)
		m->unit[i] = first->type[i].unit;
	for (size_t k = 1; k < m->n; k++) {
		const struct pprof_profile *p = m->src[k].p;

		if (p->type_count != m->types)
			return unlike(m, k, "sample types");
		if (!slice_eq(p->period_type.type, first->period_type.type)
		    || !units_compatible(p->period_type.unit, m->period_unit))
			return unlike(m, k, "period types");
		if (finer(p->period_type.unit, m->period_unit))
			m->period_unit = p->period_type.unit;
		for (uint32_t i = 0; i < m->types; i++) {
			if (!slice_eq(p->type[i].type, first->type[i].type)
			    || !units_compatible(p->type[i].unit, m->unit[i]))
				return unlike(m, k, "sample types");
			if (finer(p->type[i].unit, m->unit[i]))
				m->unit[i] = p->type[i].unit;
		}
	}
	return ERR_OK;
}

static bool
prepare_side(struct merging *m, size_t k)
{
	const struct pprof_profile *p = m->src[k].p;
	struct side *s = &m->side[k];
	struct slice ignored;

	if (!keys_init(&s->keys, p))
		return false;
	s->ratio = mem_try((m->types + (size_t)1) * sizeof(*s->ratio));
	s->location = mem_try((p->location_count + (size_t)1) * sizeof(*s->location));
	s->function = mem_try((p->function_count + (size_t)1) * sizeof(*s->function));
	s->mapping = mem_try((p->mapping_count + (size_t)1) * sizeof(*s->mapping));
	if (s->ratio == NULL || s->location == NULL || s->function == NULL || s->mapping == NULL)
		return false;
	memset(s->location, 0, p->location_count * sizeof(*s->location));
	memset(s->function, 0, p->function_count * sizeof(*s->function));
	memset(s->mapping, 0, p->mapping_count * sizeof(*s->mapping));
	for (uint32_t i = 0; i < m->types; i++)
		s->ratio[i] = m->n == 1 ? 1
					: units_scale(1, p->type[i].unit, m->unit[i], &ignored);
	return true;
}

/* profile.ScaleN on one sample: false when nothing that was scaled is left. */
static bool
scale(int64_t *v, uint32_t types, const double *ratio, double all)
{
	bool ones = true, keep = false;

	for (uint32_t i = 0; i < types; i++) {
		double r = ratio != NULL ? ratio[i] : all;

		if (!(r < 1 || r > 1))
			continue;
		ones = false;
		v[i] = units_int(units_round((double)v[i] * r));
		keep = keep || v[i] != 0;
	}
	return ones || keep;
}

static bool
is_zero(const int64_t *v, uint32_t types)
{
	int64_t any = 0;

	for (uint32_t i = 0; i < types; i++)
		any |= v[i];
	return any == 0;
}

/* Room for one more entry; its values lie at the end of m->value meanwhile. */
static bool
room(struct merging *m)
{
	if (m->count == m->cap) {
		size_t cap = (size_t)m->cap + m->cap / 2 + 256;
		struct entry *more = mem_try_resize(m->entry, cap * sizeof(*more));
		int64_t *values;

		if (more == NULL)
			return false;
		m->entry = more;
		values = mem_try_resize(m->value, cap * m->types * sizeof(*values));
		if (values == NULL)
			return false;
		m->value = values;
		m->cap = (uint32_t)cap;
	}
	return true;
}

static bool
take_sample(struct merging *m, size_t k, const struct pprof_sample *s)
{
	const struct merge_source *src = &m->src[k];
	int64_t *v, *to;
	uint64_t *place;
	bool fresh;

	if (!room(m))
		return false;
	v = m->value + (size_t)m->count * m->types;
	memcpy(v, s->value, m->types * sizeof(*v));
	if ((src->normalize != NULL && !scale(v, m->types, src->normalize, 1))
	    || (src->negate && !scale(v, m->types, NULL, -1))
	    || !scale(v, m->types, m->side[k].ratio, 1) || is_zero(v, m->types))
		return true;
	place = hmap_at(&m->samples, keys_sample(&m->side[k].keys, src->p, s, src->base), &fresh);
	if (place == NULL)
		return false;
	if (fresh) {
		m->entry[m->count] = (struct entry){ (uint32_t)k, (uint32_t)s->offset };
		*place = m->count++;
		return true;
	}
	to = m->value + *place * m->types;
	for (uint32_t i = 0; i < m->types; i++)
		to[i] = (int64_t)((uint64_t)to[i] + (uint64_t)v[i]);
	return true;
}

static enum err
take_all(struct merging *m, size_t k)
{
	struct pprof_cursor c;
	struct pprof_sample s;
	enum err e = pprof_cursor_init(&c, m->src[k].p, m->src[k].what, true, m->why);

	while (e == ERR_OK && (e = pprof_cursor_next(&c, &s, m->why)) == ERR_OK)
		if (!take_sample(m, k, &s))
			e = no_memory(m);
	pprof_cursor_fini(&c);
	return e == ERR_NOTHING ? ERR_OK : e;
}

/* The place of a table's key; UINT64_MAX: no memory. */
static uint64_t
id_of(struct hmap *map, uint64_t key, uint64_t next, bool *fresh)
{
	uint64_t *place = hmap_at(map, key, fresh);

	if (place == NULL)
		return UINT64_MAX;
	if (*fresh)
		*place = next;
	return *place;
}

static uint64_t
text(struct merging *m, const struct pprof_profile *p, uint32_t index)
{
	return encode_put_text(m->w, pprof_string(p, index));
}

static bool
put_mapping(struct merging *m, size_t k, uint64_t index, uint64_t *id)
{
	const struct pprof_profile *p = m->src[k].p;
	const struct pprof_mapping *map = &p->mapping[index];
	bool fresh;

	*id = m->side[k].mapping[index];
	if (*id != 0)
		return true;
	*id = id_of(&m->mappings, m->side[k].keys.mapping[index], m->main_count + 1, &fresh);
	if (*id == UINT64_MAX)
		return false;
	m->side[k].mapping[index] = *id;
	if (!fresh)
		return true;
	if (m->main_count == m->main_cap) {
		m->main_cap = m->main_cap * 2 + 16;
		m->main = mem_resize(m->main, m->main_cap, sizeof(*m->main));
	}
	m->main[m->main_count++] = *map;
	(void)encode_put_mapping(m->w, (const uint64_t[11]){ [2] = map->start, [3] = map->limit,
	    [4] = map->offset, [5] = text(m, p, map->file), [6] = text(m, p, map->build_id),
	    [7] = map->bits & 1, [8] = map->bits >> 1 & 1, [9] = map->bits >> 2 & 1,
	    [10] = map->bits >> 3 & 1 });
	return true;
}

static bool
put_function(struct merging *m, size_t k, uint64_t index, uint64_t *id)
{
	const struct pprof_profile *p = m->src[k].p;
	const struct pprof_function *f = &p->function[index];
	bool fresh;

	*id = m->side[k].function[index];
	if (*id != 0)
		return true;
	*id = id_of(&m->functions, m->side[k].keys.function[index], m->functions.count + 1, &fresh);
	if (*id == UINT64_MAX)
		return false;
	m->side[k].function[index] = *id;
	if (fresh) {
		uint64_t name = text(m, p, f->name), system = text(m, p, f->system_name);

		(void)encode_put_function(m->w, name, system, text(m, p, f->file), f->start_line);
	}
	return true;
}

static bool
put_lines(struct merging *m, size_t k, const struct pprof_location *l, struct encode_line *line)
{
	const struct pprof_profile *p = m->src[k].p;

	for (uint32_t i = 0; i < l->line_count; i++) {
		const struct pprof_line *from = &p->line[l->first_line + i];

		line[i].line = from->line;
		if (from->function == PPROF_NONE)
			line[i].function = 0;
		else if (!put_function(m, k, from->function, &line[i].function))
			return false;
	}
	return true;
}

static bool
put_location(struct merging *m, size_t k, uint32_t index, uint64_t *id)
{
	const struct pprof_profile *p = m->src[k].p;
	const struct pprof_location *l = &p->location[index];
	uint64_t mapping = 0, address = l->address;
	struct encode_line *line;
	bool fresh, ok;

	*id = m->side[k].location[index];
	if (*id != 0)
		return true;
	*id = id_of(&m->locations, m->side[k].keys.location[index], m->locations.count + 1, &fresh);
	if (*id == UINT64_MAX)
		return false;
	m->side[k].location[index] = *id;
	if (!fresh)
		return true;
	if (l->mapping != PPROF_NONE) {
		if (!put_mapping(m, k, l->mapping, &mapping))
			return false;
		address += m->main[mapping - 1].start - p->mapping[l->mapping].start;
	}
	line = mem_alloc(l->line_count * sizeof(*line));
	ok = put_lines(m, k, l, line);
	if (ok)
		(void)encode_put_location(m->w, mapping, address, l->folded, line,
		    p->line[l->first_line].function == PPROF_NONE ? 0 : l->line_count);
	mem_free(line);
	return ok;
}

/* Labels as they are, with pprof::base set or replaced where the source is a base. */
static size_t
put_labels(struct merging *m, size_t k, const struct pprof_sample *s, struct encode_put_label *to)
{
	const struct merge_source *src = &m->src[k];
	size_t n = 0;

	for (size_t i = 0; i < s->label_count; i++) {
		const struct pprof_label *l = &s->label[i];

		if (src->base && l->str != 0 &&
		    slice_is(pprof_string(src->p, l->key), "pprof::base"))
			continue;
		to[n++] = (struct encode_put_label){ .key = text(m, src->p, l->key), .num = l->num,
			.str = l->str != 0 ? text(m, src->p, l->str) : 0,
			.unit = l->unit != 0 ? text(m, src->p, l->unit) : 0 };
	}
	if (src->base)
		to[n++] = (struct encode_put_label){
			.key = encode_put_text(m->w, slice_of("pprof::base")),
			.str = encode_put_text(m->w, slice_of("true")) };
	return n;
}

static enum err
put_sample(struct merging *m, struct pprof_cursor *cursor, uint32_t entry)
{
	size_t k = m->entry[entry].source;
	struct encode_put_label *label;
	struct pprof_sample s;
	uint64_t *loc;
	bool ok = true;
	enum err e = pprof_cursor_at(&cursor[k], m->entry[entry].offset, &s, m->why);

	if (e != ERR_OK)
		return e;
	loc = mem_alloc((s.loc_count + 1) * sizeof(*loc));
	label = mem_alloc((s.label_count + 1) * sizeof(*label));
	for (size_t i = 0; i < s.loc_count && ok; i++)
		ok = put_location(m, k, s.loc[i], &loc[i]);
	if (ok)
		encode_put_sample(m->w, loc, s.loc_count, m->value + (size_t)entry * m->types,
		    m->types, label, put_labels(m, k, &s, label));
	mem_free(loc);
	mem_free(label);
	return ok ? ERR_OK : no_memory(m);
}

/* The first mapping is the main binary's, also when no sample is in it. */
static bool
put_main_mapping(struct merging *m)
{
	uint64_t id;

	for (size_t k = 0; k < m->n; k++)
		if (m->src[k].p->mapping_count > 0)
			return put_mapping(m, k, 0, &id);
	return true;
}

static enum err
put_samples(struct merging *m)
{
	struct pprof_cursor *cursor = mem_zero(m->n, sizeof(*cursor));
	enum err e = put_main_mapping(m) ? ERR_OK : no_memory(m);

	for (size_t k = 0; k < m->n && e == ERR_OK; k++) {
		e = pprof_cursor_init(&cursor[k], m->src[k].p, m->src[k].what, true, m->why);
		cursor[k].check = false;
	}
	for (uint32_t i = 0; i < m->count && e == ERR_OK; i++)
		if (!is_zero(m->value + (size_t)i * m->types, m->types))
			e = put_sample(m, cursor, i);
	for (size_t k = 0; k < m->n; k++)
		pprof_cursor_fini(&cursor[k]);
	mem_free(cursor);
	return e;
}

static bool
said_before(const struct merging *m, size_t k, uint32_t i)
{
	struct slice c = m->src[k].p->comment[i];

	for (size_t j = 0; j <= k; j++)
		for (uint32_t n = 0; n < m->src[j].p->comment_count && n < 1024; n++) {
			if (j == k && n >= i)
				return false;
			if (slice_eq(m->src[j].p->comment[n], c))
				return true;
		}
	return false;
}

static void
put_header(struct merging *m)
{
	const struct pprof_profile *first = m->src[0].p;
	int64_t time = 0, period = 0;
	uint64_t duration = 0;
	struct slice ignored, dflt = slice_make("", 0);

	for (size_t k = 0; k < m->n; k++) {
		const struct pprof_profile *p = m->src[k].p;
		int64_t own = m->n == 1 ? p->period
			: units_int(units_scale(
				p->period, p->period_type.unit, m->period_unit, &ignored));

		time = time == 0 || p->time_nanos < time ? p->time_nanos : time;
		period = period == 0 || period < own ? own : period;
		duration += (uint64_t)p->duration_nanos;
		dflt = dflt.n == 0 ? p->default_type : dflt;
		for (uint32_t i = 0; i < p->comment_count && i < 1024; i++)
			if (!said_before(m, k, i))
				encode_put_comment(m->w, p->comment[i]);
	}
	for (uint32_t i = 0; i < m->types; i++)
		encode_put_type(m->w, 1, first->type[i].type, m->unit[i]);
	encode_put_type(m->w, 11, first->period_type.type, m->period_unit);
	encode_put_number(m->w, 12, (uint64_t)period);
	encode_put_number(m->w, 9, (uint64_t)time);
	encode_put_number(m->w, 10, duration);
	encode_put_number(m->w, 7, encode_put_text(m->w, first->drop_frames));
	encode_put_number(m->w, 8, encode_put_text(m->w, first->keep_frames));
	encode_put_number(m->w, 14, encode_put_text(m->w, dflt));
}

static enum err
run(struct merging *m)
{
	enum err e = common_units(m);

	for (size_t k = 0; k < m->n && e == ERR_OK; k++)
		if (!prepare_side(m, k))
			e = no_memory(m);
	for (size_t k = 0; k < m->n && e == ERR_OK; k++)
		e = take_all(m, k);
	if (e != ERR_OK)
		return e;
	put_header(m);
	return put_samples(m);
}

static void
merging_fini(struct merging *m)
{
	for (size_t k = 0; k < m->n; k++) {
		keys_fini(&m->side[k].keys);
		mem_free(m->side[k].ratio);
		mem_free(m->side[k].location);
		mem_free(m->side[k].function);
		mem_free(m->side[k].mapping);
	}
	mem_free(m->side);
	mem_free(m->unit);
	hmap_fini(&m->samples);
	hmap_fini(&m->locations);
	hmap_fini(&m->functions);
	hmap_fini(&m->mappings);
	mem_free(m->entry);
	mem_free(m->value);
	mem_free(m->main);
	encode_free(m->w);
}

enum err
merge_encode(const struct merge_source *src, size_t n, struct buf *out, struct err_msg *why)
{
	struct merging m = { .src = src, .n = n, .types = src[0].p->type_count, .why = why };
	enum err e;

	m.side = mem_zero(n, sizeof(*m.side));
	m.unit = mem_zero(m.types + (size_t)1, sizeof(*m.unit));
	hmap_init(&m.samples);
	hmap_init(&m.locations);
	hmap_init(&m.functions);
	hmap_init(&m.mappings);
	m.w = encode_new(out->max);
	e = run(&m);
	if (e == ERR_OK)
		e = encode_finish(m.w, false, out, why);
	merging_fini(&m);
	return e;
}

enum err
merge_profiles(struct pprof_profile **out, const struct merge_source *src, size_t n,
    uint64_t limit, struct err_msg *why)
{
	struct buf b;
	enum err e;

	buf_init(&b, limit == 0 || limit > UINT32_MAX ? LIMIT_PROFILE_OUT : (size_t)limit);
	e = merge_encode(src, n, &b, why);
	if (e == ERR_OK)
		e = pprof_decode_own(out, &b, src[0].what, why);
	buf_fini(&b);
	return e;
}

static enum err
sums(const struct pprof_profile *p, const char *what, int64_t *sum, struct err_msg *why)
{
	struct pprof_cursor c;
	struct pprof_sample s;
	enum err e = pprof_cursor_init(&c, p, what, false, why);

	while (e == ERR_OK && (e = pprof_cursor_next(&c, &s, why)) == ERR_OK)
		for (uint32_t i = 0; i < p->type_count; i++)
			sum[i] = (int64_t)((uint64_t)sum[i] + (uint64_t)s.value[i]);
	pprof_cursor_fini(&c);
	return e == ERR_NOTHING ? ERR_OK : e;
}

/* Base sum by source sum of each type; pprof wants the very same units for that. */
static enum err
make_factors(const struct merge_source src[2], double **factor, struct err_msg *why)
{
	const struct pprof_profile *p = src[0].p, *base = src[1].p;
	size_t n = p->type_count;
	int64_t *sum = mem_zero(2 * n + 1, sizeof(*sum));
	bool same = n == base->type_count && slice_eq(p->period_type.type, base->period_type.type)
	    && slice_eq(p->period_type.unit, base->period_type.unit);
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && same; i++)
		same = slice_eq(p->type[i].type, base->type[i].type)
		    && slice_eq(p->type[i].unit, base->type[i].unit);
	if (!same)
		e = err_set(why, ERR_USAGE, src[1].what, "compare two profiles of one kind",
		    "its types or units differ from those of %s", src[0].what);
	if (e == ERR_OK)
		e = sums(p, src[0].what, sum, why);
	if (e == ERR_OK)
		e = sums(base, src[1].what, sum + n, why);
	*factor = mem_zero(n + 1, sizeof(**factor));
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		(*factor)[i] = sum[i] == 0 ? 0 : (double)sum[n + i] / (double)sum[i];
	mem_free(sum);
	return e;
}

enum err
merge_diff(struct pprof_profile **out, const struct pprof_profile *p, const char *what,
    const struct pprof_profile *base, const char *base_what, bool diff, bool normalize,
    uint64_t limit, struct err_msg *why)
{
	struct pprof_profile *own[2] = { NULL, NULL };
	struct merge_source src[2] = { { .p = p, .what = what },
		{ .p = base, .what = base_what, .base = diff, .negate = true } };
	double *factor = NULL;
	enum err e = ERR_OK;

	/* as pprof: each side is merged by itself first, which shows where values are rounded */
	for (unsigned i = 0; i < 2 && e == ERR_OK; i++) {
		struct merge_source one = { .p = src[i].p, .what = src[i].what };

		e = merge_profiles(&own[i], &one, 1, limit, why);
		src[i].p = own[i];
	}
	if (e == ERR_OK && normalize)
		e = make_factors(src, &factor, why);
	src[0].normalize = factor;
	if (e == ERR_OK)
		e = merge_profiles(out, src, 2, limit, why);
	mem_free(factor);
	pprof_free(own[0]);
	pprof_free(own[1]);
	return e;
}
