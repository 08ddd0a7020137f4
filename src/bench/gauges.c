/* gauges.c - the bench's gauges: samples to clients, alarms to notices. */
#include "bench/gauges.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "bench/clients.h"
#include "bench/gauge_rules.h"
#include "bench/gauge_consoles.h"
#include "bench/gauge_sources.h"
#include "bench/news.h"
#include "gauge/set.h"

static void
on_defs(void *arg)
{
	struct bench *b = arg;

	bench_news(b, "gauge.defs",
	    json_pack("{s:o,s:s,s:s}", "defs", gauge_set_json_defs(b->gauges), "machine",
		gauge_set_machine(b->gauges), "link", gauge_set_link(b->gauges)));
}

static void
on_sample(void *arg, const struct gauge_sample *s)
{
	struct bench *b = arg;

	(void)s;
	bench_news(b, "gauge", json_pack("{s:o}", "v", gauge_set_json_values(b->gauges)));
	gauge_rules_sample(b);
}

static void
on_alarm(void *arg, const struct gauge_alarm *a)
{
	gauge_rules_alarm(arg, a);
}

static void
on_said(void *arg, const char *source, const char *p, size_t n)
{
	gauge_consoles_said(arg, source, p, n);
}

/* board NULL: this machine. On an error the gauges stay as they are. */
static enum err
use(struct bench *b, const char *board, struct err_msg *why)
{
	static const struct gauge_set_cb cb = {
		.defs_changed = on_defs, .sample = on_sample, .alarm = on_alarm,
		.said = on_said,
	};
	struct gauge_set *set;
	uint64_t pid = 0;
	const bool number = slice_u64(slice_of(b->given.gauge_process), 1 << 22, &pid);
	const struct gauge_set_opts o = {
		.proc_root = b->given.proc_root, .sys_root = b->given.sys_root,
		.every_ns = options_num(&b->options, OPT_GAUGE_EVERY), .epoch = b->start_mono,
		.pid = (pid_t)pid, .process = number ? NULL : b->given.gauge_process,
		.board = board, .past = true,
	};

	set = gauge_set_new(b->loop, &o, &cb, b, why);
	if (set == NULL)
		return why->code;
	if (b->gauges != NULL)
		gauge_set_adopt(set, b->gauges);
	gauge_set_free(b->gauges);
	b->gauges = set;
	return ERR_OK;
}

void
gauges_open(struct bench *b)
{
	struct err_msg why;

	b->gauge_rules = gauge_rules_new(b);
	(void)use(b, NULL, &why);
}

void
gauges_close(struct bench *b)
{
	gauge_set_free(b->gauges);
	b->gauges = NULL;
	gauge_rules_free(b->gauge_rules);
	b->gauge_rules = NULL;
}

json_t *
gauges_json(const struct bench *b)
{
	json_t *o = gauge_set_json(b->gauges);

	json_put_str(o, "machine", gauge_set_machine(b->gauges));
	json_put_str(o, "link", gauge_set_link(b->gauges));
	json_put(o, "rules", gauge_set_json_rules(b->gauges));
	return o;
}

static void
cmd_every(struct command_call *c)
{
	struct bench *b = c->ctx;
	const uint64_t ns = (uint64_t)json_get_int(c->args, "every", 0);
	struct err_msg why;
	char text[32];

	if (ns < GAUGE_SET_EVERY_MIN) {
		(void)err_set(&why, ERR_USAGE, "gauge.every", NULL, "at least 50ms");
		command_fail(c, &why);
		return;
	}
	/* screens draw by it: they are told as of any option */
	snprintf(text, sizeof text, "%llums", (unsigned long long)(ns / NS_PER_MS));
	if (options_set(&b->options, "gauge.every", text, &why) != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	gauge_set_every(b->gauges, ns);
	bench_news(b, "option", json_pack("{s:s,s:s}", "name", "gauge.every", "value", text));
	command_done(c, NULL);
}

static void
cmd_process(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *text = json_get_str(c->args, "process", "");
	uint64_t pid = 0;
	const bool number = slice_u64(slice_of(text), 1 << 22, &pid);

	gauge_set_process(b->gauges, (pid_t)pid, number ? NULL : text);
	gauge_set_now(b->gauges);
	command_done(c, NULL);
}

static void
cmd_source(struct command_call *c)
{
	gauge_sources_command(c, use);
}

static void
cmd_limit(struct command_call *c)
{
	struct bench *b = c->ctx;
	const uint64_t hold = (uint64_t)json_get_int(c->args, "hold", 0);
	struct err_msg why;

	if (gauge_set_limit(b->gauges, json_get_str(c->args, "gauge", ""),
	    json_get_str(c->args, "warn", NULL), json_get_str(c->args, "crit", NULL),
	    json_object_get(c->args, "hold") != NULL ? &hold : NULL, &why) != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	gauge_set_now(b->gauges);
	command_done(c, NULL);
}

static void
cmd_list(struct command_call *c)
{
	struct bench *b = c->ctx;
	json_t *o = json_object();

	json_put(o, "defs", gauge_set_json_defs(b->gauges));
	json_put(o, "v", gauge_set_json_values(b->gauges));
	command_done(c, o);
}

static const struct command_arg every_args[] = {
	{ "every", ARG_DURATION, ARG_MUST, NULL, "sampling period" }, { .name = NULL },
};
static const struct command_arg limit_args[] = {
	{ "gauge", ARG_WORD, ARG_MUST, NULL, "its id, as gauge.list has it" },
	{ "warn", ARG_WORD, 0, NULL, "a number, 400M, <200M for a lower bound, or none" },
	{ "crit", ARG_WORD, 0, NULL, "a number, 400M, <50M, or none" },
	{ "hold", ARG_DURATION, 0, NULL, "how long over it before it is an alarm" },
	{ .name = NULL },
};
static const struct command_arg process_args[] = {
	{ "process", ARG_WORD, ARG_MUST, NULL, "pid or name" }, { .name = NULL },
};

const struct command bench_gauge_commands[] = {
	{ "gauge.every", "how often gauges are read", every_args, 0, cmd_every },
	{ "gauge.pid", "watch a process, by number or name", process_args, 0, cmd_process },
	{ "gauge.source", "which machine is gauged, and what else: add, remove, list",
	    gauge_sources_args, 0, cmd_source },
	{ "gauge.limit", "when a gauge is an alarm", limit_args, 0, cmd_limit },
	{ "gauge.list", "all gauges and their newest values", NULL, 0, cmd_list },
	{ .name = NULL },
};
