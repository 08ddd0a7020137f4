/* consoles.c - the bench's consoles: the list, what is told of them, typing. */
#include "bench/consoles.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/clients.h"
#include "bench/news.h"
#include "console/console.h"
#include "sys/time.h"

enum { TIMES_TOLD = 2000 };

static json_t *
times_json(const struct bench_console *k)
{
	const struct times *x = console_times(k->console);
	const struct ring *r = console_ring(k->console);
	const uint64_t end = r->end,
		       from = end > LIMIT_SNAPSHOT_BYTES ? end - LIMIT_SNAPSHOT_BYTES : 0;
	json_t *list = json_array();
	size_t i = times_find(x, from);

	if (i == x->n)
		i = 0;
	if (x->n - i > TIMES_TOLD)
		i = x->n - TIMES_TOLD;
	for (; i < x->n; i++)
		(void)json_array_append_new(list, json_pack("[I,I]", (json_int_t)x->v[i].offset,
		    (json_int_t)bench_time(k->bench, x->v[i].t)));
	return list;
}

static json_t *
lock_json(const struct bench_console *k)
{
	json_t *o;

	if (k->lock == NULL)
		return NULL;
	o = json_object();
	json_put_str(o, "who", k->lock_who);
	json_put_str(o, "what", "AT");
	return o;
}

json_t *
consoles_row(const struct bench_console *k, bool with_times)
{
	const struct console *c = k->console;
	const struct err_msg *why = console_why(c);
	char settings[32], text[ERR_WHY_MAX + 400];
	json_t *o = json_object();

	console_settings_text(c, settings, sizeof settings);
	json_put_int(o, "id", k->stream);
	json_put_int(o, "stream", k->stream);
	json_put_str(o, "name", k->name);
	json_put_str(o, "spec", console_spec(c));
	json_put_str(o, "device", console_device(c));
	json_put_str(o, "scheme", console_scheme(c));
	json_put_str(o, "state", k->closing ? "closed" : k->lent_to != NULL ? "lent" :
	    console_state_word(console_state(c)));
	if (why != NULL) {
		err_format(why, text, sizeof text);
		json_put_str(o, "why", text);
		json_put_str(o, "cause", why->why);     /* without the name and the next step */
		json_put_str(o, "code", err_word(why->code));
		json_put_str(o, "next", why->next);
	}
	json_put_int(o, "baud", console_settings(c)->baud);
	json_put_str(o, "settings", settings);
	json_put_int(o, "rx", (int64_t)console_rx(c));
	json_put_int(o, "tx", (int64_t)console_tx(c));
	json_put_int(o, "first", (int64_t)ring_first(console_ring(c)));
	json_put_int(o, "end", (int64_t)console_ring(c)->end);
	json_put_str(o, "profile", k->profile);
	if (k->lent_to != NULL)
		json_put(o, "lent", json_pack("{s:s,s:I}", "to", k->lent_to, "job",
		    (json_int_t)k->lent_job));
	json_put(o, "lock", lock_json(k));
	json_put_str(o, "log", k->raw_path);
	json_put_int(o, "log_lost", (int64_t)console_log_lost(c));
	json_put_str(o, "map", console_map(c)->text);
	for (const struct console_part *p = k->bench->ops->console_parts; p->key != NULL; p++)
		json_put(o, p->key, p->make(k));
	if (with_times) {
		json_put(o, "times", times_json(k));
		json_put(o, "marks", json_incref(k->marks));
	}
	return o;
}

void
consoles_tell(struct bench_console *k)
{
	bench_news(k->bench, "console", json_pack("{s:o}", "console", consoles_row(k, false)));
}

/* ---- life */

json_t *
consoles_json(const struct bench *b, bool with_times)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->consoles)
		(void)json_array_append_new(list, consoles_row(consoles_entry(n), with_times));
	return list;
}

bool
consoles_busy(const struct bench *b)
{
	LIST_EACH(n, &b->consoles)
		if (console_state(consoles_entry(n)->console) == CONSOLE_OPEN)
			return true;
	return false;
}

static uint64_t
time_of(void *owner, uint64_t offset)
{
	const struct bench_console *k = owner;

	return bench_time(k->bench, times_at(console_times(k->console), offset, sys_mono()));
}

static bool
hidden(void *owner, uint64_t at, uint64_t *from, uint64_t *to)
{
	return console_hidden(((struct bench_console *)owner)->console, at, from, to);
}

bool
consoles_stream_at(struct list *node, struct stream *out)
{
	struct bench_console *k = consoles_entry(node);

	*out = (struct stream){ k->stream, console_ring(k->console), time_of, k, hidden };
	return true;
}

static struct bench_console *
by_stream(const struct bench *b, uint32_t id)
{
	LIST_EACH(n, &b->consoles)
		if (consoles_entry(n)->stream == id)
			return consoles_entry(n);
	return NULL;
}

bool
consoles_stream(struct bench *b, uint32_t id, struct stream *out)
{
	struct bench_console *k = by_stream(b, id);

	return k != NULL && consoles_stream_at(&k->node, out);
}

bool
consoles_input(struct bench *b, struct client *c, uint32_t stream, const char *p, size_t n)
{
	struct bench_console *k = by_stream(b, stream);
	struct err_msg why;

	if (k == NULL)
		return false;
	if (console_type(k->console, p, n, true, NULL, c, &why) == ERR_OK)
		return true;
	if (sys_mono() - k->refused > 2 * NS_PER_S) {   /* one notice for a burst of keys */
		k->refused = sys_mono();
		bench_notice(b, "warn", k->name, why.next, "typed keys were not sent: %s", why.why);
	}
	return false;
}

/* ---- commands */

struct bench_console *
consoles_of(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *name = json_get_str(c->args, "console", "");
	struct err_msg why;

	LIST_EACH(n, &b->consoles)
		if (name[0] == '\0' || strcmp(consoles_entry(n)->name, name) == 0)
			return consoles_entry(n);
	if (name[0] != '\0')
		(void)err_set(
		    &why, ERR_NOENT, name, "console.list names them", "no console of this name");
	else
		(void)err_set(
		    &why, ERR_NOENT, "console", "open one: console.open PORT", "none is open");
	command_fail(c, &why);
	return NULL;
}

void
consoles_finish(struct command_call *c, enum err e, const struct err_msg *why)
{
	if (e == ERR_OK)
		command_done(c, NULL);
	else
		command_fail(c, why);
}

const char *
consoles_eol(const char *word)
{
	return strcmp(word, "lf") == 0 ? "\n" : strcmp(word, "crlf") == 0 ? "\r\n" : "\r";
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, consoles_json(c->ctx, false));
}

static void
cmd_send(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const char *text = json_get_str(c->args, "text", "");
	struct pace_delay d;
	struct err_msg why;

	if (k == NULL)
		return;
	d = console_pace(k->console);
	d.each = (uint64_t)json_get_int(c->args, "char", (int64_t)d.each);
	d.line = (uint64_t)json_get_int(c->args, "line", (int64_t)d.line);
	consoles_finish(c, console_type(k->console, text, strlen(text),
	    json_get_bool(c->args, "map", false), &d, c->client, &why), &why);
}

static void
cmd_line(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	char *text;
	struct err_msg why;

	if (k == NULL)
		return;
	text = mem_fmt("%s%s", json_get_str(c->args, "text", ""),
	    consoles_eol(options_text(&k->bench->options, OPT_CONSOLE_EOL)));
	consoles_finish(c, console_type(k->console, text, strlen(text), true, NULL, c->client,
	    &why), &why);
	mem_free(text);
}

static void
cmd_mark(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);

	if (k == NULL)
		return;
	console_mark(k->console, json_get_str(c->args, "text", "mark"));
	command_done(c, NULL);
}

static const struct command_arg text_args[] = {
	{ "text", ARG_WORD, ARG_MUST, NULL, "what to send; \\r \\n \\xHH in quotes" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static void
cmd_marks(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);

	if (k != NULL)
		command_done(c, k->marks != NULL ? json_incref(k->marks) : json_array());
}

static const struct command_arg mark_args[] = {
	{ "text", ARG_WORD, 0, "mark", "what the mark says" }, CONSOLES_ARG, { .name = NULL },
};
static const struct command_arg send_args[] = {
	{ "text", ARG_WORD, ARG_MUST, NULL, "what to send; \\r \\n \\xHH in quotes" },
	CONSOLES_ARG,
	{ "char", ARG_DURATION, 0, NULL, "rest after each byte" },
	{ "line", ARG_DURATION, 0, NULL, "rest after each line end" },
	{ "map", ARG_BOOL, 0, "off", "as if typed: through the console's map" },
	{ .name = NULL },
};
static const struct command_arg list_args[] = { CONSOLES_ARG, { .name = NULL } };

const struct command bench_console_commands[] = {
	{ "console.list", "all consoles", NULL, 0, cmd_list },
	{ "console.send", "send text as it is", send_args, 0, cmd_send },
	{ "console.line", "send a line with its end", text_args, 0, cmd_line },
	{ "mark.list", "marks of a console: offset, time, text", list_args, 0, cmd_marks },
	{ "mark.set", "put a mark at this place of the console", mark_args, 0, cmd_mark },
	{ .name = NULL },
};

