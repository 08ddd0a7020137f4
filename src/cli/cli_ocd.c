/* cli_ocd.c - `vise ocd` and its verbs. */
#include "cli/cli_ocd.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "cli/about.h"
#include "cli/args.h"
#include "cli/cli_console.h"
#include "cli/cli_worker.h"
#include "cli/door.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "proto/dial.h"
#include "text/ocd_svd_text.h"
#include "text/ocd_text.h"

struct ocd_call {
	struct cli_call *c;
	struct door door;
	const char *board, *port, *host, *elf, *svd, *width, *count, *every, *addr, *size, *channel;
	struct args_sets sets;
	bool all, write, effects, no_server, started;       /* started: by us, and ended by us */
};

struct verb {
	const char *name;
	size_t min, max, rest;          /* words; those from `rest` on are one list */
	bool asks;                      /* it changes the board: to name it is to mean it */
	void (*text)(struct buf *out, const json_t *o);
	int (*run)(struct ocd_call *o, const struct verb *v);   /* NULL: one command's answer */
	const char *usage, *help;
};

static int run_live(struct ocd_call *o, const struct verb *v);
static int run_rtt(struct ocd_call *o, const struct verb *v);
static int run_svd(struct ocd_call *o, const struct verb *v);
static int run_start(struct ocd_call *o, const struct verb *v);

static const struct verb verbs[] = {
	{ "start", 0, 0, 9, false, ocd_text_state, run_start, "",
	    "start the board's OpenOCD in a bench that stays, or take one that runs there" },
	{ "stop", 0, 0, 9, false, ocd_text_nothing, NULL, "", "end it" },
	{ "state", 0, 0, 9, false, ocd_text_state, NULL, "", "which OpenOCD the bench has" },
	{ "targets", 0, 1, 9, false, ocd_text_targets, NULL, "[NAME]",
	    "its cores; NAME is worked with from now on" },
	{ "halt", 0, 0, 9, true, ocd_text_moved, NULL, "", "stop the core" },
	{ "resume", 0, 1, 9, false, ocd_text_moved, NULL, "[ADDR]", "let it run" },
	{ "step", 0, 1, 9, false, ocd_text_moved, NULL, "[N]", "execute single instructions" },
	{ "reset", 0, 1, 9, true, ocd_text_moved, NULL, "[run|halt|init]", "reset the core" },
	{ "regs", 0, ARGS_MANY, 0, false, ocd_text_registers, NULL,
	    "[--all] [--svd FILE] [--effects] [NAME...]",
	    "core registers, or those of peripherals with their fields" },
	{ "svd", 0, ARGS_MANY, 0, false, ocd_text_svd, run_svd, "[--svd FILE] [NAME...]",
	    "the chip's peripherals, registers and fields; nothing is read" },
	{ "set", 2, 2, 9, true, ocd_text_nothing, NULL, "REGISTER VALUE", "write a core register" },
	{ "read", 1, 2, 9, false, ocd_text_memory, NULL,
	    "ADDR|VARIABLE|REGISTER [COUNT] [--width N] [--effects]",
	    "read memory, also while the core runs" },
	{ "write", 2, ARGS_MANY, 1, true, ocd_text_nothing, NULL,
	    "ADDR|VARIABLE|REGISTER VALUE... [--width N]", "write memory" },
	{ "faults", 0, 0, 9, false, ocd_text_faults, NULL, "",
	    "why a Cortex-M stopped or faulted, in words" },
	{ "audit", 0, 0, 9, false, ocd_text_audit, NULL, "[--write]",
	    "which debug registers it has; --write tries which bits stay, and puts them back" },
	{ "vectors", 0, 1, 9, false, ocd_text_vectors, NULL, "[COUNT]", "the vector table" },
	{ "watch", 1, ARGS_MANY, 0, false, ocd_text_live, run_live,
	    "VARIABLE... [--every T] [--count N]", "variables of the program while it runs" },
	{ "rtt", 0, 0, 9, false, ocd_text_nothing, run_rtt, "[--addr A] [--size N] [--channel N]",
	    "RTT as a plain console, both ways" },
	{ "tcl", 1, ARGS_MANY, 0, true, ocd_text_log, NULL, "COMMAND...",
	    "commands of OpenOCD itself" },
};

static int
usage(void)
{
	about_text("usage: vise ocd VERB [-p BOARD [--set K=V]... | --port N [--host H]] "
	    "[--elf FILE] [--svd FILE] ...\n\n");
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		about_verb("ocd", verbs[i].name, verbs[i].usage, verbs[i].help);
	about_text("\n-p BOARD starts the board's OpenOCD for the verb, unless a bench has it; "
	    "--port N takes one that runs.\nAll know --json; man vise-ocd\n");
	return say_end(NULL, ERR_OK, NULL);
}

/* ---- the OpenOCD */

static enum err
ask(struct ocd_call *o, const struct buf *line, json_t **result, struct err_msg *why)
{
	return client_line(o->door.client, buf_str(line), 60 * NS_PER_S, result, why);
}

/* In the bench: taken, or started. */
static enum err
connect(struct ocd_call *o, struct err_msg *why)
{
	struct buf line;
	json_t *state = NULL;
	enum err e;
	bool open;

	buf_init(&line, LIMIT_COMMAND_LINE);
	(void)buf_add_str(&line, "ocd.state");
	e = ask(o, &line, &state, why);
	open = json_get_bool(state, "open", false);
	json_decref(state);
	buf_clear(&line);
	if (e != ERR_OK || open) {
		buf_fini(&line);
		return e;
	}
	if (o->port != NULL) {
		(void)buf_add_str(&line, "ocd.attach");
		door_add(&line, "port", o->port);
		if (o->host != NULL)
			door_add(&line, "host", o->host);
	} else if (o->board != NULL) {
		(void)buf_add_str(&line, "ocd.start");
		door_add(&line, "board", o->board);
		if (o->sets.n != 0)
			(void)buf_add_str(&line, " --");
		for (size_t i = 0; i < o->sets.n; i++)
			door_add(&line, NULL, o->sets.v[i]);
	}
	if (line.len != 0)
		e = ask(o, &line, NULL, why);
	o->started = e == ERR_OK && line.len != 0;
	buf_fini(&line);
	return e;
}

static enum err
name_elf(struct ocd_call *o, struct err_msg *why)
{
	char file[PATH_MAX];
	struct buf line;
	enum err e;

	if (o->elf == NULL)
		return ERR_OK;
	if (realpath(o->elf, file) == NULL)
		return err_set(why, ERR_NOENT, o->elf, NULL, "no such file");
	buf_init(&line, LIMIT_COMMAND_LINE);
	(void)buf_add_str(&line, "decode.elf");
	door_add(&line, NULL, file);
	e = ask(o, &line, NULL, why);
	buf_fini(&line);
	return e;
}

/* The chip's register file: taken by the bench from now on. */
static enum err
name_svd(struct ocd_call *o, struct err_msg *why)
{
	char file[PATH_MAX];
	struct buf line;
	enum err e;

	if (o->svd == NULL)
		return ERR_OK;
	if (realpath(o->svd, file) == NULL)
		return err_set(why, ERR_NOENT, o->svd, NULL, "no such SVD file");
	buf_init(&line, LIMIT_COMMAND_LINE);
	(void)buf_add_str(&line, "ocd.svd");
	door_add(&line, "file", file);
	e = ask(o, &line, NULL, why);
	buf_fini(&line);
	return e;
}

static enum err
come(struct ocd_call *o, struct err_msg *why)
{
	enum err e;

	if (o->board != NULL && o->c->bench == NULL && !plugins_have("board", o->board))
		return plugins_missing("board", o->board, why);
	if (o->port != NULL && o->c->bench == NULL)
		e = door_new(&o->door, why);
	else
		e = door_open(&o->door, o->c->bench, o->board, o->board != NULL, why);
	if (e == ERR_NOENT && o->board == NULL)
		(void)err_set(why, e, "ocd",
		    "-p BOARD starts its OpenOCD, --port N takes one that runs", "no bench runs");
	if (e == ERR_OK && !o->no_server)
		e = connect(o, why);
	if (e == ERR_OK)
		e = name_elf(o, why);
	return e == ERR_OK ? name_svd(o, why) : e;
}

/* What we started ends with us. */
static void
leave(struct ocd_call *o)
{
	if (o->door.client != NULL && o->started) {
		client_resume(o->door.client);
		(void)client_line(o->door.client, "ocd.stop", 5 * NS_PER_S, NULL, NULL);
	}
	door_close(&o->door);
}

static void
say_lines(const struct verb *v, const json_t *result)
{
	struct buf out;

	buf_init(&out, 64 << 20);
	v->text(&out, result);
	say_text(stdout, buf_str(&out), out.len);
	buf_fini(&out);
}

/* ---- one verb */

static void
add_option(struct buf *line, const char *key, const char *value)
{
	if (value != NULL)
		door_add(line, key, value);
}

static void
line_of(const struct ocd_call *o, const struct verb *v, struct buf *line)
{
	const struct cli_call *c = o->c;
	size_t i = 0;

	(void)buf_add_fmt(line, "ocd.%s", v->name);
	for (; i < c->words && i < v->rest; i++)
		door_add(line, NULL, c->word[i]);
	if (v->asks)
		(void)buf_add_str(line, " confirm=on");
	add_option(line, "width", o->width);
	add_option(line, "addr", o->addr);
	add_option(line, "size", o->size);
	add_option(line, "channel", o->channel);
	add_option(line, "every", o->every);
	if (o->all)
		(void)buf_add_str(line, " all=on");
	if (o->write)
		(void)buf_add_str(line, " write=on");
	if (o->effects)
		(void)buf_add_str(line, " effects=on");
	if (i < c->words || c->rests != 0)
		(void)buf_add_str(line, " --");
	for (; i < c->words; i++)
		door_add(line, NULL, c->word[i]);
	for (i = 0; i < c->rests; i++)
		door_add(line, NULL, c->rest[i]);
}

static enum err
answer(struct ocd_call *o, const struct verb *v, json_t **result, struct err_msg *why)
{
	struct buf line;
	enum err e;

	buf_init(&line, LIMIT_COMMAND_LINE);
	line_of(o, v, &line);
	e = ask(o, &line, result, why);
	buf_fini(&line);
	return e;
}

static int
run_one(struct ocd_call *o, const struct verb *v)
{
	json_t *result = NULL;
	struct err_msg why;
	enum err e = come(o, &why);

	if (e == ERR_OK)
		e = answer(o, v, &result, &why);
	if (e == ERR_OK && o->c->json)
		say_json(result);
	else if (e == ERR_OK)
		say_lines(v, result);
	json_decref(result);
	leave(o);
	return say_end(o->c, e, &why);
}

/* Nothing is left of a start that failed. */
static void
take_back(struct ocd_call *o, enum err e)
{
	if (e != ERR_OK && o->door.client != NULL)
		(void)client_line(o->door.client, "bench.stop confirm=on", 5 * NS_PER_S, NULL,
		    NULL);
}

static void
say_state(struct ocd_call *o, const struct verb *v, const json_t *state)
{
	if (o->c->json) {
		say_json(state);
		return;
	}
	say_lines(v, state);
	printf("in the bench %s\n", o->door.bench);
}

/* A bench that stays, with its name to go on with. */
static int
run_start(struct ocd_call *o, const struct verb *v)
{
	const char *extra[] = { "--target", o->board, NULL };
	char name[DOOR_NAME_MAX], had[DOOR_NAME_MAX], console[DOOR_NAME_MAX];
	struct err_msg why;
	uint32_t stream;
	bool fresh = false;
	enum err e = ERR_OK;

	if (o->board == NULL && o->port == NULL)
		e = err_set(&why, ERR_USAGE, "ocd start", NULL, "say -p BOARD or --port N");
	if (e == ERR_OK && o->c->bench == NULL &&
	    (o->board == NULL || !door_find(o->board, had, console, &stream))) {
		e = dial_start(NULL, -1, o->board != NULL ? extra : extra + 2, name, sizeof name,
		    &why);
		o->c->bench = name;
		fresh = e == ERR_OK;
	}
	if (e == ERR_OK)
		e = come(o, &why);
	if (fresh)
		take_back(o, e);
	if (e == ERR_OK) {
		json_t *state = NULL;

		o->started = false;
		e = client_line(o->door.client, "ocd.state", 5 * NS_PER_S, &state, &why);
		if (e == ERR_OK)
			say_state(o, v, state);
		json_decref(state);
	}
	leave(o);
	return say_end(o->c, e, &why);
}

/* ---- the SVD file: one that is named needs neither a bench nor a board */

static int
run_svd(struct ocd_call *o, const struct verb *v)
{
	const struct cli_call *c = o->c;
	json_t *result = NULL, *names;
	char file[PATH_MAX];
	struct err_msg why;
	enum err e;

	o->no_server = true;            /* no probe is needed to look into a file */
	if (o->svd == NULL || o->board != NULL || o->port != NULL || c->bench != NULL)
		return run_one(o, v);
	if (realpath(o->svd, file) == NULL)
		return say_end(c, err_set(&why, ERR_NOENT, o->svd, NULL, "no such SVD file"), &why);
	names = json_array();
	for (size_t i = 0; i < c->words; i++)
		(void)json_array_append_new(names, json_text(c->word[i], strlen(c->word[i])));
	e = cli_worker_call("svd.show", c->words != 0 ? json_pack("{s:s,s:b,s:O}", "path", file,
	    "words", true, "names", names) : json_pack("{s:s}", "path", file), NULL,
	    60 * NS_PER_S, &result, &why);
	json_decref(names);
	if (e == ERR_OK && json_array_size(json_object_get(result, "missing")) != 0)
		e = err_set(&why, ERR_NOENT, json_string_value(json_array_get(
		    json_object_get(result, "missing"), 0)), "vise ocd svd names what there is",
		    "no such peripheral, register or field in %s", file);
	if (e == ERR_OK && c->json)
		say_json(result);
	else if (e == ERR_OK)
		say_lines(v, result);
	json_decref(result);
	return say_end(c, e, &why);
}

/* ---- live variables */

struct live { struct ocd_call *o; uint64_t left; bool endless, done; struct err_msg why; };

static const struct verb live_lines = { .text = ocd_text_live };

static void
on_event(void *arg, const char *type, const json_t *body)
{
	struct live *l = arg;
	const json_t *ocd = json_object_get(body, "ocd");

	if (strcmp(type, "ocd") == 0 && !json_get_bool(ocd, "open", true)) {
		if (json_to_err(json_object_get(ocd, "why"), &l->why) != ERR_OK)
			(void)err_set(&l->why, ERR_LOST, "openocd", NULL, "it has ended");
		l->done = true;
	}
	if (strcmp(type, "ocd.live") != 0 || l->done)
		return;
	if (l->o->c->json)
		say_json(body);
	else
		say_lines(&live_lines, body);
	(void)fflush(stdout);
	l->done = !l->endless && --l->left == 0;
}

static int
run_live(struct ocd_call *o, const struct verb *v)
{
	static const struct client_ops ops = { .event = on_event };
	struct live l = { .o = o, .endless = o->count == NULL, .why = { .code = ERR_OK } };
	struct err_msg why;
	enum err e = ERR_OK;

	if (o->count != NULL &&
	    (!slice_u64(slice_of(o->count), UINT32_MAX, &l.left) || l.left == 0))
		e = err_set(&why, ERR_USAGE, o->count, NULL, "--count is a number from 1");
	o->count = NULL;
	if (e == ERR_OK)
		e = come(o, &why);
	if (e == ERR_OK)
		client_listen(o->door.client, &ops, &l);
	if (e == ERR_OK)
		e = answer(o, v, NULL, &why);
	if (e == ERR_OK)
		e = client_wait(o->door.client, &l.done, 0, &why);
	if (e == ERR_OK && l.why.code != ERR_OK) {
		e = l.why.code;
		why = l.why;
	}
	if (o->door.client != NULL)
		client_listen(o->door.client, NULL, NULL);
	leave(o);
	return say_end(o->c, e, &why);
}

/* ---- RTT: the console that the bench has opened, as `vise console` shows one */

static int
run_rtt(struct ocd_call *o, const struct verb *v)
{
	json_t *rtt = NULL, *state = NULL;
	char spec[100], word[] = "console", past[] = "--past",
		*argv[] = { word, past, spec, NULL };
	struct cli_call inner = { .hooks = o->c->hooks, .commands = o->c->commands,
		.name = "console", .argc = 3, .argv = argv };
	struct err_msg why;
	int status;
	enum err e = come(o, &why);

	if (e == ERR_OK)
		e = client_line(o->door.client, "ocd.state", 5 * NS_PER_S, &state, &why);
	if (e == ERR_OK && json_object_get(state, "rtt") != NULL)
		rtt = json_incref(json_object_get(state, "rtt"));
	else if (e == ERR_OK)
		e = answer(o, v, &rtt, &why);
	if (e != ERR_OK) {
		json_decref(state);
		leave(o);
		return say_end(o->c, e, &why);
	}
	snprintf(spec, sizeof spec, "rtt:%.50s:%lld", json_get_str(state, "host", "127.0.0.1"),
	    (long long)json_get_int(rtt, "port", 0));
	if (!o->c->json)
		fprintf(stderr, "vise: RTT channel %lld at %s\n",
		    (long long)json_get_int(rtt, "channel", 0), json_get_str(rtt, "address", "?"));
	inner.bench = o->door.bench;
	inner.json = o->c->json;
	status = cli_console(&inner);
	json_decref(rtt);
	json_decref(state);
	leave(o);
	return status;
}

static int
run(struct cli_call *c, const struct verb *v)
{
	struct ocd_call o = { .c = c };
	const struct args_option options[] = {
		{ "-p", ARGS_TEXT, &o.board }, { "--board", ARGS_TEXT, &o.board },
		{ "--set", ARGS_SET, &o.sets }, { "--port", ARGS_COUNT, &o.port },
		{ "--host", ARGS_TEXT, &o.host }, { "--elf", ARGS_TEXT, &o.elf },
		{ "--svd", ARGS_TEXT, &o.svd }, { "--effects", ARGS_FLAG, &o.effects },
		{ "--width", ARGS_COUNT, &o.width }, { "--count", ARGS_COUNT, &o.count },
		{ "--every", ARGS_SPAN, &o.every }, { "--addr", ARGS_TEXT, &o.addr },
		{ "--size", ARGS_TEXT, &o.size }, { "--channel", ARGS_TEXT, &o.channel },
		{ "--all", ARGS_FLAG, &o.all }, { "--write", ARGS_FLAG, &o.write },
		{ NULL, ARGS_FLAG, NULL },
	};
	struct err_msg why;

	if (args_parse(c, options, 0, v->max, &why) != ERR_OK)
		return say_end(c, why.code, &why);
	if (c->words + c->rests < v->min)
		return say_end(c, err_set(&why, ERR_USAGE, c->name, "vise ocd --help",
		    "usage: vise ocd %s %s", v->name, v->usage), &why);
	return v->run != NULL ? v->run(&o, v) : run_one(&o, v);
}

int
cli_ocd(struct cli_call *c)
{
	const char *name = c->argc > 1 ? c->argv[1] : "";
	struct err_msg why;

	if (args_want_help(c))
		return usage();
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(name, verbs[i].name) == 0) {
			c->argc--;
			c->argv++;
			return run(c, &verbs[i]);
		}
	return say_end(c, verbs_refuse("ocd", name, &verbs[0].name, sizeof *verbs,
	    sizeof verbs / sizeof *verbs, &why), &why);
}
