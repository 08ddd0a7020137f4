/*
 * series.h - the last LIMIT_GAUGE_HISTORY samples of every gauge: a ring of times and one ring of
 * values each.
 *
 * Layer   gauge. Missing is NAN, a gap. A gauge that came later has gaps before.
 */
#ifndef GAUGE_SERIES_H
#define GAUGE_SERIES_H
#include <stddef.h>
#include <stdint.h>
#include "base/limits.h"

struct series {
	uint64_t *t;
	double **v;                     /* one ring of cap values for each gauge */
	size_t gauges, cap, count, next;
};

void   series_init(struct series *s, size_t cap);       /* cap: LIMIT_GAUGE_HISTORY but in tests */
void   series_fini(struct series *s);
/* n values; gauges beyond those known are added, with gaps before; those not given get a gap. */
void   series_put(struct series *s, uint64_t t, const double *v, size_t n);
void   series_clear_gauge(struct series *s, size_t gauge);      /* all its samples become gaps */
/* i counts from the oldest, 0 .. count - 1. */
uint64_t series_time(const struct series *s, size_t i);
double series_at(const struct series *s, size_t gauge, size_t i);
double series_now(const struct series *s, size_t gauge); /* NAN: none, or the newest is a gap */
/* Over all samples kept; gaps do not count. NAN when there are only gaps. */
double series_min(const struct series *s, size_t gauge);
double series_max(const struct series *s, size_t gauge);

#endif
