/* past.c - samples, then tiers before them. */
#include "gauge/past.h"

#include <math.h>

#include "base/alloc.h"

/* Slices of a tier up to `end`, the last one cut there. */
static size_t
tier_points(const struct tier *x, int tier, uint64_t from, uint64_t end, struct past_point *out)
{
	size_t n = 0;

	for (uint64_t i = x->first; x->begun && i < x->next; i++) {
		const uint64_t t = i * x->every;

		if (t >= end)
			break;
		if (t + x->every <= from)
			continue;
		out[n++] = (struct past_point){ .t = t, .tier = tier, .i = i,
			.span = t + x->every <= end ? x->every : end - t };
	}
	return n;
}

/* What a tier still has begins there; the end of time when it has nothing. */
static uint64_t
begins(const struct tier *x)
{
	return x->begun && x->first < x->next ? x->first * x->every : UINT64_MAX;
}

struct past_point *
past_points(const struct series *s, const struct tiers *t, uint64_t from, uint64_t to, size_t *n)
{
	const uint64_t samples = s->count != 0 ? series_time(s, 0) : UINT64_MAX,
		       fine = begins(&t->tier[0]) < samples ? begins(&t->tier[0]) : samples;
	struct past_point *out = mem_zero(t->tier[0].cap + t->tier[1].cap + s->cap + 1,
	    sizeof *out);

	*n = tier_points(&t->tier[1], 1, from, fine < to ? fine : to, out);
	*n += tier_points(&t->tier[0], 0, from, samples < to ? samples : to, out + *n);
	for (size_t i = 0; i < s->count; i++)
		if (series_time(s, i) >= from && series_time(s, i) <= to)
			out[(*n)++] = (struct past_point){ .t = series_time(s, i), .tier = -1,
				.i = i };
	return out;
}

struct tier_value
past_value(const struct series *s, const struct tiers *t, size_t gauge,
    const struct past_point *p)
{
	float v;

	if (p->tier >= 0)
		return tiers_at(t, p->tier, gauge, p->i);
	v = (float)series_at(s, gauge, (size_t)p->i);
	return (struct tier_value){ v, v, v };
}

/* The columns that a moment covers: a slice of a tier may be wider than one. */
static void
spread(const struct past_point *p, float v, int64_t from, uint64_t slice, double *max, size_t n)
{
	const int64_t end = (int64_t)(p->t + (p->span != 0 ? p->span - 1 : 0));
	int64_t a = ((int64_t)p->t - from) / (int64_t)slice, b = (end - from) / (int64_t)slice;

	if (end < from)
		return;
	a = (int64_t)p->t < from ? 0 : a;
	for (int64_t i = a; i <= b && i < (int64_t)n; i++)
		if (isnan(max[i]) || (double)v > max[i])
			max[i] = (double)v;
}

/* How long a moment counts in a mean, in seconds. */
static double
weight_of(const struct past_point *p, size_t i)
{
	if (p[i].span != 0 || i == 0)
		return p[i].span != 0 ? (double)p[i].span / 1e9 : 1;
	return fmin((double)(p[i].t - p[i - 1].t) / 1e9, 60) + 1e-9;
}

/* Enough digits for a screen, and short: "71.48", "104857600". */
static double
rounded(double v)
{
	return fabs(v) >= 1000 ? round(v) : round(v * 100) / 100;
}

json_t *
past_columns(const struct series *s, const struct tiers *t, size_t gauge,
    const struct past_point *points, size_t count, int64_t from, uint64_t slice, size_t n)
{
	double max[PAST_COLUMNS], least = (double)NAN, sum = 0, weight = 0, w;
	json_t *o, *list;

	n = n < PAST_COLUMNS ? n : PAST_COLUMNS;
	for (size_t i = 0; i < n; i++)
		max[i] = (double)NAN;
	for (size_t i = 0; i < count; i++) {
		const struct tier_value v = past_value(s, t, gauge, &points[i]);

		if (isnan(v.mean))
			continue;
		spread(&points[i], v.max, from, slice, max, n);
		w = weight_of(points, i);
		least = isnan(least) || (double)v.min < least ? (double)v.min : least;
		sum += (double)v.mean * w;
		weight += w;
	}
	if (weight <= 0)
		return NULL;
	o = json_object();
	list = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_double(rounded(max[i])));
	json_put(o, "min", json_double(rounded(least)));
	json_put(o, "mean", json_double(rounded(sum / weight)));
	json_put(o, "max", list);
	return o;
}
