/* source_local.c - memory, load, CPUs, pressure and uptime from /proc. */
#include "gauge/source_local.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/probe.h"
#include "gauge/procfs.h"
#include "gauge/source_cpus.h"
#include "gauge/source_random.h"
#include "gauge/source_zram.h"
#include "sys/time.h"

enum { TEXT_MAX = 16384 }; /* of /proc/stat only the cpu lines are wanted, and they come first */

/* The kernel itself counts the load anew every five seconds (LOAD_FREQ). */
static const uint64_t LOAD_EVERY = 5 * NS_PER_S - NS_PER_S / 10;

enum { G_USED, G_AVAIL, G_ANON, G_FILE, G_SLAB, G_BUFFERS, G_CACHE, G_SWAP, G_LOAD1, G_LOAD5,
	G_LOAD15, G_CPU, G_PSI,
	G_UPTIME = G_PSI + 3, G_COUNT };
enum { F_MEMINFO, F_STAT, F_LOADAVG, F_UPTIME, F_PSI, F_COUNT = F_PSI + 3 };

static const char *const file_name[F_COUNT] = {
	[F_MEMINFO] = "meminfo", [F_STAT] = "stat", [F_LOADAVG] = "loadavg", [F_UPTIME] = "uptime",
	[F_PSI] = "pressure/cpu", [F_PSI + 1] = "pressure/memory", [F_PSI + 2] = "pressure/io",
};

static const struct {
	const char *id, *group, *name, *unit;
	double max, warn, crit;         /* 0: none */
	int file;
} row[G_COUNT] = {
	[G_USED] =      { "mem.used", "mem", "mem", "B", 0, 0, 0, F_MEMINFO },
	[G_AVAIL] =     { "mem.avail", "mem", "avail", "B", 0, 0, 0, F_MEMINFO },
	[G_ANON] =      { "mem.anon", "mem", "anon", "B", 0, 0, 0, F_MEMINFO },
	[G_FILE] =      { "mem.file", "mem", "file", "B", 0, 0, 0, F_MEMINFO },
	[G_SLAB] =      { "mem.slab", "mem", "slab", "B", 0, 0, 0, F_MEMINFO },
	[G_BUFFERS] =   { "mem.buffers", "mem", "buffers", "B", 0, 0, 0, F_MEMINFO },
	[G_CACHE] =     { "mem.cache", "mem", "cache", "B", 0, 0, 0, F_MEMINFO },
	[G_SWAP] =      { "mem.swap", "mem", "swap", "B", 0, 0, 0, F_MEMINFO },
	[G_LOAD1] =     { "load.1", "load", "load", "", 0, 0, 0, F_LOADAVG },
	[G_LOAD5] =     { "load.5", "load", "load5", "", 0, 0, 0, F_LOADAVG },
	[G_LOAD15] =    { "load.15", "load", "load15", "", 0, 0, 0, F_LOADAVG },
	[G_CPU] =       { "cpu.busy", "cpu", "cpu", "%", 100, 0, 0, F_STAT },
	[G_PSI] =       { "psi.cpu", "psi", "psi cpu", "%", 100, 0, 0, F_PSI },
	[G_PSI + 1] =   { "psi.memory", "psi", "psi memory", "%", 100, 10, 40, F_PSI + 1 },
	[G_PSI + 2] =   { "psi.io", "psi", "psi io", "%", 100, 0, 0, F_PSI + 2 },
	[G_UPTIME] =    { "sys.uptime", "sys", "up", "s", 0, 0, 0, F_UPTIME },
};

struct local {
	struct gauge_table *table;
	char *root;
	struct probe file[F_COUNT];
	int gauge[G_COUNT], cpu[PROCFS_CPUS];
	bool cpu_known[PROCFS_CPUS], psi_known[3];
	unsigned cpu_end;               /* behind the last that is known */
	struct procfs_stat stat[2];     /* of this sample and of the one before, in turn */
	unsigned turn;
	int64_t total_kb;
	uint64_t load_at;
	uint64_t psi_total[3], psi_at[3];
	char *text;
	unsigned release[2];            /* of the kernel: 0, 0 is not known */
	struct root proc;
	struct cpus cpus;
	struct random random;
	struct zram zram;
};

static double
some(double v)
{
	return v > 0 ? v : (double)NAN;
}

struct local *
local_new(struct gauge_table *t, const struct root *proc, const struct root *sys)
{
	struct local *l = mem_zero(1, sizeof *l);

	l->table = t;
	l->root = mem_str(proc->path);
	l->proc = *proc;
	l->proc.path = l->root;
	l->text = mem_alloc(TEXT_MAX);
	for (int i = 0; i < F_COUNT; i++)
		probe_init(&l->file[i], proc, -1, proc->path, file_name[i]);
	for (int i = 0; i < G_COUNT; i++) {
		struct gauge_def d = table_def(row[i].id, row[i].group, row[i].name, row[i].unit,
		    some(row[i].max), l->file[row[i].file].path);

		d.min = 0;
		d.warn = some(row[i].warn);
		d.crit = some(row[i].crit);
		l->gauge[i] = table_add(t, &d);
	}
	if (proc->keep)
		table_source(t, l->gauge[G_UPTIME], "CLOCK_BOOTTIME (as %s)",
		    l->file[F_UPTIME].path);
	cpus_init(&l->cpus, t, sys);
	random_init(&l->random, t, proc);
	zram_init(&l->zram, t, sys);
	return l;
}

void
local_free(struct local *l)
{
	if (l == NULL)
		return;
	for (int i = 0; i < F_COUNT; i++)
		probe_fini(&l->file[i]);
	cpus_fini(&l->cpus);
	random_fini(&l->random);
	zram_fini(&l->zram);
	mem_free(l->text);
	mem_free(l->root);
	mem_free(l);
}

static bool
before(const struct local *l, unsigned major, unsigned minor)
{
	return l->release[0] != 0 && (l->release[0] < major ||
	    (l->release[0] == major && l->release[1] < minor));
}

static void
look_at_release(struct local *l)
{
	char *dir = mem_fmt("%s/sys/kernel", l->root), text[128];

	if (probe_text_once(&l->proc, dir, "osrelease", text, sizeof text) != 0 ||
	    !procfs_release(text, l->release))
		l->release[0] = 0;
	mem_free(dir);
}

static void
unreadable(struct local *l, int gauge, int file, long error)
{
	const char *path = l->file[file].path;

	if (file >= F_PSI && error == ENOENT && before(l, 4, 20))
		table_missing(l->table, l->gauge[gauge],
		    "no pressure figures: Linux %u.%u, they came with 4.20", l->release[0],
		    l->release[1]);
	else if (file >= F_PSI && error == ENOENT)
		table_missing(l->table, l->gauge[gauge],
		    "%s is absent: kernel without PSI, or booted without psi=1", path);
	else if (file >= F_PSI && error == EOPNOTSUPP)
		table_missing(l->table, l->gauge[gauge],
		    "pressure is switched off; psi=1 at boot turns it on");
	else
		table_missing(l->table, l->gauge[gauge], "%s: %s", path, strerror((int)error));
}

/* Puts kB as bytes, or says which field the kernel does not have. */
static void
put_kb(struct local *l, int gauge, int64_t kb, const char *field)
{
	if (kb >= 0)
		table_value(l->table, l->gauge[gauge], (double)kb * 1024);
	else
		table_missing(
		    l->table, l->gauge[gauge], "%s has no %s", l->file[F_MEMINFO].path, field);
}

/* MemAvailable, or the estimate of kernels before 3.14. */
static int64_t
available(struct local *l, const int64_t m[MEM_FIELDS])
{
	int64_t sum = 0;

	if (m[MEM_AVAILABLE] >= 0)
		return m[MEM_AVAILABLE];
	if (m[MEM_FREE] < 0 || m[MEM_CACHED] < 0)
		return -1;
	sum = m[MEM_FREE] + m[MEM_CACHED] + (m[MEM_BUFFERS] > 0 ? m[MEM_BUFFERS] : 0) +
	      (m[MEM_SRECLAIMABLE] > 0 ? m[MEM_SRECLAIMABLE] : 0) -
	      (m[MEM_SHMEM] > 0 ? m[MEM_SHMEM] : 0);
	for (int g = G_USED; g <= G_AVAIL; g++)
		table_source(l->table, l->gauge[g],
		    "%s (estimated: no MemAvailable before Linux 3.14)", l->file[F_MEMINFO].path);
	return sum > 0 ? sum : 0;
}

static void
limits(struct local *l, int64_t total_kb)
{
	struct gauge_table *t = l->table;
	const int used = l->gauge[G_USED];

	for (int g = G_USED; g <= G_CACHE; g++)
		table_max(t, l->gauge[g], (double)total_kb * 1024);
	if (used >= 0 && isnan(t->def[used].warn)) {
		t->def[used].warn = (double)total_kb * 1024 * 0.90;
		t->def[used].crit = (double)total_kb * 1024 * 0.97;
		t->changed = true;
	}
}

/* As htop and free(1) count it: shared memory is no cache, reclaimable slab is. */
static int64_t
cache(const int64_t m[MEM_FIELDS])
{
	const int64_t v = m[MEM_CACHED] - (m[MEM_SHMEM] > 0 ? m[MEM_SHMEM] : 0) +
	    (m[MEM_SRECLAIMABLE] > 0 ? m[MEM_SRECLAIMABLE] : 0);

	return m[MEM_CACHED] < 0 ? -1 : v > 0 ? v : 0;
}

static void
sample_memory(struct local *l)
{
	const long n = probe_read(&l->file[F_MEMINFO], l->text, TEXT_MAX);
	int64_t m[MEM_FIELDS], avail, file;

	if (n < 0) {
		for (int g = G_USED; g <= G_SWAP; g++)
			unreadable(l, g, F_MEMINFO, -n);
		return;
	}
	procfs_meminfo(l->text, m);
	avail = available(l, m);
	file = m[MEM_ACTIVE_FILE] >= 0 && m[MEM_INACTIVE_FILE] >= 0 ?
	    m[MEM_ACTIVE_FILE] + m[MEM_INACTIVE_FILE] : m[MEM_CACHED];
	if (m[MEM_TOTAL] > 0 && m[MEM_TOTAL] != l->total_kb)
		limits(l, m[MEM_TOTAL]);
	l->total_kb = m[MEM_TOTAL];
	put_kb(l, G_USED, m[MEM_TOTAL] > 0 && avail >= 0 && avail <= m[MEM_TOTAL] ?
	    m[MEM_TOTAL] - avail : -1, "MemTotal and MemAvailable");
	put_kb(l, G_AVAIL, avail, "MemAvailable");
	put_kb(l, G_ANON, m[MEM_ANON], "AnonPages");
	put_kb(l, G_FILE, file, "Cached");
	put_kb(l, G_SLAB, m[MEM_SLAB], "Slab");
	put_kb(l, G_BUFFERS, m[MEM_BUFFERS], "Buffers");
	put_kb(l, G_CACHE, cache(m), "Cached");
	if (m[MEM_SWAP_TOTAL] == 0) {
		table_missing(l->table, l->gauge[G_SWAP], "no swap");
	} else if (m[MEM_SWAP_TOTAL] > 0) {
		table_max(l->table, l->gauge[G_SWAP], (double)m[MEM_SWAP_TOTAL] * 1024);
		put_kb(l, G_SWAP, m[MEM_SWAP_TOTAL] - m[MEM_SWAP_FREE], "SwapFree");
	} else {
		put_kb(l, G_SWAP, -1, "SwapTotal");
	}
}

static void
sample_load(struct local *l, uint64_t mono)
{
	double v[3];
	long n;

	if (l->proc.keep && l->load_at != 0 && mono - l->load_at < LOAD_EVERY)
		return;
	l->load_at = mono;
	n = probe_read(&l->file[F_LOADAVG], l->text, TEXT_MAX);
	if (n >= 0 && !procfs_loadavg(l->text, v))
		n = -EBADMSG;
	for (int i = 0; i < 3; i++)
		if (n < 0)
			unreadable(l, G_LOAD1 + i, F_LOADAVG, -n);
		else
			table_value(l->table, l->gauge[G_LOAD1 + i], v[i]);
}

/* This machine's own needs no file. */
static void
sample_uptime(struct local *l)
{
	double up;
	long n;

	if (l->proc.keep) {
		up = (double)(sys_boot() / (NS_PER_S / 100)) / 100;
		table_value(l->table, l->gauge[G_UPTIME], up);
		return;
	}
	n = probe_read(&l->file[F_UPTIME], l->text, TEXT_MAX);
	if (n >= 0 && procfs_uptime(l->text, &up))
		table_value(l->table, l->gauge[G_UPTIME], up);
	else
		unreadable(l, G_UPTIME, F_UPTIME, n < 0 ? -n : EBADMSG);
}

/* iowait may go backwards and a CPU may come back with smaller counters: no negative share, no
 * jump. */
static double
busy(const struct procfs_cpu *was, const struct procfs_cpu *is)
{
	const uint64_t all = is->all - was->all;

	if (!was->there || is->all <= was->all)
		return (double)NAN;
	if (is->busy <= was->busy)
		return 0;
	return is->busy - was->busy >= all ? 100
					   : 100.0 * (double)(is->busy - was->busy) / (double)all;
}

static int
cpu_gauge(struct local *l, unsigned cpu)
{
	if (!l->cpu_known[cpu]) {
		char id[16], name[16];

		snprintf(id, sizeof id, "cpu.%u", cpu);
		snprintf(name, sizeof name, "cpu%u", cpu);
		struct gauge_def d = table_def(id, "cpu", name, "%", 100, l->file[F_STAT].path);

		d.min = 0;
		l->cpu[cpu] = table_add(l->table, &d);
		l->cpu_known[cpu] = true;
		l->cpu_end = cpu + 1 > l->cpu_end ? cpu + 1 : l->cpu_end;
	}
	return l->cpu[cpu];
}

static void
sample_cpu(struct local *l)
{
	const long n = probe_read(&l->file[F_STAT], l->text, TEXT_MAX);
	const struct procfs_stat *was = &l->stat[l->turn];
	struct procfs_stat *s = &l->stat[!l->turn];

	if (n < 0 || !procfs_stat(l->text, s)) {
		unreadable(l, G_CPU, F_STAT, n < 0 ? -n : EBADMSG);
		return;
	}
	table_value(l->table, l->gauge[G_CPU], busy(&was->total, &s->total));
	if (s->seen > PROCFS_CPUS)
		table_source(l->table, l->gauge[G_CPU],
		    "%s (%u CPUs, the first %d shown one by one)", l->file[F_STAT].path, s->seen,
		    (int)PROCFS_CPUS);
	for (unsigned i = 0; i < s->end || i < l->cpu_end; i++)
		if (i < s->end && s->cpu[i].there)
			table_value(l->table, cpu_gauge(l, i),
			    i < was->end ? busy(&was->cpu[i], &s->cpu[i]) : (double)NAN);
		else if (l->cpu_known[i])
			table_missing(l->table, l->cpu[i], "offline");
	l->turn = !l->turn;
}

static void
sample_psi(struct local *l, int i, uint64_t mono)
{
	const long n = probe_read(&l->file[F_PSI + i], l->text, TEXT_MAX);
	uint64_t total, us;

	if (n < 0 || !procfs_psi_some(l->text, &total)) {
		unreadable(l, G_PSI + i, F_PSI + i, n < 0 ? -n : EBADMSG);
		l->psi_known[i] = false;
		return;
	}
	us = (mono - l->psi_at[i]) / NS_PER_US;
	if (l->psi_known[i] && us != 0 && total >= l->psi_total[i])
		table_value(l->table, l->gauge[G_PSI + i],
		    fmin(100, 100.0 * (double)(total - l->psi_total[i]) / (double)us));
	else
		table_value(l->table, l->gauge[G_PSI + i], (double)NAN);
	l->psi_known[i] = true;
	l->psi_total[i] = total;
	l->psi_at[i] = mono;
}

void
local_sample(struct local *l, uint64_t mono)
{
	if (l->release[0] == 0)
		look_at_release(l);
	sample_memory(l);
	sample_load(l, mono);
	sample_uptime(l);
	sample_cpu(l);
	for (int i = 0; i < 3; i++)
		sample_psi(l, i, mono);
	cpus_sample(&l->cpus, mono);
	random_sample(&l->random);
	zram_sample(&l->zram, mono);
}

void
local_files(const struct local *l, struct buf *out)
{
	random_files(&l->random, out);
	zram_files(&l->zram, out);
}
