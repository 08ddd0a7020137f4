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
};

static void
add(struct scan *s, const char *entry, enum sensor_kind kind, const char *file, int64_t min,
    int64_t max)
{
	struct sensor_found *f = sensor_list_add(s->out, kind, s->dir, entry, file);
	const bool cap = kind == SENSOR_CAP;
	char id[40], name[32], source[GAUGE_SOURCE_MAX];

	snprintf(f->key, sizeof f->key, "%s:%s", cap ? "cap" : "freq", entry);
	snprintf(f->type, sizeof f->type, "%.32s", entry);
	snprintf(id, sizeof id, "freq.%.20s%s", entry, cap ? ".cap" : "");
	snprintf(name, sizeof name, "%.20s%s", entry, cap ? " cap" : "");
	snprintf(source, sizeof source, "%.120s/%s%s", f->dir, file,
	    cap ? "" : " (as requested; firmware throttling does not show)");
	f->full = max;
	f->def =
	    table_def(id, "freq", name, cap ? "%" : "Hz", cap ? 100 : (double)max * 1000, source);
	f->def.min = cap ? 0 : (double)min * 1000;
}

static bool
policy(const char *entry, void *arg)
{
	struct scan *s = arg;
	int64_t min = 0, max = 0;
	uint64_t n;
	char *dir;

	if (strncmp(entry, "policy", 6) != 0 || !slice_u64(slice_of(entry + 6), 4096, &n))
		return true;
	if (s->count++ >= FREQ_POLICIES)
		return true;
	dir = path_join(s->dir, entry);
	if (probe_number_once(s->root, dir, "cpuinfo_max_freq", &max) != 0 || max <= 0 ||
	    max > 100000000)
		max = 0;
	if (probe_number_once(s->root, dir, "cpuinfo_min_freq", &min) != 0 || min < 0)
		min = 0;
	mem_free(dir);
	add(s, entry, SENSOR_FREQ, "scaling_cur_freq", min, max);
	if (max > 0)
		add(s, entry, SENSOR_CAP, "scaling_max_freq", min, max);
	else
		s->out->v[s->out->n - 1].def.max = (double)NAN;
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
