/* consoles_at.c - AT transactions of the bench's consoles, and the lock for them. */
#include "bench/consoles_at.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/news.h"

/* ---- AT */

struct transaction { struct command_call *call; struct bench_console *console; };

static json_t *
at_json(const struct bench_console *k, const struct at_result *r)
{
	json_t *o = json_object(), *lines = json_array();

	for (size_t i = 0; i < r->line_count; i++)
		(void)json_array_append_new(lines, json_text(r->lines[i].text, r->lines[i].n));
	json_put_str(o, "console", k->name);
	json_put_str(o, "command", r->command);
	json_put_str(o, "result", r->final);
	json_put_str(o, "code", at_code_word(r->code));
	if (r->number >= 0)
		json_put_int(o, "number", r->number);
	json_put(o, "lines", lines);
	json_put_num(o, "ms", (double)r->ns / 1e6);
	json_put_int(o, "from", (int64_t)r->from);
	json_put_int(o, "end", (int64_t)r->to);
	if (r->why != NULL)
		json_put_str(o, "why", r->why);
	return o;
}

static enum err
at_err(enum at_code code)
{
	switch (code) {
	case AT_TIMEOUT:
		return ERR_TIMEOUT;
	case AT_LOST:
		return ERR_LOST;
	case AT_CANCELLED:
		return ERR_CANCELLED;
	default:
		return ERR_AT;
	}
}

static void
on_at(void *arg, const struct at_result *r)
{
	struct transaction *t = arg;
	json_t *o = at_json(t->console, r);
	struct err_msg why;

	bench_news(t->console->bench, "at", json_incref(o));
	if (at_code_good(r->code) || json_get_bool(t->call->args, "report", false)) {
		command_done(t->call, o);
	} else {
		(void)err_set(&why, at_err(r->code), r->command, NULL, "%s%s%s", r->final,
		    r->final[0] != '\0' && r->why != NULL ? ": " : "",
		    r->why != NULL ? r->why : "");
		json_decref(o);
		command_fail(t->call, &why);
	}
	mem_free(t);
}

static void
cmd_at(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct transaction *t;
	struct err_msg why;

	if (k == NULL)
		return;
	t = mem_zero(1, sizeof *t);
	*t = (struct transaction){ c, k };
	const struct at_request r = {
		.command = json_get_str(c->args, "command", ""),
		.expect = json_get_str(c->args, "expect", NULL),
		.prefix = json_get_str(c->args, "prefix", NULL),
		.prompt = json_get_str(c->args, "prompt", NULL),
		.payload = json_get_str(c->args, "data", NULL),
		.payload_n = strlen(json_get_str(c->args, "data", "")),
		.timeout = (uint64_t)json_get_int(c->args, "timeout", 0),
		.owner = c->client,
		.done = on_at,
		.arg = t,
	};
	if (console_at_send(k->console, &r, &why) == ERR_OK)
		return;
	mem_free(t);
	command_fail(c, &why);
}

static void
cmd_lock(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct err_msg why;

	if (k == NULL)
		return;
	if (c->client == NULL || console_at_lock(k->console, c->client, &why) != ERR_OK) {
		if (c->client == NULL)
			(void)err_set(
			    &why, ERR_USAGE, "at.lock", NULL, "only a client can hold the lock");
		command_fail(c, &why);
		return;
	}
	k->lock = c->client;
	snprintf(
	    k->lock_who, sizeof k->lock_who, "%s", peer_name(((struct client *)c->client)->peer));
	consoles_tell(k);
	command_done(c, NULL);
}

static void
cmd_unlock(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);

	if (k == NULL)
		return;
	if (k->lock == c->client) {
		console_at_unlock(k->console, c->client);
		k->lock = NULL;
		consoles_tell(k);
	}
	command_done(c, NULL);
}

static const struct command_arg name_args[] = { CONSOLES_ARG, { .name = NULL } };
static const struct command_arg at_args[] = {
	{ "command", ARG_WORD, ARG_MUST, NULL, "AT+CSQ" }, CONSOLES_ARG,
	{ "timeout", ARG_DURATION, 0, NULL, "from the last byte sent" },
	{ "expect", ARG_WORD, 0, NULL, "ends it well when a line holds this" },
	{ "prefix", ARG_WORD, 0, NULL, "further lines that belong to the answer" },
	{ "prompt", ARG_WORD, 0, NULL, "send data= when this prompt comes" },
	{ "data", ARG_WORD, 0, NULL, "what to send at the prompt" },
	{ "report", ARG_BOOL, 0, "off", "an error answer is a result too" },
	{ .name = NULL },
};

const struct command bench_at_commands[] = {
	{ "at.send", "one AT command and its answer", at_args, 0, cmd_at },
	{ "at.lock", "keep the console for AT commands of this client", name_args, 0, cmd_lock },
	{ "at.unlock", "give it back", name_args, 0, cmd_unlock },
	{ .name = NULL },
};
