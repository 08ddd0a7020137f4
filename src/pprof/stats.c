/* stats.c - Student's distribution, the median slope, the noise of sampled profiles. */
#include "pprof/stats.h"

#include <math.h>
#include <stdlib.h>

#include "pprof/sampling.h"

/* The continued fraction of I_x(a, b), Lentz' way. */
static double
fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), h;

	d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
	h = d;
	for (int m = 1; m < 300; m++) {
		double k = m, step;

		for (int half = 0; half < 2; half++) {
			double t = half == 0 ? k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
					     : -(a + k) * (a + b + k) * x /
						   ((a + 2 * k) * (a + 2 * k + 1));

			d = 1 + t * d;
			c = 1 + t / c;
			d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
			c = fabs(c) < 1e-300 ? 1e-300 : c;
			step = d * c;
			h *= step;
		}
		if (fabs(step - 1) < 1e-12)
			break;
	}
	return h;
}

static double
beta(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x));
	if (x < (a + 1) / (a + b + 2))
		return front * fraction(a, b, x) / a;
	return 1 - front * fraction(b, a, 1 - x) / b;
}

double
stats_student(double t, unsigned dof)
{
	double tail;

	if (dof == 0)
		return 0.5 * erfc(-t / sqrt(2));
	if (isinf(t))
		return t > 0 ? 1 : 0;
	tail = 0.5 * beta(dof / 2.0, 0.5, dof / (dof + t * t));
	return t > 0 ? 1 - tail : tail;
}

double
stats_quantile(double level, unsigned dof)
{
	double low = 0, high = 1e6;

	for (int i = 0; i < 100; i++) {
		double mid = (low + high) / 2;

		if (1 - stats_student(mid, dof) > level)
			low = mid;
		else
			high = mid;
	}
	return high;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
stats_theil_sen(const double *x, const int64_t *y, uint32_t n, double *scratch)
{
	uint32_t k = 0;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = i + 1; j < n; j++)
			if (x[j] > x[i])
				scratch[k++] = ((double)y[j] - (double)y[i]) / (x[j] - x[i]);
	if (k == 0)
		return 0;
	qsort(scratch, k, sizeof(*scratch), by_value);
	return k % 2 != 0 ? scratch[k / 2] : (scratch[k / 2 - 1] + scratch[k / 2]) / 2;
}

double
stats_sampling(int64_t size, int64_t rate, int of_bytes)
{
	struct sampling s = { .known = true, .bytes = of_bytes != 0, .rate = rate };

	if (rate <= 1)
		return 0;
	/* of unknown size: the limit for objects that are small beside the rate */
	if (size <= 0)
		return of_bytes ? (double)rate : 1;
	return sampling_of_object(&s, size) / (of_bytes ? (double)size : 1);
}
