/* series.c - rings of samples. */
#include "gauge/series.h"

#include <math.h>
#include <stdbool.h>

#include "base/alloc.h"

void
series_init(struct series *s, size_t cap)
{
	*s = (struct series){ .cap = cap };
	s->t = mem_zero(cap, sizeof *s->t);
}

void
series_fini(struct series *s)
{
	for (size_t i = 0; i < s->gauges; i++)
		mem_free(s->v[i]);
	mem_free(s->v);
	mem_free(s->t);
	*s = (struct series){ .cap = 0 };
}

void
series_clear_gauge(struct series *s, size_t gauge)
{
	for (size_t i = 0; gauge < s->gauges && i < s->cap; i++)
		s->v[gauge][i] = (double)NAN;
}

static void
grow(struct series *s, size_t n)
{
	s->v = mem_resize(s->v, n, sizeof *s->v);
	while (s->gauges < n) {
		s->v[s->gauges] = mem_zero(s->cap, sizeof **s->v);
		s->gauges++;
		series_clear_gauge(s, s->gauges - 1);
	}
}

void
series_put(struct series *s, uint64_t t, const double *v, size_t n)
{
	if (n > s->gauges)
		grow(s, n);
	s->t[s->next] = t;
	for (size_t i = 0; i < s->gauges; i++)
		s->v[i][s->next] = i < n ? v[i] : (double)NAN;
	s->next = (s->next + 1) % s->cap;
	if (s->count < s->cap)
		s->count++;
}

static size_t
slot(const struct series *s, size_t i)
{
	return (s->next + s->cap - s->count + i) % s->cap;
}

uint64_t
series_time(const struct series *s, size_t i)
{
	return i < s->count ? s->t[slot(s, i)] : 0;
}

double
series_at(const struct series *s, size_t gauge, size_t i)
{
	return gauge < s->gauges && i < s->count ? s->v[gauge][slot(s, i)] : (double)NAN;
}

double
series_now(const struct series *s, size_t gauge)
{
	return s->count != 0 ? series_at(s, gauge, s->count - 1) : (double)NAN;
}

static double
extreme(const struct series *s, size_t gauge, bool least)
{
	double best = (double)NAN;

	for (size_t i = 0; i < s->count; i++) {
		const double v = series_at(s, gauge, i);

		if (!isnan(v) && (isnan(best) || (least ? v < best : v > best)))
			best = v;
	}
	return best;
}

double
series_min(const struct series *s, size_t gauge)
{
	return extreme(s, gauge, true);
}

double
series_max(const struct series *s, size_t gauge)
{
	return extreme(s, gauge, false);
}
