/* ending.c - how a bench ends: those who work for it are asked, in order, and waited for. */
#include "bench/ending.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/debug_session.h"
#include "bench/debugs.h"
#include "bench/jobs.h"
#include "bench/news.h"
#include "bench/plugin_hosts.h"
#include "sys/time.h"

enum stage { SCRIPTS, JOBS, PLUGINS, PLACES, STAGES };
enum { WAITS_MAX = 8 };

/* SIGTERM to SIGKILL, and a little */
static const uint64_t ASKED_NS = (LIMIT_KILL_GRACE_MS + 500) * NS_PER_MS;
static const uint64_t TELL_NS = NS_PER_S;

struct waiter { struct list node; struct command_call *call; };

struct ending {
	char *why;
	enum stage stage;
	uint64_t until;                 /* sys_mono(): this stage is over */
	uint64_t gone;                  /* wall clock: all of it */
	struct loop_timer *late, *tell;
	struct list waiters;
};

static void check(void *arg);

static struct bench_job *
entry(struct list *n)
{
	return LIST_ENTRY(n, struct bench_job, node);
}

/* ---- who it waits for */

static enum stage
stage_of(const struct bench_job *j)
{
	const char *kind = job_kind(j->job);

	if (strcmp(kind, "plugin") == 0)
		return PLUGINS;
	/* what ends with its owner, and a place, are wanted by those before */
	if (j->owner != 0 || j->part_of != 0 || strcmp(kind, "place") == 0)
		return PLACES;
	return j->script ? SCRIPTS : JOBS;
}

static bool
waited_for(const struct bench_job *j, enum stage stage)
{
	return job_state_of(j->job) == JOB_RUNNING && stage_of(j) <= stage;
}

/* A script in the foreground, whose vise waits for it: it has heard of the end itself. */
static bool
is_script(const struct client *c)
{
	return c->job == 0 && c->attached && strcmp(peer_role(c->peer), "script") == 0;
}

static bool
anybody(const struct bench *b)
{
	LIST_EACH(n, &b->jobs)
		if (waited_for(entry(n), b->end->stage))
			return true;
	if (b->end->stage == SCRIPTS)
		LIST_EACH(n, &b->clients)
			if (is_script(LIST_ENTRY(n, struct client, node)))
				return true;
	LIST_EACH(n, &b->debugs)
		if (b->end->stage >= JOBS &&
		    debug_session_live(LIST_ENTRY(n, struct debug_session, node)))
			return true;
	return false;
}

static void
add_name(json_t *list, const char *kind, const char *name)
{
	char *whole = strncmp(name, kind, strlen(kind)) == 0 ? mem_str(name) :
	    mem_fmt("%s %s", kind, name);

	if (json_array_size(list) < WAITS_MAX)
		(void)json_array_append_new(list, json_text(whole, strlen(whole)));
	mem_free(whole);
}

static json_t *
names(const struct bench *b)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->jobs)
		if (waited_for(entry(n), b->end->stage))
			add_name(list, job_kind(entry(n)->job), job_name(entry(n)->job));
	LIST_EACH(n, &b->clients)
		if (b->end->stage == SCRIPTS && is_script(LIST_ENTRY(n, struct client, node)))
			add_name(list, "script",
			    peer_name(LIST_ENTRY(n, struct client, node)->peer));
	return list;
}

json_t *
ending_json(const struct bench *b)
{
	const uint64_t now = sys_wall();
	json_t *o;

	if (b->end == NULL)
		return NULL;
	o = json_object();
	json_put_str(o, "why", b->end->why);
	json_put(o, "waits", names(b));
	json_put_int(o, "left", b->end->gone > now ? (int64_t)(b->end->gone - now) : 0);
	return o;
}

uint64_t
ending_until(const struct bench *b)
{
	return b->end != NULL ? b->end->gone : 0;
}

/* ---- the end */

static void
over(struct bench *b)
{
	struct ending *e = b->end;

	if (b->ending)
		return;
	b->ending = true;
	while (!list_empty(&e->waiters)) {
		struct waiter *w = LIST_ENTRY(e->waiters.next, struct waiter, node);

		list_del(&w->node);
		command_done(w->call, NULL);
		mem_free(w);
	}
	bench_news(b, "bench.end", json_pack("{s:s}", "why", e->why));
	loop_stop(b->loop);
}

static void
on_late(void *arg)
{
	struct bench *b = arg;

	b->end->late = NULL;
	b->end->until = 0;
	check(b);
}

static void
on_tell(void *arg)
{
	struct bench *b = arg;
	json_t *list = names(b);

	b->end->tell = NULL;
	if (json_array_size(list) != 0)
		bench_notice(b, "warn", "bench", "bench.stop again ends it at once",
		    "ending; waits for the clean-up of %s%s",
		    json_string_value(json_array_get(list, 0)),
		    json_array_size(list) > 1 ? " and others" : "");
	json_decref(list);
}

static uint64_t
time_for(const struct bench *b, enum stage stage)
{
	return stage == SCRIPTS ? ASKED_NS + jobs_script_grace(b) : ASKED_NS;
}

static void
ask(struct bench *b)
{
	struct ending *e = b->end;

	/* a session ends its own jobs, the debugger before its server */
	if (e->stage == JOBS)
		LIST_EACH_SAFE(n, &b->debugs)
			if (debug_session_live(LIST_ENTRY(n, struct debug_session, node)))
				debugs_end(LIST_ENTRY(n, struct debug_session, node));
	if (e->stage == PLUGINS)
		plugin_hosts_end(b);
	LIST_EACH(n, &b->jobs)
		if (waited_for(entry(n), e->stage) && !debugs_has(b, entry(n)))
			job_stop(entry(n)->job);
	e->until = sys_mono() + time_for(b, e->stage);
	loop_timer_stop(e->late);
	e->late = loop_timer_start(b->loop, time_for(b, e->stage), 0, on_late, b);
}

static void
check(void *arg)
{
	struct bench *b = arg;
	struct ending *e = b->end;

	if (b->ending)
		return;
	while (e->until == 0 || !anybody(b)) {
		if (++e->stage == STAGES) {
			over(b);
			return;
		}
		ask(b);
	}
}

void
ending_check(struct bench *b)
{
	if (b->end == NULL || b->ending)
		return;
	/* who calls is in the middle of taking something away */
	loop_defer_cancel(b->loop, check, b);
	loop_defer(b->loop, check, b);
}

static void
make(struct bench *b, const char *why)
{
	struct ending *e = mem_zero(1, sizeof *e);

	b->end = e;
	e->why = mem_str(why);
	list_init(&e->waiters);
	loop_timer_stop(b->linger);
	b->linger = NULL;
}

/* Nobody works for it: then there is nothing to tell either. */
static bool
is_alone(const struct bench *b)
{
	bool alone;

	alone = !anybody(b);
	b->end->stage = PLACES;
	alone = alone && !anybody(b);
	b->end->stage = SCRIPTS;
	return alone;
}

static void
begin(struct bench *b)
{
	struct ending *e = b->end;
	uint64_t all = 0;

	for (int i = SCRIPTS; i < STAGES; i++)
		all += time_for(b, (enum stage)i);
	e->gone = sys_wall() + all;
	bench_info_changed(b);
	bench_news(b, "bench.ending", ending_json(b));
	e->tell = loop_timer_start(b->loop, TELL_NS, 0, on_tell, b);
	ask(b);
	ending_check(b);
}

void
bench_end_for(struct bench *b, const char *why, struct command_call *c)
{
	const bool again = b->end != NULL;

	if (b->ending) {
		if (c != NULL)
			command_done(c, NULL);
		return;
	}
	if (!again)
		make(b, why);
	if (c != NULL) {
		struct waiter *w = mem_zero(1, sizeof *w);

		w->call = c;
		list_add_tail(&b->end->waiters, &w->node);
	}
	if (again || is_alone(b))
		over(b);
	else
		begin(b);
}

void
bench_end(struct bench *b, const char *why)
{
	bench_end_for(b, why, NULL);
}

void
ending_fini(struct bench *b)
{
	struct ending *e = b->end;

	if (e == NULL)
		return;
	loop_defer_cancel(b->loop, check, b);
	loop_timer_stop(e->late);
	loop_timer_stop(e->tell);
	mem_free(e->why);
	mem_free(e);
	b->end = NULL;
}
