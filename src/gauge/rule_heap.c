/* rule_heap.c - growth of a Go program's live heap. */
#include "gauge/rule_heap.h"

#include <math.h>
#include <string.h>

#include "gauge/track.h"

enum { CYCLES = 96, RISING = 5, CYCLES_LEAST = 6, RISING_SEEN = 12,
	LOOKS_A_CYCLE = 4 };

struct heap {
	double alloc_before, cycle_before;      /* of the sample before */
	bool has;
	/* HeapAlloc while no live heap is told, and the count of collections at its begin */
	struct track alloc;
	double from_cycle;
	bool started;
	unsigned looks;
	/* the live heap after collections, oldest first */
	double t[CYCLES], v[CYCLES];
	size_t n;
};

/* Names of the same quantity from expvar, Prometheus, gctrace and a program's own gauges. */
static double
first(const struct rule_look *l, const char *const *ids, const char **which)
{
	double v = (double)NAN;

	for (; *ids != NULL && isnan(v); ids++) {
		v = rule_value(l, *ids);
		*which = *ids;
	}
	return v;
}

/* The goal is the live heap of the last collection times a constant: it grows as that does. */
static const char *const live_ids[] = { "go.heap_live", "go.heap.live", "go.live",
	"go.heap_goal", "go.heap.goal", "go.goal", "go.next_gc", NULL };
static const char *const alloc_ids[] = { "go.heap_alloc", "go.heap.alloc", "go.heap", NULL };
static const char *const cycle_ids[] = { "go.gc.count", "go.gc", "go.gc.cycles", "go.gcs", NULL };

static void
keep(struct heap *s, double now, double v, double window)
{
	size_t drop = s->n == CYCLES ? 1 : 0;

	/* More collections than places: the least of those that fall together. */
	if (s->n != 0 && now - s->t[s->n - 1] < window / (CYCLES - 4)) {
		s->v[s->n - 1] = fmin(s->v[s->n - 1], v);
		return;
	}
	while (drop < s->n && now - s->t[drop] > window)
		drop++;
	memmove(s->t, s->t + drop, (s->n - drop) * sizeof *s->t);
	memmove(s->v, s->v + drop, (s->n - drop) * sizeof *s->v);
	s->n -= drop;
	s->t[s->n] = now;
	s->v[s->n++] = v;
}

/* The least of a third of the window, `third` 0 being the oldest. */
static double
least(const struct heap *s, unsigned third)
{
	const double from = s->t[0], part = (s->t[s->n - 1] - from) / 3;
	double v = (double)NAN;

	for (size_t i = 0; i < s->n; i++)
		if (s->t[i] >= from + part * third && s->t[i] <= from + part * (third + 1))
			v = fmin(v, s->v[i]);
	return v;
}

/* How many of the newest values each stand above the one before. */
static size_t
rising(const struct heap *s)
{
	size_t k = 0;

	while (k + 1 < s->n && s->v[s->n - 1 - k] > s->v[s->n - 2 - k])
		k++;
	return k;
}

/* By how much the newest stands above all that was seen before it began to rise: a rise within what
 * chance does anyway is none. */
static double
above(const struct heap *s, size_t up)
{
	double most = 0;

	if (up < RISING || s->n < RISING_SEEN)
		return 0;
	for (size_t i = 0; i < s->n - up; i++)
		most = fmax(most, s->v[i]);
	return 100 * (s->v[s->n - 1] / most - 1);
}

static void
judge(struct heap *s, struct finding *x, const struct rule_config *c, const char *source)
{
	const double seen = s->n != 0 ? s->t[s->n - 1] - s->t[0] : 0;
	const size_t up = rising(s);
	double was, is, grown, rise;

	if (s->n < CYCLES_LEAST) {
		finding_say(x, FINDING_WAITING, "waiting",
		    "%zu collections seen, %d are needed (%s)",
		    s->n, (int)CYCLES_LEAST, source);
		return;
	}
	was = least(s, 0);
	is = least(s, 2);
	grown = was > 0 ? 100 * (is - was) / was : 0;
	rise = above(s, up);
	if (grown > c->heap_growth && seen >= c->heap_window * 0.8)
		finding_say(x, FINDING_WARN, "grows",
		    "live heap grew by %.0f %% in %.0f s: %.1f to "
		    "%.1f MiB after collections (%zu of them, %s)", grown, seen, was / 1048576,
		    is / 1048576, s->n, source);
	else if (rise > c->heap_growth / 3)
		finding_say(x, FINDING_WARN, "grows", "live heap rose through %zu collections in a "
		    "row, %.0f %% above all before: %.1f to %.1f MiB (%s)", up, rise,
		    s->v[s->n - 1 - up] / 1048576, s->v[s->n - 1] / 1048576, source);
	else
		finding_say(x, FINDING_GOOD, "level",
		    "live heap %.1f MiB, %+.0f %% over %.0f s and "
		    "%zu collections (%s)", is / 1048576, grown, seen, s->n, source);
	finding_number(x, "first", was, "B");
	finding_number(x, "last", is, "B");
	finding_number(x, "growth", grown, "%");
	finding_number(x, "collections", (double)s->n, "count");
	finding_number(x, "seen", seen, "s");
	finding_number(x, "rising", (double)up, "count");
}

/* HeapAlloc, when no live heap is told: the least of each third of the window. Each has 40 looks
 * and more, four to a cycle: one of them fell soon after a collection. Fewer may beat with the
 * collector and see its top for minutes. */
static void
judge_alloc(struct heap *s, const struct rule_look *l, double alloc, double cycles,
    const char *source, struct found *out)
{
	double t[3], v[3], grown;
	struct finding *x;

	if (!s->started || cycles < s->from_cycle) {
		track_init(&s->alloc, fmax(l->config->heap_window, TRACK_POINTS));
		s->from_cycle = cycles;
		s->started = true;
		s->looks = 0;
	}
	s->looks++;
	if (!track_put(&s->alloc, l->now, alloc))
		return;
	x = finding_of(out, source);
	if (s->alloc.n >= TRACK_POINTS &&
	    (cycles - s->from_cycle) * LOOKS_A_CYCLE > (double)s->looks) {
		finding_say(x, FINDING_ABSENT, "absent", "%.0f collections in %u looks: too fast "
		    "to tell the floor of %s from chance; the live heap or the goal would tell it",
		    cycles - s->from_cycle, s->looks, source);
		return;
	}
	if (s->alloc.n < TRACK_POINTS || cycles - s->from_cycle < CYCLES_LEAST) {
		finding_say(x, FINDING_WAITING, "waiting",
		    "%zu of %d looks, %.0f of %d collections (%s)", s->alloc.n,
		    (int)TRACK_POINTS, cycles - s->from_cycle, (int)CYCLES_LEAST,
		    source);
		return;
	}
	(void)track_floor(&s->alloc, 3, t, v);
	grown = v[0] > 0 ? 100 * (v[2] - v[0]) / v[0] : 0;
	finding_say(x, grown > l->config->heap_growth ? FINDING_WARN : FINDING_GOOD,
	    grown > l->config->heap_growth ? "grows" : "level", "the floor of %s went from %.1f to "
	    "%.1f MiB (%+.0f %%) in %.0f s", source, v[0] / 1048576, v[2] / 1048576, grown,
	    track_seconds(&s->alloc));
	finding_number(x, "first", v[0], "B");
	finding_number(x, "last", v[2], "B");
	finding_number(x, "growth", grown, "%");
	finding_number(x, "seen", track_seconds(&s->alloc), "s");
}

static void
raw(struct heap *s, const struct rule_look *l, double alloc, double cycles, const char *source,
    struct finding *x)
{
	const double grown = s->has && s->alloc_before > 0 ?
	    100 * (alloc / s->alloc_before - 1) : (double)NAN;
	const double gcs = s->has ? cycles - s->cycle_before : (double)NAN;

	if (isnan(grown))
		finding_say(x, FINDING_WAITING, "waiting",
		    "raw rule: one sample so far (%s)", source);
	else if (grown > l->config->heap_growth && !isnan(gcs))
		finding_say(x, FINDING_WARN, "raw growth", "raw rule: HeapAlloc +%.0f %% since the "
		    "sample before, %.0f collections between; a healthy sawtooth does that "
		    "too (%s)",
		    grown, gcs, source);
	else if (grown > l->config->heap_growth)
		finding_say(x, FINDING_WARN, "raw growth", "raw rule: HeapAlloc +%.0f %% since the "
		    "sample before, collections not told; a healthy sawtooth does that too (%s)",
		    grown, source);
	else
		finding_say(x, FINDING_GOOD, "raw level", "raw rule: HeapAlloc %+.0f %% since the "
		    "sample before (%s)", grown, source);
	finding_number(x, "growth", grown, "%");
	finding_number(x, "collections", gcs, "count");
	finding_number(x, "alloc", alloc, "B");
	s->alloc_before = alloc;
	s->cycle_before = cycles;
	s->has = true;
}

static void
sound(struct heap *s, const struct rule_look *l, const char *source, double alloc, double cycles,
    struct found *out)
{
	const char *from = source;
	double live = first(l, live_ids, &from);

	/* Each collection gives one value: only a new one counts. */
	if (!isnan(live) && !isnan(cycles) && s->has && cycles <= s->cycle_before &&
	    cycles >= s->cycle_before)
		return;
	if (!isnan(live) && isnan(cycles) && s->has && fabs(live - s->alloc_before) < 0.5)
		return;
	if (isnan(live) && isnan(cycles)) {
		finding_say(finding_of(out, source), FINDING_ABSENT, "absent",
		    "%s alone is a sawtooth: without the live heap or the count of collections its "
		    "growth cannot be told (heap:raw takes it as it is)", source);
		return;
	}
	s->has = true;
	s->cycle_before = cycles;
	s->alloc_before = live;
	if (isnan(live)) {
		judge_alloc(s, l, alloc, cycles, source, out);
		return;
	}
	keep(s, (double)l->now / 1e9, live, l->config->heap_window);
	judge(s, finding_of(out, from), l->config, from);
}

static void
look(void *state, const struct rule_look *l, struct found *out)
{
	struct heap *s = state;
	const char *source = "go.heap.alloc", *which;
	const double alloc = first(l, alloc_ids, &source), cycles = first(l, cycle_ids, &which);

	if (l->config->heap_raw && !isnan(alloc))
		raw(s, l, alloc, cycles, source, finding_of(out, source));
	else if (!l->config->heap_raw && (!isnan(alloc) || !isnan(first(l, live_ids, &which))))
		sound(s, l, source, alloc, cycles, out);
}

const struct rule_ops rule_heap = {
	.name = "heap", .what = "growth of a Go program's live heap",
	.needs = "the heap of a Go program", .of_process = true,
	.size = sizeof(struct heap), .look = look,
};
