/* source_pss.c - PSS and USS from smaps_rollup, seldom and in a worker. */
#include "gauge/source_pss.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/procfs.h"
#include "sys/time.h"

enum { TEXT_MAX = 4096, COST_FACTOR = 200 };

static const uint64_t EVERY = 5 * NS_PER_S;

enum { G_PSS, G_USS, G_COUNT };

/* One reading, made in a worker; it outlives its owner when that goes first. */
struct reading {
	struct pss *owner;              /* NULL: nobody waits any more */
	struct root root;
	char *dir;
	pid_t pid;
	int error;
	uint64_t cost;
	char text[TEXT_MAX];
};

struct pss {
	struct loop *loop;
	struct gauge_table *table;
	struct root root;
	char *path;                     /* root.path, owned */
	bool added;
	int gauge[G_COUNT];
	pid_t pid;
	uint64_t due;
	struct reading *reading;
};

static const struct {
	const char *id, *name;
} row[G_COUNT] = {
	[G_PSS] = { "proc.pss", "pss" },
	[G_USS] = { "proc.uss", "uss" },
};

struct pss *
pss_new(struct loop *l, struct gauge_table *t, const struct root *proc)
{
	struct pss *p = mem_zero(1, sizeof *p);

	p->loop = l;
	p->table = t;
	p->path = mem_str(proc->path);
	p->root = *proc;
	p->root.path = p->path;
	return p;
}

void
pss_free(struct pss *p)
{
	if (p == NULL)
		return;
	if (p->reading != NULL)
		p->reading->owner = NULL;
	mem_free(p->path);
	mem_free(p);
}

static void
add(struct pss *p)
{
	for (int i = 0; i < G_COUNT && !p->added; i++) {
		struct gauge_def d = table_def(row[i].id, "proc", row[i].name, "B", (double)NAN,
		    "/proc/PID/smaps_rollup, every 5 s or less often");

		d.min = 0;
		p->gauge[i] = table_add(p->table, &d);
	}
	p->added = true;
}

static void
missing(struct pss *p, const char *why)
{
	for (int i = 0; i < G_COUNT; i++)
		table_missing(p->table, p->gauge[i], "%s", why);
}

static const char *
words(int error)
{
	static const struct {
		int error;
		const char *why;
	} known[] = {
		{ EACCES, "not readable for you (EACCES): another user's process" },
		{ EPERM, "not readable for you (EPERM): another user's process" },
		{ ENOENT, "no smaps_rollup: a kernel before 4.14, or built without it" },
		{ ENODATA, "the board does not tell smaps_rollup" },
		{ ESRCH, "no memory of its own: a kernel thread, or it is ending" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].error == error)
			return known[i].why;
	return strerror(error);
}

static void
read_work(void *arg)
{
	struct reading *r = arg;
	const uint64_t start = sys_mono();

	r->error = probe_text_once(&r->root, r->dir, "smaps_rollup", r->text, sizeof r->text);
	r->cost = sys_mono() - start;
}

static void
read_done(void *arg)
{
	struct reading *r = arg;
	struct pss *p = r->owner;
	int64_t f[ROLLUP_FIELDS];

	if (p != NULL) {
		p->reading = NULL;
		if (r->cost * COST_FACTOR > EVERY)
			p->due = sys_mono() + r->cost * COST_FACTOR;
		procfs_rollup(r->text, f);
		if (r->pid != p->pid) {
			p->due = 0;     /* another process was chosen meanwhile */
		} else if (r->error != 0 || f[ROLLUP_PSS] < 0) {
			missing(p, words(r->error != 0 ? r->error : ESRCH));
		} else {
			table_value(p->table, p->gauge[G_PSS], (double)f[ROLLUP_PSS] * 1024);
			table_value(p->table, p->gauge[G_USS],
			    (double)(f[ROLLUP_PRIVATE_CLEAN] + f[ROLLUP_PRIVATE_DIRTY]) * 1024);
		}
	}
	mem_free(r->dir);
	mem_free(r);
}

static void
start(struct pss *p)
{
	struct reading *r = mem_zero(1, sizeof *r);

	r->owner = p;
	r->pid = p->pid;
	r->root = (struct root){ .mirror = p->root.mirror };
	r->dir = mem_fmt("%s/%ld", p->path, (long)p->pid);
	p->reading = r;
	if (p->root.mirror == NULL) {
		loop_work(p->loop, read_work, read_done, r);
		return;
	}
	read_work(r);
	read_done(r);
}

void
pss_sample(struct pss *p, pid_t pid, double anon, uint64_t mono)
{
	if (pid == 0 && !p->added)
		return;
	add(p);
	if (pid != p->pid) {
		p->pid = pid;
		p->due = 0;
		missing(p, pid == 0 ? "no process" : "not read yet");
	}
	if (pid == 0 || p->reading != NULL || mono < p->due)
		return;
	if (anon > (double)PSS_ANON_MAX) {
		missing(p, "not read: so large a process would stall for more than 5 ms");
		return;
	}
	p->due = mono + EVERY;
	start(p);
}
