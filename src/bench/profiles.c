/* profiles.c - the two profiles of a bench, compared by a worker process. */
#include "bench/profiles.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/news.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/spawn.h"

enum { ROWS_MAX = 500 };
static const uint64_t ASK_NS = (uint64_t)LIMIT_WORKER_MS * NS_PER_MS;

/* One worker with one task; it ends when the task is answered. */
struct task {
	struct list node;
	struct bench *bench;
	struct peer *peer;
	struct loop_child *child;
	pid_t pid;
	struct command_call *call;      /* who waits, or NULL */
	json_t *a, *b;                  /* results of the single profiles */
	json_t *diff;
	unsigned waiting;               /* answers still to come */
	bool failed, ended;
	char *out;                      /* of a grab: the file, and the slot it goes to */
	char slot;
	bool shift;                     /* the B there was becomes A, once the new one is here */
	struct err_msg why;
};

/* ---- telling */

static json_t *
side_json(const json_t *path, const json_t *top)
{
	json_t *o = json_object();

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
profile_json(const struct task *t)
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
		json_put(o, "a", side_json(t->bench->profile_a, t->a));
	json_put(o, "b", side_json(t->bench->profile_b, t->b));
	json_put(o, "rows", list);
	json_put_int(o, "hidden",
	    json_get_int(top, "dropped", 0) +
		(json_array_size(rows) > ROWS_MAX ? (json_int_t)(json_array_size(rows) - ROWS_MAX)
						  : 0));
	return o;
}

/* ---- a worker's life */

static void
task_end(void *arg)
{
	struct task *t = arg;

	list_del(&t->node);
	peer_close(t->peer);
	if (t->child != NULL) {
		loop_child_forget(t->child);
		sys_kill_group(t->pid, 9);
		(void)sys_wait(t->pid);
	}
	json_decref(t->a);
	json_decref(t->b);
	json_decref(t->diff);
	mem_free(t->out);
	mem_free(t);
}

static void
answer(struct task *t, json_t *result)
{
	if (t->call != NULL && t->failed)
		command_fail(t->call, &t->why);
	else if (t->call != NULL)
		command_done(t->call, result);
	else
		json_decref(result);
	t->call = NULL;
}

static void load(struct bench *b, struct command_call *call);

static void
task_done(struct task *t)
{
	struct bench *b = t->bench;

	if (t->ended)
		return;
	t->ended = true;
	if (t->failed) {
		if (t->out == NULL)
			set_state(b, "failed", &t->why);
		bench_notice_err(b, "error", "profile", &t->why);
		answer(t, NULL);
	} else if (t->out != NULL) {
		json_t **slot = t->slot == 'a' ? &b->profile_a : &b->profile_b;

		if (t->shift && b->profile_b != NULL) {
			json_decref(b->profile_a);
			b->profile_a = json_incref(b->profile_b);
		}
		json_decref(*slot);
		*slot = json_string(t->out);
		load(b, t->call);
	} else {
		json_t *p = profile_json(t);

		set_profile(b, json_incref(p));
		answer(t, p);
	}
	loop_defer(b->loop, task_end, t);
}

static void
got(struct task *t, json_t **where, const json_t *result, const struct err_msg *why)
{
	if (why != NULL && !t->failed) {
		t->failed = true;
		t->why = *why;
	}
	if (result != NULL && where != NULL)
		*where = json_incref((json_t *)(uintptr_t)result);
	if (--t->waiting == 0 || t->failed)
		task_done(t);
}

static void
on_a(void *arg, const json_t *result, const struct err_msg *why)
{
	got(arg, &((struct task *)arg)->a, result, why);
}

static void
on_b(void *arg, const json_t *result, const struct err_msg *why)
{
	got(arg, &((struct task *)arg)->b, result, why);
}

static void
on_diff(void *arg, const json_t *result, const struct err_msg *why)
{
	got(arg, &((struct task *)arg)->diff, result, why);
}

static void
on_fetched(void *arg, const json_t *result, const struct err_msg *why)
{
	got(arg, NULL, result, why);
}

/* A worker killed by the kernel says nothing: its end fails what was asked. */
static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	struct task *t = arg;

	(void)p;
	(void)why;
	if (t->ended)
		return;
	t->failed = true;
	(void)err_set(&t->why, ERR_TOOL, "vise-worker", "try again; the bench is not affected",
	    "the worker ended before it answered");
	task_done(t);
}

static void
on_exit_status(void *arg, int status)
{
	struct task *t = arg;

	(void)status;
	t->child = NULL;
}

static const struct peer_ops ops = { .closed = on_closed };

static struct task *
task_start(struct bench *b, struct command_call *call, const char *write_ok, struct err_msg *why)
{
	struct task *t = mem_zero(1, sizeof *t);
	char *program = path_program("vise-worker");
	const char *argv[] = { program, write_ok != NULL ? "--write" : NULL, write_ok, NULL };
	int pair[2];
	enum err e;

	if (!sys_socketpair(pair)) {
		mem_free(t);
		mem_free(program);
		(void)err_set(why, ERR_IO, "vise-worker", NULL, "no socket for it");
		return NULL;
	}
	const struct sys_spawn s = { .argv = argv,
		.fd_in = -1,
		.fd_out = -1,
		.fd_err = -1,
		.fd3 = pair[1],
		.no_new_privs = true };

	e = sys_spawn(&s, &t->pid, why);
	sys_close(pair[1]);
	mem_free(program);
	if (e != ERR_OK) {
		sys_close(pair[0]);
		mem_free(t);
		return NULL;
	}
	t->bench = b;
	t->call = call;
	t->peer = peer_open(b->loop, pair[0], "bench", b->name, &ops, t);
	t->child = loop_child_watch(b->loop, t->pid, on_exit_status, t);
	list_add_tail(&b->tasks, &t->node);
	return t;
}

static void
ask_top(struct task *t, const json_t *now, const json_t *base, peer_answer_cb cb)
{
	json_t *p = json_object();

	(void)json_object_set(p, "now", (json_t *)(uintptr_t)now);
	if (base != NULL)
		(void)json_object_set(p, "diff_base", (json_t *)(uintptr_t)base);
	json_put_int(p, "limit_bytes",
	    (json_int_t)(options_num(&t->bench->options, OPT_PROFILE_LIMIT) << 20));
	t->waiting++;
	peer_call(t->peer, "pprof.top", p, ASK_NS, cb, t);
}

static void
load(struct bench *b, struct command_call *call)
{
	struct err_msg why;
	struct task *t;

	if (b->profile_b == NULL) {     /* only A so far: nothing to show yet */
		if (call != NULL)
			command_done(call, NULL);
		return;
	}
	t = task_start(b, call, NULL, &why);
	if (t == NULL) {
		set_state(b, "failed", &why);
		if (call != NULL)
			command_fail(call, &why);
		return;
	}
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
	LIST_EACH_SAFE(n, &b->tasks) {
		struct task *t = LIST_ENTRY(n, struct task, node);

		loop_defer_cancel(b->loop, task_end, t);
		t->ended = true;
		task_end(t);
	}
	json_decref(b->profile);
	json_decref(b->profile_a);
	json_decref(b->profile_b);
	b->profile = b->profile_a = b->profile_b = NULL;
}

/* ---- commands */

static void
set_path(json_t **slot, const char *path)
{
	json_decref(*slot);
	*slot = json_text(path, strlen(path));
}

static void
cmd_load(struct command_call *c)
{
	struct bench *b = c->ctx;

	set_path(&b->profile_a, json_get_str(c->args, "a", ""));
	set_path(&b->profile_b, json_get_str(c->args, "b", ""));
	load(b, c);
}

static void
cmd_a(struct command_call *c)
{
	struct bench *b = c->ctx;

	set_path(&b->profile_a, json_get_str(c->args, "path", ""));
	load(b, c);
}

static void
cmd_b(struct command_call *c)
{
	struct bench *b = c->ctx;

	set_path(&b->profile_b, json_get_str(c->args, "path", ""));
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
cmd_grab(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *url = json_get_str(c->args, "url", b->profile_url),
		   *slot = json_get_str(c->args, "slot", "b");
	char *folder;
	struct err_msg why;
	struct task *t;
	json_t *p;

	if (url == NULL || (strcmp(slot, "a") != 0 && strcmp(slot, "b") != 0)) {
		(void)err_set(&why, ERR_USAGE, "profile.grab", NULL,
		    url == NULL
			? "needs the address, such as http://127.0.0.1:6060/debug/pprof/heap?gc=1"
			: "slot is a or b");
		command_fail(c, &why);
		return;
	}
	folder = bench_path(b, "snapshots", "%s", "");
	t = task_start(b, c, folder, &why);
	mem_free(folder);
	if (t == NULL) {
		command_fail(c, &why);
		return;
	}
	t->slot = slot[0];
	t->shift = slot[0] == 'b' && json_get_bool(c->args, "shift", true);
	t->out = bench_path(b, "snapshots", "heap-%03u.pb.gz", ++b->next_snapshot);
	p = json_object();
	json_put_str(p, "url", url);
	json_put_str(p, "out", t->out);
	json_put_bool(p, "check", true);
	json_put_int(p, "timeout_ms", 20000);
	t->waiting = 1;
	peer_call(t->peer, "fetch", p, ASK_NS, on_fetched, t);
}

static const struct command_arg load_args[] = {
	{ "a", ARG_WORD, ARG_MUST, NULL, "the profile to compare with" },
	{ "b", ARG_WORD, ARG_MUST, NULL, "the newer profile" },
	{ .name = NULL },
};
static const struct command_arg path_args[] = {
	{ "path", ARG_WORD, ARG_MUST, NULL, "file, http:// or unix:SOCKET:/PATH" },
	{ .name = NULL },
};
static const struct command_arg grab_args[] = {
	{ "url", ARG_WORD, 0, NULL, "http:// or unix:SOCKET:/PATH; the target's own if absent" },
	{ "slot", ARG_WORD, 0, "b", "a or b" },
	{ "shift", ARG_BOOL, 0, "on", "the B there was becomes A" },
	{ .name = NULL },
};

const struct command bench_profile_commands[] = {
	{ "profile.load", "compare two profiles", load_args, 0, cmd_load },
	{ "profile.a", "choose the profile to compare with", path_args, 0, cmd_a },
	{ "profile.b", "choose the newer profile", path_args, 0, cmd_b },
	{ "profile.swap", "exchange A and B", NULL, 0, cmd_swap },
	{ "profile.grab", "fetch a snapshot from the running program", grab_args, 0, cmd_grab },
	{ .name = NULL },
};
