/* consoles_at.c - AT transactions of the bench's consoles, and the lock for them. */
#include "bench/consoles_at.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "bench/at_match.h"
#include "bench/clients.h"
#include "bench/macros.h"
#include "bench/news.h"
#include "sys/time.h"

enum { WAITING_MAX = 64, PAYLOAD_TOLD = 4096 };
static const uint64_t PROGRESS_NS = 200 * NS_PER_MS;

/* One at.send, from the call to its answer. While another client holds the lock it waits. */
struct transaction {
	struct list node;               /* of the waiting ones */
	struct command_call *call;
	struct bench_console *console;
	struct at_match match;
	struct loop_timer *patience;
	char *command, *data;           /* texts of the request that are not the call's */
	size_t data_n;
	uint64_t told;                  /* sys_mono() of the last progress */
	size_t lines;
};

static void
transaction_free(struct transaction *t)
{
	loop_timer_stop(t->patience);
	at_match_fini(&t->match);
	mem_free(t->command);
	mem_free(t->data);
	mem_free(t);
}

/* ---- results */

/* Bytes for people and programs: as text where they are text, always as hex. */
static json_t *
payload_json(const struct at_line *l, size_t after)
{
	const size_t n = l->n < PAYLOAD_TOLD ? l->n : PAYLOAD_TOLD;
	char *hex = mem_zero(1, 2 * n + 1);
	json_t *o = json_object();

	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)l->text[i]);
	json_put_int(o, "after", (int64_t)after);
	json_put_int(o, "n", (int64_t)l->n);
	json_put(o, "text", json_text(l->text, n));
	json_put_str(o, "hex", hex);
	mem_free(hex);
	return o;
}

static void
put_lines(json_t *o, const struct at_result *r)
{
	json_t *lines = json_array(), *payloads = json_array();

	for (size_t i = 0; i < r->line_count; i++) {
		const struct at_line *l = &r->lines[i];

		if ((l->flags & AT_LINE_RAW) != 0)
			(void)json_array_append_new(payloads,
			    payload_json(l, json_array_size(lines)));
		else
			(void)json_array_append_new(lines, json_text(l->text, l->n));
	}
	json_put(o, "lines", lines);
	if (json_array_size(payloads) != 0)
		json_put(o, "payloads", payloads);
	else
		json_decref(payloads);
	if (r->dropped != 0)
		json_put_int(o, "dropped", (int64_t)r->dropped);
}

static json_t *
at_json(const struct bench_console *k, const struct at_result *r)
{
	json_t *o = json_object();

	json_put_str(o, "console", k->name);
	json_put_str(o, "command", r->command);
	json_put_str(o, "result", r->final);
	json_put_str(o, "code", at_code_word(r->code));
	if (r->number >= 0)
		json_put_int(o, "number", r->number);
	if (r->meaning != NULL)
		json_put_str(o, "meaning", r->meaning);
	put_lines(o, r);
	json_put_num(o, "ms", (double)r->ns / 1e6);
	json_put_int(o, "from", (int64_t)r->from);
	json_put_int(o, "end", (int64_t)r->to);
	if (r->why[0] != '\0')
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
refuse(struct command_call *c, const struct at_result *r)
{
	const char *said = r->meaning != NULL ? r->meaning : r->why;
	struct err_msg why;

	(void)err_set(&why, at_err(r->code), r->command,
	    r->code == AT_PROMPT ? "give the data: data=, or --data FILE" : NULL, "%s%s%s",
	    r->final, r->final[0] != '\0' && said[0] != '\0' ? ": " : "", said);
	command_fail(c, &why);
}

/* What a script or plugin asks for is no news for who sits there: a gauge asks each second. */
static void
name_script(json_t *o, const struct client *who)
{
	if (who != NULL && strcmp(peer_role(who->peer), "script") == 0)
		json_put_str(o, "by", peer_name(who->peer));
}

static void
on_at(void *arg, const struct at_result *r)
{
	struct transaction *t = arg;
	json_t *o = at_json(t->console, r);
	const char *run = json_get_str(t->call->args, "run", NULL);

	if (r->matched >= 0)
		json_put(o, "captures", at_match_captures(&t->match,
		    r->lines[r->matched].text, r->lines[r->matched].n));
	if (run != NULL)
		json_put_str(o, "run", run);
	name_script(o, t->call->client);
	macros_heard(t->console->bench, o, t->call->client);
	bench_news(t->console->bench, "at", json_incref(o));
	if (at_code_good(r->code) || json_get_bool(t->call->args, "report", false)) {
		command_done(t->call, o);
	} else {
		json_decref(o);
		refuse(t->call, r);
	}
	transaction_free(t);
}

/* ---- progress */

static void
on_begun(void *arg, uint64_t timeout)
{
	struct transaction *t = arg;
	json_t *o = json_object();

	json_put_str(o, "console", t->console->name);
	json_put_str(o, "command", t->command);
	json_put_int(o, "timeout_ms", (int64_t)(timeout / NS_PER_MS));
	name_script(o, t->call->client);
	clients_event(t->console->bench, "at.begin", o);
	json_decref(o);
}

static void
on_line(void *arg, const struct at_line *l)
{
	struct transaction *t = arg;
	json_t *o;

	t->lines++;
	if (sys_mono() - t->told < PROGRESS_NS)
		return;
	t->told = sys_mono();
	o = json_object();
	json_put_str(o, "console", t->console->name);
	json_put_str(o, "command", t->command);
	json_put_int(o, "lines", (int64_t)t->lines);
	json_put(o, "last", json_text(l->text, l->n < 200 ? l->n : 200));
	name_script(o, t->call->client);
	clients_event(t->console->bench, "at.progress", o);
	json_decref(o);
}

static bool
on_match(void *arg, const char *line, size_t n)
{
	const struct transaction *t = arg;

	return at_match_line(&t->match, line, n);
}

void
consoles_at_heard(struct bench_console *k, const struct at_result *r)
{
	json_t *o;

	if (r->code == AT_TIMEOUT || r->code == AT_CANCELLED || r->code == AT_LOST)
		return;
	o = at_json(k, r);
	json_put_bool(o, "typed", true);
	macros_heard(k->bench, o, NULL);
	bench_news(k->bench, "at", o);
}

/* ---- sending */

/* The whole command is one line; what follows a CR in it is the data for its prompt. */
static void
cut_command(struct transaction *t)
{
	char *cr = strchr(t->command, '\r');

	if (cr == NULL || cr[1] == '\0' || t->data != NULL)
		return;
	t->data = mem_str(cr + 1);
	t->data_n = strlen(t->data);
	if (t->data[t->data_n - 1] == 26)       /* Ctrl-Z: the engine adds it */
		t->data_n--;
	*cr = '\0';
}

static enum err
unhex(struct transaction *t, const char *hex, struct err_msg *why)
{
	const size_t n = strlen(hex) / 2;
	uint64_t v;

	t->data = mem_zero(1, n + 1);
	for (; t->data_n < n && slice_hex(slice_make(hex + 2 * t->data_n, 2), &v); t->data_n++)
		t->data[t->data_n] = (char)v;
	if (2 * t->data_n == strlen(hex))
		return ERR_OK;
	return err_set(why, ERR_USAGE, "hex", NULL, "pairs of hex digits are needed");
}

static enum err
prepare(struct transaction *t, struct err_msg *why)
{
	const json_t *args = t->call->args, *data = json_object_get(args, "data");
	const char *hex = json_get_str(args, "hex", NULL);
	enum err e = at_match_init(&t->match, json_get_str(args, "match", NULL), why);

	t->command = mem_str(json_get_str(args, "command", ""));
	if (e == ERR_OK && hex != NULL)
		return unhex(t, hex, why);
	if (json_is_string(data)) {
		t->data_n = json_string_length(data);
		t->data = mem_strn(json_string_value(data), t->data_n);
	}
	cut_command(t);
	return e;
}

static enum err
submit(struct transaction *t, struct err_msg *why)
{
	const json_t *args = t->call->args;
	const char *eol = json_get_str(args, "eol", NULL);
	const struct at_request r = {
		.command = t->command,
		.expect = json_get_str(args, "expect", NULL),
		.match = t->match.p != NULL ? on_match : NULL,
		.prefix = json_get_str(args, "prefix", NULL),
		.good = json_get_str(args, "good", NULL),
		.bad = json_get_str(args, "bad", NULL),
		.prompt = json_get_str(args, "prompt", NULL),
		.payload = t->data,
		.payload_n = t->data_n,
		.payload_raw = json_get_bool(args, "raw", false),
		.eol = eol == NULL ? NULL : strcmp(eol, "none") == 0 ? "" : consoles_eol(eol),
		.timeout = (uint64_t)json_get_int(args, "timeout", 0),
		.silence = (uint64_t)json_get_int(args, "silence", 0),
		.idle = (uint64_t)json_get_int(args, "idle", 0),
		.owner = t->call->client,
		.done = on_at,
		.begun = on_begun,
		.line = on_line,
		.arg = t,
	};

	return console_at_send(t->console->console, &r, why);
}

static void
give_up(struct transaction *t, const struct err_msg *why)
{
	struct command_call *c = t->call;

	transaction_free(t);
	command_fail(c, why);
}

static void
on_impatient(void *arg)
{
	struct transaction *t = arg;
	struct err_msg why;

	t->patience = NULL;
	list_del(&t->node);
	(void)err_set(&why, ERR_BUSY, t->command, "wait, or at.unlock",
	    "%s holds the console for AT commands", t->console->lock_who);
	give_up(t, &why);
}

static bool
locked_by_other(const struct bench_console *k, const void *client)
{
	return k->lock != NULL && k->lock != client;
}

void
consoles_at_freed(struct bench_console *k)
{
	LIST_EACH_SAFE(n, &k->waiting) {
		struct transaction *t = LIST_ENTRY(n, struct transaction, node);
		struct err_msg why;

		if (locked_by_other(k, t->call->client))
			continue;
		list_del(n);
		loop_timer_stop(t->patience);
		t->patience = NULL;
		if (submit(t, &why) != ERR_OK)
			give_up(t, &why);
	}
}

static enum err
wait_for_lock(struct transaction *t, struct err_msg *why)
{
	const uint64_t patience = (uint64_t)json_get_int(t->call->args, "wait", 0);
	size_t n = 0;

	LIST_EACH(it, &t->console->waiting)
		n++;
	if (patience == 0 || n >= WAITING_MAX)
		return err_set(why, ERR_BUSY, t->command, "wait, or at.unlock",
		    "%s holds the console for AT commands", t->console->lock_who);
	list_add_tail(&t->console->waiting, &t->node);
	t->patience =
	    loop_timer_start(t->console->bench->loop, patience, 0, on_impatient, t);
	return ERR_OK;
}

static void
cmd_at(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct transaction *t;
	struct err_msg why;
	enum err e;

	if (k == NULL)
		return;
	t = mem_zero(1, sizeof *t);
	t->call = c;
	t->console = k;
	list_init(&t->node);
	e = prepare(t, &why);
	if (e == ERR_OK)
		e = locked_by_other(k, c->client) ? wait_for_lock(t, &why) : submit(t, &why);
	if (e != ERR_OK)
		give_up(t, &why);
}

static void
cmd_cancel(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);

	if (k == NULL)
		return;
	console_at_cancel(k->console, c->client);
	command_done(c, NULL);
}

/* ---- the lock */

static void
release(struct bench_console *k)
{
	console_at_unlock(k->console, k->lock);
	k->lock = NULL;
	loop_timer_stop(k->lock_timer);
	k->lock_timer = NULL;
	consoles_tell(k);
	consoles_at_freed(k);
}

static void
on_lock_over(void *arg)
{
	struct bench_console *k = arg;

	k->lock_timer = NULL;
	bench_notice(k->bench, "warn", k->name, NULL,
	    "the AT lock of %s was taken back: its time is over", k->lock_who);
	release(k);
}

void
consoles_at_gone(struct bench_console *k, const void *client)
{
	console_at_cancel(k->console, client);
	LIST_EACH_SAFE(n, &k->waiting) {
		struct transaction *t = LIST_ENTRY(n, struct transaction, node);
		struct err_msg why;

		if (t->call->client != client)
			continue;
		list_del(n);
		(void)err_set(&why, ERR_CANCELLED, t->command, NULL, "its client is gone");
		give_up(t, &why);
	}
	if (k->lock == client)
		release(k);
}

void
consoles_at_end(struct bench_console *k)
{
	struct err_msg why;

	loop_timer_stop(k->lock_timer);
	(void)err_set(&why, ERR_LOST, k->name, NULL, "the console is being closed");
	while (!list_empty(&k->waiting)) {
		struct transaction *t = LIST_ENTRY(k->waiting.next, struct transaction, node);

		list_del(&t->node);
		give_up(t, &why);
	}
}

static void
cmd_lock(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const uint64_t limit = (uint64_t)json_get_int(c->args, "for", 0);
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
	loop_timer_stop(k->lock_timer);
	k->lock_timer = loop_timer_start(k->bench->loop, limit, 0, on_lock_over, k);
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
	if (k->lock != NULL && k->lock == c->client)
		release(k);
	command_done(c, NULL);
}

static const struct command_arg name_args[] = { CONSOLES_ARG, { .name = NULL } };
static const struct command_arg lock_args[] = {
	CONSOLES_ARG,
	{ "for", ARG_DURATION, 0, "60s", "how long at most" },
	{ .name = NULL },
};
static const struct command_arg at_args[] = {
	{ "command", ARG_WORD, ARG_MUST, NULL, "AT+CSQ; text behind \\r in it answers its prompt" },
	CONSOLES_ARG,
	{ "timeout", ARG_DURATION, 0, NULL, "from the last byte sent" },
	{ "silence", ARG_DURATION, 0, NULL, "give up after so long without a byte" },
	{ "expect", ARG_WORD, 0, NULL, "good only when a line holds this" },
	{ "match", ARG_WORD, 0, NULL, "the same with a regular expression; (?<name>...) is kept" },
	{ "prefix", ARG_WORD, 0, NULL, "further lines that belong to the answer" },
	{ "good", ARG_WORD, 0, NULL, "further lines that end it well: DONE|READY*" },
	{ "bad", ARG_WORD, 0, NULL, "further lines that end it badly" },
	{ "prompt", ARG_WORD, 0, NULL, "send data= when this prompt comes" },
	{ "data", ARG_WORD, 0, NULL, "what to send at the prompt" },
	{ "hex", ARG_WORD, 0, NULL, "the same as hex digits" },
	{ "raw", ARG_BOOL, 0, "off", "data= without Ctrl-Z behind it" },
	{ "eol", ARG_WORD, 0, NULL, "cr lf crlf none: what ends the command" },
	{ "idle", ARG_DURATION, 0, NULL, "it ends no line: silence for so long does" },
	{ "wait", ARG_DURATION, 0, "10s", "how long to wait while another holds the lock" },
	{ "run", ARG_WORD, 0, NULL, "the macro run it belongs to" },
	{ "report", ARG_BOOL, 0, "off", "an error answer is a result too" },
	{ .name = NULL },
};

const struct command bench_at_commands[] = {
	{ "at.send", "one AT command and its answer", at_args, 0, cmd_at },
	{ "at.cancel", "take back the AT commands of this client", name_args, 0, cmd_cancel },
	{ "at.lock", "keep the console for AT commands of this client", lock_args, 0, cmd_lock },
	{ "at.unlock", "give it back", name_args, 0, cmd_unlock },
	{ .name = NULL },
};
