/*
 * stats.h - the little statistics that leak ranking needs.
 *
 * Layer   pprof, private to this folder. Pure functions.
 * Source  Student's distribution by the continued fraction of the incomplete beta function
 *         (Abramowitz and Stegun 26.5.8, 26.7.1); Sen 1968 for the median of slopes.
 */
#ifndef PPROF_STATS_H
#define PPROF_STATS_H
#include <stdint.h>

/* P(T <= t) with dof degrees of freedom; dof 0: the normal distribution. */
double stats_student(double t, unsigned dof);
/* The t with P(T > t) = level; at most 1e6. */
double stats_quantile(double level, unsigned dof);
/* Median of the slopes of all pairs. x rises; scratch: n (n-1) / 2 places. */
double stats_theil_sen(const double *x, const int64_t *y, uint32_t n, double *scratch);
/* Variance of an estimate per unit of its value: objects of `size` bytes, sampled once in `rate`
 * bytes on average. of_bytes: the value is bytes, else objects. 0 when all are recorded. */
double stats_sampling(int64_t size, int64_t rate, int of_bytes);

#endif
