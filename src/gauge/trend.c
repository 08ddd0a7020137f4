/* trend.c - slope, drift and settling of a stretch of samples. */
#include "gauge/trend.h"

#include <math.h>

enum { POINTS_LEAST = 4, SETTLE_LEAST = 12, SETTLE_STEPS = 96 };

static const double WAY_LEAST = 2;      /* C */

double
trend_quantile(size_t dof)
{
	static const double known[] = { 63.66, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355,
		3.250, 3.169, 3.106, 3.055, 3.012, 2.977, 2.947, 2.921, 2.898, 2.878, 2.861,
		2.845 };
	const size_t n = sizeof known / sizeof known[0];

	if (dof == 0)
		return (double)INFINITY;
	/* Beyond the table the first term of Student's expansion is good to 0.002. */
	return dof <= n ? known[dof - 1] : 2.5758 + 4.9165 / (double)dof;
}

struct sums { double n, x, y, xx, xy; };

static struct sums
sums_of(const double *x, const double *y, size_t n)
{
	struct sums s = { .n = (double)n };

	for (size_t i = 0; i < n; i++) {
		s.x += x[i] / s.n;
		s.y += y[i] / s.n;
	}
	for (size_t i = 0; i < n; i++) {
		s.xx += (x[i] - s.x) * (x[i] - s.x);
		s.xy += (x[i] - s.x) * (y[i] - s.y);
	}
	return s;
}

bool
trend_line(const double *t, const double *v, size_t n, struct trend_line *out)
{
	struct sums s;
	double square = 0, pair = 0, before = 0, like, error;

	if (n < POINTS_LEAST)
		return false;
	s = sums_of(t, v, n);
	if (s.xx <= 0)
		return false;
	*out = (struct trend_line){ .slope = s.xy / s.xx };
	for (size_t i = 0; i < n; i++) {
		const double rest = v[i] - s.y - out->slope * (t[i] - s.x);

		square += rest * rest;
		pair += i != 0 ? rest * before : 0;
		before = rest;
	}
	/* Points that resemble their neighbours count for less than their number. */
	like = square > 0 ? fmin(fmax(pair / square, 0), 0.95) : 0;
	out->rest = sqrt(square / (s.n - 2));
	error = out->rest / sqrt(s.xx) * sqrt((1 + like) / (1 - like)) *
	    trend_quantile((size_t)fmax(1, s.n * (1 - like) / (1 + like) - 2));
	out->low = out->slope - error;
	out->high = out->slope + error;
	return true;
}

bool
trend_drift(const double *t, const double *v, size_t n, struct trend_drift *out)
{
	const size_t steps = n - 1, half = n / 2;
	double mean, square = 0, error, time;

	if (n < POINTS_LEAST || t[n - 1] <= t[0])
		return false;
	time = (t[n - 1] - t[0]) / (double)steps;
	mean = (v[n - 1] - v[0]) / (double)steps;
	*out = (struct trend_drift){ .slope = mean / time };
	for (size_t i = 1; i < n; i++) {
		const double step = v[i] - v[i - 1];

		square += (step - mean) * (step - mean);
		out->rising += step > 0 ? 1.0 / (double)steps : 0;
	}
	error = sqrt(square / (double)(steps - 1) / (double)steps) * trend_quantile(steps - 1);
	out->low = (mean - error) / time;
	out->high = (mean + error) / time;
	out->early = t[half] > t[0] ? (v[half] - v[0]) / (t[half] - t[0]) : 0;
	out->late = t[n - 1] > t[half] ? (v[n - 1] - v[half]) / (t[n - 1] - t[half]) : 0;
	return true;
}

/* The best end and start for one tau, by least squares over e^(-t/tau); gives what is left. */
static double
settle_try(const double *t, const double *v, size_t n, double tau, double *end, double *way)
{
	double mx = 0, my = 0, xx = 0, xy = 0, left = 0, k;

	for (size_t i = 0; i < n; i++) {
		mx += exp(-(t[i] - t[0]) / tau) / (double)n;
		my += v[i] / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		const double x = exp(-(t[i] - t[0]) / tau) - mx;

		xx += x * x;
		xy += x * (v[i] - my);
	}
	k = xx > 0 ? xy / xx : 0;
	*end = my - k * mx;
	*way = fabs(k);
	for (size_t i = 0; i < n; i++) {
		const double rest = v[i] - *end - k * exp(-(t[i] - t[0]) / tau);

		left += rest * rest;
	}
	return left;
}

bool
trend_settle(const double *t, const double *v, size_t n, struct trend_settle *out)
{
	double span, best = (double)INFINITY, left[SETTLE_STEPS], end[SETTLE_STEPS], tau, allow;
	double low = (double)INFINITY, high = -(double)INFINITY, way, walked = 0;
	const double step = pow(400, 1.0 / (SETTLE_STEPS - 1));

	if (n < SETTLE_LEAST || t[n - 1] <= t[0])
		return false;
	span = t[n - 1] - t[0];
	tau = span / 40;
	for (int i = 0; i < SETTLE_STEPS; i++, tau *= step) {
		left[i] = settle_try(t, v, n, tau, &end[i], &way);
		if (left[i] < best) {
			best = left[i];
			walked = way;
			*out = (struct trend_settle){ .end = end[i], .tau = tau };
		}
	}
	/* Every tau that fits almost as well is possible: the ends they lead to are the error. A
	 * sensor's step adds to what noise alone would leave. */
	allow = best * (1 + 10.0 / (double)(n - 3)) + 0.02;
	for (int i = 0; i < SETTLE_STEPS; i++)
		if (left[i] <= allow) {
			low = fmin(low, end[i]);
			high = fmax(high, end[i]);
		}
	out->error = fmax(high - out->end, out->end - low);
	/* What hardly moved has no time constant: noise fits any. */
	if (walked < fmax(WAY_LEAST, 4 * sqrt(best / (double)(n - 3))))
		return false;
	/* An end far outside of what was seen, or a time constant beyond the view, is a guess. */
	return out->tau > span / 30 && out->tau < span * 2 &&
	    out->error < fmax(2, fabs(out->end - v[n - 1]) * 0.5);
}
