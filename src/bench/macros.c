/* macros.c - the runs of macros, told step by step, and the recording of one. */
#include "bench/macros.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "bench/boards.h"
#include "bench/clients.h"
#include "bench/macro_record.h"
#include "bench/news.h"
#include "sys/time.h"

enum { RUNS_KEPT = 20, STEPS_MAX = 1000, CARD_MAX = 256 << 10 };

struct macro_state {
	json_t *runs;                   /* newest last */
	uint32_t next;
	struct macro_record record;
};

void
macros_open(struct bench *b)
{
	b->macro = mem_zero(1, sizeof *b->macro);
	b->macro->runs = json_array();
}

void
macros_close(struct bench *b)
{
	if (b->macro == NULL)
		return;
	json_decref(b->macro->runs);
	macro_record_fini(&b->macro->record);
	mem_free(b->macro);
	b->macro = NULL;
}

json_t *
macros_json(const struct bench *b)
{
	return json_deep_copy(b->macro->runs);
}

static json_t *
run_of(const struct bench *b, int64_t id)
{
	json_t *o;
	size_t i;

	json_array_foreach(b->macro->runs, i, o)
		if (json_get_int(o, "run", 0) == id)
			return o;
	return NULL;
}

/* The run as it stands now, to everyone who watches. */
static void
tell(struct bench *b, const json_t *run)
{
	json_t *body = json_object();

	json_put(body, "run", json_deep_copy(run));
	clients_event(b, "macro", body);
	json_decref(body);
}

static int
by_use(const void *a, const void *b)
{
	const double x = json_get_num(*(json_t *const *)a, "used", 0),
		     y = json_get_num(*(json_t *const *)b, "used", 0);

	return x > y ? -1 : x < y;
}

/* The list itself is in this order, so that screen, palette and command line agree. */
void
macros_used(struct bench *b, const char *id)
{
	const size_t n = json_array_size(b->macros);
	json_t **row = mem_zero(n + 1, sizeof *row);

	for (size_t i = 0; i < n; i++) {
		row[i] = json_incref(json_array_get(b->macros, i));
		if (strcmp(json_get_str(row[i], "id", ""), id) == 0)
			json_put_num(row[i], "used", (double)sys_wall() / 1e9);
	}
	qsort(row, n, sizeof *row, by_use);
	json_array_clear(b->macros);
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(b->macros, row[i]);
	mem_free(row);
	boards_told(b);
}

/* ---- what the host tells */

static void
cmd_begin(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *id = json_get_str(c->args, "id", "");
	json_t *run = json_object();

	json_put_int(run, "run", ++b->macro->next);
	json_put_str(run, "macro", id);
	json_put_str(run, "title", json_get_str(c->args, "title", id));
	json_put_str(run, "console", json_get_str(c->args, "console", ""));
	json_put_str(run, "state", "running");
	json_put_int(run, "of", json_get_int(c->args, "steps", 0));
	json_put_int(run, "began", (int64_t)bench_time(b, sys_mono()));
	if (json_object_get(c->args, "job") != NULL)
		json_put_int(run, "job", json_get_int(c->args, "job", 0));
	if (c->client != NULL)
		json_put_int(run, "client", ((struct client *)c->client)->id);
	json_put(run, "steps", json_array());
	if (json_array_size(b->macro->runs) >= RUNS_KEPT)
		(void)json_array_remove(b->macro->runs, 0);
	(void)json_array_append_new(b->macro->runs, run);
	bench_news(b, "macro.begin", json_pack("{s:I,s:s,s:O}", "run",
	    (json_int_t)b->macro->next, "macro", id, "began", json_object_get(run, "began")));
	macros_used(b, id);
	tell(b, run);
	command_done(c, json_pack("{s:I}", "run", (json_int_t)b->macro->next));
}

/* The run an argument names and its client owns; NULL after the call was refused. */
static json_t *
run_of_call(struct command_call *c)
{
	struct bench *b = c->ctx;
	json_t *run = run_of(b, json_get_int(c->args, "run", 0));
	struct err_msg why;

	if (run != NULL && c->client != NULL && strcmp(json_get_str(run, "state", ""), "running") ==
	    0 && json_get_int(run, "client", -1) == ((struct client *)c->client)->id)
		return run;
	(void)err_set(&why, ERR_NOENT, c->command->name, NULL, "no running macro of this number");
	command_fail(c, &why);
	return NULL;
}

static void
cmd_step(struct command_call *c)
{
	struct bench *b = c->ctx;
	json_t *run = run_of_call(c), *steps, *step = json_object();
	const int64_t n = json_get_int(c->args, "n", 0);

	if (run == NULL) {
		json_decref(step);
		return;
	}
	steps = json_object_get(run, "steps");
	json_put_str(step, "name", json_get_str(c->args, "name", "?"));
	json_put_str(step, "state", json_get_str(c->args, "state", "?"));
	if (json_object_get(c->args, "why") != NULL)
		json_put_str(step, "why", json_get_str(c->args, "why", ""));
	if (json_object_get(c->args, "ms") != NULL)
		json_put_int(step, "ms", json_get_int(c->args, "ms", 0));
	if (n >= 1 && n <= (int64_t)json_array_size(steps))
		(void)json_array_set(steps, (size_t)n - 1, step);
	else if (json_array_size(steps) < STEPS_MAX)
		(void)json_array_append(steps, step);
	json_put_int(step, "run", json_get_int(c->args, "run", 0));
	json_put_int(step, "n", n);
	bench_news(b, "macro.step", json_deep_copy(step));
	json_decref(step);
	tell(b, run);
	command_done(c, NULL);
}

static void
finish(struct bench *b, json_t *run, json_t *card, const char *state)
{
	json_put_str(run, "state", state);
	json_put_int(run, "ended", (int64_t)bench_time(b, sys_mono()));
	if (card != NULL)
		json_put(run, "card", card);
	bench_news(b, "macro.end", json_pack("{s:O,s:O,s:s,s:O*}", "run",
	    json_object_get(run, "run"), "macro", json_object_get(run, "macro"), "state", state,
	    "card", json_object_get(run, "card")));
	tell(b, run);
}

static void
cmd_end(struct command_call *c)
{
	const char *text = json_get_str(c->args, "card", "");
	json_t *run = run_of_call(c), *card;
	struct err_msg why;

	if (run == NULL)
		return;
	card = strlen(text) <= CARD_MAX ? json_read(text, strlen(text), "macro.end", &why) : NULL;
	if (!json_is_object(card)) {
		json_decref(card);
		(void)err_set(&why, ERR_FORMAT, "macro.end", NULL, "the card is no JSON object");
		command_fail(c, &why);
		return;
	}
	finish(c->ctx, run, card, strcmp(json_get_str(card, "result", ""), "ok") == 0 ? "ok" :
	    "failed");
	command_done(c, NULL);
}

void
macros_client_gone(struct bench *b, const struct client *c)
{
	json_t *o;
	size_t i;

	if (b->macro == NULL)
		return;
	json_array_foreach(b->macro->runs, i, o)
		if (json_get_int(o, "client", -1) == c->id &&
		    strcmp(json_get_str(o, "state", ""), "running") == 0)
			finish(b, o, NULL, "cancelled");
}

/* ---- commands of people */

static void
cmd_list(struct command_call *c)
{
	command_done(c, json_incref(((struct bench *)c->ctx)->macros));
}

static void
cmd_runs(struct command_call *c)
{
	command_done(c, macros_json(c->ctx));
}

/* The run that is meant: the one given, else the newest that still runs. */
static json_t *
running(const struct bench *b, int64_t id)
{
	json_t *found = NULL, *o;
	size_t i;

	json_array_foreach(b->macro->runs, i, o)
		if (strcmp(json_get_str(o, "state", ""), "running") == 0 &&
		    (id == 0 || json_get_int(o, "run", 0) == id))
			found = o;
	return found;
}

static void
stopped(void *arg, json_t *result, const struct err_msg *err)
{
	(void)arg;
	(void)result;
	(void)err;
}

/* A host that is a job is stopped as one; another is let go: it sees its bench leave and ends. */
static bool
stop(struct bench *b, int64_t job, int64_t client)
{
	char *line;

	if (job == 0)
		return clients_drop(b, (uint32_t)client);
	line = mem_fmt("job.stop %lld confirm=on", (long long)job);
	command_line(b->ops->commands, line, b, NULL, stopped, NULL);
	mem_free(line);
	return true;
}

static void
cmd_cancel(struct command_call *c)
{
	struct bench *b = c->ctx;
	const json_t *run = running(b, json_get_int(c->args, "run", 0));
	const int64_t client = json_get_int(run, "client", -1);
	struct err_msg why;

	if (run == NULL || !stop(b, json_get_int(run, "job", 0), client)) {
		(void)err_set(&why, ERR_NOENT, "macro.cancel", NULL, "no macro is running");
		command_fail(c, &why);
		return;
	}
	command_done(c, NULL);
}

/* ---- recording */

void
macros_heard(struct bench *b, const json_t *result, const void *client)
{
	(void)client;
	if (b->macro != NULL && json_object_get(result, "run") == NULL)
		macro_record_add(&b->macro->record, result);
}

static void
tell_recording(struct bench *b)
{
	const struct macro_record *r = &b->macro->record;

	bench_news(b, "macro.record", json_pack("{s:b,s:s?,s:I}", "on", r->name != NULL, "name",
	    r->name, "steps", (json_int_t)json_array_size(r->steps)));
}

static void
cmd_record(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *what = json_get_str(c->args, "what", "");
	const char *name = json_get_str(c->args, "name", NULL);
	struct macro_record *r = &b->macro->record;
	json_t *result = NULL;
	struct err_msg why;
	enum err e = ERR_OK;

	if (strcmp(what, "start") == 0)
		e = macro_record_start(r, name, &why);
	else if (strcmp(what, "stop") == 0)
		e = macro_record_stop(r, name, &result, &why);
	else if (strcmp(what, "drop") == 0)
		macro_record_fini(r);
	else
		e = err_set(&why, ERR_USAGE, what, NULL, "say start, stop or drop");
	if (e != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	if (result != NULL)
		boards_rescan(b);
	tell_recording(b);
	command_done(c, result);
}

static const struct command_arg begin_args[] = {
	{ "id", ARG_WORD, ARG_MUST, NULL, "the macro" },
	{ "title", ARG_WORD, 0, NULL, "its title" },
	{ "steps", ARG_INT, 0, "0", "how many it has" },
	{ "console", ARG_WORD, 0, NULL, "where it runs" },
	{ "job", ARG_INT, 0, NULL, "the job that runs it" },
	{ .name = NULL },
};
static const struct command_arg step_args[] = {
	{ "run", ARG_INT, ARG_MUST, NULL, "what macro.begin gave" },
	{ "n", ARG_INT, ARG_MUST, NULL, "from 1" },
	{ "name", ARG_WORD, ARG_MUST, NULL, "what it does" },
	{ "state", ARG_WORD, ARG_MUST, NULL, "running ok failed skipped" },
	{ "ms", ARG_INT, 0, NULL, "how long it took" },
	{ "why", ARG_WORD, 0, NULL, "why it failed" },
	{ .name = NULL },
};
static const struct command_arg end_args[] = {
	{ "run", ARG_INT, ARG_MUST, NULL, "what macro.begin gave" },
	{ "card", ARG_WORD, ARG_MUST, NULL, "the result as JSON" },
	{ .name = NULL },
};
static const struct command_arg cancel_args[] = {
	{ "run", ARG_INT, 0, "0", "its number; the newest if absent" },
	{ .name = NULL },
};
static const struct command_arg record_args[] = {
	{ "what", ARG_WORD, ARG_MUST, NULL, "start, stop or drop" },
	{ "name", ARG_WORD, 0, NULL, "name of the macro" },
	{ .name = NULL },
};

const struct command bench_macro_commands[] = {
	{ "macro.list", "macros that plugins provide, last used first", NULL, 0, cmd_list },
	{ "macro.runs", "the last runs of macros, with their results", NULL, 0, cmd_runs },
	{ "macro.cancel", "stop a macro that runs", cancel_args, 0, cmd_cancel },
	{ "macro.record", "record AT commands as a macro", record_args, 0, cmd_record },
	{ "macro.begin", "a script host begins a macro", begin_args, COMMAND_HIDDEN, cmd_begin },
	{ "macro.step", "a step of it", step_args, COMMAND_HIDDEN, cmd_step },
	{ "macro.end", "its result", end_args, COMMAND_HIDDEN, cmd_end },
	{ .name = NULL },
};
