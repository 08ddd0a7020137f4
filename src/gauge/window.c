/* window.c - quantiles over the newest of something. */
#include "gauge/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* ---- events ---- */

void
window_events_forget(struct window_events *w)
{
	w->n = 0;
}

void
window_events_fini(struct window_events *w)
{
	mem_free(w->v);
	*w = (struct window_events){ .n = 0 };
}

void
window_events_add(struct window_events *w, int64_t at, double v)
{
	if (w->n == WINDOW_EVENTS) {
		memmove(w->v, w->v + WINDOW_EVENTS / 4,
		    (WINDOW_EVENTS - WINDOW_EVENTS / 4) * sizeof *w->v);
		w->n -= WINDOW_EVENTS / 4;
	}
	if (w->n == w->cap) {
		w->cap = w->cap != 0 ? w->cap * 2 : 64;
		w->v = mem_resize(w->v, w->cap, sizeof *w->v);
	}
	w->v[w->n++] = (struct window_event){ at, v };
}

static int
rising(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

size_t
window_events_quantiles(struct window_events *w, int64_t since, const double *q, size_t n,
    double *out)
{
	double *sorted = mem_alloc((w->n + 1) * sizeof *sorted);
	size_t k = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].at >= since) {
			sorted[k] = w->v[i].v;
			w->v[k++] = w->v[i];
		}
	w->n = k;
	qsort(sorted, k, sizeof *sorted, rising);
	for (size_t i = 0; i < n; i++) {
		const double rank = ceil(q[i] * (double)k);
		const size_t at = rank < 1 ? 0 : (size_t)rank - 1;

		out[i] = k != 0 ? sorted[at < k ? at : k - 1] : (double)NAN;
	}
	mem_free(sorted);
	return k;
}

/* ---- buckets ---- */

static void
forget(struct window_buckets *w)
{
	for (size_t i = 0; i < w->steps; i++)
		mem_free(w->count[i]);
	w->steps = 0;
}

void
window_buckets_fini(struct window_buckets *w)
{
	forget(w);
	mem_free(w->le);
	mem_free(w->now);
	*w = (struct window_buckets){ .n = 0 };
}

static bool
same_bounds(const struct window_buckets *w, const double *le, size_t n)
{
	return w->n == n && (n == 0 || memcmp(w->le, le, n * sizeof *le) == 0);
}

static bool
fell(const struct window_buckets *w, const double *count)
{
	for (size_t i = 0; i < w->n; i++)
		if (count[i] < w->now[i])
			return true;
	return false;
}

static double *
copy(const double *v, size_t n)
{
	double *out = mem_alloc((n + 1) * sizeof *out);

	memcpy(out, v, n * sizeof *out);
	return out;
}

/* Steps older than the span go, but for the newest of them: the window starts there. */
static void
keep_step(struct window_buckets *w, int64_t at, int64_t span)
{
	if (w->steps != 0 && at - w->at[w->steps - 1] < span / WINDOW_STEPS)
		return;
	while (w->steps > 1 && (w->steps > WINDOW_STEPS || at - w->at[1] >= span)) {
		mem_free(w->count[0]);
		w->steps--;
		memmove(&w->count[0], &w->count[1], w->steps * sizeof w->count[0]);
		memmove(&w->at[0], &w->at[1], w->steps * sizeof w->at[0]);
	}
	w->count[w->steps] = copy(w->now, w->n);
	w->at[w->steps++] = at;
}

void
window_buckets_put(struct window_buckets *w, int64_t at, int64_t span, const double *le,
    const double *count, size_t n)
{
	if (n > WINDOW_BUCKETS)
		n = WINDOW_BUCKETS;
	if (!same_bounds(w, le, n)) {
		window_buckets_fini(w);
		w->le = copy(le, n);
		w->n = n;
	} else if (w->now != NULL && fell(w, count)) {
		forget(w);
	}
	mem_free(w->now);
	w->now = copy(count, n);
	keep_step(w, at, span);
}

static double
since_start(const struct window_buckets *w, size_t i)
{
	return w->now[i] - w->count[0][i];
}

double
window_buckets_added(const struct window_buckets *w)
{
	return w->n != 0 && w->steps != 0 ? since_start(w, w->n - 1) : (double)NAN;
}

double
window_buckets_quantile(const struct window_buckets *w, double q)
{
	const double all = window_buckets_added(w), rank = q * all;
	double below = 0, from = w->n != 0 && w->le[0] < 0 ? w->le[0] : 0;

	if (isnan(all) || all <= 0)
		return (double)NAN;
	for (size_t i = 0; i < w->n; i++) {
		const double to = since_start(w, i);

		if (to >= rank && to > below) {
			if (isinf(w->le[i]))    /* no upper bound: the last there is */
				return i != 0 ? w->le[i - 1] : (double)NAN;
			return from + (w->le[i] - from) * (rank - below) / (to - below);
		}
		below = to;
		from = w->le[i];
	}
	return (double)NAN;
}
