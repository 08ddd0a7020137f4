/* source_cgroup.c - the control group of one process. */
#include "gauge/source_cgroup.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"

enum { TEXT_MAX = 4096, DEPTH_MAX = 32 };
enum { G_MEMORY, G_CACHE, G_THROTTLED, G_OOM, G_COUNT };

static const uint64_t LOOK_EVERY = 10 * NS_PER_S; /* limits and the group change seldom */

struct cgroup {
	struct gauge_table *table;
	struct root proc, sys;
	char *proc_path, *sys_path;
	bool added, v1;
	int gauge[G_COUNT];
	struct probe file[G_COUNT];     /* of dir, kept open */
	pid_t pid;
	char *cpu;                      /* version 1: of the cpu controller; NULL: none */
	char *dir;                      /* of the group under /sys/fs/cgroup; NULL: none found */
	uint64_t looked_at;
	uint64_t periods, throttled;
	bool has_periods;
};

static const struct {
	const char *id, *name, *unit;
} row[G_COUNT] = {
	[G_MEMORY] = { "cgroup.mem", "cgroup", "B" },
	[G_CACHE] = { "cgroup.cache", "cgroup cache", "B" },
	[G_THROTTLED] = { "cgroup.throttled", "cpu quota", "%" },
	[G_OOM] = { "cgroup.oom", "oom kills", "count" },
};

struct cgroup *
cgroup_new(struct gauge_table *t, const struct root *proc, const struct root *sys)
{
	struct cgroup *c = mem_zero(1, sizeof *c);

	c->table = t;
	c->proc_path = mem_str(proc->path);
	c->sys_path = mem_str(sys->path);
	c->proc = *proc;
	c->proc.path = c->proc_path;
	c->sys = *sys;
	c->sys.path = c->sys_path;
	return c;
}

static void
leave(struct cgroup *c)
{
	for (int i = 0; i < G_COUNT && c->dir != NULL; i++)
		probe_fini(&c->file[i]);
	mem_free(c->dir);
	mem_free(c->cpu);
	c->dir = c->cpu = NULL;
}

void
cgroup_free(struct cgroup *c)
{
	if (c == NULL)
		return;
	leave(c);
	mem_free(c->proc_path);
	mem_free(c->sys_path);
	mem_free(c);
}

static void
add(struct cgroup *c)
{
	for (int i = 0; i < G_COUNT && !c->added; i++) {
		struct gauge_def d =
		    table_def(row[i].id, "cgroup", row[i].name, row[i].unit, (double)NAN, "");

		d.min = 0;
		if (i == G_THROTTLED) {
			d.max = 100;
			d.warn = 10;
		}
		c->gauge[i] = table_add(c->table, &d);
	}
	c->added = true;
}

static void
missing(struct cgroup *c, const char *why)
{
	for (int i = 0; i < G_COUNT; i++)
		table_missing(c->table, c->gauge[i], "%s", why);
}

/* "0::/path" of version 2, "9:memory:/path" of version 1. False when neither stands there. */
static bool
group_path(struct slice text, char *out, size_t size, bool *v1)
{
	bool found = false;

	while (text.n != 0) {
		struct slice line = slice_cut(text, '\n', &text), rest, path;
		const struct slice number = slice_cut(line, ':', &rest),
				   controllers = slice_cut(rest, ':', &path);
		const bool two = slice_is(number, "0") && controllers.n == 0;

		if (path.n == 0 || path.p[0] != '/' || path.n >= size)
			continue;
		if (slice_is(controllers, "memory") || (two && !found)) {
			snprintf(out, size, "%.*s", (int)path.n, path.p);
			*v1 = !two;
			found = true;
		}
	}
	return found;
}

/* "4:cpu,cpuacct:/path": the folder of that group, or NULL. The kernel's own names are linked as
 * "cpu" everywhere but on the smallest systems. */
static char *
cpu_group(const struct cgroup *c, struct slice text)
{
	while (text.n != 0) {
		struct slice line = slice_cut(text, '\n', &text), rest, path, one;
		struct slice controllers;

		(void)slice_cut(line, ':', &rest);
		controllers = slice_cut(rest, ':', &path);
		while (controllers.n != 0) {
			one = slice_cut(controllers, ',', &controllers);
			if (slice_is(one, "cpu") && path.n != 0 && path.p[0] == '/' &&
			    path.n < TEXT_MAX)
				return mem_fmt("%s/fs/cgroup/cpu%.*s", c->sys_path,
				    path.n > 1 ? (int)path.n : 0, path.p);
		}
	}
	return NULL;
}

static const char *
number_file(const struct cgroup *c, bool limit)
{
	if (c->v1)
		return limit ? "memory.limit_in_bytes" : "memory.usage_in_bytes";
	return limit ? "memory.max" : "memory.current";
}

/* The tightest limit from the group up to the mount, INT64_MAX: none. "max" is no number. */
static int64_t
tightest(struct cgroup *c, size_t mount)
{
	char *dir = mem_str(c->dir), *slash;
	int64_t least = INT64_MAX, v;

	for (int i = 0; i < DEPTH_MAX; i++) {
		if (probe_number_once(&c->sys, dir, number_file(c, true), &v) == 0 && v > 0 &&
		    v < least && v < INT64_MAX / 2)
			least = v;
		if (!c->v1 && probe_number_once(&c->sys, dir, "memory.high", &v) == 0 && v > 0 &&
		    v < least)
			least = v;
		slash = strrchr(dir, '/');
		if (strlen(dir) <= mount || slash == NULL || (size_t)(slash - dir) < mount)
			break;
		*slash = '\0';
	}
	mem_free(dir);
	return least;
}

/* Takes dir and cpu over. */
static void
enter(struct cgroup *c, char *dir, char *cpu)
{
	if (c->dir != NULL && strcmp(c->dir, dir) == 0) {
		mem_free(dir);
		mem_free(cpu);
		return;
	}
	leave(c);
	c->dir = dir;
	c->cpu = cpu;
	probe_init(&c->file[G_MEMORY], &c->sys, -1, dir, number_file(c, false));
	probe_init(&c->file[G_CACHE], &c->sys, -1, dir, "memory.stat");
	probe_init(&c->file[G_THROTTLED], &c->sys, -1, cpu != NULL ? cpu : dir, "cpu.stat");
	probe_init(&c->file[G_OOM], &c->sys, -1, dir,
	    c->v1 ? "memory.oom_control" : "memory.events");
}

static void
look(struct cgroup *c)
{
	char text[TEXT_MAX], path[1024] = "", *mount,
	    *dir = mem_fmt("%s/%ld", c->proc_path, (long)c->pid);
	const int e = probe_text_once(&c->proc, dir, "cgroup", text, sizeof text);
	const bool root = e == 0 && group_path(slice_of(text), path, sizeof path, &c->v1) &&
			  strcmp(path, "/") == 0;
	int64_t limit;

	mem_free(dir);
	if (e != 0 || path[0] != '/') {
		missing(c, e != 0 ? strerror(e) : "the process is in no memory control group");
		leave(c);
		return;
	}
	mount = mem_fmt("%s/fs/cgroup%s", c->sys_path, c->v1 ? "/memory" : "");
	enter(c, root ? mem_str(mount) : mem_fmt("%s%s", mount, path),
	    c->v1 ? cpu_group(c, slice_of(text)) : NULL);
	limit = tightest(c, strlen(mount));
	mem_free(mount);
	for (int i = 0; i < G_COUNT; i++)
		table_source(c->table, c->gauge[i], "%.150s (%s)", c->dir, c->v1 ? "v1" : "v2");
	if (limit != INT64_MAX &&
	    !(fabs(c->table->def[c->gauge[G_MEMORY]].max - (double)limit) < 0.5)) {
		table_max(c->table, c->gauge[G_MEMORY], (double)limit);
		c->table->def[c->gauge[G_MEMORY]].warn = (double)limit * 0.9;
		c->table->def[c->gauge[G_MEMORY]].crit = (double)limit * 0.97;
	}
}

/* "name number" lines, as cpu.stat and memory.events have them. */
static bool
named(struct slice text, const char *name, uint64_t *out)
{
	while (text.n != 0) {
		struct slice line = slice_cut(text, '\n', &text), value;

		if (slice_is(slice_cut(line, ' ', &value), name))
			return slice_u64(slice_trim(value), UINT64_MAX, out);
	}
	return false;
}

static void
sample_memory(struct cgroup *c)
{
	int64_t v;
	const int e = probe_number(&c->file[G_MEMORY], &v);

	if (e == 0 && v >= 0)
		table_value(c->table, c->gauge[G_MEMORY], (double)v);
	else if (e == ENOENT)
		table_missing(c->table, c->gauge[G_MEMORY],
		    "no memory control here: the root group, or booted with cgroup_disable=memory "
		    "(cgroup_enable=memory turns it on)");
	else
		table_missing(c->table, c->gauge[G_MEMORY], "%s", strerror(e));
}

/* File pages that were not used for long: taken back before the limit kills. */
static void
sample_cache(struct cgroup *c)
{
	char text[TEXT_MAX];
	uint64_t cache;

	if (probe_read(&c->file[G_CACHE], text, sizeof text) >= 0 &&
	    named(slice_of(text), c->v1 ? "total_inactive_file" : "inactive_file", &cache))
		table_value(c->table, c->gauge[G_CACHE], (double)cache);
	else
		table_missing(c->table, c->gauge[G_CACHE], "not told here");
}

static void
sample_quota(struct cgroup *c)
{
	char text[TEXT_MAX];
	uint64_t periods = 0, throttled = 0;

	if (probe_read(&c->file[G_THROTTLED], text, sizeof text) < 0 ||
	    !named(slice_of(text), "nr_periods", &periods) ||
	    !named(slice_of(text), "nr_throttled", &throttled)) {
		table_missing(c->table, c->gauge[G_THROTTLED], "no CPU quota is counted here");
		c->has_periods = false;
		return;
	}
	if (c->has_periods && periods > c->periods && throttled >= c->throttled)
		table_value(c->table, c->gauge[G_THROTTLED], 100.0 *
		    (double)(throttled - c->throttled) / (double)(periods - c->periods));
	else
		table_value(c->table, c->gauge[G_THROTTLED], c->has_periods ? 0 : (double)NAN);
	c->has_periods = true;
	c->periods = periods;
	c->throttled = throttled;
}

static void
sample_oom(struct cgroup *c)
{
	char text[TEXT_MAX];
	uint64_t kills;

	if (probe_read(&c->file[G_OOM], text, sizeof text) >= 0 &&
	    named(slice_of(text), "oom_kill", &kills))
		table_value(c->table, c->gauge[G_OOM], (double)kills);
	else
		table_missing(c->table, c->gauge[G_OOM], "not counted here");
}

/* Of version 1, from the group up to the mount. */
static void
quota_files(const struct cgroup *c, struct buf *out)
{
	char *dir = c->cpu != NULL && strpbrk(c->cpu, " \t\n*?[") == NULL ? mem_str(c->cpu) : NULL,
	     *slash;

	for (int i = 0; dir != NULL && i < DEPTH_MAX; i++) {
		(void)buf_add_fmt(out, " %s/cpu.cfs_quota_us %s/cpu.cfs_period_us", dir, dir);
		slash = strrchr(dir, '/');
		if (slash == NULL || strcmp(slash, "/cpu") == 0)
			break;
		*slash = '\0';
	}
	mem_free(dir);
}

const char *
cgroup_cpu_dir(const struct cgroup *c)
{
	return c->cpu;
}

void
cgroup_files(const struct cgroup *c, struct buf *out)
{
	char *dir, *slash;

	if (c->dir == NULL || strpbrk(c->dir, " \t\n*?[") != NULL)
		return;                 /* the board's shell would take it for something else */
	(void)buf_add_fmt(out, " %s/%s %s/cpu.stat %s/memory.stat %s/%s", c->dir,
	    number_file(c, false), c->cpu != NULL ? c->cpu : c->dir, c->dir, c->dir,
	    c->v1 ? "memory.oom_control" : "memory.events");
	quota_files(c, out);
	dir = mem_str(c->dir);
	for (int i = 0; i < DEPTH_MAX && strlen(dir) > strlen(c->sys_path); i++) {
		(void)buf_add_fmt(out, " %s/%s", dir, number_file(c, true));
		if (!c->v1)
			(void)buf_add_fmt(out, " %s/memory.high %s/cpu.max", dir, dir);
		slash = strrchr(dir, '/');
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	mem_free(dir);
}

const char *
cgroup_dir(const struct cgroup *c)
{
	return c->dir;
}

bool
cgroup_is_v1(const struct cgroup *c)
{
	return c->v1;
}

void
cgroup_sample(struct cgroup *c, pid_t pid, uint64_t mono)
{
	if (pid == 0 && !c->added)
		return;
	add(c);
	if (pid != c->pid) {
		c->pid = pid;
		c->looked_at = 0;
		c->has_periods = false;
		if (pid == 0)
			missing(c, "no process");
	}
	if (pid == 0)
		return;
	if (c->looked_at == 0 || mono - c->looked_at >= LOOK_EVERY) {
		c->looked_at = mono;
		look(c);
	}
	if (c->dir == NULL)
		return;
	sample_memory(c);
	sample_cache(c);
	sample_quota(c);
	sample_oom(c);
}
