/* table.c - rows of functions out of stacks: sums, order, and what was left out. */
#include "pprof/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct ordered {
	const struct stacks *s;
	const struct table_row *row;
	double key;
};

static const char *const words[TABLE_SORTS] = {
#define X(name, word) [TABLE_##name] = word,
	TABLE_SORT_LIST(X)
#undef X
};

void
table_defaults(struct table_options *o)
{
	*o = (struct table_options){ .fraction = 0.005, .limit = 500 };
}

bool
table_sort_parse(const char *word, enum table_sort *out)
{
	for (unsigned i = 0; i < TABLE_SORTS; i++)
		if (strcmp(words[i], word) == 0) {
			*out = (enum table_sort)i;
			return true;
		}
	return false;
}

const char *
table_sort_word(enum table_sort sort)
{
	return words[sort];
}

static void
plus(int64_t *to, int64_t v)
{
	*to = (int64_t)((uint64_t)*to + (uint64_t)v);
}

static double
delta(int64_t a, int64_t b)
{
	return (double)b - (double)a;
}

/* Fills one row per frame. stamp: 0 for each. */
static void
sum_up(const struct stacks *s, struct table_row *row, uint32_t *stamp)
{
	for (uint32_t i = 0; i < s->stack_count; i++) {
		const struct stacks_one *st = &s->stack[i];
		const uint32_t *path = s->of + st->first;

		for (uint32_t j = 0; j < st->count; j++) {
			struct table_row *r = &row[path[j]];

			if (stamp[path[j]] == i + 1)
				continue;
			stamp[path[j]] = i + 1;
			plus(&r->cum_a, st->was);
			plus(&r->cum_b, st->now);
			r->var_cum += st->variance;
		}
		if (st->count != 0) {
			struct table_row *r = &row[path[st->count - 1]];

			plus(&r->flat_a, st->was);
			plus(&r->flat_b, st->now);
			r->var_flat += st->variance;
		}
	}
}

static double
sort_key(const struct table_row *r, enum table_sort sort)
{
	const double d = delta(r->flat_a, r->flat_b);

	switch (sort) {
	case TABLE_GROWTH:
		return r->flat_a != 0 ? d / fabs((double)r->flat_a) :
		    d > 0 ? HUGE_VAL : d < 0 ? -HUGE_VAL : 0;
	case TABLE_FLAT:
		return (double)r->flat_b;
	case TABLE_FLATA:
		return (double)r->flat_a;
	case TABLE_CUM:
		return fabs(delta(r->cum_a, r->cum_b));
	case TABLE_CUMB:
		return (double)r->cum_b;
	case TABLE_ERROR:
		return r->var_flat > 0 ? fabs(d) / sqrt(r->var_flat) : fabs(d) > 0 ? HUGE_VAL : 0;
	default:
		return fabs(d);
	}
}

static int
by_name(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;

	return strcmp(stacks_name(a->s, a->row->frame), stacks_name(b->s, b->row->frame));
}

static int
by_key(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;
	const double da = fabs(delta(a->row->flat_a, a->row->flat_b)),
	    db = fabs(delta(b->row->flat_a, b->row->flat_b));

	if (a->key > b->key || a->key < b->key)
		return a->key > b->key ? -1 : 1;
	if (da > db || da < db)
		return da > db ? -1 : 1;
	return by_name(x, y);
}

static bool
wanted(struct table *t, const struct table_options *o, const struct table_row *r)
{
	const bool by_cum = o->sort == TABLE_CUM || o->sort == TABLE_CUMB;
	const double d = by_cum ? delta(r->cum_a, r->cum_b) : delta(r->flat_a, r->flat_b);

	if (o->match != NULL && o->match[r->frame] == 0) {
		t->unmatched++;
		return false;
	}
	if ((o->only == FLAME_GROWTH && d <= 0) || (o->only == FLAME_SHRINK && d >= 0)) {
		t->other_way++;
		return false;
	}
	if (fabs(delta(r->cum_a, r->cum_b)) < t->cutoff &&
	    fabs(delta(r->flat_a, r->flat_b)) < t->cutoff) {
		t->small++;
		return false;
	}
	return true;
}

static void
hide(struct table *t, const struct table_row *r)
{
	const double d = delta(r->flat_a, r->flat_b);

	t->hidden_delta += d;
	t->hidden_max = fabs(d) > t->hidden_max ? fabs(d) : t->hidden_max;
}

/* Chooses, orders and copies the rows. */
static bool
pick(struct table *t, const struct stacks *s, const struct table_row *row,
    const struct table_options *o)
{
	struct ordered *list = mem_try((s->frame_count + (size_t)1) * sizeof *list);
	uint32_t n = 0;

	if (list == NULL)
		return false;
	for (uint32_t i = 0; i < s->frame_count; i++) {
		const struct table_row *r = &row[i];
		const uint32_t unmatched = t->unmatched;

		if (r->cum_a == 0 && r->cum_b == 0)
			continue;
		t->all++;
		if (wanted(t, o, r))
			list[n++] = (struct ordered){ s, r, sort_key(r, o->sort) };
		else if (t->unmatched == unmatched)
			hide(t, r);
	}
	qsort(list, n, sizeof *list, o->sort == TABLE_NAME ? by_name : by_key);
	t->count = n < o->limit ? n : o->limit;
	t->beyond = n - t->count;
	t->row = mem_try((t->count + (size_t)1) * sizeof *t->row);
	for (uint32_t i = 0; i < n && t->row != NULL; i++) {
		if (i < t->count) {
			t->row[i] = *list[i].row;
			plus(&t->shown_flat, stacks_delta(t->row[i].flat_a, t->row[i].flat_b));
		} else {
			hide(t, list[i].row);
		}
	}
	mem_free(list);
	return t->row != NULL;
}

enum err
table_make(struct table **out, const struct stacks *s, const struct table_options *o,
    struct err_msg *why)
{
	struct table *t = mem_zero(1, sizeof *t);
	const size_t n = s->frame_count + (size_t)1;
	struct table_row *row = mem_try(n * sizeof *row);
	uint32_t *stamp = mem_try(n * sizeof *stamp);
	bool ok = row != NULL && stamp != NULL;

	if (ok) {
		memset(row, 0, n * sizeof *row);
		memset(stamp, 0, n * sizeof *stamp);
		for (uint32_t i = 0; i < s->frame_count; i++)
			row[i].frame = i;
		for (uint32_t i = 0; i < s->stack_count; i++)
			t->whole += fabs(delta(s->stack[i].was, s->stack[i].now));
		t->cutoff = t->whole * o->fraction;
		sum_up(s, row, stamp);
		ok = pick(t, s, row, o);
	}
	mem_free(row);
	mem_free(stamp);
	if (!ok) {
		table_free(t);
		return err_set(why, ERR_MEMORY, "profile", "free some memory",
		    "no memory for its rows");
	}
	*out = t;
	return ERR_OK;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	mem_free(t->row);
	mem_free(t);
}
