/* source_thermal.c - finding temperature sensors without doubles, and disbelieving them where
 * they lie. */
#include "gauge/source_thermal.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "sys/path.h"

enum { TRIPS_LOOKED_AT = 16, HWMON_TEMPS = 32, TRIP_LEAST = 20, TRIP_MOST = 150,
	ZERO_NEAR = 10000 };            /* m degC: a true 0 comes from near it */

struct scan {
	const struct root *root;
	struct sensor_list *out;
	char *dir;                      /* the class folder */
	size_t zones; /* how many of out are thermal zones: hwmon is held against them */
};

/* "cpu-thermal" is "cpu" on a screen. */
static void
short_name(char *out, size_t size, const char *type)
{
	static const char *const tail[] = { "-thermal", "_thermal", "-therm", "_therm", "-zone" };

	table_text(out, size, type);
	for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++) {
		const size_t n = strlen(out), k = strlen(tail[i]);

		if (n > k && strcmp(out + n - k, tail[i]) == 0) {
			out[n - k] = '\0';
			return;
		}
	}
}

static void
add_trip(struct gauge_def *d, const char *type, int64_t raw)
{
	struct gauge_trip *t = &d->trips[d->trip_count];
	const double c = (double)raw / 1000;

	static const char *const known[] = { "active", "passive", "hot", "critical" };
	bool is = false;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		is = is || strcmp(type, known[i]) == 0;
	/* Unset ones read -274000, -32768000 or 65261 degrees. */
	if (!is || c < TRIP_LEAST || c > TRIP_MOST || d->trip_count == GAUGE_TRIPS_MAX)
		return;
	table_text(t->type, sizeof t->type, type);
	t->temp = c;
	d->trip_count++;
}

static double
lowest(const struct gauge_def *d, const char *type)
{
	double best = (double)NAN;

	for (unsigned i = 0; i < d->trip_count; i++)
		if (strcmp(d->trips[i].type, type) == 0 && !(d->trips[i].temp >= best))
			best = d->trips[i].temp;
	return best;
}

/* Warn at passive; crit at hot, or 5 degrees under critical. What the board does not say is
 * assumed: 80 and 90. */
static void
thresholds(struct gauge_def *d)
{
	const double critical = lowest(d, "critical"), hot = lowest(d, "hot");

	d->warn = lowest(d, "passive");
	d->crit = !isnan(hot) ? hot : critical - 5;
	if (isnan(d->crit))
		d->crit = !isnan(d->warn) && d->warn >= 85 ? d->warn + 10 : 90;
	if (isnan(d->warn))
		d->warn = fmin(80, d->crit - 10);
	d->min = 20;
	d->max = !isnan(critical) ? critical : fmax(100, d->crit + 5);
}

static void
finish_temp(const struct scan *s, struct sensor_found *f, const char *name, const char *label)
{
	char both[SENSOR_TYPE_MAX * 2 + 2], source[GAUGE_SOURCE_MAX];
	const struct gauge_def old = f->def;

	snprintf(both, sizeof both, "%s%s%s", name, label[0] != '\0' ? " " : "", label);
	snprintf(source, sizeof source, "%.120s/%s", f->dir, f->name);
	f->def = table_def("", "temp", "", "C", (double)NAN, source);
	memcpy(f->def.trips, old.trips, sizeof old.trips);
	f->def.trip_count = old.trip_count;
	short_name(f->def.name, sizeof f->def.name, label[0] != '\0' ? label : name);
	thresholds(&f->def);
	sensor_id(s->out, f, "temp", both);
}

static bool
zone(const char *entry, void *arg)
{
	struct scan *s = arg;
	struct sensor_found *f;
	unsigned same = 0;
	char file[40], type[16];
	int64_t raw;

	if (strncmp(entry, "thermal_zone", 12) != 0 ||
	    !sensor_list_enter(s->out, s->dir, entry))
		return true;
	f = sensor_list_add(s->out, SENSOR_TEMP, s->dir, entry, "temp");
	if (probe_text_once(s->root, f->dir, "type", f->type, sizeof f->type) != 0 ||
	    f->type[0] == '\0')
		table_text(f->type, sizeof f->type, entry);
	for (size_t i = 0; i + 1 < s->out->n; i++)
		same += strcmp(s->out->v[i].type, f->type) == 0;
	snprintf(f->key, sizeof f->key, "zone:%s:%u", f->type, same);
	for (unsigned i = 0; i < TRIPS_LOOKED_AT; i++) {
		snprintf(file, sizeof file, "trip_point_%u_temp", i);
		if (probe_number_once(s->root, f->dir, file, &raw) != 0)
			continue;
		snprintf(file, sizeof file, "trip_point_%u_type", i);
		if (probe_text_once(s->root, f->dir, file, type, sizeof type) == 0)
			add_trip(&f->def, type, raw);
	}
	finish_temp(s, f, f->type, "");
	return true;
}

/* A zone shows up as a hwmon too, linked to the zone or, on old kernels, only named like it. */
static bool
mirrors_zone(const struct scan *s, const char *device, const char *name)
{
	if (device != NULL) {
		const char *last = strrchr(device, '/');

		return last != NULL && strncmp(last + 1, "thermal_zone", 12) == 0;
	}
	for (size_t i = 0; i < s->zones; i++) {
		char t[SENSOR_TYPE_MAX];

		memcpy(t, s->out->v[i].type, sizeof t);
		for (char *c = t; *c != '\0'; c++)
			if (*c == '-')
				*c = '_';
		if (strcmp(t, name) == 0)
			return true;
	}
	return false;
}

static void
hwmon_temp(
    const struct scan *s, const char *entry, const char *device, const char *name, unsigned i)
{
	struct sensor_found *f;
	char file[32], label[SENSOR_TYPE_MAX] = "";
	int64_t raw;

	snprintf(file, sizeof file, "temp%u_input", i);
	f = sensor_list_add(s->out, SENSOR_TEMP, s->dir, entry, file);
	table_text(f->type, sizeof f->type, name);
	snprintf(file, sizeof file, "temp%u_label", i);
	(void)probe_text_once(s->root, f->dir, file, label, sizeof label);
	snprintf(f->key, sizeof f->key, "hwmon:%s:%.40s:%u:%.120s", f->type, label, i,
	    device != NULL ? device : "");
	snprintf(file, sizeof file, "temp%u_max", i);
	if (probe_number_once(s->root, f->dir, file, &raw) == 0)
		add_trip(&f->def, "passive", raw);
	snprintf(file, sizeof file, "temp%u_crit", i);
	if (probe_number_once(s->root, f->dir, file, &raw) == 0)
		add_trip(&f->def, "critical", raw);
	finish_temp(s, f, name, label);
}

static bool
hwmon(const char *entry, void *arg)
{
	struct scan *s = arg;
	char name[SENSOR_TYPE_MAX], *dir, *link, real[PATH_MAX];
	const char *device;

	if (!sensor_list_enter(s->out, s->dir, entry))
		return true;
	dir = path_join(s->dir, entry);
	link = path_join(dir, "device");
	/* Another machine does not tell its links: the name decides there. */
	device = s->root->mirror == NULL && path_exists(link) ? realpath(link, real) : NULL;
	if (probe_text_once(s->root, dir, "name", name, sizeof name) != 0)
		table_text(name, sizeof name, entry);
	for (unsigned i = 1; i <= HWMON_TEMPS && !mirrors_zone(s, device, name); i++) {
		char file[32], *path;

		snprintf(file, sizeof file, "temp%u_input", i);
		path = path_join(dir, file);
		if (root_has(s->root, path))
			hwmon_temp(s, entry, device, name, i);
		mem_free(path);
	}
	mem_free(link);
	mem_free(dir);
	return true;
}

static bool
is_throttle(const char *type)
{
	return strstr(type, "cpufreq") != NULL || strstr(type, "devfreq") != NULL;
}

/* Those that hold back a processor are a throttle: cpufreq-cpu0, thermal-cpufreq-0 (older),
 * devfreq. Fans are shown and are no alarm. ACPI's "Processor", one for each CPU, is left out: it
 * lowers the policy, which shows as its cap. */
static bool
cooling(const char *entry, void *arg)
{
	struct scan *s = arg;
	struct sensor_found *f;
	char *dir, type[SENSOR_TYPE_MAX], source[GAUGE_SOURCE_MAX];
	int64_t max;
	bool throttle, fan, is;

	if (strncmp(entry, "cooling_device", 14) != 0 ||
	    !sensor_list_enter(s->out, s->dir, entry))
		return true;
	dir = path_join(s->dir, entry);
	is = probe_text_once(s->root, dir, "type", type, sizeof type) == 0 &&
	    probe_number_once(s->root, dir, "max_state", &max) == 0 && max > 0;
	mem_free(dir);
	throttle = is && is_throttle(type);
	fan = is && (strstr(type, "fan") != NULL || strstr(type, "Fan") != NULL);
	if (!throttle && !fan)
		return true;
	f = sensor_list_add(s->out, SENSOR_COOL, s->dir, entry, "cur_state");
	memcpy(f->type, type, sizeof type);
	snprintf(f->key, sizeof f->key, "cool:%s:%s", type, fan ? entry : "");
	f->full = max;
	snprintf(source, sizeof source, "%.120s/cur_state", f->dir);
	f->def = table_def("", "cool", "", "count", (double)max, source);
	snprintf(f->def.name, sizeof f->def.name, "%s%.20s", fan ? "" : "throttle ", type);
	f->def.min = 0;
	if (throttle)
		f->def.warn = 1;
	sensor_id(s->out, f, "cool", type);
	return true;
}

static void
each(struct scan *s, const char *class, bool (*fn)(const char *, void *))
{
	s->dir = path_join(s->root->path, class);
	root_each(s->root, s->dir, fn, s);
	mem_free(s->dir);
}

void
thermal_scan(const struct root *sys, struct sensor_list *out)
{
	struct scan s = { .root = sys, .out = out };
	const size_t before = out->n;

	each(&s, "class/thermal", zone);
	s.zones = out->n;
	each(&s, "class/hwmon", hwmon);
	if (out->n == before)
		snprintf(out->why_no_temp, sizeof out->why_no_temp,
		    "no thermal zone and no hwmon temperature under %.80s/class", sys->path);
	each(&s, "class/thermal", cooling);
}

static const struct {
	int error;
	const char *why;
} error_row[] = {
	{ EAGAIN, "off: the sensor answers EAGAIN" },
	{ EINVAL, "off: the zone is disabled (EINVAL)" },
	{ ENODATA, "no data (ENODATA)" },
	{ EIO, "no data (EIO)" },
	{ ENXIO, "no data: its device is powered off (ENXIO)" },
	{ ENOENT, "gone" },
	{ ENODEV, "gone" },
	{ EACCES, "not readable for you (EACCES)" },
	{ EPERM, "not readable for you (EPERM)" },
	{ EBADMSG, "does not say a number" },
	{ ESPIPE, "not a sensor file" },
};

static const struct {
	int64_t raw;
	const char *why;
} lie_row[] = {
	{ -256000, "off: says -256 C (a powered-down unit)" },
	{ -40000, "at sensor limit (-40 C): open, shorted or clamped" },
	{ 123000, "at sensor limit (123 C): open, shorted or clamped" },
	{ 125000, "at sensor limit (125 C): open, shorted or clamped" },
	{ 127000, "at sensor limit (127 C): open, shorted or clamped" },
};

/* Why this number is not a temperature, or NULL. */
static const char *
disbelieve(int64_t raw, const char *type, const struct sensor_past *past, char *why, size_t size)
{
	for (size_t i = 0; i < sizeof lie_row / sizeof lie_row[0]; i++)
		if (raw == lie_row[i].raw)
			return lie_row[i].why;
	if (raw == 100000 && strstr(type, "PMIC") != NULL)
		return "a constant 100 C, not a reading (Tegra PMIC zone)";
	if (raw == 0 && !past->ever_nonzero)
		return "suspect: never said anything but 0";
	if (raw == 0 && past->has && llabs(past->raw) > ZERO_NEAR)
		return "suspect: fell to exactly 0";
	if (raw != 0 && raw > -200 && raw < 200)
		snprintf(why, size, "suspect: says %lld; whole degrees of an old kernel?",
		    (long long)raw);
	else if (raw < -40000 || raw > 127000)
		snprintf(why, size, "out of range: says %lld", (long long)raw);
	else
		return NULL;
	return why;
}

double
thermal_judge(const struct sensor_reading *r, const char *type, struct sensor_past *past,
    uint64_t mono, char *why, size_t size)
{
	const char *lie;

	if (r->error != 0) {
		snprintf(why, size, "%s", strerror(r->error));
		for (size_t i = 0; i < sizeof error_row / sizeof error_row[0]; i++)
			if (error_row[i].error == r->error)
				snprintf(why, size, "%s", error_row[i].why);
		return (double)NAN;
	}
	lie = disbelieve(r->raw, type, past, why, size);
	past->ever_nonzero = past->ever_nonzero || r->raw != 0;
	if (lie != NULL) {
		if (lie != why)
			snprintf(why, size, "%s", lie);
		return (double)NAN;
	}
	/* A jump is believed when the next sample says the same; one alone is left out. */
	if (past->has && mono - past->at < 3 * NS_PER_S &&
	    llabs(r->raw - past->raw) > SENSOR_JUMP &&
	    !(past->jumped && llabs(r->raw - past->jump) <= SENSOR_JUMP)) {
		past->jumped = true;
		past->jump = r->raw;
		snprintf(why, size, "suspect: jumped to %.1f C", (double)r->raw / 1000);
		return (double)NAN;
	}
	past->has = true;
	past->jumped = false;
	past->raw = r->raw;
	past->at = mono;
	return (double)r->raw / 1000;
}
