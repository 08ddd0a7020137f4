/* consoles.c - the bench's consoles: opening, telling, typing, AT transactions. */
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
static const uint64_t TELL_NS = 500 * NS_PER_MS;

struct bench_console {
	struct list node;
	struct bench *bench;
	struct console *console;
	uint32_t stream;
	char *name, *raw_path;
	const void *lock;               /* the client that holds the AT lock, or NULL */
	char lock_who[64];
	bool closing;
	uint64_t refused;               /* sys_mono() of the last "not sent" notice */
	struct loop_timer *tell;        /* counters are told twice a second while bytes come */
};

static struct bench_console *
entry(struct list *n)
{
	return LIST_ENTRY(n, struct bench_console, node);
}

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

static json_t *
console_row(const struct bench_console *k, bool with_times)
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
	json_put_str(o, "state", k->closing ? "closed" : console_state_word(console_state(c)));
	if (why != NULL) {
		err_format(why, text, sizeof text);
		json_put_str(o, "why", text);
	}
	json_put_int(o, "baud", console_settings(c)->baud);
	json_put_str(o, "settings", settings);
	json_put_int(o, "rx", (int64_t)console_rx(c));
	json_put_int(o, "tx", (int64_t)console_tx(c));
	json_put_int(o, "first", (int64_t)ring_first(console_ring(c)));
	json_put_int(o, "end", (int64_t)console_ring(c)->end);
	json_put(o, "lock", lock_json(k));
	json_put_str(o, "log", k->raw_path);
	json_put_int(o, "log_lost", (int64_t)console_log_lost(c));
	if (with_times)
		json_put(o, "times", times_json(k));
	return o;
}

static void
tell(struct bench_console *k)
{
	bench_news(k->bench, "console", json_pack("{s:o}", "console", console_row(k, false)));
}

/* ---- callbacks of the console */

static void
on_tell(void *arg)
{
	struct bench_console *k = arg;

	k->tell = NULL;
	clients_event(k->bench, "console.count",
	    json_pack("{s:I,s:I,s:I}", "id", (json_int_t)k->stream, "rx",
		(json_int_t)console_rx(k->console), "tx", (json_int_t)console_tx(k->console)));
}

static void
on_data(void *arg, uint64_t end)
{
	struct bench_console *k = arg;

	(void)end;
	clients_stream_grew(k->bench);
	if (k->tell == NULL)
		k->tell = loop_timer_start(k->bench->loop, TELL_NS, 0, on_tell, k);
}

static void
on_state(void *arg, enum console_state s, const struct err_msg *why)
{
	struct bench_console *k = arg;

	if (k->console == NULL)
		return;                 /* still inside console_open: told by its caller */
	tell(k);
	if (s == CONSOLE_LOST && why != NULL)
		bench_notice_err(k->bench, "warn", k->name, why);
	else if (s == CONSOLE_OPEN)
		bench_notice(
		    k->bench, "info", k->name, NULL, "%s is open", console_device(k->console));
}

static void
on_alarm(void *arg, const struct err_msg *why)
{
	struct bench_console *k = arg;

	if (why != NULL)
		bench_notice_err(k->bench, "alarm", k->name, why);
	else
		bench_notice(k->bench, "info", k->name, NULL, "the log is written again");
}

static void
on_hole(void *arg, uint64_t from, uint64_t to)
{
	struct bench_console *k = arg;

	bench_news(k->bench, "log.hole",
	    json_pack("{s:s,s:I,s:I}", "console", k->name, "from", (json_int_t)from, "to",
		(json_int_t)to));
}

static void
on_mark(void *arg, uint64_t offset, uint64_t t, const char *text)
{
	struct bench_console *k = arg;
	json_t *o = json_object();

	json_put_int(o, "console", k->stream);
	json_put_int(o, "offset", (int64_t)offset);
	json_put_int(o, "at", (int64_t)bench_time(k->bench, t));
	json_put_str(o, "text", text);
	bench_news(k->bench, "mark", o);
}

static void
on_urc(void *arg, const char *line, size_t n, uint64_t offset)
{
	struct bench_console *k = arg;
	json_t *o = json_object();

	json_put_str(o, "console", k->name);
	json_put_strn(o, "line", line, n);
	json_put_int(o, "offset", (int64_t)offset);
	bench_news(k->bench, "at.urc", o);
}

static const struct console_callbacks callbacks = {
	.data = on_data,
	.state = on_state,
	.alarm = on_alarm,
	.hole = on_hole,
	.mark = on_mark,
	.urc = on_urc,
};

/* ---- life */

static void
console_end(struct bench_console *k)
{
	clients_drop_stream(k->bench, k->stream);
	list_del(&k->node);
	loop_timer_stop(k->tell);
	console_close(k->console);
	mem_free(k->name);
	mem_free(k->raw_path);
	mem_free(k);
}

void
consoles_close(struct bench *b)
{
	while (!list_empty(&b->consoles))
		console_end(entry(b->consoles.next));
}

json_t *
consoles_json(struct bench *b, bool with_times)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->consoles)
		(void)json_array_append_new(list, console_row(entry(n), with_times));
	return list;
}

bool
consoles_busy(const struct bench *b)
{
	LIST_EACH(n, &b->consoles)
		if (console_state(entry(n)->console) == CONSOLE_OPEN)
			return true;
	return false;
}

static uint64_t
time_of(void *owner, uint64_t offset)
{
	const struct bench_console *k = owner;

	return bench_time(k->bench, times_at(console_times(k->console), offset, sys_mono()));
}

bool
consoles_stream_at(struct list *node, struct stream *out)
{
	struct bench_console *k = entry(node);

	*out = (struct stream){ k->stream, console_ring(k->console), time_of, k };
	return true;
}

static struct bench_console *
by_stream(const struct bench *b, uint32_t id)
{
	LIST_EACH(n, &b->consoles)
		if (entry(n)->stream == id)
			return entry(n);
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
	if (console_write(k->console, p, n, c, &why) == ERR_OK)
		return true;
	if (sys_mono() - k->refused > 2 * NS_PER_S) {   /* one notice for a burst of keys */
		k->refused = sys_mono();
		bench_notice(b, "warn", k->name, why.next, "typed keys were not sent: %s", why.why);
	}
	return false;
}

void
consoles_client_gone(struct bench *b, struct client *c)
{
	LIST_EACH(n, &b->consoles) {
		struct bench_console *k = entry(n);

		console_at_cancel(k->console, c);
		if (k->lock != c)
			continue;
		console_at_unlock(k->console, c);
		k->lock = NULL;
		tell(k);
	}
}

/* ---- commands */

/* The console an argument names, else the first; NULL after the call was refused. */
static struct bench_console *
console_of(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *name = json_get_str(c->args, "console", "");
	struct err_msg why;

	LIST_EACH(n, &b->consoles)
		if (name[0] == '\0' || strcmp(entry(n)->name, name) == 0)
			return entry(n);
	if (name[0] != '\0')
		(void)err_set(
		    &why, ERR_NOENT, name, "console.list names them", "no console of this name");
	else
		(void)err_set(
		    &why, ERR_NOENT, "console", "open one: console.open PORT", "none is open");
	command_fail(c, &why);
	return NULL;
}

static void
finish(struct command_call *c, enum err e, const struct err_msg *why)
{
	if (e == ERR_OK)
		command_done(c, NULL);
	else
		command_fail(c, why);
}

static enum err
read_settings(const json_t *args, struct transport_settings *s, struct err_msg *why)
{
	static const char *const flows[] = { "none", "rtscts", "xonxoff" };
	const char *parity = json_get_str(args, "parity", "none"),
		   *flow = json_get_str(args, "flow", "none");
	int f = -1;

	s->baud = (uint32_t)json_get_int(args, "baud", 115200);
	s->data = (uint8_t)json_get_int(args, "data", 8);
	s->stop = (uint8_t)json_get_int(args, "stop", 1);
	s->parity = parity[0];
	for (int i = 0; i < 3; i++)
		if (strcmp(flow, flows[i]) == 0)
			f = i;
	if (s->data < 5 || s->data > 8 || s->stop < 1 || s->stop > 2 ||
	    strchr("neoms", parity[0]) == NULL || f < 0)
		return err_set(why, ERR_USAGE, "console.open", NULL,
		    "data is 5 to 8, parity none even odd mark space, stop 1 or 2, flow none "
		    "rtscts xonxoff");
	s->flow = (enum transport_flow)f;
	if (json_object_get(args, "dtr") != NULL)
		s->dtr = json_get_bool(args, "dtr", true);
	if (json_object_get(args, "rts") != NULL)
		s->rts = json_get_bool(args, "rts", true);
	return ERR_OK;
}

static const char *
eol_bytes(const char *word)
{
	return strcmp(word, "lf") == 0 ? "\n" : strcmp(word, "crlf") == 0 ? "\r\n" : "\r";
}

static enum err
open_console(struct bench *b, const json_t *args, struct bench_console **out, struct err_msg *why)
{
	struct bench_console *k = mem_zero(1, sizeof *k);
	struct console_options o;
	enum err e;

	console_options_init(&o);
	k->bench = b;
	k->name = mem_str(json_get_str(args, "name", "main"));
	k->raw_path = bench_path(b, "", "console-%s.raw", k->name);
	o.name = k->name;
	o.spec = json_get_str(args, "spec", "");
	o.raw_path = k->raw_path;
	o.wait = json_get_bool(args, "wait", false);
	snprintf(o.at.eol, sizeof o.at.eol, "%s", eol_bytes(options_text(&b->options, OPT_AT_EOL)));
	o.at.timeout = options_num(&b->options, OPT_AT_TIMEOUT);
	e = read_settings(args, &o.settings, why);
	if (e == ERR_OK)
		e = console_open(b->loop, &o, &callbacks, k, &k->console, why);
	if (e != ERR_OK) {
		mem_free(k->name);
		mem_free(k->raw_path);
		mem_free(k);
		return e;
	}
	k->stream = ++b->next_console;
	list_add_tail(&b->consoles, &k->node);
	console_at_listen(k->console);
	clients_new_stream(b, k->stream);
	tell(k);
	*out = k;
	return ERR_OK;
}

static bool
name_good(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strlen(name) < 40 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		   strlen(name);
}

static enum err
may_open(struct bench *b, const char *name, struct err_msg *why)
{
	unsigned n = 0;

	if (!name_good(name))
		return err_set(why, ERR_USAGE, name, NULL,
		    "a console's name is made of letters, digits, - _ .");
	LIST_EACH(it, &b->consoles) {
		n++;
		if (strcmp(entry(it)->name, name) == 0)
			return err_set(why, ERR_BUSY, name, "console.close it first, or give name=",
			    "a console of this name is open");
	}
	if (n >= LIMIT_CONSOLES)
		return err_set(why, ERR_LIMIT, "console", NULL, "%u are open already", n);
	return ERR_OK;
}

static void
cmd_open(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct bench_console *k;
	struct err_msg why;
	enum err e = may_open(b, json_get_str(c->args, "name", "main"), &why);

	if (e == ERR_OK)
		e = open_console(b, c->args, &k, &why);
	if (e != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	if (b->target == NULL) {
		b->target = mem_str(console_device(k->console));
		bench_news(b, "bench", json_pack("{s:s}", "target", b->target));
	}
	command_done(c, console_row(k, false));
}

static void
close_later(void *arg)
{
	struct bench_console *k = arg;
	struct bench *b = k->bench;
	const uint32_t id = k->stream;

	console_end(k);
	bench_news(b, "console.gone", json_pack("{s:I}", "id", (json_int_t)id));
	bench_linger_check(b);
}

static void
cmd_close(struct command_call *c)
{
	struct bench_console *k = console_of(c);

	if (k == NULL)
		return;
	if (!k->closing)
		loop_defer(k->bench->loop, close_later, k);
	k->closing = true;
	command_done(c, NULL);
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, consoles_json(c->ctx, false));
}

static void
cmd_send(struct command_call *c)
{
	struct bench_console *k = console_of(c);
	const char *text = json_get_str(c->args, "text", "");
	struct err_msg why;

	if (k != NULL)
		finish(c, console_write(k->console, text, strlen(text), c->client, &why), &why);
}

static void
cmd_line(struct command_call *c)
{
	struct bench_console *k = console_of(c);
	char *text;
	struct err_msg why;

	if (k == NULL)
		return;
	text = mem_fmt("%s%s", json_get_str(c->args, "text", ""),
	    eol_bytes(options_text(&k->bench->options, OPT_CONSOLE_EOL)));
	finish(c, console_write(k->console, text, strlen(text), c->client, &why), &why);
	mem_free(text);
}

static void
cmd_break(struct command_call *c)
{
	struct bench_console *k = console_of(c);
	struct err_msg why;

	if (k != NULL)
		finish(c,
		    console_break(
			k->console, (uint64_t)json_get_int(c->args, "for", 250000000), &why),
		    &why);
}

static json_t *
lines_json(unsigned lines)
{
	static const char *const names[] = { "dtr", "rts", "cts", "dsr", "cd", "ri" };
	json_t *o = json_object();

	for (unsigned i = 0; i < 6; i++)
		json_put_bool(o, names[i], (lines & 1u << i) != 0);
	return o;
}

static void
cmd_lines(struct command_call *c)
{
	struct bench_console *k = console_of(c);
	unsigned mask = 0, on = 0, now = 0;
	struct err_msg why;
	enum err e = ERR_OK;

	if (k == NULL)
		return;
	if (json_object_get(c->args, "dtr") != NULL) {
		mask |= LINE_DTR;
		on |= json_get_bool(c->args, "dtr", false) ? LINE_DTR : 0;
	}
	if (json_object_get(c->args, "rts") != NULL) {
		mask |= LINE_RTS;
		on |= json_get_bool(c->args, "rts", false) ? LINE_RTS : 0;
	}
	if (mask != 0)
		e = console_lines_set(k->console, mask, on, &why);
	if (e == ERR_OK)
		e = console_lines(k->console, &now, &why);
	if (e == ERR_OK)
		command_done(c, lines_json(now));
	else
		command_fail(c, &why);
}

static void
cmd_reset(struct command_call *c)
{
	struct bench_console *k = console_of(c);
	struct err_msg why;

	if (k != NULL)
		finish(
		    c, console_pulse(k->console, LINE_DTR | LINE_RTS, 100 * NS_PER_MS, &why), &why);
}

static void
cmd_retry(struct command_call *c)
{
	struct bench_console *k = console_of(c);
	struct err_msg why;

	if (k != NULL)
		finish(c, console_retry(k->console, &why), &why);
}

static void
cmd_mark(struct command_call *c)
{
	struct bench_console *k = console_of(c);

	if (k == NULL)
		return;
	console_mark(k->console, json_get_str(c->args, "text", "mark"));
	command_done(c, NULL);
}

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
	struct bench_console *k = console_of(c);
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
	struct bench_console *k = console_of(c);
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
	tell(k);
	command_done(c, NULL);
}

static void
cmd_unlock(struct command_call *c)
{
	struct bench_console *k = console_of(c);

	if (k == NULL)
		return;
	if (k->lock == c->client) {
		console_at_unlock(k->console, c->client);
		k->lock = NULL;
		tell(k);
	}
	command_done(c, NULL);
}

#define CONSOLE_ARG { "console", ARG_WORD, 0, NULL, "name of the console; the first one if absent" }

static const struct command_arg open_args[] = {
	{ "spec", ARG_WORD, ARG_MUST, NULL,
	    "ttyUSB0, /dev/..., tcp:HOST:PORT, unix:PATH, exec:COMMAND, usb:VID:PID" },
	{ "baud", ARG_INT, 0, "115200", "speed" },
	{ "name", ARG_WORD, 0, "main", "name of the console" },
	{ "data", ARG_INT, 0, "8", "data bits" },
	{ "parity", ARG_WORD, 0, "none", "none even odd mark space" },
	{ "stop", ARG_INT, 0, "1", "stop bits" },
	{ "flow", ARG_WORD, 0, "none", "none rtscts xonxoff" },
	{ "dtr", ARG_BOOL, 0, NULL, "DTR after opening" },
	{ "rts", ARG_BOOL, 0, NULL, "RTS after opening" },
	{ "wait", ARG_BOOL, 0, "off", "a port that is missing is waited for" },
	{ .name = NULL },
};
static const struct command_arg name_args[] = { CONSOLE_ARG, { .name = NULL } };
static const struct command_arg text_args[] = {
	{ "text", ARG_WORD, ARG_MUST, NULL, "what to send; \\r \\n \\xHH in quotes" },
	CONSOLE_ARG,
	{ .name = NULL },
};
static const struct command_arg mark_args[] = {
	{ "text", ARG_WORD, 0, "mark", "what the mark says" }, CONSOLE_ARG, { .name = NULL },
};
static const struct command_arg break_args[] = {
	CONSOLE_ARG, { "for", ARG_DURATION, 0, "250ms", "how long" }, { .name = NULL },
};
static const struct command_arg lines_args[] = {
	CONSOLE_ARG,
	{ "dtr", ARG_BOOL, 0, NULL, "set DTR" },
	{ "rts", ARG_BOOL, 0, NULL, "set RTS" },
	{ .name = NULL },
};
static const struct command_arg at_args[] = {
	{ "command", ARG_WORD, ARG_MUST, NULL, "AT+CSQ" }, CONSOLE_ARG,
	{ "timeout", ARG_DURATION, 0, NULL, "from the last byte sent" },
	{ "expect", ARG_WORD, 0, NULL, "ends it well when a line holds this" },
	{ "prefix", ARG_WORD, 0, NULL, "further lines that belong to the answer" },
	{ "prompt", ARG_WORD, 0, NULL, "send data= when this prompt comes" },
	{ "data", ARG_WORD, 0, NULL, "what to send at the prompt" },
	{ "report", ARG_BOOL, 0, "off", "an error answer is a result too" },
	{ .name = NULL },
};

const struct command bench_console_commands[] = {
	{ "console.open", "open a port or another link as a console", open_args, 0, cmd_open },
	{ "console.close", "close a console and its port", name_args, 0, cmd_close },
	{ "console.list", "all consoles", NULL, 0, cmd_list },
	{ "console.send", "send text as it is", text_args, 0, cmd_send },
	{ "console.line", "send a line with its end", text_args, 0, cmd_line },
	{ "console.break", "send a break", break_args, 0, cmd_break },
	{ "console.lines", "show or set DTR and RTS", lines_args, 0, cmd_lines },
	{ "console.reset", "reset the board by a pulse on DTR and RTS", name_args, COMMAND_ASKS,
	    cmd_reset },
	{ "console.retry", "open a lost port again now", name_args, 0, cmd_retry },
	{ "mark.set", "put a mark at this place of the console", mark_args, 0, cmd_mark },
	{ .name = NULL },
};

const struct command bench_at_commands[] = {
	{ "at.send", "one AT command and its answer", at_args, 0, cmd_at },
	{ "at.lock", "keep the console for AT commands of this client", name_args, 0, cmd_lock },
	{ "at.unlock", "give it back", name_args, 0, cmd_unlock },
	{ .name = NULL },
};
