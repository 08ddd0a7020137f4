/* tiers.c - slices of time, folded from one tier into the next. */
#include "gauge/tiers.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

enum { CHUNK = 64 };

static const struct { uint64_t every; size_t cap; } shape[TIERS] = {
	{ 10 * NS_PER_S, 12 * CHUNK }, { 60 * NS_PER_S, 45 * CHUNK },
};

static const struct tier_value nothing = { NAN, NAN, NAN };

void
tiers_init(struct tiers *t)
{
	*t = (struct tiers){ .gauges = 0 };
	for (int i = 0; i < TIERS; i++) {
		t->tier[i].every = shape[i].every;
		t->tier[i].cap = shape[i].cap;
	}
}

static void
drop(struct tier *t, size_t gauge)
{
	for (size_t i = 0; t->v[gauge] != NULL && i < t->cap / CHUNK; i++)
		mem_free(t->v[gauge][i]);
	mem_free(t->v[gauge]);
	t->v[gauge] = NULL;
	t->part[gauge] = (struct tier_part){ .n = 0 };
}

void
tiers_fini(struct tiers *t)
{
	for (int i = 0; i < TIERS; i++) {
		for (size_t k = 0; k < t->gauges; k++)
			drop(&t->tier[i], k);
		mem_free(t->tier[i].v);
		mem_free(t->tier[i].part);
	}
	t->gauges = 0;
}

void
tiers_clear_gauge(struct tiers *t, size_t gauge)
{
	for (int i = 0; gauge < t->gauges && i < TIERS; i++)
		drop(&t->tier[i], gauge);
}

static void
grow(struct tiers *t, size_t n)
{
	for (int i = 0; i < TIERS; i++) {
		struct tier *x = &t->tier[i];

		x->v = mem_resize(x->v, n, sizeof *x->v);
		x->part = mem_resize(x->part, n, sizeof *x->part);
		for (size_t k = t->gauges; k < n; k++) {
			x->v[k] = NULL;
			x->part[k] = (struct tier_part){ .n = 0 };
		}
	}
	t->gauges = n;
}

static struct tier_value *
chunk_of(struct tier *t, size_t gauge, uint64_t slice)
{
	const size_t at = (size_t)(slice % t->cap) / CHUNK;
	struct tier_value *c;

	if (t->v[gauge] == NULL)
		t->v[gauge] = mem_zero(t->cap / CHUNK, sizeof *t->v[gauge]);
	if (t->v[gauge][at] == NULL) {
		c = t->v[gauge][at] = mem_zero(CHUNK, sizeof *c);
		for (size_t i = 0; i < CHUNK; i++)
			c[i] = nothing;
	}
	return t->v[gauge][at];
}

static void
store(struct tier *t, size_t gauge, uint64_t slice, struct tier_value v)
{
	const size_t at = (size_t)(slice % t->cap) / CHUNK;

	/* a gap is written only over what stood there a whole round ago */
	if (isnan(v.mean) && (t->v[gauge] == NULL || t->v[gauge][at] == NULL))
		return;
	chunk_of(t, gauge, slice)[slice % CHUNK] = v;
}

static void
add(struct tier_part *p, float min, float max, double sum, unsigned n)
{
	p->min = p->n == 0 || min < p->min ? min : p->min;
	p->max = p->n == 0 || max > p->max ? max : p->max;
	p->sum += sum;
	p->n += n;
}

static void move_to(struct tiers *t, int tier, uint64_t slice);

/* The slice that filled is over: it is kept, and goes into the next tier. */
static void
close_slice(struct tiers *t, int tier)
{
	struct tier *x = &t->tier[tier];

	if (tier + 1 < TIERS)
		move_to(t, tier + 1, x->next * x->every / t->tier[tier + 1].every);
	for (size_t k = 0; k < t->gauges; k++) {
		struct tier_part *p = &x->part[k];
		struct tier_value v = nothing;

		if (p->n != 0) {
			v = (struct tier_value){ p->min, (float)(p->sum / p->n), p->max };
			if (tier + 1 < TIERS)
				add(&t->tier[tier + 1].part[k], p->min, p->max, p->sum, p->n);
			*p = (struct tier_part){ .n = 0 };
		}
		store(x, k, x->next, v);
	}
	x->next++;
	if (x->next - x->first > x->cap)
		x->first = x->next - x->cap;
}

static void
move_to(struct tiers *t, int tier, uint64_t slice)
{
	struct tier *x = &t->tier[tier];

	if (!x->begun) {
		x->begun = true;
		x->first = x->next = slice;
	}
	if (slice < x->next)
		return;                 /* a clock never goes back; were it to, the slice goes on */
	if (slice > x->next)
		close_slice(t, tier);
	/* a long sleep: everything is a gap, and none of it needs a turn of its own */
	if (slice - x->next > x->cap) {
		for (size_t k = 0; k < t->gauges; k++) {
			const struct tier_part keep = x->part[k];

			drop(x, k);
			x->part[k] = keep;
		}
		x->first = x->next = slice;
	}
	while (x->next < slice)
		close_slice(t, tier);
}

void
tiers_put(struct tiers *t, uint64_t time, const double *v, size_t n)
{
	if (n > t->gauges)
		grow(t, n);
	move_to(t, 0, time / t->tier[0].every);
	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i]))
			add(&t->tier[0].part[i], (float)v[i], (float)v[i], v[i], 1);
}

struct tier_value
tiers_at(const struct tiers *t, int tier, size_t gauge, uint64_t slice)
{
	const struct tier *x = &t->tier[tier];
	const size_t at = (size_t)(slice % x->cap) / CHUNK;

	if (gauge >= t->gauges || slice < x->first || slice >= x->next || x->v[gauge] == NULL ||
	    x->v[gauge][at] == NULL)
		return nothing;
	return x->v[gauge][at][slice % CHUNK];
}
