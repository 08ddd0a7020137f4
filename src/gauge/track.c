/* track.c - means and minima of short spans. */
#include "gauge/track.h"

#include <math.h>
#include <string.h>

enum { GAP_SPANS = 2 };

static const double SPAN_LEAST = 0.05;

void
track_init(struct track *k, double window_s)
{
	*k = (struct track){ .span = fmax(window_s / TRACK_POINTS, SPAN_LEAST) };
}

void
track_clear(struct track *k)
{
	*k = (struct track){ .span = k->span };
}

static void
close_span(struct track *k)
{
	if (k->n == TRACK_POINTS) {
		k->n--;
		memmove(k->t, k->t + 1, k->n * sizeof *k->t);
		memmove(k->mean, k->mean + 1, k->n * sizeof *k->mean);
		memmove(k->low, k->low + 1, k->n * sizeof *k->low);
	}
	k->t[k->n] = k->from + k->span / 2;
	k->mean[k->n] = k->sum / k->count;
	k->low[k->n] = k->least;
	k->n++;
}

bool
track_put(struct track *k, uint64_t now_ns, double v)
{
	const double now = (double)now_ns / 1e9, gap = now - (double)k->last / 1e9;
	bool closed = false;

	if (isnan(v))
		return false;
	/* Samples may be further apart than a span is long. */
	if (k->last != 0 && gap > GAP_SPANS * k->span && gap > 30 && k->n != 0)
		track_clear(k);
	if (k->count != 0 && now - k->from >= k->span) {
		close_span(k);
		closed = true;
		k->count = 0;
	}
	if (k->count == 0) {
		k->from = now;
		k->sum = 0;
		k->least = v;
	}
	k->sum += v;
	k->least = fmin(k->least, v);
	k->count++;
	k->last = now_ns;
	return closed;
}

double
track_seconds(const struct track *k)
{
	return k->n != 0 ? k->t[k->n - 1] - k->t[0] + k->span : 0;
}

size_t
track_tail(const struct track *k, double seconds)
{
	size_t i = k->n;

	while (i > 0 && k->t[k->n - 1] - k->t[i - 1] + k->span <= seconds + k->span / 2)
		i--;
	return k->n - i;
}

size_t
track_floor(const struct track *k, size_t blocks, double *t, double *v)
{
	if (k->n < blocks * 2)
		return 0;
	for (size_t b = 0; b < blocks; b++) {
		const size_t from = k->n * b / blocks, to = k->n * (b + 1) / blocks;

		t[b] = (k->t[from] + k->t[to - 1]) / 2;
		v[b] = k->low[from];
		for (size_t i = from; i < to; i++)
			v[b] = fmin(v[b], k->low[i]);
	}
	return blocks;
}
