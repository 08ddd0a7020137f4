/* gauge_rules.c - verdicts of rules and alarms, told and kept. */
#include "bench/gauge_rules.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "bench/news.h"
#include "gauge/set.h"
#include "sys/time.h"

static const uint64_t LONGEST = 60 * NS_PER_S;

struct waiter {
	struct command_call *call;
	struct loop_timer *timer;
	struct gauge_rules *owner;
	int64_t after;
};

struct gauge_rules {
	struct bench *bench;
	json_t *alarms;                 /* array, newest last */
	int64_t next;
	uint64_t verdicts;              /* of the set, told last */
	struct waiter waiter[ALARMS_WAITING];
};

struct gauge_rules *
gauge_rules_new(struct bench *b)
{
	struct gauge_rules *r = mem_zero(1, sizeof *r);

	r->bench = b;
	r->alarms = json_array();
	return r;
}

/* What came behind `after`. */
static json_t *
newer(const struct gauge_rules *r, int64_t after)
{
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(r->alarms); i++)
		if (json_get_int(json_array_get(r->alarms, i), "id", 0) > after)
			(void)json_array_append(list, json_array_get(r->alarms, i));
	return list;
}

static void
answer(struct waiter *w)
{
	struct command_call *c = w->call;

	if (c == NULL)
		return;
	loop_timer_stop(w->timer);
	w->timer = NULL;
	w->call = NULL;
	command_done(c, json_pack("{s:o,s:I}", "alarms", newer(w->owner, w->after), "last",
	    (json_int_t)w->owner->next));
}

static void
on_time(void *arg)
{
	struct waiter *w = arg;

	w->timer = NULL;
	answer(w);
}

void
gauge_rules_free(struct gauge_rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < ALARMS_WAITING; i++)
		answer(&r->waiter[i]);
	json_decref(r->alarms);
	mem_free(r);
}

void
gauge_rules_alarm(struct bench *b, const struct gauge_alarm *a)
{
	static const char *const levels[] = {
		[GAUGE_CLEAR] = "info", [GAUGE_NEWS] = "info", [GAUGE_WARN] = "warn",
		[GAUGE_CRIT] = "alarm",
	};
	static const char *const states[] = {
		[GAUGE_CLEAR] = "clear", [GAUGE_NEWS] = "news", [GAUGE_WARN] = "warn",
		[GAUGE_CRIT] = "crit",
	};
	struct gauge_rules *r = b->gauge_rules;
	json_t *o = json_object();

	bench_notice(b, levels[a->level], a->def != NULL ? a->def->id : "gauge", NULL, "%s",
	    a->text);
	json_put_int(o, "id", ++r->next);
	json_put_str(o, "state", states[a->level]);
	json_put_str(o, "gauge", a->def != NULL ? a->def->id : "");
	json_put_str(o, "rule", a->rule != NULL ? a->rule : a->def != NULL ? "limit" : "");
	json_put(o, "value", json_double(a->value));
	json_put_str(o, "text", a->text);
	if (json_array_size(r->alarms) >= ALARMS_KEPT)
		(void)json_array_remove(r->alarms, 0);
	bench_news(b, "gauge.alarm", json_incref(o));
	(void)json_array_append_new(r->alarms, o);
	for (size_t i = 0; i < ALARMS_WAITING; i++)
		answer(&r->waiter[i]);
}

void
gauge_rules_sample(struct bench *b)
{
	const uint64_t now = gauge_set_rules_news(b->gauges);

	if (now == b->gauge_rules->verdicts)
		return;
	b->gauge_rules->verdicts = now;
	bench_news(b, "gauge.rules", json_pack("{s:o}", "rules", gauge_set_json_rules(b->gauges)));
}

/* ---- commands ---- */

static void
cmd_rules(struct command_call *c)
{
	struct bench *b = c->ctx;

	command_done(c, gauge_set_json_rules(b->gauges));
}

static void
cmd_rule(struct command_call *c)
{
	struct bench *b = c->ctx;
	const json_t *list = json_object_get(c->args, "options"), *v;
	struct err_msg why;
	size_t i;

	json_array_foreach(list, i, v)
		if (gauge_set_rule(b->gauges, json_string_value(v), &why) != ERR_OK) {
			command_fail(c, &why);
			return;
		}
	gauge_rules_sample(b);
	command_done(c, NULL);
}

static void
cmd_alarms(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct gauge_rules *r = b->gauge_rules;
	const int64_t after = json_get_int(c->args, "after", 0);
	const uint64_t wait = (uint64_t)json_get_int(c->args, "wait", 0);
	struct waiter *w = NULL;

	for (size_t i = 0; i < ALARMS_WAITING && w == NULL; i++)
		if (r->waiter[i].call == NULL)
			w = &r->waiter[i];
	if (wait == 0 || after < r->next || w == NULL) {
		command_done(c, json_pack("{s:o,s:I}", "alarms", newer(r, after), "last",
		    (json_int_t)r->next));
		return;
	}
	*w = (struct waiter){ .call = c, .owner = r, .after = after };
	w->timer = loop_timer_start(b->loop, wait < LONGEST ? wait : LONGEST, 0, on_time, w);
}

static void
cmd_advise(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *text = json_get_str(c->args, "live", "");
	double live = (double)NAN;
	uint64_t bytes;
	struct err_msg why;

	if (text[0] != '\0') {
		if (!slice_bytes(slice_of(text), &bytes) || bytes == 0) {
			(void)err_set(&why, ERR_USAGE, "live", "give live=120M",
			    "not a size: %.40s", text);
			command_fail(c, &why);
			return;
		}
		live = (double)bytes;
	}
	command_done(c, gauge_set_advice(b->gauges, live));
}

static const struct command_arg advise_args[] = {
	{ "live", ARG_WORD, 0, NULL, "live heap of the program, 120M; absent: its gauge" },
	{ .name = NULL },
};
static const struct command_arg rule_args[] = {
	{ "options", ARG_REST, ARG_MUST, NULL, "leak:window=30m, heap:raw, steady:off" },
	{ .name = NULL },
};
static const struct command_arg alarms_args[] = {
	{ "after", ARG_INT, 0, "0", "only those behind this number" },
	{ "wait", ARG_DURATION, 0, "0s", "for one to come, at most 60s" },
	{ .name = NULL },
};

const struct command bench_gauge_rule_commands[] = {
	{ "gauge.rules", "what the rules say about the gauges, with the numbers", NULL, 0,
	    cmd_rules },
	{ "gauge.rule", "set rules: NAME:KEY=VALUE, NAME:off", rule_args, 0, cmd_rule },
	{ "gauge.advise", "GOMEMLIMIT, GOGC and GOMAXPROCS for a Go program here", advise_args, 0,
	    cmd_advise },
	{ "gauge.alarms", "alarms of limits and rules, newest last", alarms_args, 0, cmd_alarms },
	{ .name = NULL },
};
