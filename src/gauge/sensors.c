/* sensors.c - finding and reading sensors in workers, with a deadline. */
#include "gauge/sensors.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/sensor.h"
#include "gauge/sensor_value.h"
#include "gauge/source_freq.h"
#include "gauge/source_hwmon.h"
#include "gauge/source_thermal.h"
#include "sys/time.h"

static const uint64_t SLOW = 500 * NS_PER_US, SLOW_FACTOR = 200, RESCAN_EVERY = 30 * NS_PER_S,
		      SCAN_PATIENCE = 2 * NS_PER_S;

struct batch {
	struct sensors *owner;          /* NULL: nobody waits any more */
	struct sensor **v;
	size_t n;
	_Atomic bool lost;              /* overran its deadline: its thread reads no more */
};

struct scan_job {
	struct sensors *owner;
	struct root root;
	char *path;
	struct sensor_list found;
};

struct sensors {
	struct loop *loop;
	struct gauge_table *table;
	struct root root;
	char *path;                     /* root.path, owned */
	bool scanned, gone;
	sensors_cb done;
	void *arg;
	struct sensor **v;
	size_t n;
	struct batch *batch;            /* of the round that runs */
	struct batch *lost[SENSORS_LOST_MAX];
	unsigned lost_count;
	struct scan_job *scan, *lost_scan[SENSORS_LOST_MAX];
	unsigned lost_scans;
	uint64_t skip[SENSOR_SKIPS];    /* where a search hung */
	int skip_gauge[SENSOR_SKIPS];
	struct loop_timer *timer, *scan_timer;
	uint64_t mono, deadline, scanned_at;
	int no_temp, no_freq;           /* gauges that say there is nothing; -1 */
};

static void scan_start(struct sensors *s);

/* A mirror belongs to the loop's thread, and reading it takes no time. */
static void
run(struct sensors *s, loop_cb work, loop_cb done, void *arg)
{
	if (s->root.mirror == NULL) {
		loop_work(s->loop, work, done, arg);
		return;
	}
	work(arg);
	done(arg);
}

static void round_go(struct sensors *s);

static void
sensor_unref(struct sensor *x)
{
	if (--x->refs != 0)
		return;
	probe_fini(&x->probe);
	mem_free(x->found.dir);
	mem_free(x);
}

static int
add_placeholder(struct gauge_table *t, const char *group, const char *unit, const char *root)
{
	struct gauge_def d = table_def(group, group, group, unit, (double)NAN, root);
	const int i = table_add(t, &d);

	table_missing(t, i, "looking for sensors");
	return i;
}

struct sensors *
sensors_new(
    struct loop *loop, struct gauge_table *t, const struct root *sys, sensors_cb done, void *arg)
{
	struct sensors *s = mem_zero(1, sizeof *s);

	s->loop = loop;
	s->table = t;
	s->path = mem_str(sys->path);
	s->root = *sys;
	s->root.path = s->path;
	s->done = done;
	s->arg = arg;
	s->no_temp = add_placeholder(t, "temp", "C", sys->path);
	s->no_freq = add_placeholder(t, "freq", "Hz", sys->path);
	scan_start(s);
	return s;
}

void
sensors_free(struct sensors *s)
{
	if (s == NULL)
		return;
	loop_timer_stop(s->timer);
	if (s->batch != NULL)
		s->batch->owner = NULL;
	for (unsigned i = 0; i < s->lost_count; i++)
		s->lost[i]->owner = NULL;
	loop_timer_stop(s->scan_timer);
	if (s->scan != NULL)
		s->scan->owner = NULL;
	for (unsigned i = 0; i < s->lost_scans; i++)
		s->lost_scan[i]->owner = NULL;
	for (size_t i = 0; i < s->n; i++)
		sensor_unref(s->v[i]);
	mem_free(s->v);
	mem_free(s->path);
	mem_free(s);
}

void
sensors_rescan(struct sensors *s)
{
	scan_start(s);
}

bool
sensors_scanned(const struct sensors *s)
{
	return s->scanned;
}

unsigned
sensors_hanging(const struct sensors *s)
{
	return s->lost_count + s->lost_scans;
}

/* ---- finding ---- */

/* A new sensor takes over the gauge that said there was none. */
static int
gauge_of(struct sensors *s, const struct sensor_found *f)
{
	const bool temp = f->kind == SENSOR_TEMP, freq = f->kind == SENSOR_FREQ;
	int *place = temp ? &s->no_temp : &s->no_freq, i = *place;

	if ((!temp && !freq) || i < 0)
		return table_add(s->table, &f->def);
	*place = -1;
	table_put(s->table, i, &f->def);
	return i;
}

static void
adopt(struct sensors *s, struct sensor_found *f)
{
	struct sensor *x = NULL;

	for (size_t i = 0; i < s->n && x == NULL; i++)
		if (strcmp(s->v[i]->found.key, f->key) == 0)
			x = s->v[i];
	if (x != NULL && atomic_load(&x->state) != SENSOR_IDLE)
		return;                 /* its thread may be using the path */
	if (x == NULL) {
		x = mem_zero(1, sizeof *x);
		x->refs = 1;
		x->gauge = gauge_of(s, f);
		s->v = mem_resize(s->v, s->n + 1, sizeof *s->v);
		s->v[s->n++] = x;
	} else {
		probe_fini(&x->probe);
		mem_free(x->found.dir);
	}
	x->found = *f;
	f->dir = NULL;
	x->gone = false;
	probe_init(&x->probe, &s->root, -1, x->found.dir, x->found.name);
}

static void
scan_work(void *arg)
{
	struct scan_job *j = arg;

	thermal_scan(&j->root, &j->found);
	hwmon_scan(&j->root, &j->found);
	freq_scan(&j->root, &j->found);
}

/* A folder in which a search hung is a gauge without a value. */
static void
tell_skipped(struct sensors *s, const struct scan_job *j)
{
	for (int i = 0; i < SENSOR_SKIPS; i++) {
		const char *name = strrchr(j->found.skipped[i], '/');
		char id[GAUGE_ID_MAX];
		struct gauge_def d;

		if (name == NULL || s->skip_gauge[i] != 0)
			continue;
		snprintf(id, sizeof id, "sensor.%.40s", name + 1);
		d = table_def(
		    id, "temp", name + 1, "", (double)NAN, j->found.skipped[i]);
		s->skip_gauge[i] = table_add(s->table, &d);
		table_missing(s->table, s->skip_gauge[i], "no answer: looking into %.100s hangs",
		    j->found.skipped[i]);
	}
}

static void
scan_free(struct scan_job *j)
{
	sensor_list_fini(&j->found);
	mem_free(j->path);
	mem_free(j);
}

static void
no_sensors(struct sensors *s, const char *why_no_temp, const char *why_no_freq)
{
	if (s->no_temp >= 0)
		table_missing(s->table, s->no_temp, "%s", why_no_temp);
	if (s->no_freq >= 0)
		table_missing(s->table, s->no_freq, "%s", why_no_freq);
}

static void
scan_done(void *arg)
{
	struct scan_job *j = arg;
	struct sensors *s = j->owner;

	for (unsigned i = 0; s != NULL && i < s->lost_scans; i++)
		if (s->lost_scan[i] == j) {
			s->lost_scan[i] = s->lost_scan[--s->lost_scans];
			s = NULL;       /* too late: another has been begun */
		}
	if (s != NULL) {
		loop_timer_stop(s->scan_timer);
		s->scan_timer = NULL;
		s->scan = NULL;
		s->scanned = true;
		for (size_t i = 0; i < j->found.n; i++)
			adopt(s, &j->found.v[i]);
		tell_skipped(s, j);
		no_sensors(s, j->found.why_no_temp, j->found.why_no_freq);
	}
	scan_free(j);
}

static void
on_scan_deadline(void *arg)
{
	struct sensors *s = arg;
	struct scan_job *j = s->scan;
	int free_place = -1;

	s->scan_timer = NULL;
	s->scan = NULL;
	s->lost_scan[s->lost_scans++] = j;
	for (int i = 0; i < SENSOR_SKIPS && free_place < 0; i++)
		if (s->skip[i] == 0)
			free_place = i;
	if (free_place >= 0 && s->lost_scans + s->lost_count < SENSORS_LOST_MAX) {
		s->skip[free_place] = atomic_load(&j->found.at);
		scan_start(s);
		return;
	}
	s->scanned = true;
	no_sensors(s, "no answer: looking for sensors hangs", "no answer: looking for them hangs");
}

static void
scan_start(struct sensors *s)
{
	struct scan_job *j;

	if (s->scan != NULL || s->lost_scans + s->lost_count >= SENSORS_LOST_MAX)
		return;
	j = mem_zero(1, sizeof *j);
	j->owner = s;
	j->path = mem_str(s->path);
	j->root = s->root;
	j->root.path = j->path;
	memcpy(j->found.skip, s->skip, sizeof s->skip);
	s->scan = j;
	s->gone = false;
	s->scanned_at = sys_mono();
	if (s->root.mirror == NULL)
		s->scan_timer =
		    loop_timer_start(s->loop, SCAN_PATIENCE, 0, on_scan_deadline, s);
	run(s, scan_work, scan_done, j);
}

void
sensors_files(const struct sensors *s, bool slow_wire, struct buf *out)
{
	static const char *const glob[SENSOR_KINDS] = {
		[SENSOR_MEAN] = "/devices/system/cpu/cpufreq/policy*/stats/time_in_state",
		[SENSOR_AVG] = "/devices/system/cpu/cpufreq/policy*/cpuinfo_avg_freq",
		[SENSOR_FLAG] = "/class/hwmon/hwmon*/in0_lcrit_alarm",
		[SENSOR_FAN] = "/class/hwmon/hwmon*/fan*_input",
		[SENSOR_POWER] = "/class/hwmon/hwmon*/power*_[ia]*",
	};
	bool asked[SENSOR_KINDS] = { [SENSOR_MEAN] = slow_wire };

	for (size_t i = 0; i < s->n; i++) {
		const struct sensor_found *f = &s->v[i]->found;

		if (f->kind == SENSOR_COUNT)
			(void)buf_add_fmt(out, " %s/%s", f->dir, f->name);
		else if (glob[f->kind] != NULL && !asked[f->kind])
			(void)buf_add_fmt(out, " %s%s", s->root.path, glob[f->kind]);
		asked[f->kind] = true;
	}
}

/* ---- reading ---- */

static void
batch_work(void *arg)
{
	struct batch *b = arg;

	for (size_t i = 0; i < b->n && !atomic_load(&b->lost); i++) {
		int queued = SENSOR_QUEUED;

		/* The loop takes back what is still queued when the deadline is over. */
		if (!atomic_compare_exchange_strong(&b->v[i]->state, &queued, SENSOR_READING))
			continue;
		sensor_read(b->v[i]);
		atomic_store(&b->v[i]->state, SENSOR_DONE);
	}
}

static void
collect(struct sensors *s, struct sensor *x)
{
	const struct sensor_reading *r = &x->reading;

	sensor_put(s->table, x, s->mono);
	x->stuck = false;
	x->due = 0;
	x->read_at = s->mono;
	if (r->error == ENOENT || r->error == ENODEV)
		x->gone = s->gone = true;
	/* One that was slow once may only have waited for a processor. */
	if (r->cost_ns <= SLOW || !x->was_slow) {
		x->was_slow = r->cost_ns > SLOW;
		return;
	}
	x->due = s->mono + r->cost_ns * SLOW_FACTOR;
	if (!x->slow && x->gauge >= 0) {
		const size_t n = strlen(s->table->def[x->gauge].source);

		x->slow = true;
		snprintf(s->table->def[x->gauge].source + n, GAUGE_SOURCE_MAX - n,
		    " (slow: %.1f ms a read, so read less often)", (double)r->cost_ns / 1e6);
		s->table->changed = true;
	}
}

static void
batch_free(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		sensor_unref(b->v[i]);
	mem_free(b->v);
	mem_free(b);
}

static void
round_over(struct sensors *s)
{
	loop_timer_stop(s->timer);
	s->timer = NULL;
	if (s->gone && s->mono > s->scanned_at + RESCAN_EVERY)
		scan_start(s);
	s->done(s->arg);
}

static void
forget_lost(struct sensors *s, const struct batch *b)
{
	for (unsigned i = 0; i < s->lost_count; i++)
		if (s->lost[i] == b) {
			s->lost[i] = s->lost[--s->lost_count];
			return;
		}
}

static void
batch_done(void *arg)
{
	struct batch *b = arg;
	struct sensors *s = b->owner;
	const bool lost = atomic_load(&b->lost);

	for (size_t i = 0; i < b->n; i++) {
		int done = SENSOR_DONE;

		if (s != NULL &&
		    atomic_compare_exchange_strong(&b->v[i]->state, &done, SENSOR_IDLE))
			collect(s, b->v[i]);
	}
	if (s != NULL && lost)
		forget_lost(s, b);
	batch_free(b);
	if (s == NULL || lost)
		return;
	s->batch = NULL;
	round_over(s);
}

/* The deadline is over: what was read counts, what hangs is named, what waited behind it gets
 * a new thread. */
static void
on_deadline(void *arg)
{
	struct sensors *s = arg;
	struct batch *b = s->batch;
	bool left = false;

	s->timer = NULL;
	atomic_store(&b->lost, true);
	for (size_t i = 0; i < b->n; i++) {
		struct sensor *x = b->v[i];
		int queued = SENSOR_QUEUED, done = SENSOR_DONE;

		if (atomic_compare_exchange_strong(&x->state, &queued, SENSOR_IDLE)) {
			left = true;
		} else if (atomic_compare_exchange_strong(&x->state, &done, SENSOR_IDLE)) {
			collect(s, x);
		} else {
			x->stuck = true;
			table_missing(s->table, x->gauge, "no answer: reading %.100s/%s hangs",
			    x->found.dir, x->found.name);
		}
	}
	s->batch = NULL;
	s->lost[s->lost_count++] = b;
	if (left && sensors_hanging(s) < SENSORS_LOST_MAX)
		round_go(s);
	else
		round_over(s);
}

static void
take_due(struct sensors *s, struct batch *b)
{
	for (size_t i = 0; i < s->n; i++) {
		struct sensor *x = s->v[i];

		/* A second go within one round is only for those that were not read in the
		 * first. */
		if (atomic_load(&x->state) != SENSOR_IDLE || x->gone || x->due > s->mono ||
		    x->read_at == s->mono)
			continue;
		x->check_jump = x->found.kind == SENSOR_TEMP && x->past.has &&
		    s->mono - x->past.at < 3 * NS_PER_S;
		x->check_raw = x->past.raw;
		x->refs++;
		atomic_store(&x->state, SENSOR_QUEUED);
		b->v[b->n++] = x;
	}
}

static void
round_go(struct sensors *s)
{
	struct batch *b;

	if (s->n == 0) {
		round_over(s);
		return;
	}
	b = mem_zero(1, sizeof *b);
	b->v = mem_zero(s->n + 1, sizeof *b->v);
	b->owner = s;
	take_due(s, b);
	if (b->n == 0) {
		batch_free(b);
		round_over(s);
		return;
	}
	s->batch = b;
	s->timer = loop_timer_start(s->loop, s->deadline, 0, on_deadline, s);
	run(s, batch_work, batch_done, b);
}

void
sensors_start(struct sensors *s, uint64_t mono, uint64_t deadline_ns)
{
	if (s->batch != NULL)
		return;
	s->mono = mono;
	s->deadline = deadline_ns;
	if (sensors_hanging(s) >= SENSORS_LOST_MAX) {
		for (size_t i = 0; i < s->n; i++)
			if (!s->v[i]->stuck)
				table_missing(s->table, s->v[i]->gauge,
				    "waits: %u other sensors hang", sensors_hanging(s));
		round_over(s);
		return;
	}
	round_go(s);
}
