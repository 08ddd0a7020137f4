/*
 * trend.h - what a stretch of samples says: a slope with its error, a drift, a settling curve.
 *
 * Layer   gauge. Pure functions; t in seconds and rising, no NAN among the values.
 * Errors  of 99 %: an interval leaves out the truth once in a hundred times.
 * Drift   the mean of the steps from point to point, and the error of that mean. For a random walk
 *         this is exact, where a line's error bar would find a trend three times out of four; for
 *         noise around a line it is too wide, never too narrow.
 * Settle  T(t) = end + (T0 - end) e^(-t/tau): a first-order warm-up (research/gauges.md 3.2).
 */
#ifndef GAUGE_TREND_H
#define GAUGE_TREND_H
#include <stdbool.h>
#include <stddef.h>

struct trend_line {
	double slope, low, high;        /* per second; likeness of neighbours counted */
	double rest;                    /* standard deviation around the line */
};

struct trend_drift {
	double slope, low, high;        /* per second */
	double rising;                  /* share of the steps that rise */
	double early, late;             /* slope of the first and of the second half */
};

struct trend_settle {
	double end, tau;                /* s */
	double error;                   /* of end: what the data allow around it */
};

/* False: fewer than 4 points, or no time between them. */
bool trend_line(const double *t, const double *v, size_t n, struct trend_line *out);
bool trend_drift(const double *t, const double *v, size_t n, struct trend_drift *out);
/* False when the curve is not one that settles, or not enough of it is seen to tell. */
bool trend_settle(const double *t, const double *v, size_t n, struct trend_settle *out);
/* t with P(|T| > t) = 1 %. */
double trend_quantile(size_t dof);

#endif
