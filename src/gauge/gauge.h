/*
 * gauge.h - one measured quantity and one sample of all of them: plain values.
 *
 * Layer   gauge; a value header, open to whoever draws or prints gauges.
 * Units   "B" bytes, "%" 0..100, "C" degrees Celsius, "Hz", "s" seconds,
 *         "/s", "rpm", "W", "count", "" a bare number.
 * Missing a gauge without a source has `missing` filled, its value is NAN. It is never 0 instead.
 */
#ifndef GAUGE_GAUGE_H
#define GAUGE_GAUGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GAUGE_ID_MAX = 64, GAUGE_GROUP_MAX = 12, GAUGE_NAME_MAX = 32, GAUGE_UNIT_MAX = 8,
	GAUGE_FROM_MAX = 24, GAUGE_SOURCE_MAX = 192, GAUGE_WHY_MAX = 160, GAUGE_TRIPS_MAX = 8,
	GAUGE_TEXT_MAX = 240,
};

/* A trip point of a thermal zone: type is active, passive, hot or critical (kernel thermal
 * sysfs). */
struct gauge_trip {
	char type[12];
	double temp;
};

struct gauge_def {
	char id[GAUGE_ID_MAX];          /* "mem.avail": stable between boots */
	char group[GAUGE_GROUP_MAX];    /* mem load cpu psi sys temp cool fan power freq proc */
	char name[GAUGE_NAME_MAX];      /* what a screen shows: "soc" */
	char unit[GAUGE_UNIT_MAX];
	double min, max, warn, crit;    /* NAN: none */
	bool below;                     /* warn and crit are lower bounds */
	char cpus[64];                  /* of a clock: the processors that run by it, "0 1 2 3" */
	double hold;                    /* s over a limit before it is an alarm; NAN: as usual */
	struct gauge_trip trips[GAUGE_TRIPS_MAX];
	unsigned trip_count;
	char from[GAUGE_FROM_MAX];      /* of several sources: whose it is; "" the set's own */
	bool gone;                      /* its source was taken away: not to be shown */
	char source[GAUGE_SOURCE_MAX];  /* "/proc/meminfo" */
	char missing[GAUGE_WHY_MAX];    /* "" while it has a source, else the reason in words */
};

/* One row of values, in the order of the definitions. */
struct gauge_sample {
	uint64_t t;                     /* ns since the epoch given to the set */
	size_t n;
	const double *v;                /* NAN: missing */
};

enum gauge_level { GAUGE_CLEAR, GAUGE_NEWS, GAUGE_WARN, GAUGE_CRIT };

/* What a rule has to say. CLEAR ends an alarm; NEWS is no alarm (a process restarted). */
struct gauge_alarm {
	enum gauge_level level;
	const struct gauge_def *def;    /* NULL for news of no single gauge */
	double value;
	uint64_t t;
	const char *rule;               /* of findings.h that says it; NULL: a limit */
	char text[GAUGE_TEXT_MAX];      /* "soc 71.5 C is above warn 70 C" */
};

#endif
