/* source_pss.c - PSS and USS from smaps_rollup or smaps, seldom and in a worker. */
#include "gauge/source_pss.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/procfs.h"
#include "gauge/smaps.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/time.h"

enum { TEXT_MAX = 4096, COST_FACTOR = 200 };
/* smaps has about 700 bytes for each mapping, of which there are 65530 at most by default. */
enum { SMAPS_CHUNK = 64 << 10, SMAPS_MOST = 64 << 20 };

static const uint64_t EVERY = 5 * NS_PER_S, PATIENCE = 2 * NS_PER_S;

enum { G_PSS, G_USS, G_AGE, G_COUNT };

/* One reading, made in a worker; it outlives its owner when that goes first. */
struct reading {
	struct pss *owner;              /* NULL: nobody waits any more */
	struct root root;
	char *dir;
	pid_t pid;
	int error;
	bool summed;                    /* of smaps */
	uint64_t start, cost;
	int64_t kb[ROLLUP_FIELDS];
};

struct pss {
	struct loop *loop;
	struct gauge_table *table;
	struct root root;
	char *path;                     /* root.path, owned */
	bool added;
	int gauge[G_COUNT], lazy;       /* lazy: of LazyFree, -1 until there was some */
	pid_t pid;
	uint64_t due, read_at;          /* 0: what is shown was not read */
	struct reading *reading;
};

static const struct {
	const char *id, *name, *unit;
} row[G_COUNT] = {
	[G_PSS] = { "proc.pss", "pss", "B" },
	[G_USS] = { "proc.uss", "uss", "B" },
	[G_AGE] = { "proc.pss.age", "pss age", "s" },
};

struct pss *
pss_new(struct loop *l, struct gauge_table *t, const struct root *proc)
{
	struct pss *p = mem_zero(1, sizeof *p);

	p->loop = l;
	p->lazy = -1;
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
		struct gauge_def d = table_def(row[i].id, "proc", row[i].name, row[i].unit,
		    (double)NAN, "/proc/PID/smaps_rollup, every 5 s or less often");

		d.min = 0;
		p->gauge[i] = table_add(p->table, &d);
	}
	p->added = true;
}

static void
missing(struct pss *p, const char *why)
{
	p->read_at = 0;
	for (int i = 0; i < G_COUNT; i++)
		table_missing(p->table, p->gauge[i], "%s", why);
	table_missing(p->table, p->lazy, "%s", why);
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
		{ ENOENT, "neither smaps_rollup nor smaps: a kernel built without them" },
		{ ENODATA, "the board tells neither smaps_rollup nor smaps: another user's "
			   "process, or a kernel without them" },
		{ EFBIG, "too many mappings to add up" },
		{ ESRCH, "no memory of its own: a kernel thread, or it is ending" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].error == error)
			return known[i].why;
	return strerror(error);
}

/* A kernel before 4.14 has only the long list, mapping by mapping. */
int
pss_add_up(const char *dir, int64_t kb[ROLLUP_FIELDS])
{
	char *path = path_join(dir, "smaps"), *chunk;
	const int fd = sys_open(path, O_RDONLY | O_NONBLOCK, 0);
	struct smaps s;
	size_t all = 0;
	ssize_t n = 0;
	int e = fd < 0 ? errno : 0;

	mem_free(path);
	if (fd < 0)
		return e;
	chunk = mem_alloc(SMAPS_CHUNK);
	smaps_init(&s);
	while (all < SMAPS_MOST && (n = sys_read(fd, chunk, SMAPS_CHUNK)) > 0) {
		smaps_feed(&s, chunk, (size_t)n);
		all += (size_t)n;
	}
	e = n < 0 ? errno : n > 0 ? EFBIG : 0;
	smaps_end(&s);
	sys_close(fd);
	mem_free(chunk);
	memcpy(kb, s.kb, sizeof s.kb);
	return e;
}

static void
read_work(void *arg)
{
	struct reading *r = arg;
	char text[TEXT_MAX];

	r->error = probe_text_once(&r->root, r->dir, "smaps_rollup", text, sizeof text);
	r->summed = r->error == ENOENT || r->error == ENODATA;
	if (r->summed && r->root.mirror != NULL)
		r->error = probe_text_once(&r->root, r->dir, "smaps_sum", text, sizeof text);
	else if (r->summed)
		r->error = pss_add_up(r->dir, r->kb);
	if (r->error == ENOENT && r->root.mirror != NULL)
		r->error = ENODATA;
	if (r->error == 0 && (!r->summed || r->root.mirror != NULL))
		procfs_rollup(text, r->kb);
	r->cost = sys_mono() - r->start;
}

/* What was given back with MADV_FREE and is still counted as resident: few programs do that. */
static void
put_lazy(struct pss *p, int64_t kb)
{
	struct gauge_def d;

	if (p->lazy < 0 && kb > 0) {
		d = table_def("proc.lazyfree", "proc", "lazyfree", "B", (double)NAN,
		    "LazyFree: given back (MADV_FREE), taken when memory gets short");
		d.min = 0;
		p->lazy = table_add(p->table, &d);
	}
	if (kb >= 0)
		table_value(p->table, p->lazy, (double)kb * 1024);
}

/* When it was read: of a board when its answer came. */
static uint64_t
time_of(const struct pss *p)
{
	char text[32];
	uint64_t at;

	if (p->root.mirror != NULL &&
	    probe_text_once(&p->root, "/vise", "process_at", text, sizeof text) == 0 &&
	    slice_u64(slice_of(text), UINT64_MAX, &at))
		return at;
	return sys_mono();
}

static void
put(struct pss *p, const struct reading *r)
{
	const int64_t *kb = r->kb;

	if (r->error != 0 || kb[ROLLUP_PSS] < 0) {
		missing(p, words(r->error != 0 ? r->error : ESRCH));
		return;
	}
	for (int i = 0; i < G_COUNT; i++)
		table_source(p->table, p->gauge[i], "%s/%s, every 5 s or less often", r->dir,
		    r->summed ? "smaps, added up (no smaps_rollup before Linux 4.14)" :
		    "smaps_rollup");
	p->read_at = time_of(p);
	put_lazy(p, kb[ROLLUP_LAZYFREE]);
	table_value(p->table, p->gauge[G_PSS], (double)kb[ROLLUP_PSS] * 1024);
	if (kb[ROLLUP_PRIVATE_CLEAN] >= 0 && kb[ROLLUP_PRIVATE_DIRTY] >= 0)
		table_value(p->table, p->gauge[G_USS],
		    (double)(kb[ROLLUP_PRIVATE_CLEAN] + kb[ROLLUP_PRIVATE_DIRTY]) * 1024);
	else
		table_missing(p->table, p->gauge[G_USS], "no private pages told");
}

static void
read_done(void *arg)
{
	struct reading *r = arg;
	struct pss *p = r->owner;

	if (p != NULL) {
		p->reading = NULL;
		if (r->cost * COST_FACTOR > EVERY)
			p->due = sys_mono() + r->cost * COST_FACTOR;
		if (r->pid != p->pid)
			p->due = 0;     /* another process was chosen meanwhile */
		else
			put(p, r);
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
	r->start = sys_mono();
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

bool
pss_hanging(const struct pss *p)
{
	return p->reading != NULL && sys_mono() - p->reading->start > PATIENCE;
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
	if (pss_hanging(p))
		missing(p, "no answer: reading the process's mappings hangs");
	if (p->read_at != 0)
		table_value(p->table, p->gauge[G_AGE],
		    mono > p->read_at ? floor((double)(mono - p->read_at) / 1e9) : 0);
	if (pid == 0 || p->reading != NULL || mono < p->due)
		return;
	if (anon > (double)PSS_ANON_MAX) {
		missing(p, "not read: so large a process would stall for more than 5 ms");
		return;
	}
	p->due = mono + EVERY;
	start(p);
}
