/* set.c - the gauges of one machine, sampled by a timer. */
#include "gauge/set.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/rules.h"
#include "gauge/sensors.h"
#include "gauge/source_local.h"
#include "gauge/source_process.h"
#include "gauge/table.h"
#include "sys/time.h"

static const uint64_t FIRST_AFTER =
    200 * NS_PER_MS; /* CPU and pressure are differences: two looks */
static const uint64_t DEADLINE = 250 * NS_PER_MS;       /* of all sensors together */

struct gauge_set {
	struct loop *loop;
	struct gauge_set_cb cb;
	void *arg;
	uint64_t every, epoch, mono;
	bool sampling, again;
	struct gauge_table table;
	struct series series;
	struct rules rules;
	struct local *local;
	struct process *process;
	struct sensors *sensors;
	struct loop_timer *timer;
};

static void
on_alarm(void *arg, const struct gauge_alarm *a)
{
	struct gauge_set *g = arg;
	struct gauge_alarm out = *a;

	out.t = g->mono - g->epoch;
	if (g->cb.alarm != NULL)
		g->cb.alarm(g->arg, &out);
}

static void
tell_defs(struct gauge_set *g)
{
	if (!g->table.changed)
		return;
	g->table.changed = false;
	if (g->cb.defs_changed != NULL)
		g->cb.defs_changed(g->arg);
}

static void
tell_news(struct gauge_set *g)
{
	struct gauge_alarm a = { .level = GAUGE_NEWS, .value = (double)NAN, .t = g->mono };
	const char *news = process_news(g->process);

	if (news == NULL)
		return;
	snprintf(a.text, sizeof a.text, "%s", news);
	on_alarm(g, &a);
}

static void sample(void *arg);

/* The sensors of this round are in, or their time is over: the row is complete. */
static void
on_sensors(void *arg)
{
	struct gauge_set *g = arg;
	struct gauge_sample s = { .t = g->mono - g->epoch, .n = g->table.n, .v = g->table.v };

	series_put(&g->series, s.t, s.v, s.n);
	g->sampling = false;
	tell_defs(g);
	if (g->cb.sample != NULL)
		g->cb.sample(g->arg, &s);
	tell_news(g);
	rules_check(&g->rules, &g->table, g->mono, on_alarm, g);
	if (g->again) {
		g->again = false;
		loop_defer(g->loop, sample, g);
	}
}

static void
sample(void *arg)
{
	struct gauge_set *g = arg;

	if (g->sampling)
		return; /* the round before still waits for a sensor: leave this tick out */
	g->sampling = true;
	g->mono = sys_mono();
	local_sample(g->local, g->mono);
	process_sample(g->process, g->mono);
	sensors_start(g->sensors, g->mono, g->every / 4 < DEADLINE ? g->every / 4 : DEADLINE);
}

static void
arm(struct gauge_set *g, uint64_t after)
{
	loop_timer_stop(g->timer);
	g->timer = loop_timer_start(g->loop, after, g->every, sample, g);
}

static uint64_t
period(uint64_t every_ns)
{
	if (every_ns == 0)
		return NS_PER_S;
	return every_ns < GAUGE_SET_EVERY_MIN ? GAUGE_SET_EVERY_MIN : every_ns;
}

struct gauge_set *
gauge_set_new(
    struct loop *l, const struct gauge_set_opts *o, const struct gauge_set_cb *cb, void *arg)
{
	struct gauge_set *g = mem_zero(1, sizeof *g);
	const char *proc = o->proc_root != NULL ? o->proc_root : "/proc";

	g->loop = l;
	g->cb = *cb;
	g->arg = arg;
	g->every = period(o->every_ns);
	g->epoch = o->epoch;
	table_init(&g->table);
	series_init(&g->series, LIMIT_GAUGE_HISTORY);
	rules_init(&g->rules, o->hold_ns != 0 ? o->hold_ns : 2 * NS_PER_S);
	g->local = local_new(&g->table, proc);
	g->sensors =
	    sensors_new(l, &g->table, o->sys_root != NULL ? o->sys_root : "/sys", on_sensors, g);
	g->process = process_new(&g->table, proc);
	if (o->pid > 0 || o->process != NULL)
		process_choose(g->process, o->pid, o->process);
	g->mono = sys_mono();
	local_sample(g->local, g->mono);
	process_sample(g->process, g->mono);
	arm(g, g->every < FIRST_AFTER ? g->every : FIRST_AFTER);
	return g;
}

void
gauge_set_free(struct gauge_set *g)
{
	if (g == NULL)
		return;
	loop_timer_stop(g->timer);
	loop_defer_cancel(g->loop, sample, g);
	sensors_free(g->sensors);
	process_free(g->process);
	local_free(g->local);
	rules_fini(&g->rules);
	series_fini(&g->series);
	table_fini(&g->table);
	mem_free(g);
}

void
gauge_set_every(struct gauge_set *g, uint64_t every_ns)
{
	g->every = period(every_ns);
	arm(g, g->every);
}

void
gauge_set_process(struct gauge_set *g, pid_t pid, const char *name)
{
	size_t from, to;

	process_choose(g->process, pid, name);
	process_range(g->process, &from, &to);
	for (size_t i = from; i < to; i++)
		series_clear_gauge(&g->series, i);
	gauge_set_now(g);
}

bool
gauge_set_process_found(const struct gauge_set *g)
{
	return !process_chosen(g->process) || process_found(g->process);
}

void
gauge_set_now(struct gauge_set *g)
{
	if (g->sampling)
		g->again = true;
	else
		loop_defer(g->loop, sample, g);
}

bool
gauge_set_ready(const struct gauge_set *g)
{
	return sensors_scanned(g->sensors);
}

unsigned
gauge_set_hanging(const struct gauge_set *g)
{
	return sensors_hanging(g->sensors);
}

const struct gauge_def *
gauge_set_defs(const struct gauge_set *g, size_t *n)
{
	*n = g->table.n;
	return g->table.def;
}

const struct series *
gauge_set_series(const struct gauge_set *g)
{
	return &g->series;
}
