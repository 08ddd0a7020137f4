/* source_freq.c - finding cpufreq policies. */
#include "gauge/source_freq.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/path.h"

struct scan {
	const struct root *root;
	struct sensor_list *out;
	char *dir;
	unsigned count;
	bool package;                   /* its counter is found */
};

static const struct {
	const char *key, *tail, *name, *unit, *note;
} kind_row[SENSOR_KINDS] = {
	[SENSOR_FREQ] = { "freq", "", "", "Hz",
	    " (as requested; firmware throttling does not show)" },
	[SENSOR_CAP] = { "cap", ".cap", " cap", "%", "" },
	[SENSOR_MEAN] = { "mean", ".mean", " mean", "Hz", " (mean of what was requested)" },
	[SENSOR_AVG] = { "mean", ".mean", " mean", "Hz", " (counted by the hardware)" },
	[SENSOR_COUNT] = { "throttle", ".throttles", " throttles", "count", "" },
};

/* file is one below base/entry. */
static struct sensor_found *
add(struct scan *s, const char *who, enum sensor_kind kind, const char *base, const char *entry,
    const char *file)
{
	struct sensor_found *f = sensor_list_add(s->out, kind, base, entry, file);
	char id[40], name[32], source[GAUGE_SOURCE_MAX];

	snprintf(f->key, sizeof f->key, "%s:%s", kind_row[kind].key, who);
	snprintf(f->type, sizeof f->type, "%.32s", who);
	snprintf(id, sizeof id, "freq.%.20s%s", who, kind_row[kind].tail);
	snprintf(name, sizeof name, "%.20s%s", who, kind_row[kind].name);
	snprintf(source, sizeof source, "%.120s/%s%s", f->dir, file, kind_row[kind].note);
	f->def = table_def(id, "freq", name, kind_row[kind].unit, (double)NAN, source);
	f->def.min = 0;
	return f;
}

static struct sensor_found *
add_clock(struct scan *s, const char *entry, enum sensor_kind kind, const char *file, int64_t min,
    int64_t max)
{
	struct sensor_found *f = add(s, entry, kind, s->dir, entry, file);

	f->full = max;
	if (kind == SENSOR_CAP) {
		f->def.max = 100;
		return f;
	}
	f->def.min = (double)min * 1000;
	if (max > 0)
		f->def.max = (double)max * 1000;
	return f;
}

/* Clusters need not lie one behind the other: policy0 of a 4+2 may have 0 3 4 5, policy1 1 2. */
static void
related(const struct scan *s, const char *dir, struct sensor_found *f)
{
	char text[sizeof f->def.cpus];

	if (probe_text_once(s->root, dir, "related_cpus", text, sizeof text) == 0 &&
	    strspn(text, "0123456789 ") == strlen(text) && strlen(text) < sizeof text - 1)
		snprintf(f->def.cpus, sizeof f->def.cpus, "%s", text);
}

static bool
has(const struct scan *s, const char *dir, const char *file)
{
	char *path = path_join(dir, file);
	const bool is = root_has(s->root, path);

	mem_free(path);
	return is;
}

/* The counters of the policy's first processor; those of the package are the same for each. */
static void
add_throttles(struct scan *s, const char *entry, const char *dir)
{
	char *cpus = path_join(s->root->path, "devices/system/cpu"), *at, text[1024], cpu[64];
	struct slice list = slice_of(text);
	struct sensor_found *f;
	uint64_t n;

	if (probe_text_once(s->root, dir, "related_cpus", text, sizeof text) != 0)
		text[0] = '\0';
	list = slice_of(text);
	if (slice_u64(slice_word(&list), 4096, &n)) {
		snprintf(cpu, sizeof cpu, "cpu%u/thermal_throttle", (unsigned)n);
		at = path_join(cpus, cpu);
		if (has(s, at, "core_throttle_count")) {
			f = add(s, entry, SENSOR_COUNT, cpus, cpu, "core_throttle_count");
			f->def.warn = 1;
		}
		if (!s->package && has(s, at, "package_throttle_count")) {
			f = add(s, "package", SENSOR_COUNT, cpus, cpu, "package_throttle_count");
			f->def.warn = 1;
			s->package = true;
		}
		mem_free(at);
	}
	mem_free(cpus);
}

static void
add_details(struct scan *s, const char *entry, const char *dir, int64_t min, int64_t max)
{
	char stats[64];

	if (has(s, dir, "cpuinfo_avg_freq")) {
		add_clock(s, entry, SENSOR_AVG, "cpuinfo_avg_freq", min, max);
	} else if (has(s, dir, "stats/total_trans")) {
		snprintf(stats, sizeof stats, "%.40s/stats", entry);
		add(s, entry, SENSOR_MEAN, s->dir, stats, "time_in_state")->def.max =
		    max > 0 ? (double)max * 1000 : (double)NAN;
	}
	add_throttles(s, entry, dir);
}

static bool
policy(const char *entry, void *arg)
{
	struct scan *s = arg;
	int64_t min = 0, max = 0;
	uint64_t n;
	char *dir;

	if (strncmp(entry, "policy", 6) != 0 || !slice_u64(slice_of(entry + 6), 4096, &n) ||
	    !sensor_list_enter(s->out, s->dir, entry))
		return true;
	if (s->count++ >= FREQ_POLICIES)
		return true;
	dir = path_join(s->dir, entry);
	if (probe_number_once(s->root, dir, "cpuinfo_max_freq", &max) != 0 || max <= 0 ||
	    max > 100000000)
		max = 0;
	if (probe_number_once(s->root, dir, "cpuinfo_min_freq", &min) != 0 || min < 0)
		min = 0;
	related(s, dir, add_clock(s, entry, SENSOR_FREQ, "scaling_cur_freq", min, max));
	if (max > 0)
		add_clock(s, entry, SENSOR_CAP, "scaling_max_freq", min, max);
	if (s->count <= FREQ_DETAILED)
		add_details(s, entry, dir, min, max);
	mem_free(dir);
	return true;
}

void
freq_scan(const struct root *sys, struct sensor_list *out)
{
	struct scan s = { .root = sys, .out = out };

	s.dir = path_join(sys->path, "devices/system/cpu/cpufreq");
	root_each(sys, s.dir, policy, &s);
	if (s.count == 0)
		snprintf(out->why_no_freq, sizeof out->why_no_freq,
		    "no cpufreq policy under %.100s", s.dir);
	mem_free(s.dir);
}
