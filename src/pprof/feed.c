/* feed.c - one stream of values out of a profile and its base, straight or merged by stack. */
#include "pprof/feed.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/keys.h"
#include "pprof/units.h"

static enum err
no_memory(const struct feed *f, struct err_msg *why)
{
	return err_set(why, ERR_MEMORY, f->what[0], "free some memory, or compare smaller profiles",
	    "no memory to merge the samples");
}

static enum err
unlike(const struct feed *f, struct err_msg *why, const char *which)
{
	return err_set(why, ERR_USAGE, f->what[1], "compare two profiles of one kind",
	    "its %s differ from those of %s", which, f->what[0]);
}

/* The finer of two units; the same rule for period and sample types. */
static struct slice
finer(struct slice a, struct slice b)
{
	struct slice ignored;

	return units_scale(1, b, a, &ignored) < 1 ? b : a;
}

static bool
alike(const struct pprof_type *a, const struct pprof_type *b, bool exact)
{
	return slice_eq(a->type, b->type)
	    && (exact ? slice_eq(a->unit, b->unit) : units_compatible(a->unit, b->unit));
}

/* Ratios to the common units; any ratio that is not 1 forces merging. */
static enum err
make_ratios(struct feed *f, struct err_msg *why)
{
	const struct pprof_profile *a = f->profile[0], *b = f->profile[1];
	struct slice unit, ignored;

	if (a->type_count != b->type_count)
		return unlike(f, why, "sample types");
	if (!alike(&a->period_type, &b->period_type, f->o->normalize))
		return unlike(f, why, "period types");
	for (unsigned k = 0; k < 2; k++) {
		f->ratio[k] = mem_try(a->type_count * sizeof(double));
		if (f->ratio[k] == NULL)
			return no_memory(f, why);
	}
	for (uint32_t i = 0; i < a->type_count; i++) {
		if (!alike(&a->type[i], &b->type[i], f->o->normalize))
			return unlike(f, why, "sample types");
		unit = finer(a->type[i].unit, b->type[i].unit);
		for (unsigned k = 0; k < 2; k++) {
			f->ratio[k][i] =
			    units_scale(1, f->profile[k]->type[i].unit, unit, &ignored);
			if (f->ratio[k][i] < 1 || f->ratio[k][i] > 1)
				f->must_merge = true;
		}
	}
	return ERR_OK;
}

enum err
feed_open(struct feed *f, const struct pprof_profile *p, const char *what,
    const struct pprof_profile *base, const char *base_what, uint32_t type,
    const struct top_options *o, struct err_msg *why)
{
	enum err e = ERR_OK;

	*f = (struct feed){
		.profile = { p, base }, .what = { what, base_what }, .o = o, .type = type
	};
	for (unsigned k = 0; k < 2 && e == ERR_OK && f->profile[k] != NULL; k++)
		e = pprof_cursor_init(&f->cursor[k], f->profile[k], f->what[k], false, why);
	if (e == ERR_OK && base != NULL) {
		f->must_merge = o->normalize || o->base_mode == TOP_BASE_SUBTRACT;
		e = make_ratios(f, why);
	}
	return e;
}

void
feed_close(struct feed *f)
{
	for (unsigned k = 0; k < 2; k++) {
		pprof_cursor_fini(&f->cursor[k]);
		hmap_fini(&f->merged[k].index);
		mem_free(f->merged[k].entry);
		mem_free(f->merged[k].value);
		mem_free(f->ratio[k]);
	}
}

struct slice
feed_unit(const struct feed *f)
{
	struct slice unit = f->profile[0]->type[f->type].unit;

	return f->profile[1] == NULL ? unit : finer(unit, f->profile[1]->type[f->type].unit);
}

/* pprof scales through float64; so do we, or sums beyond 2^53 would differ. */
static int64_t
scaled(int64_t v, double ratio)
{
	return units_int(units_round((double)v * ratio));
}

static struct feed_entry *
entry_for(struct feed *f, unsigned k, uint64_t key, const struct pprof_sample *s, int64_t **value)
{
	struct feed_merged *m = &f->merged[k];
	size_t types = f->profile[0]->type_count;
	bool fresh;
	uint64_t *place = hmap_at(&m->index, key, &fresh);

	if (place == NULL)
		return NULL;
	if (fresh && m->count == m->cap) {
		uint32_t cap = m->cap + m->cap / 2 + 256;
		struct feed_entry *more = mem_try_resize(m->entry, cap * sizeof(*more));
		int64_t *values;

		if (more == NULL)
			return NULL;
		m->entry = more;
		values = mem_try_resize(m->value, cap * types * sizeof(*values));
		if (values == NULL)
			return NULL;
		m->value = values;
		m->cap = cap;
	}
	if (fresh) {
		*place = m->count++;
		m->entry[*place] = (struct feed_entry){ .key = key, .offset = (uint32_t)s->offset };
		memset(m->value + *place * types, 0, types * sizeof(*m->value));
	}
	*value = m->value + *place * types;
	return &m->entry[*place];
}

static enum err
merge_one(struct feed *f, unsigned k, struct keys *keys, struct err_msg *why)
{
	bool diff = k == 1 && f->o->base_mode == TOP_BASE_DIFF;
	uint32_t types = f->profile[k]->type_count;
	struct pprof_sample s;
	enum err e;

	f->cursor[k].labels = true;
	pprof_cursor_rewind(&f->cursor[k]);
	f->cursor[k].check = true;
	while ((e = pprof_cursor_next(&f->cursor[k], &s, why)) == ERR_OK) {
		struct feed_entry *entry;
		int64_t *value, any = 0;

		for (uint32_t i = 0; i < types; i++)
			any |= s.value[i];
		if (any == 0)
			continue;
		entry = entry_for(f, k, keys_sample(keys, f->profile[k], &s, diff), &s, &value);
		if (entry == NULL)
			return no_memory(f, why);
		entry->base = s.base || diff;
		for (uint32_t i = 0; i < types; i++)
			value[i] = (int64_t)((uint64_t)value[i] + (uint64_t)s.value[i]);
	}
	f->cursor[k].labels = f->labels;
	return e == ERR_NOTHING ? ERR_OK : e;
}

/* profile.ScaleN: a sample whose scaled values are all 0 goes, even if an unscaled one is not. */
static void
scale(struct feed_merged *m, const double *ratio, uint32_t types)
{
	bool ones = true;

	for (uint32_t i = 0; i < types; i++)
		ones = ones && !(ratio[i] < 1 || ratio[i] > 1);
	for (uint32_t n = 0; !ones && n < m->count; n++) {
		int64_t *v = m->value + (size_t)n * types;
		bool keep = false;

		for (uint32_t i = 0; i < types; i++) {
			if (!(ratio[i] < 1 || ratio[i] > 1))
				continue;
			v[i] = scaled(v[i], ratio[i]);
			keep = keep || v[i] != 0;
		}
		if (!keep)
			memset(v, 0, types * sizeof(*v));
	}
}

static int64_t
sum_of(const struct feed_merged *m, uint32_t type, uint32_t types)
{
	uint64_t sum = 0;

	for (uint32_t n = 0; n < m->count; n++)
		sum += (uint64_t)m->value[(size_t)n * types + type];
	return (int64_t)sum;
}

static enum err
normalize(struct feed *f, struct err_msg *why)
{
	uint32_t types = f->profile[0]->type_count;
	double *ratio = mem_try(types * sizeof(*ratio));

	if (ratio == NULL)
		return no_memory(f, why);
	for (uint32_t i = 0; i < types; i++) {
		int64_t source = sum_of(&f->merged[0], i, types);

		ratio[i] =
		    source == 0 ? 0 : (double)sum_of(&f->merged[1], i, types) / (double)source;
	}
	scale(&f->merged[0], ratio, types);
	mem_free(ratio);
	return ERR_OK;
}

/* The base's entries that the source has too are added there and end here. */
static void
join(struct feed *f)
{
	struct feed_merged *a = &f->merged[0], *b = &f->merged[1];
	uint32_t types = f->profile[0]->type_count;
	uint64_t at;

	for (uint32_t n = 0; n < b->count; n++) {
		int64_t *from = b->value + (size_t)n * types, *to;

		if (!hmap_get(&a->index, b->entry[n].key, &at))
			continue;
		to = a->value + at * types;
		for (uint32_t i = 0; i < types; i++)
			to[i] = (int64_t)((uint64_t)to[i] + (uint64_t)from[i]);
		memset(from, 0, types * sizeof(*from));
	}
}

static enum err
merge_base(struct feed *f, struct err_msg *why)
{
	uint32_t types = f->profile[0]->type_count;
	double *minus = mem_try(types * sizeof(*minus));
	enum err e = minus == NULL ? no_memory(f, why) : ERR_OK;

	if (e == ERR_OK && f->o->normalize)
		e = normalize(f, why);
	if (e == ERR_OK) {
		for (uint32_t i = 0; i < types; i++)
			minus[i] = -1;
		scale(&f->merged[1], minus, types);
		scale(&f->merged[0], f->ratio[0], types);
		scale(&f->merged[1], f->ratio[1], types);
		join(f);
	}
	mem_free(minus);
	return e;
}

enum err
feed_merge(struct feed *f, struct err_msg *why)
{
	struct keys keys;
	enum err e = ERR_OK;

	for (unsigned k = 0; k < 2 && e == ERR_OK && f->profile[k] != NULL; k++) {
		e = keys_init(&keys, f->profile[k]) ? merge_one(f, k, &keys, why)
						    : no_memory(f, why);
		keys_fini(&keys);
	}
	if (e == ERR_OK && f->profile[1] != NULL)
		e = merge_base(f, why);
	f->by_key = e == ERR_OK;
	f->must_merge = false;
	feed_rewind(f);
	return e;
}

void
feed_rewind(struct feed *f)
{
	f->k = 0;
	f->next = 0;
	for (unsigned k = 0; k < 2; k++)
		if (f->profile[k] != NULL)
			pprof_cursor_rewind(&f->cursor[k]);
}

static enum err
next_merged(struct feed *f, struct feed_item *item, struct err_msg *why)
{
	uint32_t types = f->profile[0]->type_count;

	for (; f->k < 2; f->k++, f->next = 0) {
		const struct feed_merged *m = &f->merged[f->k];

		while (f->next < m->count) {
			uint32_t n = f->next++;

			item->value = m->value[(size_t)n * types + f->type];
			item->div = f->o->mean ? m->value[(size_t)n * types] : 0;
			if (item->value == 0 && item->div == 0 && !f->zeros)
				continue;
			item->k = f->k;
			item->base = m->entry[n].base;
			return pprof_cursor_at(
			    &f->cursor[f->k], m->entry[n].offset, &item->sample, why);
		}
	}
	return ERR_NOTHING;
}

static enum err
next_straight(struct feed *f, struct feed_item *item, struct err_msg *why)
{
	for (; f->k < 2 && f->profile[f->k] != NULL; f->k++) {
		enum err e;

		while ((e = pprof_cursor_next(&f->cursor[f->k], &item->sample, why)) == ERR_OK) {
			int64_t v = item->sample.value[f->type];
			int64_t d = f->o->mean ? item->sample.value[0] : 0;

			if (v < 0 || (item->sample.base && f->profile[1] != NULL))
				f->must_merge = true;
			if (v == 0 && d == 0 && !f->zeros)
				continue;
			item->k = f->k;
			item->value = f->k == 1 ? scaled(v, -1) : v;
			item->div = f->k == 1 ? scaled(d, -1) : d;
			item->base = item->sample.base || f->k == 1;
			return ERR_OK;
		}
		if (e != ERR_NOTHING)
			return e;
	}
	return ERR_NOTHING;
}

enum err
feed_next(struct feed *f, struct feed_item *item, struct err_msg *why)
{
	return f->by_key ? next_merged(f, item, why) : next_straight(f, item, why);
}
