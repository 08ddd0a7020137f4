/* processes.c - the list of processes, for whoever asks. */
#include "gauge/processes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/procfs.h"
#include "gauge/table.h"
#include "sys/path.h"
#include "sys/time.h"

enum { TEXT_MAX = 4096, WORD_MAX = 32 };

static const double USER_HZ = 100;

struct one {
	int64_t pid, rss;               /* rss in kB, -1: a kernel thread, or it is ending */
	uint64_t start, ticks, threads;
	double cpu;
	char state, name[32];
};

struct list {
	struct one *v;
	size_t n, seen;
};

struct waiter {
	processes_done done;            /* NULL: free */
	void *arg;
	char sort[WORD_MAX], filter[64];
	size_t top;
};

/* A look at this machine, in a worker; it outlives its owner when that goes first. */
struct look {
	struct processes *owner;
	struct root root;
	char *path;
	struct list list;
	int error;
};

struct processes {
	struct loop *loop;
	struct root root;
	char *path;
	struct list list;
	uint64_t clock;                 /* of the list, by the machine's clock */
	uint64_t at;                    /* by ours; 0: none yet */
	double span;                    /* s between it and the one before; NAN */
	struct look *look;
	struct waiter waiter[PROCESSES_WAITING];
	unsigned waiting;
};

struct processes *
processes_new(struct loop *l, const struct root *proc)
{
	struct processes *p = mem_zero(1, sizeof *p);

	p->loop = l;
	p->root = *proc;
	p->root.path = p->path = mem_str(proc->path);
	p->span = (double)NAN;
	return p;
}

void
processes_free(struct processes *p)
{
	struct err_msg why;

	if (p == NULL)
		return;
	(void)err_set(&why, ERR_LOST, "processes", NULL, "another machine is gauged now");
	processes_fail(p, &why);
	if (p->look != NULL)
		p->look->owner = NULL;
	mem_free(p->list.v);
	mem_free(p->path);
	mem_free(p);
}

/* ---- lists ---- */

static struct one *
add(struct list *l)
{
	l->seen++;
	if (l->n == PROCESSES_MAX)
		return NULL;
	if (l->n % 64 == 0)
		l->v = mem_resize(l->v, l->n + 64, sizeof *l->v);
	l->v[l->n] = (struct one){ .rss = -1, .cpu = (double)NAN };
	return &l->v[l->n++];
}

static bool
fill(struct one *x, int64_t pid, const char *stat)
{
	struct procfs_pid who;

	if (!procfs_pid_stat(stat, &who))
		return false;
	x->pid = pid;
	x->start = who.starttime;
	x->ticks = who.cpu_ticks;
	x->threads = who.threads;
	x->state = who.state;
	table_text(x->name, sizeof x->name, who.comm);
	return true;
}

static int
by_pid(const void *a, const void *b)
{
	const struct one *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static struct one *
of_pid(const struct list *l, int64_t pid)
{
	const struct one key = { .pid = pid };

	return l->n == 0 ? NULL : bsearch(&key, l->v, l->n, sizeof *l->v, by_pid);
}

/* ---- this machine ---- */

static bool
look_one(const char *entry, void *arg)
{
	struct look *k = arg;
	char text[TEXT_MAX], *dir;
	int64_t status[STATUS_FIELDS];
	struct one *x;
	uint64_t pid;

	if (!slice_u64(slice_of(entry), INT32_MAX, &pid))
		return true;
	dir = path_join(k->path, entry);
	if (probe_text_once(&k->root, dir, "stat", text, sizeof text) == 0 &&
	    (x = add(&k->list)) != NULL) {
		if (!fill(x, (int64_t)pid, text)) {
			k->list.n--;
		} else if (probe_text_once(&k->root, dir, "status", text, sizeof text) == 0) {
			procfs_status(text, status);
			x->rss = status[STATUS_VMRSS];
		}
	}
	mem_free(dir);
	return true;
}

static void
look_work(void *arg)
{
	struct look *k = arg;

	root_each(&k->root, k->path, look_one, k);
}

static void come(struct processes *p, struct list *l, uint64_t clock);

static void
look_done(void *arg)
{
	struct look *k = arg;

	if (k->owner != NULL) {
		k->owner->look = NULL;
		come(k->owner, &k->list, sys_mono());
	}
	mem_free(k->list.v);
	mem_free(k->path);
	mem_free(k);
}

static void
start(struct processes *p)
{
	struct look *k;

	if (p->root.mirror != NULL || p->look != NULL)
		return;
	k = mem_zero(1, sizeof *k);
	k->owner = p;
	k->path = mem_str(p->path);
	p->look = k;
	loop_work(p->loop, look_work, look_done, k);
}

/* ---- a board ---- */

/* "/proc/812/stat:812 (app) S ...", "/proc/812/status:VmRSS: 49152 kB" */
static void
take_line(struct list *l, struct slice line)
{
	struct slice text, path = slice_cut(line, ':', &text), rest;
	char copy[TEXT_MAX];
	int64_t status[STATUS_FIELDS];
	struct one *x;
	uint64_t pid;

	if (!slice_starts(path, "/proc/") || text.n >= sizeof copy)
		return;
	path = slice_make(path.p + 6, path.n - 6);
	if (!slice_u64(slice_cut(path, '/', &rest), INT32_MAX, &pid))
		return;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (slice_is(rest, "stat")) {
		x = add(l);
		if (x != NULL && !fill(x, (int64_t)pid, copy))
			l->n--;
	} else if (slice_is(rest, "status")) {
		procfs_status(copy, status);
		/* its stat came just before; the globs are sorted alike, but not by number */
		for (size_t i = l->n; i-- > 0 && status[STATUS_VMRSS] >= 0;)
			if (l->v[i].pid == (int64_t)pid) {
				l->v[i].rss = status[STATUS_VMRSS];
				break;
			}
	}
}

void
processes_take(struct processes *p, struct slice lines, uint64_t clock)
{
	struct list l = { .v = NULL };

	while (lines.n != 0)
		take_line(&l, slice_cut(lines, '\n', &lines));
	come(p, &l, clock);
	mem_free(l.v);
}

bool
processes_wanted(const struct processes *p)
{
	return p->waiting != 0 && p->root.mirror != NULL;
}

/* ---- answers ---- */

struct order {
	const char *word;
	int (*less)(const void *a, const void *b);
};

static int
by_rss(const void *a, const void *b)
{
	const struct one *x = a, *y = b;

	return x->rss != y->rss ? (x->rss < y->rss) - (x->rss > y->rss) : by_pid(a, b);
}

static int
by_cpu(const void *a, const void *b)
{
	const struct one *x = a, *y = b;
	const double u = isnan(x->cpu) ? -1 : x->cpu, v = isnan(y->cpu) ? -1 : y->cpu;

	return u < v ? 1 : u > v ? -1 : by_rss(a, b);
}

static int
by_threads(const void *a, const void *b)
{
	const struct one *x = a, *y = b;

	return x->threads != y->threads ? (x->threads < y->threads) - (x->threads > y->threads) :
	    by_rss(a, b);
}

static int
by_name(const void *a, const void *b)
{
	const struct one *x = a, *y = b;
	const int c = strcasecmp(x->name, y->name);

	return c != 0 ? c : by_pid(a, b);
}

static const struct order orders[] = {
	{ "rss", by_rss }, { "cpu", by_cpu }, { "threads", by_threads }, { "pid", by_pid },
	{ "name", by_name },
};

static const struct order *
order_of(const char *word)
{
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
		if (strcmp(orders[i].word, word) == 0)
			return &orders[i];
	return NULL;
}

enum err
processes_check(const char *sort, struct err_msg *why)
{
	if (order_of(sort) != NULL)
		return ERR_OK;
	return err_set(why, ERR_USAGE, "sort", "rss cpu threads pid name",
	    "no order of processes: %.30s", sort);
}

static bool
wanted(const struct one *x, const char *filter)
{
	const size_t n = strlen(filter);
	char pid[24];

	snprintf(pid, sizeof pid, "%lld", (long long)x->pid);
	if (n == 0 || strstr(pid, filter) != NULL)
		return true;
	for (const char *s = x->name; *s != '\0'; s++)
		if (strncasecmp(s, filter, n) == 0)
			return true;
	return false;
}

static json_t *
one_json(const struct one *x)
{
	const char state[2] = { x->state, '\0' };
	json_t *o = json_object();

	json_put_int(o, "pid", x->pid);
	json_put_str(o, "name", x->name);
	json_put_str(o, "state", state);
	json_put(o, "rss", x->rss >= 0 ? json_integer((json_int_t)x->rss * 1024) : json_null());
	json_put_int(o, "threads", (int64_t)x->threads);
	json_put(o, "cpu", json_double(x->cpu));
	return o;
}

static json_t *
list_json(const struct processes *p, const struct waiter *w)
{
	const struct order *by = order_of(w->sort);
	struct one *pick = mem_zero(p->list.n + 1, sizeof *pick);
	json_t *o = json_object(), *rows = json_array();
	size_t n = 0;

	for (size_t i = 0; i < p->list.n; i++)
		if (wanted(&p->list.v[i], w->filter))
			pick[n++] = p->list.v[i];
	qsort(pick, n, sizeof *pick, by != NULL ? by->less : by_rss);
	for (size_t i = 0; i < n && i < w->top; i++)
		(void)json_array_append_new(rows, one_json(&pick[i]));
	mem_free(pick);
	json_put_int(o, "all", (int64_t)p->list.seen);
	json_put_int(o, "match", (int64_t)n);
	json_put(o, "span", json_double(p->span));
	json_put(o, "rows", rows);
	return o;
}

static void
tell(struct processes *p, struct waiter *w)
{
	const struct waiter one = *w;

	w->done = NULL;
	p->waiting--;
	one.done(one.arg, list_json(p, &one), NULL);
}

static void
come(struct processes *p, struct list *l, uint64_t clock)
{
	const double span = p->clock != 0 && clock > p->clock ?
	    (double)(clock - p->clock) / 1e9 : (double)NAN;
	struct list old = p->list;

	qsort(l->v, l->n, sizeof *l->v, by_pid);
	for (size_t i = 0; i < l->n; i++) {
		const struct one *was = of_pid(&old, l->v[i].pid);

		if (was != NULL && was->start == l->v[i].start && l->v[i].ticks >= was->ticks)
			l->v[i].cpu = 100 * (double)(l->v[i].ticks - was->ticks) / USER_HZ / span;
	}
	p->list = *l;
	*l = old;
	p->span = span;
	p->clock = clock;
	p->at = sys_mono();
	for (int i = 0; i < PROCESSES_WAITING; i++)
		if (p->waiter[i].done != NULL)
			tell(p, &p->waiter[i]);
}

void
processes_fail(struct processes *p, const struct err_msg *why)
{
	for (int i = 0; i < PROCESSES_WAITING; i++) {
		const struct waiter w = p->waiter[i];

		if (w.done == NULL)
			continue;
		p->waiter[i].done = NULL;
		p->waiting--;
		w.done(w.arg, NULL, why);
	}
}

void
processes_ask(struct processes *p, const struct processes_want *want, processes_done done,
    void *arg)
{
	struct waiter *w = NULL;
	struct err_msg why;

	for (int i = 0; i < PROCESSES_WAITING && w == NULL; i++)
		if (p->waiter[i].done == NULL)
			w = &p->waiter[i];
	if (w == NULL) {
		(void)err_set(&why, ERR_BUSY, "processes", "ask again", "too many wait for it");
		done(arg, NULL, &why);
		return;
	}
	*w = (struct waiter){ .done = done, .arg = arg,
		.top = want->top < PROCESSES_TOLD ? want->top : PROCESSES_TOLD };
	snprintf(w->sort, sizeof w->sort, "%s", want->sort);
	snprintf(w->filter, sizeof w->filter, "%s", want->filter);
	p->waiting++;
	if (p->at != 0 && sys_mono() - p->at < PROCESSES_FRESH)
		tell(p, w);
	else
		start(p);
}
