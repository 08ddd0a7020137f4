/* advice_facts.c - what a machine and a process have to give. */
#include "gauge/advice_facts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "gauge/cpulist.h"

enum { TEXT_MAX = 8192, DEPTH_MAX = 32 };

static double
value(const struct gauge_table *t, const char *id)
{
	const int i = table_find(t, id);

	return i < 0 || t->def[i].missing[0] != '\0' ? (double)NAN : t->v[i];
}

/* ---- CPUs ---- */

static void
read_cpus(const struct advice_sources *s, struct advice_facts *f)
{
	char text[TEXT_MAX], dir[64];
	struct cpulist allowed, isolated;
	char *cpu = mem_fmt("%s/devices/system/cpu", s->sys->path);
	const char *at;
	const bool told =
	    probe_text_once(s->sys, cpu, "isolated", text, sizeof text) == 0 &&
	    cpulist_parse(slice_of(text), &isolated);

	mem_free(cpu);
	snprintf(dir, sizeof dir, "%.40s/%ld", s->proc->path, (long)s->pid);
	if (s->pid == 0 || probe_text_once(s->proc, dir, "status", text, sizeof text) != 0) {
		f->isolated = told ? cpulist_count(&isolated) : (double)NAN;
		if (!isnan(f->isolated) && f->online > f->isolated)
			f->allowed = f->online - f->isolated;   /* what a process starts with */
		f->isolated = 0;
		return;
	}
	at = strstr(text, "Cpus_allowed_list:");
	if (at == NULL || !cpulist_parse(slice_make(at + 18, strcspn(at + 18, "\n")), &allowed))
		return;
	f->allowed = cpulist_count(&allowed);
	if (told) {
		const struct cpulist free = cpulist_minus(&allowed, &isolated);

		f->isolated = f->allowed - cpulist_count(&free);
	}
	/* The mask may name CPUs that are not there. */
	f->allowed = fmin(f->allowed, f->online);
}

/* ---- control groups ---- */

static double
named(struct slice text, const char *name)
{
	while (text.n != 0) {
		struct slice line = slice_cut(text, '\n', &text), rest;
		uint64_t v;

		if (slice_is(slice_cut(line, ' ', &rest), name) &&
		    slice_u64(slice_trim(rest), UINT64_MAX, &v))
			return (double)v;
	}
	return (double)NAN;
}

static double
number(const struct root *sys, const char *dir, const char *name)
{
	int64_t v;

	return probe_number_once(sys, dir, name, &v) == 0 && v >= 0 ? (double)v : (double)NAN;
}

/* "100000 100000", "max 100000": CPUs, NAN for no quota. */
static double
quota(const struct root *sys, const char *dir)
{
	char text[64];
	struct slice rest;
	uint64_t share, period;

	if (probe_text_once(sys, dir, "cpu.max", text, sizeof text) != 0)
		return (double)NAN;
	rest = slice_of(text);
	if (!slice_u64(slice_word(&rest), UINT64_MAX, &share) ||
	    !slice_u64(slice_word(&rest), UINT64_MAX, &period) || period == 0)
		return (double)NAN;
	return (double)share / (double)period;
}

/* Version 1: "-1" or "50000" of "100000" microseconds. */
static double
quota_v1(const struct root *sys, const char *dir)
{
	int64_t share, period;

	if (probe_number_once(sys, dir, "cpu.cfs_quota_us", &share) != 0 || share <= 0 ||
	    probe_number_once(sys, dir, "cpu.cfs_period_us", &period) != 0 || period <= 0)
		return (double)NAN;
	return (double)share / (double)period;
}

/* The tightest quota from the group up to the mount. Version 2 has it in the memory's group. */
static void
read_quota_v1(const struct advice_sources *s, struct advice_facts *f)
{
	char *dir = mem_str(cgroup_cpu_dir(s->cgroup)), *slash;

	f->quota_v1 = true;

	for (int i = 0; i < DEPTH_MAX && dir != NULL; i++) {
		f->quota = fmin(f->quota, quota_v1(s->sys, dir));
		slash = strrchr(dir, '/');
		if (slash == NULL || strcmp(slash, "/cgroup") == 0)
			break;
		*slash = '\0';
	}
	mem_free(dir);
}

/* One group: the tightest of those seen so far decides, with what is used where it stands. */
static void
one_group(const struct root *sys, const char *dir, bool v1, struct advice_facts *f)
{
	char text[TEXT_MAX] = "";
	const double max = number(sys, dir, v1 ? "memory.limit_in_bytes" : "memory.max"),
		     used = number(sys, dir, v1 ? "memory.usage_in_bytes" : "memory.current");
	double cache;

	f->quota = fmin(f->quota, quota(sys, dir));
	if (isnan(max) || max > 9e18 || !(isnan(f->group_max) || max < f->group_max))
		return;
	(void)probe_text_once(sys, dir, "memory.stat", text, sizeof text);
	cache = named(slice_of(text), v1 ? "total_inactive_file" : "inactive_file");
	f->group_max = max;
	f->group_used = isnan(cache) ? used : fmax(0, used - cache);
}

static void
read_groups(const struct advice_sources *s, struct advice_facts *f)
{
	const char *from = s->cgroup != NULL ? cgroup_dir(s->cgroup) : NULL;
	char *dir = mem_str(from), *slash;

	if (s->cgroup != NULL && cgroup_cpu_dir(s->cgroup) != NULL)
		read_quota_v1(s, f);
	for (int i = 0; i < DEPTH_MAX && dir != NULL; i++) {
		one_group(s->sys, dir, cgroup_is_v1(s->cgroup), f);
		slash = strrchr(dir, '/');
		if (slash == NULL || strcmp(slash, "/cgroup") == 0)
			break;
		*slash = '\0';
	}
	mem_free(dir);
}

/* ---- what it was started with ---- */

static void
from_environ(const char *p, size_t n, const char *name, char *out, size_t size)
{
	const size_t k = strlen(name);

	for (size_t at = 0; at < n;) {
		const char *end = memchr(p + at, '\0', n - at);
		const size_t len = end != NULL ? (size_t)(end - (p + at)) : n - at;

		if (len > k && memcmp(p + at, name, k) == 0 && p[at + k] == '=') {
			char text[ADVICE_VALUE];

			snprintf(text, sizeof text, "%.*s", (int)(len - k - 1), p + at + k + 1);
			table_text(out, size, text);
			return;
		}
		at += len + 1;
	}
}

uint64_t
advice_avail_gauged(const struct gauge_table *t)
{
	const int group = table_find(t, "cgroup.mem");
	const double cache = value(t, "cgroup.cache");
	struct advice_facts f;

	advice_facts_init(&f);
	f.avail = value(t, "mem.avail");
	if (group >= 0) {
		f.group_max = t->def[group].max;
		f.group_used = value(t, "cgroup.mem") - (isnan(cache) ? 0 : cache);
	}
	return advice_avail_mib(&f);
}

/* The set's own, else that of a program beside the machine ("api/go.heap_live"): the largest. */
static double
live_heap(const struct gauge_table *t)
{
	static const char *const own[] = { "go.heap_live", "go.heap.live", "go.live", NULL };
	double live = (double)NAN;

	for (size_t i = 0; own[i] != NULL && isnan(live); i++)
		live = value(t, own[i]);
	for (size_t i = 0; i < t->n && isnan(value(t, own[0])); i++) {
		const char *slash = strchr(t->def[i].id, '/');

		if (t->def[i].from[0] != '\0' && slash != NULL && strcmp(slash + 1, own[0]) == 0)
			live = fmax(live, t->v[i]);
	}
	return live;
}

void
advice_facts(const struct advice_sources *s, struct advice_facts *f)
{
	const int avail = table_find(s->table, "mem.avail");
	double lazy;

	advice_facts_init(f);
	f->total = avail >= 0 ? s->table->def[avail].max : (double)NAN;
	f->avail = value(s->table, "mem.avail");
	f->online = value(s->table, "cpu.online");
	f->resident = value(s->table, "proc.rss");
	lazy = value(s->table, "proc.lazyfree");
	f->anon = value(s->table, "proc.anon") - (isnan(lazy) ? 0 : lazy);
	f->cpu = value(s->table, "proc.cpu");
	f->throttled = value(s->table, "cgroup.throttled");
	f->live = s->live;
	if (isnan(f->live))
		f->live = live_heap(s->table);
	read_cpus(s, f);
	read_groups(s, f);
	if (s->environ == NULL)
		return;
	f->known = true;
	from_environ(s->environ, s->environ_n, "GOMEMLIMIT", f->limit, sizeof f->limit);
	from_environ(s->environ, s->environ_n, "GOGC", f->gogc, sizeof f->gogc);
	from_environ(s->environ, s->environ_n, "GOMAXPROCS", f->procs, sizeof f->procs);
}
