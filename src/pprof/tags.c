/* tags.c - sums by label value. */
#include "pprof/tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "pprof/labels.h"
#include "pprof/units.h"
#include "pprof/view.h"

/* One value of one key while samples are counted. */
struct sum {
	struct slice key;
	char *value;
	int64_t sum;
};

struct tagging {
	struct view view;
	struct label_units units;
	struct hmap index;
	struct sum *sum;
	size_t count, cap;
	struct err_msg *why;
};

static enum err
no_memory(struct tagging *t)
{
	return err_set(t->why, ERR_MEMORY, t->view.feed.what[0], "leave labels out with tagshow",
	    "no memory for all values of its labels");
}

static bool
add(struct tagging *t, struct slice key, struct slice value)
{
	if (t->count == t->cap) {
		size_t cap = t->cap * 2 + 64;
		struct sum *more = mem_try_resize(t->sum, cap * sizeof(*more));

		if (more == NULL)
			return false;
		t->sum = more;
		t->cap = cap;
	}
	t->sum[t->count++] = (struct sum){ .key = key, .value = mem_strn(value.p, value.n) };
	return true;
}

static bool
count(struct tagging *t, struct slice key, struct slice value, int64_t by)
{
	uint64_t h = hash_mix(hash_bytes(key.p, key.n, 1), hash_bytes(value.p, value.n, 2));
	bool fresh;

	for (;; h = hash_mix(h, 3)) {
		uint64_t *place = hmap_at(&t->index, h, &fresh);
		struct sum *s;

		if (place == NULL || (fresh && !add(t, key, value)))
			return false;
		if (fresh)
			*place = t->count - 1;
		s = &t->sum[*place];
		if (!fresh && !(slice_eq(s->key, key) && slice_is(value, s->value)))
			continue;
		s->sum = (int64_t)((uint64_t)s->sum + (uint64_t)by);
		return true;
	}
}

static bool
take(struct tagging *t, const struct feed_item *item, struct slice unit)
{
	const struct pprof_profile *p = t->view.feed.profile[0];

	for (size_t i = 0; i < item->sample.label_count; i++) {
		const struct pprof_label *l = &item->sample.label[i];
		struct slice key = pprof_string(p, l->key), value;
		char number[UNITS_LABEL_MAX];

		if (l->str != 0) {
			value = pprof_string(p, l->str);
		} else {
			units_label(l->num, label_units_get(&t->units, key), unit, number,
			    sizeof(number));
			value = slice_of(number);
		}
		if (!count(t, key, value, item->value))
			return false;
	}
	return true;
}

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static int
compare_slices(struct slice a, struct slice b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
compare(const void *pa, const void *pb)
{
	const struct sum *a = pa, *b = pb;
	int c = compare_slices(a->key, b->key);

	if (c != 0)
		return c;
	if (magnitude(a->sum) != magnitude(b->sum))
		return magnitude(a->sum) > magnitude(b->sum) ? -1 : 1;
	return strcmp(a->value, b->value);
}

/* The sorted sums as keys with values; takes the texts over. */
static void
group(struct tagging *t, struct tags *out)
{
	struct tags_key *key = NULL;

	if (t->count > 0)
		qsort(t->sum, t->count, sizeof(*t->sum), compare);
	for (size_t i = 0; i < t->count; i++) {
		struct sum *s = &t->sum[i];

		if (i == 0 || !slice_eq(s->key, t->sum[i - 1].key)) {
			out->key = mem_resize(out->key, out->count + 1, sizeof(*out->key));
			key = &out->key[out->count++];
			*key = (struct tags_key){ .name = mem_strn(s->key.p, s->key.n) };
			for (size_t j = i; j < t->count && slice_eq(t->sum[j].key, s->key); j++)
				key->count++;
			key->value = mem_zero(key->count, sizeof(*key->value));
			key->count = 0;
		}
		key->value[key->count++] = (struct tags_value){ s->value, s->sum };
		key->total = (int64_t)((uint64_t)key->total + (uint64_t)s->sum);
		s->value = NULL;
	}
}

static enum err
walk(struct tagging *t, struct slice unit)
{
	struct feed_item item;
	enum err e;

	while ((e = view_next(&t->view, &item, t->why)) == ERR_OK)
		if (!take(t, &item, unit))
			return no_memory(t);
	return e == ERR_NOTHING ? ERR_OK : e;
}

enum err
tags_make(struct tags **out, const struct pprof_profile *p, const char *what,
    const struct top_options *o, struct err_msg *why)
{
	struct tagging t = { .why = why };
	const char *unit = o->unit != NULL ? o->unit : "minimum";
	enum err e = view_open(&t.view, p, what, NULL, NULL, o, true, why);

	hmap_init(&t.index);
	t.view.feed.zeros = true;
	if (e == ERR_OK)
		e = label_units_add(&t.units, p, what, why);
	if (e == ERR_OK)
		e = walk(&t, slice_of(unit));
	if (e == ERR_OK) {
		struct slice in = feed_unit(&t.view.feed);

		*out = mem_zero(1, sizeof(**out));
		(*out)->unit = mem_strn(in.p, in.n);
		(*out)->shown_unit = mem_str(unit);
		group(&t, *out);
	}
	for (size_t i = 0; i < t.count; i++)
		mem_free(t.sum[i].value);
	mem_free(t.sum);
	hmap_fini(&t.index);
	label_units_fini(&t.units);
	view_close(&t.view);
	return e;
}

void
tags_free(struct tags *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++) {
		for (size_t j = 0; j < t->key[i].count; j++)
			mem_free(t->key[i].value[j].name);
		mem_free(t->key[i].value);
		mem_free(t->key[i].name);
	}
	mem_free(t->key);
	mem_free(t->unit);
	mem_free(t->shown_unit);
	mem_free(t);
}

static int
width_of(const char *s)
{
	int n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static enum err
right(const char *s, int width, struct buf *out)
{
	enum err e = ERR_OK;

	for (int n = width_of(s); n < width && e == ERR_OK; n++)
		e = buf_add_byte(out, ' ');
	return e != ERR_OK ? e : utf8_escape(out, s, strlen(s), 0);
}

/* "12.5MB (50.00%):", the middle column */
static void
amount(const struct tags *t, int64_t v, int64_t total, char out[160])
{
	char percent[32];
	struct slice unit;
	double d = units_scale(v, slice_of(t->unit), slice_of(t->shown_unit), &unit);

	units_percent(v, total, percent, sizeof(percent));
	if (total > 0)
		snprintf(out, 160, "%.1f%.*s (%s):", d, (int)(unit.n < 60 ? unit.n : 60), unit.p,
		    percent);
	else
		snprintf(out, 160, "%.1f%.*s:", d, (int)(unit.n < 60 ? unit.n : 60), unit.p);
}

static enum err
key_text(const struct tags *t, const struct tags_key *k, struct buf *out)
{
	char *head = mem_fmt("%s:", k->name), cell[160];
	int first = width_of(head) + 1, second = 0;
	struct slice unit;
	double d = units_scale(k->total, slice_of(t->unit), slice_of(t->shown_unit), &unit);
	enum err e = right(head, first, out);

	for (size_t i = 0; i < k->count; i++) {
		amount(t, k->value[i].sum, k->total, cell);
		second = width_of(cell) + 1 > second ? width_of(cell) + 1 : second;
	}
	if (e == ERR_OK)
		e = buf_add_fmt(out, " Total %.1f%.*s\n", d, (int)(unit.n < 60 ? unit.n : 60),
		    unit.p);
	for (size_t i = 0; i < k->count && e == ERR_OK; i++) {
		amount(t, k->value[i].sum, k->total, cell);
		e = right(" ", first, out);
		if (e == ERR_OK)
			e = right(cell, second, out);
		if (e == ERR_OK)
			e = buf_add_byte(out, ' ');
		if (e == ERR_OK)
			e = utf8_escape(out, k->value[i].name, strlen(k->value[i].name), 0);
		if (e == ERR_OK)
			e = buf_add_byte(out, '\n');
	}
	mem_free(head);
	return e != ERR_OK ? e : buf_add_byte(out, '\n');
}

enum err
tags_text(const struct tags *t, struct buf *out)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < t->count && e == ERR_OK; i++)
		e = key_text(t, &t->key[i], out);
	return e;
}
