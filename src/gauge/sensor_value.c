/* sensor_value.c - the meaning of a reading, kind by kind. */
#include "gauge/sensor_value.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "gauge/source_thermal.h"

/* What a driver is believed, and what its number is multiplied with. A clock of 0 is no clock. */
static const struct {
	int64_t least, most;
	double factor;
} range[SENSOR_KINDS] = {
	[SENSOR_COOL] = { 0, INT32_MAX, 1 },
	[SENSOR_FREQ] = { 1, 100000000, 1000 },
	[SENSOR_CAP] = { 1, 100000000, 1000 },
	[SENSOR_AVG] = { 1, 100000000, 1000 },
	[SENSOR_COUNT] = { 0, INT64_MAX, 1 },
	[SENSOR_FLAG] = { 0, 1, 1 },
	[SENSOR_FAN] = { 0, 1000000, 1 },
	[SENSOR_POWER] = { 0, INT64_C(100000000000), 1e-6 },
};

static void
put_temp(struct gauge_table *t, struct sensor *s, uint64_t mono)
{
	char why[GAUGE_WHY_MAX];
	const double v =
	    thermal_judge(&s->reading, s->found.type, &s->past, mono, why, sizeof why);

	if (isnan(v))
		table_missing(t, s->gauge, "%s", why);
	else
		table_value(t, s->gauge, v);
}

/* Counters that fell were set back, or were full: nobody knows what happened in between. A first
 * look leaves a gap without a reason: a difference needs two. */
static bool
fell(struct gauge_table *t, const struct sensor *s, bool is)
{
	if (is)
		table_missing(t, s->gauge, "its counter was set back");
	return is;
}

static void
put_mean(struct gauge_table *t, struct sensor *s)
{
	const struct sensor_reading *r = &s->reading;
	struct sensor_past *p = &s->past;

	if (!p->has)
		table_value(t, s->gauge, (double)NAN);
	else if (!fell(t, s, r->ticks < p->ticks || r->khz_ticks < p->khz_ticks) &&
	    r->ticks > p->ticks)        /* else it was less than a tick ago */
		table_value(t, s->gauge, (double)(r->khz_ticks - p->khz_ticks) /
		    (double)(r->ticks - p->ticks) * 1000);
	p->has = true;
	p->ticks = r->ticks;
	p->khz_ticks = r->khz_ticks;
}

static void
put_count(struct gauge_table *t, struct sensor *s)
{
	const struct sensor_reading *r = &s->reading;
	struct sensor_past *p = &s->past;

	if (!p->has)
		table_value(t, s->gauge, (double)NAN);
	else if (!fell(t, s, r->raw < p->raw))
		table_value(t, s->gauge, (double)(r->raw - p->raw));
	if (!p->has || r->raw != p->raw)
		table_source(t, s->gauge, "%.120s/%s (%lld since boot)", s->found.dir,
		    s->found.name, (long long)r->raw);
	p->has = true;
	p->raw = r->raw;
}

enum { FAN_UNKNOWN = 65535 };           /* of 16 bits, all set: several laptops */

/* The number as it is meant; NAN when it cannot be. */
static double
plain(const struct sensor_found *f, int64_t raw)
{
	if (raw < range[f->kind].least || raw > range[f->kind].most ||
	    (f->kind == SENSOR_COOL && raw > f->full) ||
	    (f->kind == SENSOR_FAN && raw == FAN_UNKNOWN))
		return (double)NAN;
	if (f->kind == SENSOR_CAP)
		return raw >= f->full ? 0 : 100.0 * (double)(f->full - raw) / (double)f->full;
	return (double)raw * range[f->kind].factor;
}

void
sensor_put(struct gauge_table *t, struct sensor *s, uint64_t mono)
{
	const struct sensor_reading *r = &s->reading;
	double v;

	if (s->gauge < 0)
		return;
	if (s->found.kind == SENSOR_AVG && r->error == EAGAIN) {
		table_missing(t, s->gauge, "the CPU sleeps: no clock to count");
	} else if (s->found.kind == SENSOR_TEMP || r->error != 0) {
		put_temp(t, s, mono);
		if (s->found.kind != SENSOR_TEMP)
			s->past.has = false;
	} else if (s->found.kind == SENSOR_MEAN) {
		put_mean(t, s);
	} else if (isnan(v = plain(&s->found, r->raw))) {
		table_missing(t, s->gauge, "cannot be: says %lld", (long long)r->raw);
	} else if (s->found.kind == SENSOR_COUNT) {
		put_count(t, s);
	} else {
		table_value(t, s->gauge, v);
	}
}
