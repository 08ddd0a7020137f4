/* gauge_sources.c - gauge.source: the machine, and further sources beside it. */
#include "bench/gauge_sources.h"

#include <stdio.h>
#include <string.h>

#include "bench/clients.h"
#include "bench/gauge_consoles.h"
#include "bench/gauge_share.h"
#include "bench/news.h"
#include "gauge/set.h"
#include "gauge/sources.h"

const struct command_arg gauge_sources_args[] = {
	{ "source", ARG_WORD, ARG_MUST, NULL,
	    "the machine: local, ssh:HOST, exec:PROGRAM, serial:PORT; or add, remove, list" },
	{ "what", ARG_WORD, 0, NULL,
	    "add: the address, console:NAME (shared) or lend:NAME; remove: the name" },
	{ "name", ARG_WORD, 0, NULL, "add: what its gauges are called by" },
	{ "select", ARG_WORD, 0, NULL, "add: globs of a program's own numbers: \"req*,db.*\"" },
	{ .name = NULL },
};

static enum err
add(struct bench *b, const char *spec, const char *name, const char *choice,
    struct err_msg *why)
{
	const struct link_use shared = { &gauge_share_ops, b };
	const bool shares = gauge_share_is(spec);
	const struct gauge_set_opts o = {
		.link = shares ? &shared : NULL,
		.proc_root = b->given.proc_root, .sys_root = b->given.sys_root,
		.board = strcmp(spec, "local") == 0 ? NULL : spec, .select = choice,
	};
	char own[GAUGE_FROM_MAX], try[GAUGE_FROM_MAX];
	enum err e;

	if ((shares ? gauge_share_check(b, spec, why) : gauge_set_check(spec, why)) != ERR_OK)
		return why->code;
	if (name != NULL && name[0] == '\0')
		return err_set(why, ERR_USAGE, "gauge.source", NULL, "an empty name");
	if (name != NULL)
		return gauge_set_add(b->gauges, name, &o, why);
	source_name(spec, own);
	e = gauge_set_add(b->gauges, own, &o, why);
	for (int i = 2; e == ERR_BUSY && i < 100; i++) {
		snprintf(try, sizeof try, "%.20s-%d", own, i);
		e = gauge_set_add(b->gauges, try, &o, why);
	}
	return e;
}

/* lend:NAME: its port is lent meanwhile. */
static enum err
add_console(struct bench *b, const char *spec, const char *name, struct err_msg *why)
{
	char own[GAUGE_FROM_MAX], port[GAUGE_CONSOLE_SPEC];
	enum err e;

	if (name != NULL)
		snprintf(own, sizeof own, "%s", name);
	else
		source_name(spec, own);
	e = gauge_consoles_lend(b, spec, own, port, why);
	if (e != ERR_OK)
		return e;
	e = add(b, port, own, NULL, why);
	if (e != ERR_OK)
		gauge_consoles_back(b, own);
	return e;
}

static enum err
run_add(struct bench *b, const json_t *args, struct err_msg *why)
{
	const char *spec = json_get_str(args, "what", "");

	if (spec[0] == '\0')
		return err_set(why, ERR_USAGE, "gauge.source add", NULL, "of what?");
	if (gauge_consoles_is(spec))
		return add_console(b, spec, json_get_str(args, "name", NULL), why);
	return add(b, spec, json_get_str(args, "name", NULL),
	    json_get_str(args, "select", NULL), why);
}

static enum err
run_remove(struct bench *b, const json_t *args, struct err_msg *why)
{
	const char *name = json_get_str(args, "what", "");
	const enum err e = gauge_set_remove(b->gauges, name, why);

	if (e == ERR_OK)
		gauge_consoles_back(b, name);
	return e;
}

static enum err
run_list(struct bench *b, const json_t *args, struct err_msg *why)
{
	(void)b;
	(void)args;
	(void)why;
	return ERR_OK;
}

static const struct {
	const char *word;
	enum err (*run)(struct bench *b, const json_t *args, struct err_msg *why);
} acts[] = {
	{ "add", run_add }, { "remove", run_remove }, { "list", run_list },
};

/* What was seen of the machine before is dropped, in viewers too; the further sources stay. */
static enum err
change(struct bench *b, const char *spec, gauge_sources_use use, struct err_msg *why)
{
	json_t *others = gauge_set_json_sources(b->gauges), *one;
	const bool here = strcmp(spec, "local") == 0;
	enum err e = use(b, here ? NULL : spec, why);
	struct err_msg lost;
	size_t i;

	json_array_foreach(others, i, one)
		if (e == ERR_OK && add(b, json_get_str(one, "source", ""),
			json_get_str(one, "name", ""), json_get_str(one, "select", NULL),
			&lost) != ERR_OK)
			bench_notice_err(b, "warn", "gauge", &lost);
	json_decref(others);
	if (e == ERR_OK)
		bench_news(b, "gauge.defs", json_pack("{s:o,s:b,s:s,s:s}", "defs",
		    gauge_set_json_defs(b->gauges), "fresh", true, "machine", here ? "" : spec,
		    "link", here ? "" : spec));
	return e;
}

void
gauge_sources_command(struct command_call *c, gauge_sources_use use)
{
	struct bench *b = c->ctx;
	const char *word = json_get_str(c->args, "source", "local");
	struct err_msg why;
	size_t i = 0;
	enum err e;

	while (i < sizeof acts / sizeof acts[0] && strcmp(acts[i].word, word) != 0)
		i++;
	e = i < sizeof acts / sizeof acts[0] ? acts[i].run(b, c->args, &why)
					     : change(b, word, use, &why);
	if (e == ERR_OK)
		command_done(c, gauge_set_json_sources(b->gauges));
	else
		command_fail(c, &why);
}
