/* flame.c - laying stacks out as boxes, row by row, only as far as boxes are wide enough. */
#include "pprof/flame.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* A stack that has a width; its frames begin at `from`. */
struct leaf {
	uint32_t stack, from;
};

/* The children of one box while they are counted. */
struct group {
	uint32_t frame, count, fill;
	double   w;
	int64_t  a, b;
};

struct work {
	const struct stacks *s;
	const struct flame_options *o;
	struct flame *f;
	struct leaf *leaf, *spare;
	uint32_t leaves;
	uint32_t *first;                /* of each box: its first leaf; count in `n` */
	uint32_t *n;
	struct group *group;
	uint32_t groups, group_cap;
	uint32_t *slot;                 /* of each frame: group + 1 in the box at work */
	double   min;
};

void
flame_defaults(struct flame_options *o)
{
	*o = (struct flame_options){ .min_share = 0.005, .max_depth = 256, .max_boxes = 20000,
	    .from = STACKS_NONE };
}

double
flame_weight(const struct flame_options *o, int64_t a, int64_t b)
{
	const double d = (double)b - (double)a;

	if ((o->only == FLAME_GROWTH && d <= 0) || (o->only == FLAME_SHRINK && d >= 0))
		return 0;
	if (o->width == FLAME_DELTA)
		return d < 0 ? -d : d;
	return a > b ? (a > 0 ? (double)a : 0) : b > 0 ? (double)b : 0;
}

/* Where the frames of a stack begin for these options; STACKS_NONE: it is not among them. */
static uint32_t
begin(const struct stacks *s, const struct stacks_one *st, const struct flame_options *o)
{
	const uint32_t *path = s->of + st->first;

	if (o->zoom_count != 0) {
		if (st->count < o->zoom_count ||
		    memcmp(path, o->zoom, o->zoom_count * sizeof *path) != 0)
			return STACKS_NONE;
		return o->zoom_count - 1;
	}
	if (o->from == STACKS_NONE)
		return 0;
	for (uint32_t i = 0; i < st->count; i++)
		if (path[i] == o->from)
			return i;
	return STACKS_NONE;
}

static void
collect(struct work *w)
{
	for (uint32_t i = 0; i < w->s->stack_count; i++) {
		const struct stacks_one *st = &w->s->stack[i];
		const double weight = flame_weight(w->o, st->was, st->now);
		const uint32_t from = begin(w->s, st, w->o);

		if (from == STACKS_NONE)
			continue;
		w->f->a = (int64_t)((uint64_t)w->f->a + (uint64_t)st->was);
		w->f->b = (int64_t)((uint64_t)w->f->b + (uint64_t)st->now);
		if (weight <= 0)
			continue;
		w->f->w += weight;
		w->leaf[w->leaves++] = (struct leaf){ i, from };
	}
	w->f->stacks = w->leaves;
}

/* ---- one box */

static struct group *
group_of(struct work *w, uint32_t frame)
{
	if (w->slot[frame] == 0) {
		if (w->groups == w->group_cap) {
			const uint32_t cap = w->group_cap * 2 + 64;
			struct group *more = mem_try_resize(w->group, cap * sizeof *more);

			if (more == NULL)
				return NULL;
			w->group = more;
			w->group_cap = cap;
		}
		w->group[w->groups] = (struct group){ .frame = frame };
		w->slot[frame] = ++w->groups;
	}
	return &w->group[w->slot[frame] - 1];
}

static int
by_width(const void *x, const void *y)
{
	const struct group *a = x, *b = y;

	if (a->w > b->w || a->w < b->w)
		return a->w > b->w ? -1 : 1;
	return a->frame < b->frame ? -1 : a->frame > b->frame;
}

/* Counts the children of the leaves [first, first + n) at `depth`; what ends there goes to self. */
static bool
count_groups(struct work *w, uint32_t first, uint32_t n, uint32_t depth, struct flame_box *self)
{
	w->groups = 0;
	for (uint32_t i = first; i < first + n; i++) {
		const struct stacks_one *st = &w->s->stack[w->leaf[i].stack];
		const uint32_t at = w->leaf[i].from + depth;
		struct group *g;

		if (at >= st->count) {
			self->self_a = (int64_t)((uint64_t)self->self_a + (uint64_t)st->was);
			self->self_b = (int64_t)((uint64_t)self->self_b + (uint64_t)st->now);
			continue;
		}
		g = group_of(w, w->s->of[st->first + at]);
		if (g == NULL)
			return false;
		g->count++;
		g->w += flame_weight(w->o, st->was, st->now);
		g->a = (int64_t)((uint64_t)g->a + (uint64_t)st->was);
		g->b = (int64_t)((uint64_t)g->b + (uint64_t)st->now);
	}
	qsort(w->group, w->groups, sizeof *w->group, by_width);
	return true;
}

/* Puts the leaves into the order of their groups. */
static void
arrange(struct work *w, uint32_t first, uint32_t n, uint32_t depth)
{
	uint32_t at = first;

	for (uint32_t i = 0; i < w->groups; i++) {
		w->group[i].fill = at;
		at += w->group[i].count;
		w->slot[w->group[i].frame] = i + 1;
	}
	memcpy(w->spare, w->leaf + first, n * sizeof *w->leaf);
	for (uint32_t i = 0; i < n; i++) {
		const struct stacks_one *st = &w->s->stack[w->spare[i].stack];
		const uint32_t place = w->spare[i].from + depth;

		if (place < st->count) {
			const uint32_t g = w->slot[w->s->of[st->first + place]] - 1;

			w->leaf[w->group[g].fill++] = w->spare[i];
		} else {
			w->leaf[at++] = w->spare[i];
		}
	}
	for (uint32_t i = 0; i < w->groups; i++)
		w->slot[w->group[i].frame] = 0;
}

static bool
add_box(struct work *w, const struct flame_box *box, uint32_t first, uint32_t n)
{
	struct flame *f = w->f;

	if (f->count == f->cap) {
		const uint32_t cap = f->cap * 2 + 256;
		struct flame_box *more = mem_try_resize(f->box, cap * sizeof *more);
		uint32_t *words;

		if (more == NULL)
			return false;
		f->box = more;
		words = mem_try_resize(w->first, cap * sizeof *words);
		if (words == NULL)
			return false;
		w->first = words;
		words = mem_try_resize(w->n, cap * sizeof *words);
		if (words == NULL)
			return false;
		w->n = words;
		f->cap = cap;
	}
	w->first[f->count] = first;
	w->n[f->count] = n;
	f->box[f->count++] = *box;
	if (box->depth + 1 > f->depth)
		f->depth = box->depth + 1;
	return true;
}

/* Boxes for the groups that are wide enough, one for all others. */
static bool
add_children(struct work *w, uint32_t parent, uint32_t depth, double x, uint32_t first)
{
	struct flame_box rest = { .frame = FLAME_MORE, .parent = parent, .depth = depth };

	for (uint32_t i = 0; i < w->groups; i++) {
		const struct group *g = &w->group[i];
		const struct flame_box box = { .frame = g->frame, .parent = parent,
		    .depth = depth, .x = x, .w = g->w, .a = g->a, .b = g->b };

		if (g->w >= w->min && w->f->count < w->o->max_boxes) {
			if (!add_box(w, &box, first, g->count))
				return false;
			x += g->w;
		} else {
			w->f->cut |= g->w >= w->min;
			rest.more++;
			rest.w += g->w;
			rest.a = (int64_t)((uint64_t)rest.a + (uint64_t)g->a);
			rest.b = (int64_t)((uint64_t)rest.b + (uint64_t)g->b);
		}
		first += g->count;
	}
	rest.x = x;
	return rest.more == 0 || w->f->count > w->o->max_boxes || add_box(w, &rest, first, 0);
}

static bool
split(struct work *w, uint32_t box)
{
	struct flame_box self = { 0 };
	const bool top = box == STACKS_NONE;
	const uint32_t first = top ? 0 : w->first[box], n = top ? w->leaves : w->n[box];
	const uint32_t depth = top ? 0 : w->f->box[box].depth + 1;
	bool ok;

	if (!count_groups(w, first, n, depth, &self))
		return false;
	if (!top) {
		w->f->box[box].self_a = self.self_a;
		w->f->box[box].self_b = self.self_b;
	}
	arrange(w, first, n, depth);
	if (depth >= w->o->max_depth) {
		w->f->cut |= w->groups != 0;
		return true;
	}
	ok = add_children(w, box, depth, top ? 0 : w->f->box[box].x, first);
	return ok;
}

static bool
lay_out(struct work *w)
{
	w->min = w->f->w * w->o->min_share;
	if (w->leaves == 0)
		return true;
	if (!split(w, STACKS_NONE))
		return false;
	for (uint32_t i = 0; i < w->f->count; i++)
		if (w->f->box[i].frame != FLAME_MORE && !split(w, i))
			return false;
	return true;
}

enum err
flame_make(struct flame **out, const struct stacks *s, const struct flame_options *o,
    struct err_msg *why)
{
	struct flame *f = mem_zero(1, sizeof *f);
	struct work w = { .s = s, .o = o, .f = f,
	    .leaf = mem_try((s->stack_count + (size_t)1) * sizeof *w.leaf),
	    .spare = mem_try((s->stack_count + (size_t)1) * sizeof *w.spare),
	    .slot = mem_try((s->frame_count + (size_t)1) * sizeof *w.slot) };
	bool ok = w.leaf != NULL && w.spare != NULL && w.slot != NULL;

	if (ok) {
		memset(w.slot, 0, (s->frame_count + (size_t)1) * sizeof *w.slot);
		collect(&w);
		ok = lay_out(&w);
	}
	mem_free(w.leaf);
	mem_free(w.spare);
	mem_free(w.slot);
	mem_free(w.first);
	mem_free(w.n);
	mem_free(w.group);
	if (!ok) {
		flame_free(f);
		return err_set(why, ERR_MEMORY, "flame graph", "free some memory",
		    "no memory to lay it out");
	}
	*out = f;
	return ERR_OK;
}

void
flame_free(struct flame *f)
{
	if (f == NULL)
		return;
	mem_free(f->box);
	mem_free(f);
}
