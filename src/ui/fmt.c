/* fmt.c - numbers as the panes show them. */
#include "ui/fmt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static void
hertz(double v, char *out, size_t size)
{
	if (v >= 1e9)
		snprintf(out, size, "%.1fG", v / 1e9);
	else if (v >= 1e6)
		snprintf(out, size, "%.0fM", v / 1e6);
	else
		snprintf(out, size, "%.0f", v);
}

static int64_t
whole(double v)
{
	return v > 9e18 ? INT64_MAX : v < -9e18 ? -INT64_MAX : (int64_t)v;
}

static void
bytes_rate(double v, char *out, size_t size)
{
	char text[16];

	bytes_fmt_short(whole(v), text, sizeof text);
	snprintf(out, size, "%s/s", text);
}

/* How other units are written: so many digits, below ten so many, and what stands behind. */
static const struct { const char *unit, *tail; int digits, small; } plain[] = {
	{ "%", "%", 0, 0 }, { "C", " C", 1, 1 }, { "count", "", 0, 0 }, { "rpm", " rpm", 0, 0 },
	{ "/s", "/s", 0, 1 }, { "ms", " ms", 0, 2 }, { "W", " W", 2, 2 },
};

static void
number(double v, const char *unit, char *out, size_t size)
{
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (strcmp(plain[i].unit, unit) == 0) {
			snprintf(out, size, "%.*f%s", fabs(v) < 10 ? plain[i].small :
			    plain[i].digits, v, plain[i].tail);
			return;
		}
	if (unit[0] != '\0')            /* of a plugin, a line: "-83 dBm", "21.5 V" */
		snprintf(out, size, fabs(v) < 1000 ? "%.3g %.12s" : "%.0f %.12s", v, unit);
	else
		snprintf(out, size, "%.*f", fabs(v) < 100 ? 2 : 0, v);
}

void
fmt_value(double v, const char *unit, char *out, size_t size)
{
	if (!isfinite(v))
		snprintf(out, size, "-");
	else if (strcmp(unit, "B") == 0)
		bytes_fmt_short(whole(v), out, size);
	else if (strcmp(unit, "Hz") == 0)
		hertz(v, out, size);
	else if (strcmp(unit, "s") == 0)
		fmt_clock((uint64_t)(v < 0 ? 0 : v) * NS_PER_S, out, size);
	else if (strcmp(unit, "B/s") == 0)
		bytes_rate(v, out, size);
	else
		number(v, unit, out, size);
}

void
fmt_sample(double v, const char *unit, char *out, size_t size)
{
	char text[32];

	if (!isfinite(v)) {
		snprintf(out, size, "-");
		return;
	}
	if (strcmp(unit, "bytes") == 0)
		bytes_fmt_short(whole(fabs(v)), text, sizeof text);
	else if (strcmp(unit, "nanoseconds") == 0)
		clock_fmt_span((uint64_t)whole(fabs(v)), text, sizeof text);
	else
		snprintf(text, sizeof text, "%.0f", fabs(v));
	snprintf(out, size, "%s%s", v < 0 ? "-" : "", text);
}

void
fmt_signed(double v, const char *unit, char *out, size_t size)
{
	char text[40];

	fmt_sample(v, unit, text, sizeof text);
	snprintf(out, size, "%s%s", v > 0 ? "+" : "", text);
}

void
fmt_clock(uint64_t ns, char *out, size_t size)
{
	const unsigned long long s = ns / NS_PER_S;

	if (s >= 3600)
		snprintf(out, size, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(out, size, "%llu:%02llu", s / 60, s % 60);
}

void
fmt_age(uint64_t ns, char *out, size_t size)
{
	const unsigned long long s = ns / NS_PER_S;

	if (s >= 3600)
		snprintf(out, size, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(out, size, "%02llu:%02llu", s / 60, s % 60);
}
