/* source_go.c - the Go runtime's own numbers as gauges. */
#include "gauge/source_go.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/source_go_live.h"
#include "gauge/window.h"

enum { RING = 256 };                    /* of memstats */
static const double COUNT_MAX = 4294967296.0;   /* NumGC is 32 bits wide */

enum fact {
	ALLOC, GOAL, LIVE, SYS, RELEASED, STACKS, TOTAL, NUM_GC, LAST_GC, CPU_SHARE, CPU_GC,
	CPU_ALL, GOROUTINES, THREADS, PROCS, MEMLIMIT, GOGC, PAUSE_SUM, PAUSE_MID, PAUSE_MAX,
	FACTS,
};

enum histogram { PAUSES, LATENCIES, HISTOGRAMS };

/* runtime/metrics stand under whatever name the program publishes them. */
static const struct { const char *path; enum fact fact; } expvars[] = {
	{ "memstats.HeapAlloc", ALLOC }, { "memstats.NextGC", GOAL }, { "memstats.Sys", SYS },
	{ "memstats.HeapReleased", RELEASED }, { "memstats.StackInuse", STACKS },
	{ "memstats.TotalAlloc", TOTAL }, { "memstats.NumGC", NUM_GC },
	{ "memstats.LastGC", LAST_GC }, { "memstats.GCCPUFraction", CPU_SHARE },
	{ "/gc/heap/live:bytes", LIVE }, { "/sched/goroutines:goroutines", GOROUTINES },
	{ "/sched/gomaxprocs:threads", PROCS }, { "/gc/gomemlimit:bytes", MEMLIMIT },
	{ "/gc/gogc:percent", GOGC }, { "/cpu/classes/gc/total:cpu-seconds", CPU_GC },
	{ "/cpu/classes/total:cpu-seconds", CPU_ALL },
};

static const struct { const char *name; enum fact fact; } metrics[] = {
	{ "go_memstats_heap_alloc_bytes", ALLOC }, { "go_memstats_next_gc_bytes", GOAL },
	{ "go_gc_heap_goal_bytes", GOAL }, { "go_gc_heap_live_bytes", LIVE },
	{ "go_memstats_sys_bytes", SYS }, { "go_memstats_heap_released_bytes", RELEASED },
	{ "go_memstats_stack_inuse_bytes", STACKS }, { "go_memstats_alloc_bytes_total", TOTAL },
	{ "go_gc_duration_seconds_count", NUM_GC }, { "go_gc_duration_seconds_sum", PAUSE_SUM },
	{ "go_gc_cycles_total_gc_cycles_total", NUM_GC },
	{ "go_memstats_gc_cpu_fraction", CPU_SHARE },
	{ "go_cpu_classes_gc_total_cpu_seconds_total", CPU_GC },
	{ "go_cpu_classes_total_cpu_seconds_total", CPU_ALL }, { "go_goroutines", GOROUTINES },
	{ "go_threads", THREADS }, { "go_sched_gomaxprocs_threads", PROCS },
	{ "go_gc_gomemlimit_bytes", MEMLIMIT }, { "go_gc_gogc_percent", GOGC },
};

static const struct { const char *family; enum histogram h; } families[] = {
	{ "go_gc_pauses_seconds", PAUSES }, { "go_gc_pauses_seconds_total", PAUSES },
	{ "go_sched_pauses_total_gc_seconds", PAUSES },
	{ "go_sched_latencies_seconds", LATENCIES },
};

/* What programs call the number of their goroutines, without case, blanks and dots. */
static const struct { const char *word; enum fact fact; } words[] = {
	{ "goroutines", GOROUTINES }, { "numgoroutine", GOROUTINES },
	{ "numgoroutines", GOROUTINES }, { "runtimegoroutines", GOROUTINES },
	{ "runtimenumgoroutine", GOROUTINES }, { "gomaxprocs", PROCS },
};

enum gauge {
	G_LIVE, G_GOAL, G_ALLOC, G_HELD, G_STACKS, G_RATE, G_LIMIT, G_GOGC, G_COUNT, G_P50, G_P99,
	G_MAX, G_CPU, G_GOROUTINES, G_THREADS, G_PROCS, G_LATENCY, GAUGES,
};

static const struct { const char *id, *name, *unit, *source; } gauges[GAUGES] = {
	[G_LIVE] = { "go.heap_live", "heap live", "B", "" },
	[G_GOAL] = { "go.heap_goal", "heap goal", "B", "the next collection starts before it" },
	[G_ALLOC] = { "go.heap_alloc", "heap", "B", "live objects and garbage not swept yet" },
	[G_HELD] = { "go.held", "held", "B", "Sys - HeapReleased: what GOMEMLIMIT bounds" },
	[G_STACKS] = { "go.stacks", "stacks", "B", "StackInuse" },
	[G_RATE] = { "go.alloc_rate", "allocates", "B/s", "TotalAlloc since the sample before" },
	[G_LIMIT] = { "go.memlimit", "GOMEMLIMIT", "B", "the runtime's own" },
	[G_GOGC] = { "go.gogc", "GOGC", "%", "the runtime's own" },
	[G_COUNT] = { "go.gc.count", "gc", "count", "collections since its start" },
	[G_P50] = { "go.gc.pause_p50", "gc pause p50", "ms", "" },
	[G_P99] = { "go.gc.pause_p99", "gc pause p99", "ms", "" },
	[G_MAX] = { "go.gc.pause_max", "gc pause max", "ms", "" },
	[G_CPU] = { "go.gc_cpu", "gc cpu", "%", "" },
	[G_GOROUTINES] = { "go.goroutines", "goroutines", "count", "runtime.NumGoroutine" },
	[G_THREADS] = { "go.threads", "threads", "count", "OS threads created" },
	[G_PROCS] = { "go.sched.procs", "GOMAXPROCS", "count", "the runtime's own" },
	[G_LATENCY] = { "go.sched.latency_p99", "sched latency p99", "ms",
	    "from runnable to running, the last 60 s" },
};

struct bucket { double le, count; };

struct go {
	struct gauge_table *table;
	int index[GAUGES];
	/* the reading that comes in */
	double fact[FACTS];
	double pause[RING], ended[RING];
	size_t pauses;
	struct bucket bucket[HISTOGRAMS][WINDOW_BUCKETS];
	size_t buckets[HISTOGRAMS];
	/* what was known */
	bool has;
	double old[FACTS], first_end;
	uint64_t at;
	int64_t blurred;                /* when several collections fell between two samples */
	struct window_events events;
	struct window_buckets window[HISTOGRAMS];
	struct go_live live;
};

struct go *
go_new(struct gauge_table *t)
{
	struct go *g = mem_zero(1, sizeof *g);

	g->table = t;
	for (size_t i = 0; i < GAUGES; i++)
		g->index[i] = -1;
	g->blurred = INT64_MIN;
	go_begin(g);
	return g;
}

void
go_free(struct go *g)
{
	if (g == NULL)
		return;
	window_events_fini(&g->events);
	for (size_t i = 0; i < HISTOGRAMS; i++)
		window_buckets_fini(&g->window[i]);
	mem_free(g);
}

void
go_begin(struct go *g)
{
	for (size_t i = 0; i < FACTS; i++)
		g->fact[i] = (double)NAN;
	g->pauses = 0;
	memset(g->buckets, 0, sizeof g->buckets);
	memset(g->pause, 0, sizeof g->pause);
	memset(g->ended, 0, sizeof g->ended);
}

/* ---- what comes in ---- */

/* "memstats.PauseNs.17" */
static bool
ring_entry(struct go *g, const char *path, const char *head, double *ring, double v)
{
	const size_t n = strlen(head);
	uint64_t i;

	if (strncmp(path, head, n) != 0)
		return false;
	if (slice_u64(slice_of(path + n), RING - 1, &i)) {
		ring[i] = v;
		g->pauses++;
	}
	return true;
}

static bool
word_is(const char *path, const char *word)
{
	for (; *path != '\0'; path++) {
		if (strchr("_-. ", *path) != NULL)
			continue;
		if ((*path | 0x20) != *word)
			return false;
		word++;
	}
	return *word == '\0';
}

bool
go_expvar(struct go *g, const char *path, double v)
{
	const size_t n = strlen(path);

	if (ring_entry(g, path, "memstats.PauseNs.", g->pause, v) ||
	    ring_entry(g, path, "memstats.PauseEnd.", g->ended, v))
		return true;
	for (size_t i = 0; i < sizeof expvars / sizeof expvars[0]; i++) {
		const size_t k = strlen(expvars[i].path);

		if (n >= k && strcmp(path + n - k, expvars[i].path) == 0 &&
		    (n == k || expvars[i].path[0] == '/')) {
			g->fact[expvars[i].fact] = v;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (word_is(path, words[i].word)) {
			g->fact[words[i].fact] = v;
			return true;
		}
	return strncmp(path, "memstats.", 9) == 0;
}

static const struct prom_label *
label(const struct prom_sample *s, const char *name)
{
	for (size_t i = 0; i < s->labels; i++)
		if (slice_is(s->label[i].name, name))
			return &s->label[i];
	return NULL;
}

static bool
take_bucket(struct go *g, const struct prom_sample *s)
{
	const struct prom_label *le = label(s, "le");
	double bound;

	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		const enum histogram h = families[i].h;

		if (!slice_is(s->family, families[i].family) || s->kind != PROM_HISTOGRAM)
			continue;
		if (le != NULL && slice_is(s->part, "_bucket") &&
		    g->buckets[h] < WINDOW_BUCKETS &&
		    (slice_is(le->value, "+Inf") || slice_f64(le->value, &bound)))
			g->bucket[h][g->buckets[h]++] = (struct bucket){
				slice_is(le->value, "+Inf") ? (double)INFINITY : bound, s->v };
		return true;
	}
	return false;
}

bool
go_prometheus(struct go *g, const struct prom_sample *s)
{
	const struct prom_label *q = label(s, "quantile");

	if (take_bucket(g, s))
		return true;
	if (slice_is(s->name, "go_gc_duration_seconds") && q != NULL) {
		if (slice_is(q->value, "0.5"))
			g->fact[PAUSE_MID] = s->v;
		else if (slice_is(q->value, "1"))
			g->fact[PAUSE_MAX] = s->v;
		return true;
	}
	for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
		if (s->labels == 0 && slice_is(s->name, metrics[i].name)) {
			g->fact[metrics[i].fact] = s->v;
			return true;
		}
	return slice_starts(s->name, "go_memstats_") || slice_starts(s->name, "go_info");
}

/* ---- gauges ---- */

static int
gauge(struct go *g, enum gauge i)
{
	if (g->index[i] < 0) {
		struct gauge_def d = table_def(gauges[i].id, "go", gauges[i].name, gauges[i].unit,
		    (double)NAN, gauges[i].source);

		d.min = 0;
		g->index[i] = table_find(g->table, d.id);
		if (g->index[i] < 0)
			g->index[i] = table_add(g->table, &d);
	}
	return g->index[i];
}

static void
put(struct go *g, enum gauge i, double v)
{
	if (!isnan(v) || g->index[i] >= 0)
		table_value(g->table, gauge(g, i), v);
}

static bool
know(const struct go *g, enum fact f)
{
	return !isnan(g->fact[f]);
}

/* ---- pauses ---- */

/* The ring's entry of collection `gc`, counted from 1. */
static size_t
slot(uint64_t gc)
{
	return (size_t)((gc + RING - 1) % RING);
}

/* Our time of a pause that ended at `end` (ns, the program's clock): not before the reading before
 * for what is new since then, so that a clock that is set does no harm. */
static int64_t
our_time(const struct go *g, double end, double now, uint64_t mono)
{
	const double age = now > end ? now - end : 0, most = (double)(mono - g->at);

	if (g->has)
		return (int64_t)mono - (int64_t)(age < most ? age : most);
	return (int64_t)mono - (int64_t)(age < 9e17 ? age : 9e17);
}

/* New collections of the ring. Of more than 256 since the reading before the older are lost. */
static void
ring_events(struct go *g, uint64_t mono, uint64_t wall)
{
	const uint64_t now = (uint64_t)g->fact[NUM_GC];
	uint64_t from = g->has && g->old[NUM_GC] >= 0 ? (uint64_t)g->old[NUM_GC] + 1 : 1;
	const double clock = wall != 0 ? (double)wall * 1e9 + 1e9 : g->fact[LAST_GC];

	if (now >= RING && from < now - RING + 1)
		from = now - RING + 1;
	for (uint64_t gc = from; gc <= now; gc++)
		window_events_add(&g->events, our_time(g, g->ended[slot(gc)], clock, mono),
		    g->pause[slot(gc)] / 1e6);
}

/* Of Prometheus' summary the sum alone: one collection between two samples is exact. */
static void
sum_events(struct go *g, uint64_t mono)
{
	const double n = g->fact[NUM_GC] - g->old[NUM_GC],
		     sum = g->fact[PAUSE_SUM] - g->old[PAUSE_SUM];

	if (!g->has || isnan(n) || isnan(sum) || n <= 0)
		return;
	if (n > 1)
		g->blurred = (int64_t)mono;
	else
		window_events_add(&g->events, (int64_t)mono, sum * 1e3);
}

static void
from_events(struct go *g, uint64_t mono, const char *what)
{
	static const double q[] = { 0.5, 0.99, 1 };
	double out[3];
	const size_t n = window_events_quantiles(&g->events, (int64_t)mono - GO_WINDOW_NS, q, 3,
	    out);

	for (int i = 0; i < 3; i++) {
		put(g, (enum gauge)(G_P50 + i), out[i]);
		if (n != 0)
			table_source(g->table, gauge(g, (enum gauge)(G_P50 + i)), "%s", what);
		else
			table_missing(g->table, gauge(g, (enum gauge)(G_P50 + i)),
			    "no collection in the last 60 s");
	}
}

static void
from_summary(struct go *g, uint64_t mono)
{
	if (g->blurred == INT64_MIN || (int64_t)mono - g->blurred > GO_WINDOW_NS) {
		from_events(g, mono, "go_gc_duration_seconds, one by one, the last 60 s");
		return;
	}
	put(g, G_P50, g->fact[PAUSE_MID] * 1e3);
	put(g, G_MAX, g->fact[PAUSE_MAX] * 1e3);
	table_source(g->table, gauge(g, G_P50), "go_gc_duration_seconds of the last collections");
	table_source(g->table, gauge(g, G_MAX), "go_gc_duration_seconds of the last collections");
	table_missing(g->table, gauge(g, G_P99), "several collections fell between two samples, "
	    "and go_gc_duration_seconds has no p99: use /debug/vars, or go_gc_pauses_seconds");
}

static int
by_bound(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	return (x->le > y->le) - (x->le < y->le);
}

static bool
histogram_put(struct go *g, enum histogram h, uint64_t mono)
{
	double le[WINDOW_BUCKETS], count[WINDOW_BUCKETS];
	const size_t n = g->buckets[h];

	if (n == 0)
		return false;
	qsort(g->bucket[h], n, sizeof g->bucket[h][0], by_bound);
	for (size_t i = 0; i < n; i++) {
		le[i] = g->bucket[h][i].le;
		count[i] = g->bucket[h][i].count;
	}
	window_buckets_put(&g->window[h], (int64_t)mono, GO_WINDOW_NS, le, count, n);
	return true;
}

static void
from_buckets(struct go *g)
{
	static const struct { enum gauge gauge; double q; } all[] = {
		{ G_P50, 0.5 }, { G_P99, 0.99 }, { G_MAX, 1 },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const double v = window_buckets_quantile(&g->window[PAUSES], all[i].q);

		if (isnan(v))
			table_missing(g->table, gauge(g, all[i].gauge),
			    "no pause %s", g->has ? "in the last 60 s" : "since the first look");
		else
			put(g, all[i].gauge, v * 1e3);
		table_source(g->table, gauge(g, all[i].gauge),
		    "single pauses, by buckets, the last 60 s");
	}
}

static void
take_pauses(struct go *g, uint64_t mono, uint64_t wall)
{
	if (histogram_put(g, PAUSES, mono)) {
		from_buckets(g);
	} else if (g->pauses != 0 && g->fact[NUM_GC] >= 0 && g->fact[NUM_GC] < COUNT_MAX) {
		ring_events(g, mono, wall);
		from_events(g, mono, "PauseNs: all pauses of a collection, the last 60 s");
	} else if (know(g, PAUSE_SUM)) {
		sum_events(g, mono);
		from_summary(g, mono);
	}
	if (histogram_put(g, LATENCIES, mono))
		put(g, G_LATENCY, window_buckets_quantile(&g->window[LATENCIES], 0.99) * 1e3);
}

/* ---- a whole reading ---- */

/* Counters of a program that lives never fall; its first collection stays where it was. */
static bool
restarted(const struct go *g)
{
	static const enum fact counters[] = { NUM_GC, TOTAL, CPU_GC, PAUSE_SUM };

	for (size_t i = 0; g->has && i < sizeof counters / sizeof counters[0]; i++)
		if (g->fact[counters[i]] < g->old[counters[i]])
			return true;
	return g->has && g->old[NUM_GC] >= 1 && g->fact[NUM_GC] <= RING && g->pauses != 0 &&
	       fabs(g->ended[0] - g->first_end) > 0.5;
}

static void
forget(struct go *g)
{
	g->has = false;
	g->blurred = INT64_MIN;
	window_events_forget(&g->events);
	for (size_t i = 0; i < HISTOGRAMS; i++)
		window_buckets_fini(&g->window[i]);
	go_live_forget(&g->live);
}

static void
take_cpu(struct go *g)
{
	const double gc = g->fact[CPU_GC] - g->old[CPU_GC],
		     all = g->fact[CPU_ALL] - g->old[CPU_ALL];

	if (g->has && all > 0 && gc >= 0) {
		put(g, G_CPU, 100 * gc / all);
		table_source(g->table, gauge(g, G_CPU), "cpu classes, since the sample before");
	} else if (know(g, CPU_SHARE) && !know(g, CPU_ALL)) {
		put(g, G_CPU, 100 * g->fact[CPU_SHARE]);
		table_source(g->table, gauge(g, G_CPU), "GCCPUFraction, since its start");
	} else {
		put(g, G_CPU, (double)NAN);
	}
}

static void
take_live(struct go *g, uint64_t mono)
{
	if (know(g, LIVE)) {
		put(g, G_LIVE, g->fact[LIVE]);
		table_source(g->table, gauge(g, G_LIVE), "/gc/heap/live:bytes");
		return;
	}
	if (!know(g, ALLOC))
		return;
	go_live_add(&g->live, mono, know(g, NUM_GC) ? g->fact[NUM_GC] : 0, g->fact[ALLOC]);
	put(g, G_LIVE, go_live_least(&g->live, mono));
	table_source(g->table, gauge(g, G_LIVE), "the least HeapAlloc of two collections and 10 s");
}

bool
go_take(struct go *g, uint64_t mono, uint64_t wall)
{
	static const struct { enum gauge gauge; enum fact fact; } plain[] = {
		{ G_GOAL, GOAL }, { G_ALLOC, ALLOC }, { G_STACKS, STACKS }, { G_COUNT, NUM_GC },
		{ G_GOROUTINES, GOROUTINES }, { G_THREADS, THREADS }, { G_PROCS, PROCS },
		{ G_GOGC, GOGC },
	};
	const bool again = restarted(g);

	if (again)
		forget(g);
	take_live(g, mono);
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		put(g, plain[i].gauge, g->fact[plain[i].fact]);
	put(g, G_HELD, g->fact[SYS] - g->fact[RELEASED]);
	/* math.MaxInt64 is "none" */
	put(g, G_LIMIT, g->fact[MEMLIMIT] < 9e18 ? g->fact[MEMLIMIT] : (double)NAN);
	if (know(g, TOTAL))
		put(g, G_RATE, g->has && mono > g->at ? (g->fact[TOTAL] - g->old[TOTAL]) * 1e9 /
		    (double)(mono - g->at) : (double)NAN);
	take_cpu(g);
	take_pauses(g, mono, wall);
	memcpy(g->old, g->fact, sizeof g->old);
	g->first_end = g->ended[0];
	g->has = true;
	g->at = mono;
	return again;
}

void
go_gap(struct go *g)
{
	g->old[TOTAL] = g->old[CPU_GC] = g->old[CPU_ALL] = (double)NAN;
}
