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

void
fmt_value(double v, const char *unit, char *out, size_t size)
{
	if (!isfinite(v))
		snprintf(out, size, "-");
	else if (strcmp(unit, "B") == 0)
		bytes_fmt_short(whole(v), out, size);
	else if (strcmp(unit, "%") == 0)
		snprintf(out, size, "%.0f%%", v);
	else if (strcmp(unit, "C") == 0)
		snprintf(out, size, "%.1f C", v);
	else if (strcmp(unit, "Hz") == 0)
		hertz(v, out, size);
	else if (strcmp(unit, "s") == 0)
		fmt_clock((uint64_t)(v < 0 ? 0 : v) * NS_PER_S, out, size);
	else if (strcmp(unit, "count") == 0)
		snprintf(out, size, "%.0f", v);
	else if (strcmp(unit, "rpm") == 0)
		snprintf(out, size, "%.0f rpm", v);
	else if (strcmp(unit, "/s") == 0)
		snprintf(out, size, fabs(v) < 10 ? "%.1f/s" : "%.0f/s", v);
	else if (strcmp(unit, "W") == 0)
		snprintf(out, size, "%.2f W", v);
	else
		snprintf(out, size, fabs(v) < 100 ? "%.2f" : "%.0f", v);
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
