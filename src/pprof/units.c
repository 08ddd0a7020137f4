/* units.c - scaling and printing of values, equal to pprof's to the byte. */
#include "pprof/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ALIASES = 4 };

struct unit {
	const char *name;
	double factor;
	const char *alias[ALIASES];
};

struct family {
	struct unit dflt;
	struct unit unit[10];           /* ended by a NULL name */
};

static const struct family families[] = {
	{ { "B", 1, { "b", "byte" } }, {
		{ "B", 1, { "b", "byte" } },
		{ "kB", 1024.0, { "kb", "kbyte", "kilobyte" } },
		{ "MB", 1048576.0, { "mb", "mbyte", "megabyte" } },
		{ "GB", 1073741824.0, { "gb", "gbyte", "gigabyte" } },
		{ "TB", 1099511627776.0, { "tb", "tbyte", "terabyte" } },
		{ "PB", 1125899906842624.0, { "pb", "pbyte", "petabyte" } },
	} },
	{ { "s", 1e9, { 0 } }, {
		{ "ns", 1, { "ns", "nanosecond" } },
		{ "us", 1e3, { "\xce\xbcs", "us", "microsecond" } },
		{ "ms", 1e6, { "ms", "millisecond" } },
		{ "s", 1e9, { "s", "sec", "second" } },
		{ "hrs", 3600e9, { "hour", "hr" } },
	} },
	{ { "GCU", 1, { 0 } }, {
		{ "n*GCU", 1e-9, { "nanogcu" } },
		{ "u*GCU", 1e-6, { "microgcu" } },
		{ "m*GCU", 1e-3, { "milligcu" } },
		{ "GCU", 1, { "gcu" } },
		{ "k*GCU", 1e3, { "kilogcu" } },
		{ "M*GCU", 1e6, { "megagcu" } },
		{ "G*GCU", 1e9, { "gigagcu" } },
		{ "T*GCU", 1e12, { "teragcu" } },
		{ "P*GCU", 1e15, { "petagcu" } },
	} },
};

enum { FAMILIES = sizeof(families) / sizeof(families[0]) };

static const struct unit *
find(const struct family *f, struct slice name)
{
	char low[24];

	if (name.n >= sizeof(low))
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		low[i] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
	low[name.n] = '\0';
	if (name.n > 2 && low[name.n - 1] == 's')
		low[name.n - 1] = '\0';
	for (const struct unit *u = f->unit; u < f->unit + 10 && u->name != NULL; u++)
		for (size_t a = 0; a < ALIASES && u->alias[a] != NULL; a++)
			if (strcmp(u->alias[a], low) == 0)
				return u;
	return NULL;
}

/* The largest unit that leaves at least one of it. */
static const struct unit *
best(const struct family *f, double v)
{
	const struct unit *most = NULL;

	for (const struct unit *u = f->unit; u < f->unit + 10 && u->name != NULL; u++)
		if ((most == NULL || u->factor >= most->factor) && v / u->factor >= 1.0)
			most = u;
	return most;
}

static bool
automatic(struct slice to)
{
	return slice_is(to, "minimum") || slice_is(to, "auto");
}

static double
scale_positive(int64_t value, struct slice from, struct slice to, struct slice *unit)
{
	for (size_t i = 0; i < FAMILIES; i++) {
		const struct unit *in = find(&families[i], from), *out;
		double v;

		if (in == NULL)
			continue;
		v = (double)value * in->factor;
		out = automatic(to) ? best(&families[i], v) : find(&families[i], to);
		if (out == NULL)
			out = &families[i].dflt;
		*unit = slice_of(out->name);
		return v / out->factor;
	}
	*unit = to;
	if (automatic(to) || slice_is(to, "count") || slice_is(to, "sample") ||
	    slice_is(to, "unit"))
		*unit = slice_make("", 0);
	return (double)value;
}

double
units_scale(int64_t value, struct slice from, struct slice to, struct slice *unit)
{
	if (value < 0 && value != INT64_MIN)
		return -scale_positive(-value, from, to, unit);
	return scale_positive(value, from, to, unit);
}

void
units_label(int64_t value, struct slice from, struct slice to, char *out, size_t size)
{
	struct slice unit;
	double v = units_scale(value, from, to, &unit);
	char number[48];
	size_t n;

	snprintf(number, sizeof(number), "%.2f", v);
	n = strlen(number);
	if (n > 3 && strcmp(number + n - 3, ".00") == 0)
		number[n - 3] = '\0';
	if (strcmp(number, "0") == 0 || strcmp(number, "-0") == 0)
		snprintf(out, size, "0");
	else
		snprintf(out, size, "%s%.*s", number, (int)(unit.n > 40 ? 40 : unit.n), unit.p);
}

void
units_percent(int64_t value, int64_t total, char *out, size_t size)
{
	double ratio = total == 0 ? 0 : (double)value / (double)total * 100;

	ratio = fabs(ratio);            /* of -0 too */
	if (ratio >= 99.95 && ratio <= 100.05)
		snprintf(out, size, "  100%%");
	else
		snprintf(out, size, ratio >= 1.0 ? "%5.2f%%" : "%5.2g%%", ratio);
}

bool
units_compatible(struct slice a, struct slice b)
{
	if (slice_eq(a, b))
		return true;
	for (size_t i = 0; i < FAMILIES; i++)
		if (find(&families[i], a) != NULL && find(&families[i], b) != NULL)
			return true;
	return false;
}

double
units_round(double v)
{
	double whole;

	/* From 2^52 on every double is whole; this also lets NaN and infinities through. */
	if (!(v > -4503599627370496.0 && v < 4503599627370496.0))
		return v;
	whole = (double)(int64_t)v;
	if (v - whole >= 0.5)
		return whole + 1;
	return whole - v >= 0.5 ? whole - 1 : whole;
}

int64_t
units_int(double v)
{
	if (!(v >= -9223372036854775808.0 && v < 9223372036854775808.0))
		return INT64_MIN;
	return (int64_t)v;
}
