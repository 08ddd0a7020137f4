/* source_process.c - the gauges of one chosen process. */
#include "gauge/source_process.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "gauge/probe.h"
#include "gauge/procfs.h"
#include "sys/io.h"
#include "sys/path.h"

enum { P_RSS, P_ANON, P_FILE, P_SHMEM, P_VSIZE, P_THREADS, P_CPU, P_COUNT };
enum { COMM_MAX = 15, TEXT_MAX = 4096 };

static const uint64_t SEARCH_EVERY = 2 * NS_PER_S;      /* a walk over /proc costs about 0.7 ms */
static const double USER_HZ = 100;

static const struct {
	const char *id, *name, *unit;
	int field;                      /* of status, -1: none */
} row[P_COUNT] = {
	[P_RSS] =     { "proc.rss", "rss", "B", STATUS_VMRSS },
	[P_ANON] =    { "proc.anon", "anon", "B", STATUS_ANON },
	[P_FILE] =    { "proc.file", "file", "B", STATUS_FILE },
	[P_SHMEM] =   { "proc.shmem", "shmem", "B", STATUS_SHMEM },
	[P_VSIZE] =   { "proc.vsize", "vsz", "B", STATUS_VMSIZE },
	[P_THREADS] = { "proc.threads", "thr", "count", STATUS_THREADS },
	[P_CPU] =     { "proc.cpu", "cpu", "%", -1 },
};

struct process {
	struct gauge_table *table;
	struct root root;
	char *path, *name;              /* path is root.path, owned */
	bool added, found;
	pid_t wanted, pid;              /* asked for; followed now */
	uint64_t start, last_start;     /* starttime of what is followed, and of what was before */
	pid_t last_pid;
	int dirfd, gauge[P_COUNT];
	struct probe stat, status;
	uint64_t ticks, ticks_at, search_at;
	char comm[64], news[128];
	bool has_news;
};

struct process *
process_new(struct gauge_table *t, const struct root *proc)
{
	struct process *p = mem_zero(1, sizeof *p);

	p->table = t;
	p->path = mem_str(proc->path);
	p->root = *proc;
	p->root.path = p->path;
	p->dirfd = p->stat.fd = p->status.fd = -1;
	return p;
}

static void
let_go(struct process *p)
{
	probe_fini(&p->stat);
	probe_fini(&p->status);
	sys_close(p->dirfd);
	p->dirfd = -1;
	p->found = false;
	p->ticks_at = 0;
}

void
process_free(struct process *p)
{
	if (p == NULL)
		return;
	let_go(p);
	mem_free(p->path);
	mem_free(p->name);
	mem_free(p);
}

static void __attribute__((format(printf, 2, 3)))
all_missing(struct process *p, const char *fmt, ...)
{
	char why[GAUGE_WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	for (int i = 0; i < P_COUNT; i++)
		table_missing(p->table, p->gauge[i], "%s", why);
}

static void
rename_gauges(struct process *p, const char *who)
{
	for (int i = 0; i < P_COUNT; i++) {
		char name[GAUGE_NAME_MAX], text[96];

		if (p->gauge[i] < 0)
			continue;
		snprintf(text, sizeof text, "%s%s%s", who, who[0] != '\0' ? " " : "", row[i].name);
		table_text(name, sizeof name, text);
		if (strcmp(p->table->def[p->gauge[i]].name, name) == 0)
			continue;
		memcpy(p->table->def[p->gauge[i]].name, name, sizeof name);
		p->table->changed = true;
	}
}

void
process_choose(struct process *p, pid_t pid, const char *name)
{
	let_go(p);
	mem_free(p->name);
	p->name = mem_str(name);
	p->wanted = pid;
	p->pid = p->last_pid = 0;
	p->start = p->last_start = p->search_at = 0;
	p->has_news = false;
	if (pid <= 0 && name == NULL) {
		if (p->added)
			all_missing(p, "no process chosen");
		return;
	}
	for (int i = 0; i < P_COUNT && !p->added; i++) {
		struct gauge_def d =
		    table_def(row[i].id, "proc", row[i].name, row[i].unit, (double)NAN, "");

		d.min = 0;
		p->gauge[i] = table_add(p->table, &d);
	}
	p->added = true;
	rename_gauges(p, name != NULL ? name : "");
}

/* Opens the folder of pid and looks who it is. */
static bool
take(struct process *p, pid_t pid, struct procfs_pid *who)
{
	char text[TEXT_MAX], *dir = mem_fmt("%s/%ld", p->path, (long)pid);
	const bool far = p->root.mirror != NULL;

	if (!far)
		p->dirfd = sys_open(dir, O_RDONLY | O_DIRECTORY, 0);
	if (far || p->dirfd >= 0) {
		probe_init(&p->stat, &p->root, p->dirfd, far ? dir : NULL, "stat");
		probe_init(&p->status, &p->root, p->dirfd, far ? dir : NULL, "status");
	}
	mem_free(dir);
	if (!far && p->dirfd < 0)
		return false;
	if (probe_read(&p->stat, text, sizeof text) < 0 || !procfs_pid_stat(text, who)) {
		let_go(p);
		return false;
	}
	return true;
}

struct search {
	const struct process *p;
	pid_t best;
	unsigned count;
};

static bool
search_one(const char *entry, void *arg)
{
	struct search *s = arg;
	char comm[32], *dir;
	uint64_t pid;

	if (!slice_u64(slice_of(entry), INT32_MAX, &pid))
		return true;
	dir = path_join(s->p->path, entry);
	if (probe_text_once(&s->p->root, dir, "comm", comm, sizeof comm) == 0 &&
	    strncmp(comm, s->p->name, COMM_MAX) == 0) {
		s->count++;
		if (s->best == 0 || (pid_t)pid < s->best)
			s->best = (pid_t)pid;
	}
	mem_free(dir);
	return true;
}

static void
follow(struct process *p, pid_t pid, const struct procfs_pid *who, unsigned of)
{
	char also[48] = "";

	if (p->last_pid != 0) {
		snprintf(p->news, sizeof p->news, "%s restarted: pid %ld, then %ld", who->comm,
		    (long)p->last_pid, (long)pid);
		p->has_news = true;
	}
	p->pid = p->last_pid = pid;
	p->start = p->last_start = who->starttime;
	p->found = true;
	p->ticks_at = 0;
	table_text(p->comm, sizeof p->comm, who->comm);
	if (of > 1)
		snprintf(also, sizeof also, ", the first of %u", of);
	for (int i = 0; i < P_COUNT; i++)
		table_source(
		    p->table, p->gauge[i], "%s/%ld (%s%s)", p->path, (long)pid, p->comm, also);
	rename_gauges(p, p->comm);
}

static void
find(struct process *p, uint64_t mono)
{
	struct search s = { .p = p };
	struct procfs_pid who;

	if (p->name == NULL) {
		/* Once followed and gone, a process chosen by number does not come back. */
		if (p->last_pid != 0)
			return;
		if (take(p, p->wanted, &who))
			follow(p, p->wanted, &who, 1);
		else
			all_missing(p, "no process %ld", (long)p->wanted);
		return;
	}
	if (p->search_at != 0 && mono - p->search_at < SEARCH_EVERY)
		return;
	p->search_at = mono;
	root_each(&p->root, p->path, search_one, &s);
	if (s.best != 0 && take(p, s.best, &who))
		follow(p, s.best, &who, s.count);
	else if (p->last_pid == 0)
		all_missing(p, "no process named %s", p->name);
}

static void
put_status(struct process *p, const char *text, char state)
{
	int64_t f[STATUS_FIELDS];

	procfs_status(text, f);
	for (int i = 0; i < P_CPU; i++) {
		const int64_t v = f[row[i].field];

		if (v >= 0)
			table_value(
			    p->table, p->gauge[i], (double)v * (row[i].unit[0] == 'B' ? 1024 : 1));
		else if (state == 'Z')
			table_missing(
			    p->table, p->gauge[i], "%s has ended and waits to be reaped", p->comm);
		else if (f[STATUS_VMSIZE] < 0)
			table_missing(
			    p->table, p->gauge[i], "a kernel thread has no memory of its own");
		else
			table_missing(
			    p->table, p->gauge[i], "not told by this kernel (before Linux 4.5)");
	}
}

static void
put_cpu(struct process *p, uint64_t ticks, uint64_t mono)
{
	double v = (double)NAN;

	if (p->ticks_at != 0 && mono > p->ticks_at && ticks >= p->ticks)
		v = 100.0 * (double)(ticks - p->ticks) / USER_HZ /
		    ((double)(mono - p->ticks_at) / 1e9);
	table_value(p->table, p->gauge[P_CPU], v);
	p->ticks = ticks;
	p->ticks_at = mono;
}

/* True while the process is there and is the one that was taken. */
static bool
read_once(struct process *p, uint64_t mono)
{
	char text[TEXT_MAX];
	struct procfs_pid who;

	if (probe_read(&p->stat, text, sizeof text) < 0 || !procfs_pid_stat(text, &who) ||
	    who.starttime != p->start)
		return false;
	put_cpu(p, who.cpu_ticks, mono);
	if (strcmp(who.comm, p->comm) != 0 && p->name == NULL) {
		table_text(p->comm, sizeof p->comm, who.comm);  /* exec keeps pid and start time */
		rename_gauges(p, p->comm);
	}
	if (probe_read(&p->status, text, sizeof text) < 0)
		return false;
	put_status(p, text, who.state);
	return true;
}

void
process_sample(struct process *p, uint64_t mono)
{
	if (!process_chosen(p))
		return;
	if (!p->found)
		find(p, mono);
	if (!p->found || read_once(p, mono))
		return;
	let_go(p);
	all_missing(p, "%s (pid %ld) has ended", p->comm, (long)p->last_pid);
	p->search_at = 0;
}

bool
process_chosen(const struct process *p)
{
	return p->wanted > 0 || p->name != NULL;
}

bool
process_found(const struct process *p)
{
	return p->found;
}

pid_t
process_pid(const struct process *p)
{
	return p->found ? p->pid : 0;
}

double
process_anon(const struct process *p)
{
	double anon;

	if (!p->found || p->gauge[P_ANON] < 0)
		return (double)NAN;
	anon = p->table->v[p->gauge[P_ANON]];
	return isnan(anon) ? p->table->v[p->gauge[P_RSS]] : anon;
}

double
process_threads(const struct process *p)
{
	return p->found && p->gauge[P_THREADS] >= 0 ? p->table->v[p->gauge[P_THREADS]]
						    : (double)NAN;
}

const char *
process_news(struct process *p)
{
	const bool has = p->has_news;

	p->has_news = false;
	return has ? p->news : NULL;
}

void
process_range(const struct process *p, size_t *from, size_t *to)
{
	*from = p->added && p->gauge[0] >= 0 ? (size_t)p->gauge[0] : 0;
	*to = p->added && p->gauge[P_COUNT - 1] >= 0 ? (size_t)p->gauge[P_COUNT - 1] + 1 : *from;
}
