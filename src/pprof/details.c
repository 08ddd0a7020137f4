/* details.c - callers, callees, lines and stacks of one function. */
#include "pprof/details.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

struct work {
	const struct stacks *s;
	struct details *d;
	struct hmap index[DETAILS_LISTS];
	uint32_t cap[DETAILS_LISTS];
	uint32_t *chosen;               /* stacks through the function */
	uint32_t *stamp;                /* of each row of the lines: the last stack counted */
	uint64_t *function;             /* of each frame: a hash of its function's name */
	uint64_t name;                  /* the one we are about */
};

struct slice
details_function(const struct stacks *s, uint32_t frame)
{
	const char *function = s->frame[frame].function;

	return slice_of(function[0] != '\0' ? function : s->frame[frame].name);
}

static void
plus(int64_t *to, int64_t v)
{
	*to = (int64_t)((uint64_t)*to + (uint64_t)v);
}

/* The row of a list for a key; NULL when there is no memory. */
static struct details_row *
row_of(struct work *w, enum details_list list, uint64_t key, uint32_t frame)
{
	struct details *d = w->d;
	bool fresh;
	uint64_t *place = hmap_at(&w->index[list], key, &fresh);

	if (place == NULL)
		return NULL;
	if (fresh) {
		if (d->count[list] == w->cap[list]) {
			const uint32_t cap = w->cap[list] * 2 + 64;
			struct details_row *more = mem_try_resize(d->row[list],
			    cap * sizeof *more);

			if (more == NULL)
				return NULL;
			d->row[list] = more;
			w->cap[list] = cap;
		}
		*place = d->count[list];
		d->row[list][d->count[list]++] = (struct details_row){ .frame = frame,
		    .line = w->s->frame[frame].line };
	}
	return &d->row[list][*place];
}

static bool
add_to(struct work *w, enum details_list list, uint32_t frame, const struct stacks_one *st)
{
	struct details_row *r = row_of(w, list, w->function[frame], frame);

	if (r == NULL)
		return false;
	plus(&r->a, st->was);
	plus(&r->b, st->now);
	return true;
}

/* Each line once per stack for cum, the leaf's for flat. */
static bool
add_line(struct work *w, uint32_t frame, uint32_t stack, bool leaf)
{
	const struct stacks_one *st = &w->s->stack[stack];
	struct details_row *r = row_of(w, DETAILS_LINES, frame, frame);

	if (r == NULL)
		return false;
	if (w->stamp[frame] != stack + 1) {
		w->stamp[frame] = stack + 1;
		plus(&r->cum_a, st->was);
		plus(&r->cum_b, st->now);
	}
	if (leaf) {
		plus(&r->a, st->was);
		plus(&r->b, st->now);
	}
	return true;
}

/* One stack that may hold the function: its first place has the caller, its last the callee. */
static bool
add_stack(struct work *w, uint32_t i)
{
	const struct stacks_one *st = &w->s->stack[i];
	const uint32_t *path = w->s->of + st->first;
	uint32_t first = STACKS_NONE, last = 0;
	struct details *d = w->d;

	for (uint32_t j = 0; j < st->count; j++)
		if (w->function[path[j]] == w->name) {
			first = first == STACKS_NONE ? j : first;
			last = j;
			if (!add_line(w, path[j], i, j + 1 == st->count))
				return false;
		}
	if (first == STACKS_NONE)
		return true;
	w->chosen[d->stacks_all++] = i;
	plus(&d->cum_a, st->was);
	plus(&d->cum_b, st->now);
	d->var_cum += st->variance;
	if (last + 1 == st->count) {
		plus(&d->flat_a, st->was);
		plus(&d->flat_b, st->now);
		d->var_flat += st->variance;
	} else if (!add_to(w, DETAILS_CALLEES, path[last + 1], st)) {
		return false;
	}
	return first == 0 || add_to(w, DETAILS_CALLERS, path[first - 1], st);
}

static int
by_delta(const void *x, const void *y)
{
	const struct details_row *a = x, *b = y;
	const double da = fabs((double)a->b - (double)a->a), db = fabs((double)b->b - (double)b->a);

	if (da > db || da < db)
		return da > db ? -1 : 1;
	if (a->b != b->b)
		return a->b > b->b ? -1 : 1;
	return a->frame < b->frame ? -1 : a->frame > b->frame;
}

/* The stacks with the largest delta: chosen[] is cut to DETAILS_STACKS_MAX by repeated selection.
 * */
static void
pick_stacks(struct work *w)
{
	struct details *d = w->d;

	for (uint32_t k = 0; k < DETAILS_STACKS_MAX && k < d->stacks_all; k++) {
		double best = -1;
		uint32_t at = k;

		for (uint32_t i = k; i < d->stacks_all; i++) {
			const struct stacks_one *st = &w->s->stack[w->chosen[i]];
			const double v = fabs((double)st->now - (double)st->was);

			if (v > best) {
				best = v;
				at = i;
			}
		}
		d->stack[d->stacks++] = w->chosen[at];
		w->chosen[at] = w->chosen[k];
	}
}

static int
by_line(const void *x, const void *y)
{
	const struct details_row *a = x, *b = y;

	return a->line < b->line ? -1 : a->line > b->line ? 1 : by_delta(x, y);
}

/* Which function is meant: by its own name, else by the text of a frame. */
static uint32_t
find(const struct stacks *s, const char *name)
{
	for (uint32_t i = 0; i < s->frame_count; i++)
		if (slice_is(details_function(s, i), name))
			return i;
	return stacks_find(s, name);
}

static bool
fill(struct work *w)
{
	memset(w->stamp, 0, (w->s->frame_count + (size_t)1) * sizeof *w->stamp);
	for (uint32_t i = 0; i < w->s->frame_count; i++) {
		const struct slice f = details_function(w->s, i);

		w->function[i] = hash_bytes(f.p, f.n, 0);
	}
	w->name = w->function[w->d->frame];
	for (uint32_t i = 0; i < w->s->stack_count; i++)
		if (!add_stack(w, i))
			return false;
	for (int i = 0; i < DETAILS_LISTS; i++)
		if (w->d->count[i] > 1)
			qsort(w->d->row[i], w->d->count[i], sizeof *w->d->row[i],
			    i == DETAILS_LINES ? by_line : by_delta);
	pick_stacks(w);
	return true;
}

enum err
details_make(struct details **out, const struct stacks *s, const char *name, struct err_msg *why)
{
	const uint32_t frame = find(s, name);
	struct work w = { .s = s };
	bool ok;

	if (frame == STACKS_NONE)
		return err_set(why, ERR_NOENT, name,
		    "clear focus and ignore, or choose another row",
		    "no stack holds this function");
	w.d = mem_zero(1, sizeof *w.d);
	w.d->frame = frame;
	w.function = mem_try((s->frame_count + (size_t)1) * sizeof *w.function);
	w.chosen = mem_try((s->stack_count + (size_t)1) * sizeof *w.chosen);
	w.stamp = mem_try((s->frame_count + (size_t)1) * sizeof *w.stamp);
	for (int i = 0; i < DETAILS_LISTS; i++)
		hmap_init(&w.index[i]);
	ok = w.chosen != NULL && w.stamp != NULL && w.function != NULL && fill(&w);
	for (int i = 0; i < DETAILS_LISTS; i++)
		hmap_fini(&w.index[i]);
	mem_free(w.chosen);
	mem_free(w.function);
	mem_free(w.stamp);
	if (!ok) {
		details_free(w.d);
		return err_set(why, ERR_MEMORY, name, "free some memory", "no memory for details");
	}
	*out = w.d;
	return ERR_OK;
}

void
details_free(struct details *d)
{
	if (d == NULL)
		return;
	for (int i = 0; i < DETAILS_LISTS; i++)
		mem_free(d->row[i]);
	mem_free(d);
}
