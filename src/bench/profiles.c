/* profiles.c - the two profiles of a bench, compared by a worker process. */
#include "bench/profiles.h"
#include "bench/clients.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/news.h"
#include "bench/profile_tasks.h"
#include "bench/shots.h"
#include "core/place.h"
#include "sys/path.h"
#include "sys/time.h"

enum { ROWS_MAX = 500 };
static const uint64_t ASK_NS = (uint64_t)LIMIT_WORKER_MS * NS_PER_MS;

/* The comparison being made: one worker, up to three answers. A new one ends the one before. */
struct comparison {
	struct bench *bench;
	struct profile_task *task;
	struct command_call *call;      /* who waits, or NULL */
	json_t *a, *b;                  /* results of the single profiles */
	json_t *diff;
	unsigned waiting;               /* answers still to come */
};

/* A profile on its way: where it goes when it is here. */
struct grab {
	struct bench *bench;
	struct profile_task *task;
	struct command_call *call;
	char *source, *kind;
	char slot;
	bool shift;                     /* the B there was becomes A, once the new one is here */
};

/* ---- telling */

static json_t *
side_json(const struct bench *b, const json_t *path, const json_t *top)
{
	const json_t *shot = shots_of_path(b, json_string_value(path));
	json_t *o = json_object();

	if (shot != NULL)
		json_put_int(o, "id", json_get_int(shot, "id", 0));

	json_put_str(o, "path", json_string_value(path));
	json_put_num(o, "time", json_get_num(top, "time_nanos", 0));
	json_put_num(o, "total", json_get_num(top, "total", 0));
	return o;
}

static void
set_profile(struct bench *b, json_t *profile)
{
	json_decref(b->profile);
	b->profile = profile;
	bench_news(b, "profile", json_pack("{s:O}", "profile", profile));
}

static void
set_state(struct bench *b, const char *state, const struct err_msg *why)
{
	json_t *o = b->profile != NULL && json_object_get(b->profile, "rows") != NULL
			? json_copy(b->profile)
			: json_object(); /* the last good rows stay while others are made */

	json_put_str(o, "state", state);
	if (why != NULL)
		json_put(o, "error", json_from_err(why));
	set_profile(b, o);
}

/* How the newest fetch went: the pane shows it beside the rows, which stay. */
static void
set_grab(struct bench *b, const char *state, const char *source, const struct err_msg *why)
{
	json_t *o = b->profile != NULL ? json_copy(b->profile) : json_object(), *g = json_object();

	if (json_object_get(o, "state") == NULL)
		json_put_str(o, "state", "none");
	json_put_str(g, "state", state);
	json_put_str(g, "source", source);
	json_put_int(g, "t", (json_int_t)bench_time(b, sys_mono()));
	if (why != NULL)
		json_put(g, "error", json_from_err(why));
	json_put(o, "grab", g);
	set_profile(b, o);
}

/* ---- from the worker's tables to the rows that viewers show */

static json_t *
by_name(const json_t *top, const char *field)
{
	json_t *map = json_object(), *row;
	size_t i;

	json_array_foreach(json_object_get(top, "rows"), i, row) {
		const char *name = json_get_str(row, "name", "?");

		(void)json_object_set(map, name, json_object_get(row, field));
	}
	return map;
}

static json_t *
row_json(const json_t *row, const json_t *flat_a, const json_t *flat_b, const json_t *cum_b)
{
	const char *name = json_get_str(row, "name", "?");
	json_t *o = json_object();

	json_put_num(o, "flat", json_get_num(row, "flat", 0));
	json_put_num(o, "cum", json_get_num(row, "cum", 0));
	json_put_num(o, "flat_a", json_get_num(flat_a, name, 0));
	json_put_num(o, "flat_b", json_get_num(flat_b, name, 0));
	json_put_num(o, "cum_b", json_get_num(cum_b, name, 0));
	json_put_str(o, "name", name);
	json_put_bool(o, "inline", json_is_true(json_object_get(row, "inline")));
	return o;
}

static json_t *
profile_json(const struct comparison *t)
{
	const json_t *top = t->diff != NULL ? t->diff : t->b, *rows = json_object_get(top, "rows");
	json_t *flat_a = by_name(t->a, "flat"), *flat_b = by_name(t->b, "flat"),
	       *cum_b = by_name(t->b, "cum");
	json_t *o = json_object(), *list = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (i < ROWS_MAX)
			(void)json_array_append_new(list, row_json(row, flat_a, flat_b, cum_b));
	json_decref(flat_a);
	json_decref(flat_b);
	json_decref(cum_b);
	json_put_str(o, "state", "ready");
	json_put_str(o, "type", json_get_str(top, "type", ""));
	json_put_str(o, "unit", json_get_str(top, "unit", ""));
	json_put_num(o, "total", json_get_num(top, "total", 0));
	if (t->a != NULL)
		json_put(o, "a", side_json(t->bench, t->bench->profile_a, t->a));
	json_put(o, "b", side_json(t->bench, t->bench->profile_b, t->b));
	if (json_object_get(t->bench->profile, "grab") != NULL)
		(void)json_object_set(o, "grab", json_object_get(t->bench->profile, "grab"));
	json_put(o, "rows", list);
	json_put_int(o, "hidden",
	    json_get_int(top, "dropped", 0) +
		(json_array_size(rows) > ROWS_MAX ? (json_int_t)(json_array_size(rows) - ROWS_MAX)
						  : 0));
	return o;
}

/* ---- comparing */

static void
comparison_free(struct comparison *t)
{
	profile_task_close(t->task);
	json_decref(t->a);
	json_decref(t->b);
	json_decref(t->diff);
	if (t->bench->comparing == t)
		t->bench->comparing = NULL;
	mem_free(t);
}

/* Ends it: with the rows that were made, or with why there are none. */
static void
comparison_end(struct comparison *t, const struct err_msg *why)
{
	struct bench *b = t->bench;
	struct command_call *call = t->call;

	if (why != NULL) {
		set_state(b, "failed", why);
		bench_notice_err(b, "error", "profile", why);
		if (call != NULL)
			command_fail(call, why);
	} else {
		json_t *p = profile_json(t);

		set_profile(b, json_incref(p));
		if (call != NULL)
			command_done(call, p);
		else
			json_decref(p);
	}
	comparison_free(t);
}

/* A newer one takes its place: whoever waited for the old rows is told so. */
static void
comparison_drop(struct bench *b)
{
	struct err_msg why;

	if (b->comparing == NULL)
		return;
	(void)err_set(&why, ERR_CANCELLED, "profile", NULL, "another comparison was asked for");
	if (b->comparing->call != NULL)
		command_fail(b->comparing->call, &why);
	comparison_free(b->comparing);
}

static void
got(struct comparison *t, json_t **where, const json_t *result, const struct err_msg *why)
{
	if (why != NULL) {
		comparison_end(t, why);
		return;
	}
	*where = json_incref((json_t *)(uintptr_t)result);
	if (--t->waiting == 0)
		comparison_end(t, NULL);
}

static void
on_a(void *arg, const json_t *result, const struct err_msg *why)
{
	got(arg, &((struct comparison *)arg)->a, result, why);
}

static void
on_b(void *arg, const json_t *result, const struct err_msg *why)
{
	got(arg, &((struct comparison *)arg)->b, result, why);
}

static void
on_diff(void *arg, const json_t *result, const struct err_msg *why)
{
	got(arg, &((struct comparison *)arg)->diff, result, why);
}

static void
ask_top(struct comparison *t, const json_t *now, const json_t *base, peer_answer_cb cb)
{
	json_t *p = json_object();

	(void)json_object_set(p, "now", (json_t *)(uintptr_t)now);
	if (base != NULL)
		(void)json_object_set(p, "diff_base", (json_t *)(uintptr_t)base);
	json_put_int(p, "limit_bytes",
	    (json_int_t)(options_num(&t->bench->options, OPT_PROFILE_LIMIT) << 20));
	t->waiting++;
	profile_task_ask(t->task, "pprof.top", p, ASK_NS, cb, t);
}

static void
load(struct bench *b, struct command_call *call)
{
	struct err_msg why;
	struct comparison *t;
	struct profile_task *task;

	if (b->profile_b == NULL) {     /* only A so far: nothing to show yet */
		if (call != NULL)
			command_done(call, NULL);
		return;
	}
	comparison_drop(b);
	task = profile_task_open(b, NULL, &why);
	if (task == NULL) {
		set_state(b, "failed", &why);
		if (call != NULL)
			command_fail(call, &why);
		return;
	}
	t = mem_zero(1, sizeof *t);
	*t = (struct comparison){ .bench = b, .task = task, .call = call };
	b->comparing = t;
	set_state(b, "loading", NULL);
	ask_top(t, b->profile_b, NULL, on_b);
	if (b->profile_a != NULL) {
		ask_top(t, b->profile_a, NULL, on_a);
		ask_top(t, b->profile_b, b->profile_a, on_diff);
	}
}

void
profiles_close(struct bench *b)
{
	comparison_drop(b);             /* who waits for it is told */
	profile_tasks_end(b);
	json_decref(b->profile);
	json_decref(b->profile_a);
	json_decref(b->profile_b);
	json_decref(b->shots);
	b->profile = b->profile_a = b->profile_b = b->shots = NULL;
}

void
profiles_show(struct bench *b, const char *path, bool shift, struct command_call *call)
{
	if (shift && b->profile_b != NULL) {
		json_decref(b->profile_a);
		b->profile_a = json_incref(b->profile_b);
	}
	json_decref(b->profile_b);
	b->profile_b = json_text(path, strlen(path));
	load(b, call);
}

/* ---- commands */

/* The word as a file, into the slot; false: the call has been answered. */
static bool
take_word(struct command_call *c, json_t **slot, const char *key)
{
	struct bench *b = c->ctx;
	struct err_msg why;
	char *path = shots_path(b, json_get_str(c->args, key, ""), NULL, &why), *whole;

	if (path == NULL) {
		command_fail(c, &why);
		return false;
	}
	whole = clients_path(c, path);
	json_decref(*slot);
	*slot = path_exists(whole) ? json_text(whole, strlen(whole)) :
	    json_text(path, strlen(path));
	mem_free(whole);
	mem_free(path);
	return true;
}

static void
cmd_load(struct command_call *c)
{
	struct bench *b = c->ctx;

	if (take_word(c, &b->profile_a, "a") && take_word(c, &b->profile_b, "b"))
		load(b, c);
}

static void
cmd_a(struct command_call *c)
{
	struct bench *b = c->ctx;

	if (take_word(c, &b->profile_a, "path"))
		load(b, c);
}

static void
cmd_b(struct command_call *c)
{
	struct bench *b = c->ctx;

	if (take_word(c, &b->profile_b, "path"))
		load(b, c);
}

static void
cmd_swap(struct command_call *c)
{
	struct bench *b = c->ctx;
	json_t *a = b->profile_a;

	b->profile_a = b->profile_b;
	b->profile_b = a;
	load(b, c);
}

static void
grab_free(struct grab *g)
{
	profile_task_close(g->task);
	mem_free(g->source);
	mem_free(g->kind);
	mem_free(g);
}

static void
on_grabbed(void *arg, const json_t *result, const struct err_msg *why)
{
	struct grab *g = arg;
	struct bench *b = g->bench;
	const json_t *shot;

	if (why != NULL) {
		set_grab(b, "failed", g->source, why);
		bench_notice_err(b, "error", "profile", why);
		command_fail(g->call, why);
		grab_free(g);
		return;
	}
	shot = shots_put(b, shots_make(b, g->source, g->kind, result));
	set_grab(b, "ok", g->source, NULL);
	if (strcmp(json_get_str(shot, "form", ""), "profile") != 0 || g->slot == 'n') {
		command_done(g->call, json_incref((json_t *)(uintptr_t)shot));
	} else if (g->slot == 'a') {
		json_decref(b->profile_a);
		b->profile_a = json_string(json_get_str(shot, "path", ""));
		load(b, g->call);
	} else {
		profiles_show(b, json_get_str(shot, "path", ""), g->shift, g->call);
	}
	grab_free(g);
}

/* What is fetched: the kind asked for, else the one that the address names, else heap. */
static enum err
kind_of(const char *source, const char *asked, char kind[32], struct err_msg *why)
{
	struct place p;
	enum err e = place_parse(source, &p, why);

	if (e != ERR_OK)
		return e;
	place_profile(&p, kind);
	place_fini(&p);
	if (asked[0] != '\0')
		snprintf(kind, 32, "%s", asked);
	else if (strcmp(kind, "any") == 0)
		snprintf(kind, 32, "heap");
	return ERR_OK;
}

static enum err
grab_start(struct command_call *c, const char *source, const char *kind, struct err_msg *why)
{
	struct bench *b = c->ctx;
	char *folder = bench_path(b, "snapshots", "%s", ""), *out;
	struct profile_task *task = profile_task_open(b, folder, why);
	const char *slot = json_get_str(c->args, "slot", "b");
	struct grab *g;
	json_t *p;

	mem_free(folder);
	if (task == NULL)
		return why->code;
	g = mem_zero(1, sizeof *g);
	*g = (struct grab){ .bench = b, .task = task, .call = c, .source = mem_str(source),
	    .kind = mem_str(strcmp(kind, "other") == 0 ? "heap" : kind), .slot = slot[0],
	    .shift = json_get_bool(c->args, "shift", true) };
	out = bench_path(b, "snapshots", "%s-%03u.%s", g->kind, ++b->next_snapshot,
	    strcmp(kind, "trace") == 0 ? "trace" : "pb.gz");
	p = json_object();
	json_put_str(p, "url", source);
	json_put_str(p, "profile", kind);
	json_put_bool(p, "gc", json_get_bool(c->args, "gc", true));
	json_put_str(p, "out", out);
	json_put_bool(p, "check", true);
	json_put_int(p, "limit_bytes",
	    (json_int_t)(options_num(&b->options, OPT_PROFILE_LIMIT) << 20));
	json_put_int(p, "timeout_ms",
	    json_get_int(c->args, "timeout", 20 * (json_int_t)NS_PER_S) / (json_int_t)NS_PER_MS);
	mem_free(out);
	set_grab(b, "fetching", source, NULL);
	profile_task_ask(task, "fetch", p, ASK_NS, on_grabbed, g);
	return ERR_OK;
}

static void
cmd_grab(struct command_call *c)
{
	static const char *const slots[] = { "a", "b", "none" };
	struct bench *b = c->ctx;
	const char *source = json_get_str(c->args, "url", b->profile_url),
		   *slot = json_get_str(c->args, "slot", "b");
	char kind[32];
	struct err_msg why;
	bool known = false;
	enum err e;

	for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++)
		known = known || strcmp(slot, slots[i]) == 0;
	if (source == NULL || !known)
		e = err_set(&why, ERR_USAGE, "profile.grab", NULL,
		    source == NULL ? "needs the address, such as 127.0.0.1:6060"
				   : "slot is a, b or none");
	else
		e = kind_of(source, json_get_str(c->args, "kind", ""), kind, &why);
	if (e == ERR_OK)
		e = grab_start(c, source, kind, &why);
	if (e != ERR_OK)
		command_fail(c, &why);
}

static void
cmd_source(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *url = json_get_str(c->args, "url", NULL);

	if (url != NULL) {
		mem_free(b->profile_url);
		b->profile_url = mem_str(url);
	}
	command_done(c, b->profile_url != NULL ? json_string(b->profile_url) : json_null());
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, shots_json(c->ctx, (size_t)json_get_int(c->args, "limit", SHOTS_MAX)));
}

static const struct command_arg load_args[] = {
	{ "a", ARG_WORD, ARG_MUST, NULL, "the profile to compare with" },
	{ "b", ARG_WORD, ARG_MUST, NULL, "the newer profile" },
	{ .name = NULL },
};
static const struct command_arg path_args[] = {
	{ "path", ARG_WORD, ARG_MUST, NULL,
	    "#ID, last, first, HH:MM:SS, +SECONDS of the timeline; a file or any source" },
	{ .name = NULL },
};
static const struct command_arg source_args[] = {
	{ "url", ARG_WORD, 0, NULL, "its address; absent: which it is" }, { .name = NULL },
};
static const struct command_arg grab_args[] = {
	{ "url", ARG_WORD, 0, NULL, "HOST:PORT, http://, unix:, ssh:, gops:, pid:, a file; the "
	    "target's own if absent" },
	{ "slot", ARG_WORD, 0, "b", "a, b, or none: only kept" },
	{ "shift", ARG_BOOL, 0, "on", "the B there was becomes A" },
	{ "kind", ARG_WORD, 0, NULL, "heap, allocs, goroutine, mutex, block, profile, trace ..." },
	{ "gc", ARG_BOOL, 0, "on", "heap: after a garbage collection" },
	{ "timeout", ARG_DURATION, 0, "20s", "for the fetch" },
	{ .name = NULL },
};

static const struct command_arg list_args[] = {
	{ "limit", ARG_INT, 0, "2000", "at most so many, the newest" },
	{ .name = NULL },
};

const struct command bench_profile_commands[] = {
	{ "profile.list", "the timeline of snapshots", list_args, 0, cmd_list },
	{ "profile.load", "compare two profiles", load_args, 0, cmd_load },
	{ "profile.a", "choose the profile to compare with", path_args, 0, cmd_a },
	{ "profile.b", "choose the newer profile", path_args, 0, cmd_b },
	{ "profile.swap", "exchange A and B", NULL, 0, cmd_swap },
	{ "profile.source", "the program that profile.grab and watch.start fetch from", source_args,
	    0, cmd_source },
	{ "profile.grab", "fetch a snapshot from the running program", grab_args, 0, cmd_grab },
	{ .name = NULL },
};
