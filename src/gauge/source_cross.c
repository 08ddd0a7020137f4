/* source_cross.c - one process's memory, by each file that tells it. */
#include "gauge/source_cross.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/slice.h"
#include "gauge/procfs.h"
#include "gauge/source_pss.h"
#include "sys/time.h"

/* Behind the name's bracket: fields 23 and 24 of proc(5) are numbers 20 and 21 of the rest. */
enum { TEXT_MAX = 4096, ENVIRON_MAX = 64 << 10, COST_FACTOR = 200, STAT_VSIZE = 20, STAT_RSS = 21 };

static const uint64_t EVERY = 30 * NS_PER_S;

struct look {
	struct cross_source *owner;     /* NULL: nobody waits any more */
	struct root root;
	char *dir;
	pid_t pid;
	uint64_t cost;
	bool large, summed;
	int error;                      /* of smaps_rollup, or of smaps */
	char *environ;
	long environ_n;
	char status[2][TEXT_MAX], rollup[TEXT_MAX], statm[256], stat[TEXT_MAX], kernel[64];
};

struct cross_source {
	struct loop *loop;
	struct root root;
	char *path;                     /* root.path, owned */
	pid_t pid;
	uint64_t due;
	struct look *look;
	char before[TEXT_MAX];          /* of a board: status of the sample before */
	char *environ;                  /* of the process, NULL */
	long environ_n;                 /* -errno: not readable */
	uint64_t rollup;                /* hash of the one judged last */
	struct rule_memory memory;
};

struct cross_source *
cross_new(struct loop *l, const struct root *proc)
{
	struct cross_source *c = mem_zero(1, sizeof *c);

	c->loop = l;
	c->path = mem_str(proc->path);
	c->root = *proc;
	c->root.path = c->path;
	return c;
}

void
cross_free(struct cross_source *c)
{
	if (c == NULL)
		return;
	if (c->look != NULL)
		c->look->owner = NULL;
	mem_free(c->environ);
	mem_free(c->path);
	mem_free(c);
}

/* ---- texts to numbers ---- */

/* "Name:   n kB" in bytes, NAN when it is not there. */
static double
kb(const char *text, const char *name)
{
	struct slice rest = slice_of(text), line, value;
	uint64_t v;

	while (rest.n != 0) {
		line = slice_cut(rest, '\n', &rest);
		if (slice_is(slice_cut(line, ':', &value), name))
			return slice_u64(slice_word(&value), UINT64_C(1) << 50, &v) ?
			    (double)v * 1024 : (double)NAN;
	}
	return (double)NAN;
}

/* Field k (0 is the first) of the rest of a line. */
static double
field(struct slice s, unsigned k)
{
	uint64_t v;

	for (unsigned i = 0; i < k; i++)
		(void)slice_word(&s);
	return slice_u64(slice_word(&s), UINT64_MAX, &v) ? (double)v : (double)NAN;
}

/* 4, 16 or 64 KiB: which makes `pages` closest to `bytes`. */
static double
page_size(double pages, double bytes)
{
	double best = (double)NAN, off = (double)INFINITY;

	for (double size = 4096; size <= 65536; size *= 4) {
		const double is = fabs(log(pages * size / bytes));

		if (is < off) {
			off = is;
			best = size;
		}
	}
	return best;
}

static void
parse_stat(const char *stat, struct rule_memory *out)
{
	const char *end = strrchr(stat, ')');
	const struct slice rest = slice_of(end != NULL ? end + 1 : "");
	const double rss = field(rest, STAT_RSS);

	if (isnan(out->vsize))
		out->vsize = field(rest, STAT_VSIZE);
	if (isnan(out->page))
		out->page = page_size(rss, out->status_after);
	out->stat = rss * out->page;
}

void
cross_parse(const char *status_before, const char *rollup, const char *status_after,
    const char *statm, const char *stat, struct rule_memory *out)
{
	const double threads = field(slice_of(strstr(status_after, "Threads:") != NULL ?
	    strstr(status_after, "Threads:") + 8 : ""), 0);

	out->status_before = kb(status_before, "VmRSS");
	out->status_after = kb(status_after, "VmRSS");
	out->parts = kb(status_after, "RssAnon") + kb(status_after, "RssFile") +
	    kb(status_after, "RssShmem");
	out->vsize = kb(status_after, "VmSize");
	out->rollup = kb(rollup, "Rss");
	out->pss = kb(rollup, "Pss");
	out->lazyfree = kb(rollup, "LazyFree");
	out->page = out->statm = (double)NAN;
	out->threads = threads > 0 && threads < 1e6 ? (unsigned)threads : 1;
	if (!isnan(field(slice_of(statm), 0)) && out->vsize > 0)
		out->page = page_size(field(slice_of(statm), 0), out->vsize);
	out->statm = field(slice_of(statm), 1) * out->page;
	parse_stat(stat, out);
}

/* ---- this machine: a worker ---- */

/* The same words for what is added up. */
static void
sum_text(struct look *k)
{
	int64_t kb[ROLLUP_FIELDS];

	k->error = pss_add_up(k->dir, kb);
	if (k->error != 0 || kb[ROLLUP_RSS] < 0)
		return;
	k->summed = true;
	snprintf(k->rollup, sizeof k->rollup, "Rss: %lld kB\nPss: %lld kB\nLazyFree: %lld kB\n",
	    (long long)kb[ROLLUP_RSS], (long long)kb[ROLLUP_PSS],
	    (long long)kb[ROLLUP_LAZYFREE]);
}

static void
rollup_of(struct look *k)
{
	k->error = probe_text_once(&k->root, k->dir, "smaps_rollup", k->rollup, sizeof k->rollup);
	if (k->error == ENOENT)
		sum_text(k);
	else if (k->error != 0)
		k->rollup[0] = '\0';
}

static const char *
no_rollup(int error, bool large)
{
	return large ? "so large a process would be stopped while it is read" :
	    error == EACCES || error == EPERM ? "another user's process" :
	    error == ENOENT ? "a kernel built without it" : "the kernel did not tell it";
}

static void
text_of(const struct look *k, const char *name, char *out, size_t size)
{
	if (probe_text_once(&k->root, k->dir, name, out, size) != 0)
		out[0] = '\0';
}

/* Much of it is no concern of ours; it is where an address or a key may stand, so it is kept only
 * here. */
static void
read_environ(struct look *k)
{
	struct probe p;

	k->environ = mem_alloc(ENVIRON_MAX);
	probe_init(&p, &k->root, -1, k->dir, "environ");
	k->environ_n = probe_read(&p, k->environ, ENVIRON_MAX);
	probe_fini(&p);
}

static void
look_work(void *arg)
{
	struct look *k = arg;
	const uint64_t start = sys_mono();

	text_of(k, "status", k->status[0], sizeof k->status[0]);
	if (!k->large)
		rollup_of(k);
	text_of(k, "status", k->status[1], sizeof k->status[1]);
	text_of(k, "statm", k->statm, sizeof k->statm);
	text_of(k, "stat", k->stat, sizeof k->stat);
	text_of(k, "../sys/kernel/osrelease", k->kernel, sizeof k->kernel);
	read_environ(k);
	k->cost = sys_mono() - start;
}

static void
look_done(void *arg)
{
	struct look *k = arg;
	struct cross_source *c = k->owner;

	if (c != NULL) {
		c->look = NULL;
		if (k->cost * COST_FACTOR > EVERY)
			c->due = sys_mono() + k->cost * COST_FACTOR;
		if (k->pid == c->pid && k->status[1][0] != '\0') {
			cross_parse(k->status[0], k->rollup, k->status[1], k->statm, k->stat,
			    &c->memory);
			snprintf(c->memory.kernel, sizeof c->memory.kernel, "%s", k->kernel);
			c->memory.summed = k->summed;
			c->memory.no_rollup = no_rollup(k->error, k->large);
			c->memory.at = sys_mono();
			mem_free(c->environ);
			c->environ = k->environ;
			c->environ_n = k->environ_n;
			k->environ = NULL;
		}
	}
	mem_free(k->environ);
	mem_free(k->dir);
	mem_free(k);
}

static void
start(struct cross_source *c, double anon)
{
	struct look *k = mem_zero(1, sizeof *k);

	k->owner = c;
	k->pid = c->pid;
	k->dir = mem_fmt("%s/%ld", c->path, (long)c->pid);
	k->large = anon > (double)PSS_ANON_MAX;
	c->look = k;
	loop_work(c->loop, look_work, look_done, k);
}

/* ---- another machine: what its mirror holds ---- */

static void
mirrored(struct cross_source *c, const char *kernel, uint64_t mono)
{
	char dir[64], rollup[TEXT_MAX], status[TEXT_MAX], stat[TEXT_MAX] = "";
	uint64_t hash;
	bool summed;

	snprintf(dir, sizeof dir, "%.40s/%ld", c->path, (long)c->pid);
	if (probe_text_once(&c->root, dir, "status", status, sizeof status) != 0)
		return;
	(void)probe_text_once(&c->root, dir, "stat", stat, sizeof stat);
	summed = probe_text_once(&c->root, dir, "smaps_rollup", rollup, sizeof rollup) != 0;
	if (summed && probe_text_once(&c->root, dir, "smaps_sum", rollup, sizeof rollup) != 0) {
		rollup[0] = '\0';
		summed = false;
	}
	/* The rollup came just before this status, in the same round, or it is an old one. */
	hash = hash_bytes(rollup, strlen(rollup), 1);
	if (rollup[0] != '\0' ? hash != c->rollup : mono >= c->due) {
		c->rollup = hash;
		c->due = mono + EVERY;
		cross_parse(c->before[0] != '\0' ? c->before : status, rollup, status, "", stat,
		    &c->memory);
		snprintf(c->memory.kernel, sizeof c->memory.kernel, "%s", kernel);
		c->memory.summed = summed;
		c->memory.no_rollup = "the board does not tell it";
		c->memory.at = mono;
	}
	snprintf(c->before, sizeof c->before, "%s", status);
}

void
cross_sample(struct cross_source *c, pid_t pid, double anon, const char *kernel, unsigned cpus,
    uint64_t mono)
{
	if (pid != c->pid) {
		c->pid = pid;
		c->due = c->rollup = 0;
		c->before[0] = '\0';
		c->memory = (struct rule_memory){ .at = 0 };
		mem_free(c->environ);
		c->environ = NULL;
	}
	c->memory.cpus = cpus;
	if (pid == 0 || c->look != NULL)
		return;
	if (c->root.mirror != NULL) {
		mirrored(c, kernel, mono);
		return;
	}
	if (mono < c->due)
		return;
	c->due = mono + EVERY;
	start(c, anon);
}

const struct rule_memory *
cross_memory(const struct cross_source *c)
{
	return c->pid != 0 && c->memory.at != 0 ? &c->memory : NULL;
}

const char *
cross_environ(const struct cross_source *c, size_t *n)
{
	*n = c->environ != NULL && c->environ_n > 0 ? (size_t)c->environ_n : 0;
	return c->environ_n >= 0 ? c->environ : NULL;
}
