/*
 * window.h - the newest of something over a span of time, and its quantiles.
 *
 * Layer   gauge. Pure; times are nanoseconds of any one clock, negative ones too.
 * events  single values (GC pauses), the last WINDOW_EVENTS of them. A quantile is the nearest
 *         rank: one of the values.
 * buckets the counters of a histogram, kept WINDOW_STEPS times in a window; a quantile is taken
 *         from what was added since, within a bucket by straight line, as Prometheus' own
 *         histogram_quantile does.
 */
#ifndef GAUGE_WINDOW_H
#define GAUGE_WINDOW_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WINDOW_EVENTS = 4096, WINDOW_STEPS = 12, WINDOW_BUCKETS = 256 };

struct window_event { int64_t at; double v; };

struct window_events {
	struct window_event *v;
	size_t n, cap;
};

void   window_events_fini(struct window_events *w);
void   window_events_add(struct window_events *w, int64_t at, double v);
void   window_events_forget(struct window_events *w);
/* Drops what is older than `since`, then q[i] -> out[i] of the rest; NAN when there is none. How
 * many there are. */
size_t window_events_quantiles(struct window_events *w, int64_t since, const double *q, size_t n,
    double *out);

struct window_buckets {
	double *le;                     /* upper bounds, rising; the last may be infinite */
	size_t n;
	double *count[WINDOW_STEPS + 1];        /* cumulative, as told; oldest first */
	int64_t at[WINDOW_STEPS + 1];
	size_t steps;                   /* how many of them are kept; 0: nothing came yet */
	double *now;                    /* the newest */
};

void   window_buckets_fini(struct window_buckets *w);
/* Counters that fell, or other bounds: what was kept is forgotten. n is at most WINDOW_BUCKETS. */
void   window_buckets_put(struct window_buckets *w, int64_t at, int64_t span, const double *le,
    const double *count, size_t n);
/* Of what was added since the oldest step; NAN: nothing was. */
double window_buckets_quantile(const struct window_buckets *w, double q);
/* How many; NAN: nothing came yet. */
double window_buckets_added(const struct window_buckets *w);

#endif
