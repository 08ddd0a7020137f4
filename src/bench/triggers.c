/* triggers.c - patterns on console lines and what they do. */
#include "bench/triggers.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "bench/clients.h"
#include "bench/news.h"
#include "console/console.h"
#include "sys/time.h"
#include "text/pattern.h"

struct trigger;

/* What it does when it fires. `line` is the line's text. */
struct action {
	const char *name, *help;
	bool needs_arg;
	void (*run)(struct trigger *t, struct bench_console *k, const char *line);
};

struct trigger {
	struct bench *bench;
	uint32_t id, owner;                     /* owner: a client, or 0 */
	char *text, *console, *arg, *by;        /* console NULL: all */
	struct pattern *pattern;
	const struct action *action;
	bool once, off, board, gone;
	uint64_t cooldown, last;                /* ns; sys_mono() of the last time */
	uint64_t fired, held;                   /* how often; how often not, for the cool-down */
	uint64_t storm_from;
	unsigned storm;
	uint64_t line;                          /* offset of the line it saw last */
	uint32_t stream;
};

/* A command line of a trigger waits until the console's bytes are done with: it may close it. */
struct asked { struct asked *next; char *line; };

struct triggers {
	struct trigger *item[TRIGGERS_MAX];
	size_t n;
	uint32_t next;
	unsigned busy;                          /* lines are being looked at: nothing is freed */
	struct asked *first, **end;
	struct loop_timer *soon;
};

/* ---- actions */

static void
do_notice(struct trigger *t, struct bench_console *k, const char *line)
{
	bench_notice(t->bench, "warn", k->name, NULL, "%.100s%s%.200s",
	    t->arg != NULL ? t->arg : "", t->arg != NULL ? ": " : "", line);
}

static void
do_alarm(struct trigger *t, struct bench_console *k, const char *line)
{
	bench_notice(t->bench, "alarm", k->name, NULL, "%.100s%s%.200s",
	    t->arg != NULL ? t->arg : "", t->arg != NULL ? ": " : "", line);
}

static void
do_mark(struct trigger *t, struct bench_console *k, const char *line)
{
	char text[120];

	decode_text(text, sizeof text, t->arg != NULL ? t->arg : line,
	    strlen(t->arg != NULL ? t->arg : line));
	console_mark(k->console, text);
}

static void
on_done(void *arg, json_t *result, const struct err_msg *why)
{
	struct bench *b = arg;

	(void)result;
	if (why != NULL)
		bench_notice_err(b, "error", "trigger", why);
}

static struct asked *
asked_take(struct triggers *all)
{
	struct asked *a = all->first;

	all->first = a->next;
	if (all->first == NULL)
		all->end = &all->first;
	return a;
}

static void
on_soon(void *arg)
{
	struct bench *b = arg;
	struct triggers *all = b->triggers;

	all->soon = NULL;
	while (all->first != NULL) {
		struct asked *a = asked_take(all);

		command_line(b->ops->commands, a->line, b, NULL, on_done, b);
		mem_free(a->line);
		mem_free(a);
	}
}

/* Storms bound how many can wait. */
static void
ask(struct bench *b, const char *line)
{
	struct triggers *all = b->triggers;
	struct asked *a = mem_zero(1, sizeof *a);

	a->line = mem_str(line);
	*all->end = a;
	all->end = &a->next;
	if (all->soon == NULL)
		all->soon = loop_timer_start(b->loop, 0, 0, on_soon, b);
}

/* A command line, with the console's name for {console}. */
static void
run_line(struct trigger *t, const struct bench_console *k, const char *verb)
{
	struct buf b;

	buf_init(&b, 8192);
	(void)buf_add_str(&b, verb);
	for (const char *p = t->arg; p != NULL && *p != '\0';) {
		if (strncmp(p, "{console}", 9) == 0) {
			(void)buf_add_str(&b, k->name);
			p += 9;
		} else {
			(void)buf_add_byte(&b, *p++);
		}
	}
	ask(t->bench, buf_str(&b));
	buf_fini(&b);
}

static void
do_macro(struct trigger *t, struct bench_console *k, const char *line)
{
	(void)line;
	run_line(t, k, "macro.run ");
}

static void
do_workflow(struct trigger *t, struct bench_console *k, const char *line)
{
	(void)line;
	run_line(t, k, "workflow.run ");
}

static void
do_command(struct trigger *t, struct bench_console *k, const char *line)
{
	(void)line;
	run_line(t, k, "");
}

static void
do_log(struct trigger *t, struct bench_console *k, const char *line)
{
	char verb[80];

	(void)line;
	snprintf(verb, sizeof verb, "console.log console=%.40s ", k->name);
	run_line(t, k, verb);
}

static void
do_log_stop(struct trigger *t, struct bench_console *k, const char *line)
{
	char verb[80];

	(void)line;
	snprintf(verb, sizeof verb, "console.log.off console=%.40s ", k->name);
	run_line(t, k, verb);
}

/* Scripts that listen are told by the event; nothing else happens. */
static void
do_event(struct trigger *t, struct bench_console *k, const char *line)
{
	(void)t;
	(void)k;
	(void)line;
}

/* The event itself holds the viewers at the line (ui/holds.h), and ends `vise console`; the console
 * goes on and nothing is kept from the log. */
static void
do_stop(struct trigger *t, struct bench_console *k, const char *line)
{
	(void)t;
	(void)k;
	(void)line;
}

static const struct action actions[] = {
	{ "notice", "says it", false, do_notice },
	{ "alarm", "says it loudly", false, do_alarm },
	{ "mark", "marks the line", false, do_mark },
	{ "macro", "runs a macro: its id", true, do_macro },
	{ "workflow", "runs a workflow: its id", true, do_workflow },
	{ "command", "runs a command line", true, do_command },
	{ "log", "starts a text log: its path", true, do_log },
	{ "log-stop", "ends text logs", false, do_log_stop },
	{ "stop", "holds the screen at the line; ends `vise console`", false, do_stop },
	{ "event", "tells scripts that listen", false, do_event },
};

/* ---- firing */

static void
announce(struct bench *b)
{
	bench_news(b, "triggers", json_pack("{s:o}", "triggers", triggers_json(b)));
}

static bool
is_storm(struct trigger *t, uint64_t now)
{
	if (t->storm_from == 0 || now - t->storm_from > TRIGGERS_STORM_NS) {
		t->storm_from = now;
		t->storm = 0;
	}
	return ++t->storm > TRIGGERS_STORM;
}

static void
fire(struct trigger *t, struct follow *f, const struct follow_line *l)
{
	struct bench_console *k = f->console;
	struct buf plain;
	json_t *o = json_object();

	buf_init(&plain, DECODE_LINE_MAX + 1);
	decode_plain(l->p, l->n < DECODE_LINE_MAX ? l->n : DECODE_LINE_MAX, &plain);
	t->fired++;
	json_put_int(o, "id", t->id);
	json_put_str(o, "pattern", t->text);
	json_put_str(o, "action", t->action->name);
	json_put_str(o, "by", t->by);
	json_put_str(o, "console", k->name);
	json_put_int(o, "stream", k->stream);
	json_put_int(o, "offset", (int64_t)l->offset);
	json_put_int(o, "end", (int64_t)l->end);
	json_put_strn(o, "line", buf_str(&plain), plain.len < 400 ? plain.len : 400);
	json_put_int(o, "held", (int64_t)t->held);
	bench_news(t->bench, "trigger", o);
	if (t->once)
		t->off = true;
	t->action->run(t, k, buf_str(&plain));
	buf_fini(&plain);
}

/* A console is meant by its name, or by what it was opened with: that is known before it is. */
static bool
is_of(const struct trigger *t, const struct bench_console *k)
{
	return t->console == NULL || strcmp(t->console, k->name) == 0 ||
	    strcmp(t->console, console_spec(k->console)) == 0;
}

static void
consider(struct trigger *t, struct follow *f, const struct follow_line *l)
{
	struct pattern_match m;
	uint64_t now;

	if (t->off || !is_of(t, f->console) ||
	    (l->again && t->line == l->offset && t->stream == f->console->stream) ||
	    pattern_find(t->pattern, l->p, l->n, 0, &m) != PATTERN_YES)
		return;
	now = sys_mono();
	t->line = l->offset;
	t->stream = f->console->stream;
	if (t->last != 0 && now - t->last < t->cooldown) {
		t->held++;
		return;
	}
	t->last = now;
	if (is_storm(t, now)) {
		t->off = true;
		bench_notice(t->bench, "warn", "trigger", "trigger.on ID turns it on again",
		    "trigger %u (%.100s) is off: it fired %u times in 30 s", t->id, t->text,
		    TRIGGERS_STORM);
		announce(t->bench);
		return;
	}
	fire(t, f, l);
}

static void sweep(struct triggers *all);

void
triggers_line(struct follow *f, const struct follow_line *l)
{
	struct triggers *all = f->console->bench->triggers;
	const size_t n = all->n;                /* what a command adds is for the next line */

	if (n == 0)
		return;
	all->busy++;
	for (size_t i = 0; i < n; i++)
		consider(all->item[i], f, l);
	all->busy--;
	sweep(all);
}

/* ---- the list */

static json_t *
trigger_json(const struct trigger *t)
{
	json_t *o = json_object();

	json_put_int(o, "id", t->id);
	json_put_str(o, "pattern", t->text);
	json_put_str(o, "action", t->action->name);
	json_put_str(o, "arg", t->arg);
	json_put_str(o, "console", t->console);
	json_put_str(o, "by", t->by);
	json_put_bool(o, "once", t->once);
	json_put_bool(o, "off", t->off);
	json_put_int(o, "cooldown", (int64_t)t->cooldown);
	json_put_int(o, "fired", (int64_t)t->fired);
	json_put_int(o, "held", (int64_t)t->held);
	return o;
}

json_t *
triggers_json(const struct bench *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->triggers->n; i++)
		if (!b->triggers->item[i]->gone)
			(void)json_array_append_new(list, trigger_json(b->triggers->item[i]));
	return list;
}

static void
trigger_free(struct trigger *t)
{
	mem_free(t->text);
	mem_free(t->console);
	mem_free(t->arg);
	mem_free(t->by);
	pattern_free(t->pattern);
	mem_free(t);
}

/* A trigger's own command may take it away: it goes when the line is done. */
static void
sweep(struct triggers *all)
{
	for (size_t i = all->n; all->busy == 0 && i-- > 0;)
		if (all->item[i]->gone) {
			trigger_free(all->item[i]);
			memmove(all->item + i, all->item + i + 1, (--all->n - i) *
			    sizeof *all->item);
		}
}

static void
drop(struct triggers *all, size_t i)
{
	all->item[i]->gone = all->item[i]->off = true;
	sweep(all);
}

void
triggers_open(struct bench *b)
{
	b->triggers = mem_zero(1, sizeof *b->triggers);
	b->triggers->end = &b->triggers->first;
}

void
triggers_close(struct bench *b)
{
	if (b->triggers == NULL)
		return;
	while (b->triggers->n != 0)
		drop(b->triggers, b->triggers->n - 1);
	loop_timer_stop(b->triggers->soon);
	while (b->triggers->first != NULL) {
		struct asked *a = asked_take(b->triggers);

		mem_free(a->line);
		mem_free(a);
	}
	mem_free(b->triggers);
	b->triggers = NULL;
}

static const struct action *
action_named(const char *name, const char *arg, struct err_msg *why)
{
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
		if (strcmp(actions[i].name, name) != 0)
			continue;
		if (!actions[i].needs_arg || arg != NULL)
			return &actions[i];
		(void)err_set(why, ERR_USAGE, name, NULL, "say which: it %s", actions[i].help);
		return NULL;
	}
	(void)err_set(why, ERR_USAGE, name, NULL,
	    "a trigger does notice, alarm, mark, macro, workflow, command, log, log-stop, stop or "
	    "event");
	return NULL;
}

static struct trigger *
add(struct bench *b, const json_t *args, const char *by, struct err_msg *why)
{
	const char *text = json_get_str(args, "pattern", ""),
		   *arg = json_get_str(args, "arg", NULL);
	struct triggers *all = b->triggers;
	const struct action *a = action_named(json_get_str(args, "action", "notice"), arg, why);
	struct pattern *pattern = NULL;
	struct trigger *t;

	if (a == NULL || pattern_new(text, strlen(text),
	    json_get_bool(args, "literal", false) ? PATTERN_LITERAL : 0, &pattern, why) != ERR_OK)
		return NULL;
	if (all->n == TRIGGERS_MAX) {
		pattern_free(pattern);
		(void)err_set(why, ERR_LIMIT, "trigger", "trigger.remove ID",
		    "there are %u already", TRIGGERS_MAX);
		return NULL;
	}
	t = mem_zero(1, sizeof *t);
	*t = (struct trigger){ .bench = b, .id = ++all->next, .text = mem_str(text),
		.console = mem_str(json_get_str(args, "console", NULL)), .arg = mem_str(arg),
		.by = mem_str(by), .pattern = pattern, .action = a,
		.once = json_get_bool(args, "once", false),
		.cooldown = (uint64_t)json_get_int(args, "cooldown", (int64_t)NS_PER_S),
		.line = UINT64_MAX };
	all->item[all->n++] = t;
	return t;
}

void
triggers_board(struct bench *b, const json_t *list)
{
	const json_t *row;
	size_t i;

	for (i = b->triggers->n; i-- > 0;)
		if (b->triggers->item[i]->board)
			drop(b->triggers, i);
	json_array_foreach(list, i, row) {
		struct err_msg why;
		json_t *args = json_copy((json_t *)(uintptr_t)row);
		const char *cooldown = json_get_str(row, "cooldown", NULL);
		uint64_t ns;
		struct trigger *t;

		if (cooldown != NULL && slice_duration(slice_of(cooldown), &ns))
			json_put_int(args, "cooldown", (int64_t)ns);
		t = add(b, args, b->board, &why);
		if (t != NULL)
			t->board = true;
		else
			bench_notice_err(b, "warn", b->board, &why);
		json_decref(args);
	}
	announce(b);
}

void
triggers_forget(struct bench *b, uint32_t owner)
{
	size_t dropped = 0;

	for (size_t i = b->triggers->n; i-- > 0;)
		if (b->triggers->item[i]->owner == owner && !b->triggers->item[i]->gone) {
			drop(b->triggers, i);
			dropped++;
		}
	if (dropped != 0)
		announce(b);
}

/* ---- commands */

static void
cmd_add(struct command_call *c)
{
	struct bench *b = c->ctx;
	const struct client *asks = c->client;
	const char *by = asks != NULL ? peer_name(asks->peer) : "bench";
	struct err_msg why;
	struct trigger *t = add(b, c->args, by, &why);

	if (t == NULL) {
		command_fail(c, &why);
		return;
	}
	t->owner = clients_owner(c, json_get_bool(c->args, "mine", false));
	announce(b);
	command_done(c, trigger_json(t));
}

static size_t
index_of(const struct command_call *c)
{
	const struct triggers *all = ((const struct bench *)c->ctx)->triggers;
	const int64_t id = json_get_int(c->args, "id", -1);

	for (size_t i = 0; i < all->n; i++)
		if (all->item[i]->id == id && !all->item[i]->gone)
			return i;
	return SIZE_MAX;
}

static void
no_such(struct command_call *c)
{
	struct err_msg why;
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)json_get_int(c->args, "id", -1));
	(void)err_set(&why, ERR_NOENT, id, "trigger.list shows them", "no trigger of this number");
	command_fail(c, &why);
}

static void
cmd_remove(struct command_call *c)
{
	struct bench *b = c->ctx;
	const size_t i = index_of(c);

	if (i == SIZE_MAX) {
		no_such(c);
		return;
	}
	drop(b->triggers, i);
	announce(b);
	command_done(c, NULL);
}

static void
turn(struct command_call *c, bool off)
{
	struct bench *b = c->ctx;
	const size_t i = index_of(c);
	struct trigger *t;

	if (i == SIZE_MAX) {
		no_such(c);
		return;
	}
	t = b->triggers->item[i];
	t->off = off;
	t->storm_from = t->last = 0;
	announce(b);
	command_done(c, trigger_json(t));
}

static void
cmd_on(struct command_call *c)
{
	turn(c, false);
}

static void
cmd_off(struct command_call *c)
{
	turn(c, true);
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, triggers_json(c->ctx));
}

static const struct command_arg add_args[] = {
	{ "pattern", ARG_WORD, ARG_MUST, NULL, "text or a PCRE2 pattern" },
	{ "action", ARG_WORD, 0, "notice",
	    "notice alarm mark macro workflow command log log-stop stop event" },
	{ "arg", ARG_WORD, 0, NULL, "its text, id, command line or path; {console} is the name" },
	{ "console", ARG_WORD, 0, NULL, "only lines of this console: its name or address" },
	{ "once", ARG_BOOL, 0, "off", "only the first time" },
	{ "cooldown", ARG_DURATION, 0, "1s", "not again for so long" },
	{ "literal", ARG_BOOL, 0, "off", "no character of the pattern is special" },
	{ "mine", ARG_BOOL, 0, "off", "it goes with the connection that asks for it" },
	{ .name = NULL },
};
static const struct command_arg id_args[] = {
	{ "id", ARG_INT, ARG_MUST, NULL, "its number" }, { .name = NULL },
};

const struct command bench_trigger_commands[] = {
	{ "trigger.add", "do something when a line matches", add_args, 0, cmd_add },
	{ "trigger.list", "all triggers and how often they fired", NULL, 0, cmd_list },
	{ "trigger.remove", "take a trigger away", id_args, 0, cmd_remove },
	{ "trigger.on", "turn a trigger on again", id_args, 0, cmd_on },
	{ "trigger.off", "turn a trigger off", id_args, 0, cmd_off },
	{ .name = NULL },
};
