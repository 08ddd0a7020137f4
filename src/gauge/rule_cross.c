/* rule_cross.c - resident memory as several files tell it. */
#include "gauge/rule_cross.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

enum { MAJOR = 1000 };

static const double SHARE = 0.05, FLOOR = 2 << 20;

struct cross {
	uint64_t seen;                  /* of the look judged last */
};

/* "6.1.21-v8+" is 6001; 0: not told. */
static unsigned
version(const char *kernel)
{
	struct slice rest, minor = slice_of(kernel);
	uint64_t a, b;
	const struct slice major = slice_cut(minor, '.', &rest);
	size_t n = 0;

	while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	minor = slice_make(rest.p, n);
	return slice_u64(major, 99, &a) && slice_u64(minor, 999, &b) ?
	    (unsigned)(a * MAJOR + b) : 0;
}

/* By how much this kernel's own counters may be off, and why (research/gauges.md 1.2). */
static double
counters(const struct rule_memory *m, bool stat_file, const char **reason)
{
	const unsigned v = version(m->kernel), cpus = m->cpus != 0 ? m->cpus : 1;
	const double page = m->page > 0 ? m->page : 4096;

	if (v >= 6 * MAJOR + 2 && (v < 6 * MAJOR + 16 || stat_file)) {
		*reason = "per-CPU counters that are folded in by batches, since Linux 6.2";
		return fmax(32, 2.0 * cpus) * cpus * page * 3;
	}
	if (v != 0 && v < 6 * MAJOR + 2) {
		*reason = "counters of each thread, folded in every 64 events, up to Linux 6.1";
		return 64 * page * (m->threads != 0 ? m->threads : 1);
	}
	*reason = v != 0 ? "this kernel sums exactly: it changed in between, or one of them lies"
			 : "the kernel's version is not known";
	return 0;
}

struct pair {
	const char *name, *other;
	double a, b;
	bool stat_file;
};

static bool
differs(const struct rule_memory *m, const struct pair *p, const char **reason, double *by)
{
	const double allow = counters(m, p->stat_file, reason);

	*by = fabs(p->a - p->b);
	return !isnan(*by) && *by > fmax(fmax(p->a, p->b) * SHARE, fmax(FLOOR, allow));
}

/* It changed while it was read: rollup lies between what status said before and after. */
static bool
between(const struct rule_memory *m)
{
	return m->rollup >= fmin(m->status_before, m->status_after) &&
	    m->rollup <= fmax(m->status_before, m->status_after);
}

/* What cannot be, whatever the counters do. */
static const char *
impossible(const struct rule_memory *m)
{
	const double one = (m->page > 0 ? m->page : 4096) * 16;

	if (m->pss > m->rollup + one)
		return "PSS is above RSS";
	if (m->status_after > m->vsize + one)
		return "RSS is above VSS";
	if (!isnan(m->parts) && fabs(m->parts - m->status_after) > one)
		return "anon + file + shmem is not RSS";
	return NULL;
}

static void
numbers(struct finding *x, const struct rule_memory *m)
{
	finding_number(x, "status", m->status_after, "B");
	finding_number(x, "statm", m->statm, "B");
	finding_number(x, "rollup", m->rollup, "B");
	finding_number(x, "stat", m->stat, "B");
	finding_number(x, "pss", m->pss, "B");
	finding_number(x, "lazyfree", m->lazyfree, "B");
	finding_number(x, "vss", m->vsize, "B");
	finding_number(x, "page", m->page, "B");
}

static const char *
rollup_name(const struct rule_memory *m)
{
	return m->summed ? "smaps (added up)" : "smaps_rollup";
}

/* The files that were read on this board, in words: "status, statm and stat". */
static void
files(const struct rule_memory *m, char *out, size_t size)
{
	const struct { const char *name; double v; } file[] = {
		{ "status", m->status_after }, { "statm", m->statm },
		{ rollup_name(m), m->rollup }, { "stat", m->stat },
	};
	const size_t all = sizeof file / sizeof *file;
	size_t n = 0, told = 0, k = 0;

	for (size_t i = 0; i < all; i++)
		told += isnan(file[i].v) ? 0 : 1;
	out[0] = '\0';
	for (size_t i = 0; i < all && n < size; i++)
		if (!isnan(file[i].v)) {
			k++;
			n += (size_t)snprintf(out + n, size - n, "%s%s", k == 1 ? "" :
			    k == told ? " and " : ", ", file[i].name);
		}
}

/* Of a Go program of 1.12 to 1.15 above all: RSS does not fall when it gives memory back. */
static void
lazy_text(const struct rule_memory *m, char *out, size_t size)
{
	out[0] = '\0';
	if (m->lazyfree > fmax(FLOOR, SHARE * m->status_after))
		snprintf(out, size, "; %.1f MiB of RSS are LazyFree, given back and taken when "
		    "memory gets short (Go 1.12-1.15)", m->lazyfree / 1048576);
}

static void
agrees(struct finding *x, const struct rule_memory *m)
{
	char read[80], lazy[120];

	files(m, read, sizeof read);
	lazy_text(m, lazy, sizeof lazy);
	if (isnan(m->rollup))
		finding_say(x, FINDING_GOOD, "agrees",
		    "RSS %.1f <= VSS %.1f MiB; %s agree within %.0f %% or 2 MiB; no PSS: %s",
		    m->status_after / 1048576, m->vsize / 1048576, read, SHARE * 100,
		    m->no_rollup != NULL ? m->no_rollup : "smaps_rollup is not told");
	else
		finding_say(x, FINDING_GOOD, "agrees",
		    "PSS %.1f <= RSS %.1f <= VSS %.1f MiB; %s agree within %.0f %% or 2 MiB%s",
		    m->pss / 1048576, m->status_after / 1048576, m->vsize / 1048576, read,
		    SHARE * 100, lazy);
}

static void
judge(struct finding *x, const struct rule_memory *m)
{
	const struct pair pair[] = {
		{ "VmRSS of status", rollup_name(m), m->status_after, m->rollup, false },
		{ "VmRSS of status", "statm", m->status_after, m->statm, false },
		{ "VmRSS of status", "field 24 of stat", m->status_after, m->stat, true },
	};
	const char *bad = impossible(m), *reason;
	double by;

	for (size_t i = 0; i < sizeof pair / sizeof *pair && bad == NULL; i++) {
		if (!differs(m, &pair[i], &reason, &by) || (i == 0 && between(m)))
			continue;
		finding_say(x, pair[i].stat_file ? FINDING_NOTE : FINDING_WARN, "differs",
		    "%s %.1f MiB and %s %.1f MiB differ by %.1f %%: %s (kernel %s)", pair[i].name,
		    pair[i].a / 1048576, pair[i].other, pair[i].b / 1048576,
		    100 * by / fmax(pair[i].a, pair[i].b), reason, m->kernel);
		return;
	}
	if (bad != NULL)
		finding_say(x, FINDING_WARN, "impossible",
		    "%s: RSS %.1f, PSS %.1f, VSS %.1f, parts "
		    "%.1f MiB (kernel %s)", bad, m->status_after / 1048576, m->pss / 1048576,
		    m->vsize / 1048576, m->parts / 1048576, m->kernel);
	else
		agrees(x, m);
}

static void
look(void *state, const struct rule_look *l, struct found *out)
{
	struct cross *s = state;
	struct finding *x;

	if (l->memory == NULL || l->memory->at == s->seen)
		return;
	s->seen = l->memory->at;
	x = finding_of(out, "proc.rss");
	if (isnan(l->memory->rollup) && isnan(l->memory->statm) && isnan(l->memory->stat))
		finding_say(x, FINDING_ABSENT, "absent",
		    "neither smaps_rollup nor statm nor stat is told: there is nothing "
		    "to hold VmRSS of status against");
	else
		judge(x, l->memory);
	numbers(x, l->memory);
}

const struct rule_ops rule_cross = {
	.name = "cross", .what = "RSS, PSS and VSS of a process, by each file that tells them",
	.needs = "a process (--process, gauge.pid)", .of_process = true,
	.size = sizeof(struct cross), .look = look,
};
