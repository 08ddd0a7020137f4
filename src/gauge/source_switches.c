/* source_switches.c - context switches of the chosen process, thread by thread. */
#include "gauge/source_switches.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "gauge/procfs.h"
#include "sys/time.h"

enum { TEXT_MAX = 4096, COST_FACTOR = 200 };

/* Just under the usual period: a rate over less says little. */
static const uint64_t EVERY_LEAST = 900 * NS_PER_MS;

struct thread {
	pid_t tid;
	uint64_t count[SWITCHES_GAUGES];
};

/* What one look found, sorted by number. */
struct look {
	struct thread v[SWITCHES_THREADS];
	unsigned n;
	uint64_t at;                    /* 0: none */
};

struct switches {
	struct gauge_table *table;
	struct root root;
	char *path;                     /* root.path, owned */
	char *dir;                      /* of the process */
	bool added;
	int gauge[SWITCHES_GAUGES];
	pid_t pid;
	uint64_t due;                   /* sys_mono() */
	struct look was, is;
	int error;                      /* of the look that is made */
};

static const struct {
	const char *id, *name;
	int field;
} row[SWITCHES_GAUGES] = {
	[SWITCHES_VOLUNTARY] = { "proc.switches", "waits", STATUS_VOLUNTARY },
	[SWITCHES_INVOLUNTARY] = { "proc.preempted", "preempted", STATUS_INVOLUNTARY },
};

struct switches *
switches_new(struct gauge_table *t, const struct root *proc)
{
	struct switches *s = mem_zero(1, sizeof *s);

	s->table = t;
	s->path = mem_str(proc->path);
	s->root = *proc;
	s->root.path = s->path;
	return s;
}

void
switches_free(struct switches *s)
{
	if (s == NULL)
		return;
	mem_free(s->path);
	mem_free(s->dir);
	mem_free(s);
}

static void
add(struct switches *s)
{
	for (int i = 0; i < SWITCHES_GAUGES && !s->added; i++) {
		struct gauge_def d =
		    table_def(row[i].id, "proc", row[i].name, "/s", (double)NAN, s->path);

		d.min = 0;
		s->gauge[i] = table_add(s->table, &d);
	}
	s->added = true;
}

static void
missing(struct switches *s, const char *why)
{
	for (int i = 0; i < SWITCHES_GAUGES; i++)
		table_missing(s->table, s->gauge[i], "%s", why);
	s->was.at = 0;
}

/* ---- looking ---- */

static bool
read_thread(struct switches *s, const char *dir, pid_t tid)
{
	struct thread *t = &s->is.v[s->is.n];
	char text[TEXT_MAX];
	int64_t f[STATUS_FIELDS];
	const int e = probe_text_once(&s->root, dir, "status", text, sizeof text);

	if (e != 0) {
		s->error = e;
		return false;           /* it has just ended, or may not be read */
	}
	procfs_status(text, f);
	if (f[STATUS_VOLUNTARY] < 0 || f[STATUS_INVOLUNTARY] < 0) {
		s->error = EBADMSG;
		return false;
	}
	t->tid = tid;
	for (int i = 0; i < SWITCHES_GAUGES; i++)
		t->count[i] = (uint64_t)f[row[i].field];
	s->is.n++;
	return true;
}

static bool
each_thread(const char *entry, void *arg)
{
	struct switches *s = arg;
	uint64_t tid;
	char *dir;

	if (!slice_u64(slice_of(entry), INT32_MAX, &tid))
		return true;
	if (s->is.n == SWITCHES_THREADS)
		return false;
	dir = mem_fmt("%s/task/%s", s->dir, entry);
	(void)read_thread(s, dir, (pid_t)tid);
	mem_free(dir);
	return true;
}

/* The board's own sum, "UPTIME THREADS VOLUNTARY INVOLUNTARY": as one thread whose number is how
 * many there are, so that the rate is left out when one came or went. */
static void
told(struct switches *s)
{
	struct thread *t = &s->is.v[0];
	char text[128];
	struct slice rest;
	double up;
	uint64_t n;

	s->error = probe_text_once(&s->root, "/vise", "threads", text, sizeof text);
	rest = slice_of(text);
	if (s->error != 0)
		return;
	if (!slice_f64(slice_word(&rest), &up) || !(up > 0 && up < 1e10) ||
	    !slice_u64(slice_word(&rest), INT32_MAX, &n) || n == 0 ||
	    !slice_u64(slice_word(&rest), INT64_MAX, &t->count[0]) ||
	    !slice_u64(slice_word(&rest), INT64_MAX, &t->count[1])) {
		s->error = EBADMSG;
		return;
	}
	t->tid = (pid_t)n;
	s->is.n = 1;
	s->is.at = (uint64_t)(up * 1e9);
}

static void
look(struct switches *s, double threads)
{
	char *dir;

	s->is.n = 0;
	s->error = 0;
	if (s->root.mirror != NULL) {
		told(s);
		return;
	}
	if (threads <= SWITCHES_THREADS) {
		dir = mem_fmt("%s/task", s->dir);
		root_each(&s->root, dir, each_thread, s);
		mem_free(dir);
	}
	if (s->is.n == 0)
		(void)read_thread(s, s->dir, s->pid);
}

/* ---- telling ---- */

/* What both looks have, told as a rate; a thread that began in between counts from 0. */
static double
rate(const struct switches *s, int which)
{
	const double seconds = (double)(s->is.at - s->was.at) / 1e9;
	const bool sums = s->root.mirror != NULL;
	double sum = 0;
	unsigned k = 0;

	for (unsigned i = 0; i < s->is.n; i++) {
		const struct thread *t = &s->is.v[i];
		uint64_t before = 0;

		while (k < s->was.n && s->was.v[k].tid < t->tid)
			k++;
		if (k < s->was.n && s->was.v[k].tid == t->tid)
			before = s->was.v[k].count[which];
		else if (sums)
			return (double)NAN;
		/* A number taken over by another thread starts anew. */
		sum += (double)(t->count[which] - (t->count[which] >= before ? before : 0));
	}
	return sum / seconds;
}

static int
by_tid(const struct thread *a, const struct thread *b)
{
	return a->tid < b->tid ? -1 : a->tid > b->tid;
}

/* The folder is listed by name, "10" before "9". */
static void
sort(struct look *l)
{
	for (unsigned i = 1; i < l->n; i++) {
		const struct thread t = l->v[i];
		unsigned k = i;

		for (; k > 0 && by_tid(&t, &l->v[k - 1]) < 0; k--)
			l->v[k] = l->v[k - 1];
		l->v[k] = t;
	}
}

static void
put(struct switches *s, double threads)
{
	const bool first_only = s->root.mirror == NULL && s->is.n == 1 && threads > 1;

	if (s->is.n == 0) {
		missing(s, s->root.mirror != NULL ? "not counted: the board has no awk" :
		    s->error == EBADMSG ? "not told by this kernel" : strerror(s->error));
		return;
	}
	sort(&s->is);
	for (int i = 0; i < SWITCHES_GAUGES; i++) {
		if (first_only)
			table_source(s->table, s->gauge[i], "%s/status: the first of %.0f threads",
			    s->dir, threads);
		else
			table_source(s->table, s->gauge[i], "%s/task: all threads%s", s->dir,
			    s->root.mirror != NULL ? ", every 10 s" : "");
		if (s->was.at != 0 && s->is.at > s->was.at)
			table_value(s->table, s->gauge[i], rate(s, i));
		else
			table_missing(s->table, s->gauge[i], "a rate: counted once so far");
	}
	s->was = s->is;
}

static void
choose(struct switches *s, pid_t pid)
{
	s->pid = pid;
	s->due = s->was.at = 0;
	mem_free(s->dir);
	s->dir = mem_fmt("%s/%ld", s->path, (long)pid);
	if (pid == 0)
		missing(s, "no process");
}

void
switches_sample(struct switches *s, pid_t pid, double threads, uint64_t clock)
{
	const uint64_t start = sys_mono();
	uint64_t cost;

	if (pid == 0 && !s->added)
		return;
	add(s);
	if (pid != s->pid)
		choose(s, pid);
	if (pid == 0 || start < s->due)
		return;
	look(s, threads);
	if (s->root.mirror == NULL)
		s->is.at = clock;
	else if (s->is.n != 0 && s->is.at == s->was.at)
		return;                 /* the board has not counted again yet */
	put(s, threads);
	cost = (sys_mono() - start) * COST_FACTOR;
	s->due = start + (cost > EVERY_LEAST ? cost : EVERY_LEAST);
}
