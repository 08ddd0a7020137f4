/* clock.c - text of times and of byte counts. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

void
clock_fmt_since(uint64_t ns, char *out, size_t size)
{
	snprintf(out, size, "[%5llu.%03llu]", (unsigned long long)(ns / NS_PER_S),
	    (unsigned long long)(ns / NS_PER_MS % 1000));
}

void
clock_fmt_hms(uint64_t wall_ns, char *out, size_t size)
{
	const time_t t = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || strftime(out, size, "%H:%M:%S", &tm) == 0)
		snprintf(out, size, "--:--:--");
}

void
clock_fmt_iso(uint64_t wall_ns, char *out, size_t size)
{
	const time_t t = (time_t)(wall_ns / NS_PER_S);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm) != 0)
		snprintf(out, size, "%s.%03uZ", text, (unsigned)(wall_ns / NS_PER_MS % 1000));
	else
		snprintf(out, size, "-");
}

void
clock_fmt_span(uint64_t ns, char *out, size_t size)
{
	const double s = (double)ns / 1e9;

	if (s < 0.0995)
		snprintf(out, size, "%.0f ms", s * 1e3);
	else if (s < 99.95)
		snprintf(out, size, "%.1f s", s);
	else if (s < 5990)
		snprintf(out, size, "%.0f min", s / 60);
	else
		snprintf(out, size, "%.0f h", s / 3600);
}

void
bytes_fmt_short(int64_t bytes, char *out, size_t size)
{
	static const char units[] = "BKMGTPE";
	double v = (double)bytes;
	unsigned u = 0;

	while ((v >= 999.5 || v <= -999.5) && u + 1 < sizeof units - 1) {
		v /= 1024;
		u++;
	}
	if (u == 0)
		snprintf(out, size, "%lld", (long long)bytes);
	else if (v < 9.95 && v > -9.95)
		snprintf(out, size, "%.1f%c", v, units[u]);
	else
		snprintf(out, size, "%.0f%c", v, units[u]);
}
