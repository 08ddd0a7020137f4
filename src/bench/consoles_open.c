/* consoles_open.c - opening, losing, reopening and closing the bench's consoles. */
#include "bench/consoles_open.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/clients.h"
#include "bench/consoles_at.h"
#include "bench/consoles_lend.h"
#include "bench/consoles_wire.h"
#include "bench/follow.h"
#include "bench/news.h"
#include "bench/ports.h"
#include "bench/sends.h"
#include "bench/shares.h"
#include "bench/streams.h"

static const uint64_t TELL_NS = 500 * NS_PER_MS;

/* ---- callbacks of the console */

static void
on_tell(void *arg)
{
	struct bench_console *k = arg;
	json_t *o = json_pack("{s:I,s:I,s:I}", "id", (json_int_t)k->stream, "rx",
	    (json_int_t)console_rx(k->console), "tx", (json_int_t)console_tx(k->console));

	k->tell = NULL;
	clients_event(k->bench, "console.count", o);
	json_decref(o);
}

static void
on_data(void *arg, uint64_t end)
{
	struct bench_console *k = arg;

	(void)end;
	streams_grew(k->bench);
	shares_grew(k);
	if (k->follow != NULL)
		follow_data(k);
	if (k->tell == NULL)
		k->tell = loop_timer_start(k->bench->loop, TELL_NS, 0, on_tell, k);
}

/* Modem lines tell nothing by themselves on Linux but to a thread that waits for them; somebody
 * who looks at the screen is served by asking once a second. */
static void
on_lines(void *arg)
{
	struct bench_console *k = arg;

	if (clients_any_viewer(k->bench))
		consoles_wire_look(k);
}

static void
watch_lines(struct bench_console *k)
{
	unsigned now;
	const bool has = console_lines(k->console, &now, NULL) == ERR_OK;

	if (has && k->look == NULL)
		k->look = loop_timer_start(k->bench->loop, NS_PER_S, NS_PER_S, on_lines, k);
	if (has)
		return;
	loop_timer_stop(k->look);
	k->look = NULL;
}

static void
on_state(void *arg, enum console_state s, const struct err_msg *why)
{
	struct bench_console *k = arg;

	if (k->console == NULL)
		return;                 /* still inside console_open: told by its caller */
	k->refused = 0;                 /* keys that are refused from now on are news */
	if (s != CONSOLE_OPEN && why != NULL)
		sends_lost(k, why);
	consoles_tell(k);
	watch_lines(k);
	if (s == CONSOLE_LOST && why != NULL)
		bench_notice_err(k->bench, "warn", k->name, why);
	else if (s == CONSOLE_OPEN)
		bench_notice(
		    k->bench, "info", k->name, NULL, "%s is open", console_device(k->console));
}

static void
on_alarm(void *arg, const char *path, const struct err_msg *why)
{
	struct bench_console *k = arg;

	if (why != NULL)
		bench_notice_err(k->bench, "alarm", k->name, why);
	else
		bench_notice(k->bench, "info", k->name, NULL, "%s is written again", path);
	consoles_tell(k);
}

static void
on_hole(void *arg, const char *path, uint64_t from, uint64_t to)
{
	struct bench_console *k = arg;

	json_t *o = json_object();

	json_put_str(o, "console", k->name);
	json_put_str(o, "log", path);
	json_put_int(o, "from", (int64_t)from);
	json_put_int(o, "to", (int64_t)to);
	json_put_int(o, "bytes", (int64_t)(to - from));
	bench_news(k->bench, "log.hole", o);
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
	if (k->marks == NULL)
		k->marks = json_array();
	if (json_array_size(k->marks) == CONSOLES_MARKS)
		(void)json_array_remove(k->marks, 0);
	(void)json_array_append_new(k->marks, json_copy(o));
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

static void
on_heard(void *arg, const struct at_result *r)
{
	consoles_at_heard(arg, r);
}

static void
on_settings(void *arg)
{
	struct bench_console *k = arg;

	if (k->console == NULL)
		return;
	watch_lines(k);
	consoles_tell(k);
}

static const struct console_callbacks callbacks = {
	.settings = on_settings,
	.data = on_data,
	.state = on_state,
	.alarm = on_alarm,
	.hole = on_hole,
	.mark = on_mark,
	.urc = on_urc,
	.heard = on_heard,
};

static void
entry_free(struct bench_console *k)
{
	mem_free(k->name);
	mem_free(k->raw_path);
	mem_free(k->dir);
	mem_free(k->at_init);
	json_decref(k->marks);
	mem_free(k->profile);
	mem_free(k->lent_to);
	if (k->said != NULL)
		buf_fini(k->said);
	mem_free(k->said);
	mem_free(k);
}

static void close_later(void *arg);

static void
console_end(struct bench_console *k)
{
	loop_defer_cancel(k->bench->loop, close_later, k);      /* the bench may end before it */
	shares_close(k);
	streams_drop(k->bench, k->stream);
	list_del(&k->node);
	loop_timer_stop(k->tell);
	consoles_at_end(k);
	loop_timer_stop(k->look);
	follow_close(k);
	sends_close(k);
	console_close(k->console);
	entry_free(k);
}

void
consoles_close(struct bench *b)
{
	while (!list_empty(&b->consoles))
		console_end(consoles_entry(b->consoles.next));
}

/* What the board's profile says of its console, unless the arguments say it. */
static json_t *
with_profile(const json_t *args, const json_t *board)
{
	static const char *const known[] = { "baud", "settings", "flow" };
	const json_t *console = json_object_get(board, "console"),
		     *main = json_object_get(console, "main");
	json_t *all = json_copy((json_t *)(uintptr_t)args);

	if (main == NULL)
		main = console;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		json_t *v = json_object_get(main, known[i]);

		if (v != NULL && json_object_get(args, known[i]) == NULL)
			(void)json_object_set(all, known[i], v);
	}
	return all;
}

/* The wire of *k, from arguments that are complete. */
static enum err
open_wire(struct bench_console *k, const json_t *args, const char *spec, struct err_msg *why)
{
	const struct bench *b = k->bench;
	struct console_options o;
	enum err e;

	console_options_init(&o);
	o.name = k->name;
	o.spec = spec;
	o.raw_path = k->raw_path;
	o.start = b->start_mono;
	o.wait = json_get_bool(args, "wait", false);
	snprintf(o.at.eol, sizeof o.at.eol, "%s",
	    consoles_eol(options_text(&b->options, OPT_AT_EOL)));
	o.at.timeout = options_num(&b->options, OPT_AT_TIMEOUT);
	if (options_text(&b->options, OPT_AT_INIT)[0] != '\0')
		k->at_init = mem_str(options_text(&b->options, OPT_AT_INIT));
	o.at.init = k->at_init;
	e = consoles_wire_settings(args, &o.settings, why);
	o.settings.dir = k->dir;
	return e == ERR_OK ? console_open(b->loop, &o, &callbacks, k, &k->console, why) : e;
}

static enum err
open_console(const struct command_call *c, const char *name, struct bench_console **out,
    struct err_msg *why)
{
	const struct client *who = c->client;
	struct bench *b = c->ctx;
	const json_t *args = c->args;
	const json_t *board;
	struct err_msg bad;
	char *spec;
	enum err e = ports_resolve(b, json_get_str(args, "spec", ""), &spec, &board, why);
	json_t *all = with_profile(args, board);
	struct bench_console *k = mem_zero(1, sizeof *k);

	k->bench = b;
	list_init(&k->waiting);
	k->name = mem_str(name);
	k->raw_path = bench_path(b, "", "console-%s.raw", k->name);
	k->profile = mem_str(json_get_str(board, "id", NULL));
	k->dir = mem_str(who != NULL && who->cwd != NULL ? who->cwd : b->given.project);
	if (e == ERR_OK)
		e = open_wire(k, all, spec, why);
	json_decref(all);
	mem_free(spec);
	if (e != ERR_OK) {
		entry_free(k);
		return e;
	}
	k->stream = ++b->next_console;
	if (console_map_set(k->console, options_text(&b->options, OPT_CONSOLE_MAP), &bad) != ERR_OK)
		bench_notice_err(b, "warn", k->name, &bad);
	list_add_tail(&b->consoles, &k->node);
	console_at_listen(k->console);
	follow_open(k);
	streams_new(b, k->stream);
	watch_lines(k);
	consoles_tell(k);
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

static bool
taken(const struct bench *b, const char *name)
{
	LIST_EACH(it, &b->consoles)
		if (strcmp(consoles_entry(it)->name, name) == 0)
			return true;
	return false;
}

/* "main" for the first; then the port's own name, with a number where that is taken too. */
static void
free_name(const struct bench *b, const char *spec, char out[40])
{
	const char *last = strrchr(spec, '/');
	char base[24];
	size_t n = 0;

	for (const char *p = last != NULL ? last + 1 : spec; *p != '\0' && n < sizeof base - 1; p++)
		base[n++] = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			(*p >= '0' && *p <= '9') ? *p : '-';
	base[n] = '\0';
	snprintf(out, 40, "%s", taken(b, "main") ? base : "main");
	for (unsigned i = 2; taken(b, out) || !name_good(out); i++)
		snprintf(out, 40, "%s%u", base[0] != '\0' ? base : "console", i);
}

static enum err
may_open(struct bench *b, const char *name, struct err_msg *why)
{
	unsigned n = 0;

	if (!name_good(name))
		return err_set(why, ERR_USAGE, name, NULL,
		    "a console's name is made of letters, digits, - _ .");
	LIST_EACH(it, &b->consoles)
		n++;
	if (taken(b, name))
		return err_set(why, ERR_BUSY, name, "console.close it first, or give name=",
		    "a console of this name is open");
	if (n >= LIMIT_CONSOLES)
		return err_set(why, ERR_LIMIT, "console", NULL, "%u are open already", n);
	return ERR_OK;
}

void
consoles_client_gone(struct bench *b, struct client *c)
{
	LIST_EACH(n, &b->consoles) {
		struct bench_console *k = consoles_entry(n);

		consoles_at_gone(k, c);
		if (k->lent_to != NULL && k->lent_client == c)
			consoles_give_back(k);
	}
}

static void
cmd_open(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct bench_console *k;
	const char *name = json_get_str(c->args, "name", NULL);
	char chosen[40];
	struct err_msg why;
	enum err e;

	if (name == NULL) {
		free_name(b, json_get_str(c->args, "spec", ""), chosen);
		name = chosen;
	}
	e = may_open(b, name, &why);
	if (e == ERR_OK)
		e = open_console(c, name, &k, &why);
	if (e != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	if (b->target == NULL) {
		b->target = mem_str(console_device(k->console));
		bench_news(b, "bench", json_pack("{s:s}", "target", b->target));
	}
	command_done(c, consoles_row(k, false));
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

void
consoles_shut(struct bench_console *k)
{
	if (!k->closing)
		loop_defer(k->bench->loop, close_later, k);
	k->closing = true;
}

static void
cmd_close(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);

	if (k == NULL)
		return;
	consoles_shut(k);
	command_done(c, NULL);
}

static void
cmd_retry(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	char text[160];
	struct err_msg why;

	if (k == NULL)
		return;
	if (k->lent_to == NULL) {
		consoles_finish(c, console_retry(k->console, &why), &why);
		return;
	}
	consoles_lent_text(k, text, sizeof text);
	(void)err_set(&why, ERR_BUSY, k->name, "wait until it is given back", "its port is %s",
	    text);
	command_fail(c, &why);
}

static const struct command_arg open_args[] = {
	{ "spec", ARG_WORD, ARG_MUST, NULL,
	    "ttyUSB0, /dev/..., usb:VID:PID[:SERIAL[:IF]], a board profile, tcp:HOST:PORT, "
	    "telnet:, rfc2217:, rtt:HOST:PORT, unix:PATH, exec:COMMAND, shell:COMMAND, "
	    "replay:FILE" },
	{ "baud", ARG_INT, 0, NULL, "speed; 115200, or as the profile says" },
	{ "name", ARG_WORD, 0, NULL, "name of the console; main for the first" },
	CONSOLES_WIRE_ARGS,
	{ "wait", ARG_BOOL, 0, "off", "a port that is missing is waited for" },
	{ .name = NULL },
};
static const struct command_arg name_args[] = { CONSOLES_ARG, { .name = NULL } };

const struct command bench_console_open_commands[] = {
	{ "console.open", "open a port or another link as a console", open_args, 0, cmd_open },
	{ "console.close", "close a console and its port", name_args, 0, cmd_close },
	{ "console.retry", "open a lost port again now", name_args, 0, cmd_retry },
	{ .name = NULL },
};
