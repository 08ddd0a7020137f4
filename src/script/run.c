/* run.c - the life of a script host process. */
#include "script/run.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "core/json.h"
#include "core/lone.h"
#include "core/plugin.h"
#include "core/tree.h"
#include "script/errors.h"
#include "script/host_open.h"
#include "script/link.h"
#include "script/value.h"
#include "sys/box.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/sock.h"

enum { STATUS_INT = 130, STATUS_TERM = 143, HARD_EXTRA_S = 1, READS_MAX = 40,
	ROOM_BESIDE_LUA = 512 << 20 };

struct session {
	struct tree tree;               /* of a project's plugin */
	char *folder;                   /* of the plugin, or NULL */
	json_t *manifest;
	const struct run_options *opt;
	struct loop *loop;
	struct host host;
	struct link link;
	struct task *main;
	struct loop_timer *deadline, *hard;
	struct loop_signal *watch[4];
	int status, stop_status;        /* worst so far; 130, 143 or 124 when we were stopped */
	bool over;
};

/* The worst wins, so that 1 always means a verdict (research/lua.md 6.4). */
static int
worse(int a, int b)
{
	static const int order[] = { STATUS_INT, STATUS_TERM, 124, 7, 4, 2, 3, 6, 1, 5, 0 };

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (order[i] == a || order[i] == b)
			return order[i];
	return a;
}

static int
complain(const struct run_options *o, const struct err_msg *why)
{
	char line[ERR_WHAT_MAX + ERR_WHY_MAX + ERR_NEXT_MAX + 16];

	if (o->json) {
		json_t *all = json_object();
		struct buf b;

		json_put(all, "error", json_from_err(why));
		buf_init(&b, 1 << 16);
		(void)json_write(all, &b);
		fprintf(stderr, "%s\n", buf_str(&b));
		buf_fini(&b);
		json_decref(all);
	} else {
		err_format(why, line, sizeof line);
		fprintf(stderr, "vise: %s\n", line);
	}
	return err_exit_status(why->code);
}

static void
end(struct session *s)
{
	s->over = true;
	loop_stop(s->loop);
}

/* ---- the end of tasks */

struct report { struct task *task; int status; };

#define ANSWERS "answer to "            /* how plugin.lua calls a task that answers the bench */

/* Under pcall: the runtime says what failed. */
static int
report(lua_State *L)
{
	struct report *r = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, r->task->result);
	r->status = errors_status(L, -1);
	if (r->task->told)
		return 0;
	lua_rawgeti(L, LUA_REGISTRYINDEX, host_of(L)->core);
	lua_getfield(L, -1, "task_failed");
	lua_pushstring(L, r->task->name);
	lua_pushvalue(L, 2);
	lua_call(L, 2, 0);
	return 0;
}

static int
main_status(lua_State *L)
{
	struct report *r = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, r->task->result);
	lua_rawgeti(L, -1, 1);
	r->status = (int)lua_tointeger(L, -1);
	return 0;
}

static int
status_of(struct host *h, struct task *t, lua_CFunction fn)
{
	struct report r = { t, err_exit_status(ERR_SCRIPT) };
	struct guard_frame saved;

	h->mem.slack = HOST_SLACK;
	guard_enter(h, &saved,
	    &(struct guard_frame){ .kind = GUARD_CALLBACK,
		.what = "report of an error",
		.run = h->L,
		.hard_ns = h->opt.callback_ns });
	lua_settop(h->L, 0);
	lua_pushcfunction(h->L, fn);
	lua_pushlightuserdata(h->L, &r);
	if (lua_pcall(h->L, 1, 0, 0) != LUA_OK)
		fprintf(stderr, "vise: %s: %s failed\n", h->opt.name, t->name);
	lua_settop(h->L, 0);
	guard_leave(h, &saved);
	h->mem.slack = 0;
	return r.status;
}

/* Under pcall: whether it failed for memory, of which little is left even after a collection. */
static int
is_full(lua_State *L)
{
	struct report *r = lua_touserdata(L, 1);
	const struct host_memory *m = &host_of(L)->mem;

	r->status = 0;
	lua_rawgeti(L, LUA_REGISTRYINDEX, r->task->result);
	if (!lua_istable(L, -1))
		return 0;
	lua_pushliteral(L, "code");
	(void)lua_rawget(L, -2);
	if (lua_type(L, -1) != LUA_TSTRING || strcmp(lua_tostring(L, -1), "memory") != 0)
		return 0;
	(void)lua_gc(L, LUA_GCCOLLECT);
	r->status = m->used > m->cap - m->cap / 4;
	return 0;
}

/* A plugin that cannot answer (its globals are overwritten, say) leaves those who asked it waiting
 * for ever; one that holds on to all of its memory fails in all that it does from then on. Both
 * end, and the bench tells those who wait; the next need starts it afresh. */
static void
give_up(struct session *s, struct task *t)
{
	const bool mute = strncmp(t->name, ANSWERS, sizeof ANSWERS - 1) == 0;

	if (!mute && status_of(&s->host, t, is_full) != 1)
		return;
	t->awaited = true;
	s->status = worse(s->status, status_of(&s->host, t, report));
	fprintf(stderr, "vise: %s: %s\n", s->host.opt.name, mute ? "it cannot answer any more" :
	    "what it holds fills its memory");
	end(s);
}

static void
on_task_ended(void *arg, struct task *t)
{
	struct session *s = arg;

	if (t != s->main) {
		if (t->failed && t->cancel == CANCEL_NO && !s->over && s->stop_status == 0 &&
		    strcmp(s->opt->action, "serve") == 0)
			give_up(s, t);
		return;
	}
	t->awaited = true;
	s->status = worse(s->status, status_of(&s->host, t, t->failed ? report : main_status));
	sched_judge_all(&s->host);
	end(s);
}

static void
on_unhandled(void *arg, struct task *t)
{
	struct session *s = arg;

	s->status = worse(s->status, status_of(&s->host, t, report));
}

/* Said now; it weighs only when nobody asks for it in the end. */
static void
on_failed(void *arg, struct task *t)
{
	struct session *s = arg;

	t->told = false;
	(void)status_of(&s->host, t, report);
	t->told = true;
}

/* ---- being stopped */

static void
on_hard(void *arg)
{
	struct session *s = arg;

	s->hard = NULL;
	fprintf(stderr, "vise: %s: clean-up takes too long; ended\n", s->host.opt.name);
	end(s);
}

static void
stop(struct session *s, int status, enum err code, const char *why)
{
	s->stop_status = status;
	s->host.stopping = true;
	if (s->main == NULL) {
		end(s);
		return;
	}
	sched_cancel_all(&s->host, code, why);
	s->hard = loop_timer_start(
	    s->loop, s->host.opt.grace_ns + HARD_EXTRA_S * NS_PER_S, 0, on_hard, s);
}

static void
on_deadline(void *arg)
{
	struct session *s = arg;
	char span[32], why[80];

	s->deadline = NULL;
	if (s->stop_status != 0)
		return;
	clock_fmt_span(s->opt->timeout_ns, span, sizeof span);
	snprintf(why, sizeof why, "it took more than %s in all (--timeout)", span);
	stop(s, err_exit_status(ERR_DEADLINE), ERR_DEADLINE, why);
}

static void
on_stop(struct session *s, int status)
{
	if (s->stop_status == STATUS_INT || s->stop_status == STATUS_TERM) {
		fprintf(stderr, "vise: %s: interrupted again; ended without clean-up\n",
		    s->host.opt.name);
		_Exit(status);
	}
	if (s->hard != NULL)
		s->stop_status = status;
	else
		stop(s, status, ERR_CANCELLED, "interrupted");
}

/* From vise, whose places are no longer held (cli/cli_script.h). */
static void
on_lost_place(void *arg)
{
	struct session *s = arg;
	struct err_msg why;

	(void)err_set(&why, ERR_LOST_PLACE, "place",
	    "what is under way may clean up; no test begins any more",
	    "it is no longer held: its lease is over, or somebody took it");
	s->host.stopping = true;
	sched_news(&s->host, NULL, &why);
}

/* A job of the bench is asked by SIGTERM, each in its turn; who runs in the foreground by this. */
static void
on_bench_ending(void *arg)
{
	struct session *s = arg;

	if (s->stop_status == 0)
		stop(s, err_exit_status(ERR_LOST), ERR_LOST, "the bench is ending");
}

static void
on_sigint(void *arg)
{
	on_stop(arg, STATUS_INT);
}

static void
on_sigterm(void *arg)
{
	on_stop(arg, STATUS_TERM);
}

/* ---- the beginning */

static json_t *
strings(const char *const *list, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(a, json_text(list[i], strlen(list[i])));
	return a;
}

static json_t *
request(const struct run_options *o)
{
	json_t *r = json_object();

	json_put_str(r, "action", o->action);
	json_put(r, "args", strings(o->args, o->nargs));
	json_put(r, "sets", strings(o->sets, o->nsets));
	json_put(r, "runs", strings(o->runs, o->nruns));
	json_put_bool(r, "json", o->json);
	json_put_bool(r, "verbose", o->verbose);
	if (o->file != NULL)
		json_put_str(r, "file", o->file);
	if (o->plugin != NULL)
		json_put_str(r, "plugin", o->plugin);
	if (o->id != NULL)
		json_put_str(r, "id", o->id);
	if (o->console != NULL)
		json_put_str(r, "console", o->console);
	if (o->board != NULL)
		json_put_str(r, "board", o->board);
	if (o->usb != NULL)
		json_put(r, "usb", json_read(o->usb, strlen(o->usb), "--usb", NULL));
	return r;
}

static int
push_request(lua_State *L)
{
	value_push(L, lua_touserdata(L, 1));
	return 1;
}

static void
start_main(struct session *s)
{
	json_t *r = request(s->opt);
	struct err_msg why;
	lua_State *L = s->host.L;
	int status;

	lua_pushcfunction(L, push_request);
	lua_pushlightuserdata(L, r);
	status = lua_pcall(L, 1, 1, 0);
	json_decref(r);
	if (status == LUA_OK)
		s->main = host_start(&s->host, "main", &why);
	else
		(void)err_set(
		    &why, ERR_SCRIPT, s->host.opt.name, NULL, "the request does not fit in memory");
	if (s->main == NULL) {
		s->status = complain(s->opt, &why);
		end(s);
	}
}

/* What the bench keeps: profiles that it fetched for us are read there. */
static const char *
bench_dir(const struct session *s)
{
	return s->host.link == NULL ? NULL :
	    json_get_str(json_object_get(s->link.snapshot, "bench"), "dir", NULL);
}

static void
take_powers_away(struct session *s)
{
	char *lua = path_data("lua");
	const bool lone = s->opt->plugin != NULL && lone_is(s->opt->plugin);
	const char *reads[READS_MAX + FS_ROOTS + 2] = { lua, s->folder },
		   *writes[FS_ROOTS + 1] = { NULL };
	const char *own = bench_dir(s);
	size_t n = 2, w = 0;

	mod_fs_roots(&s->host, s->folder);
	if (own != NULL)
		reads[n++] = own;
	for (int i = 0; i < FS_ROOTS; i++) {
		const char *path = s->host.fs.path[i];

		if (path != NULL)
			reads[n++] = path;
		if (path != NULL && s->host.fs.write[i])
			writes[w++] = path;
	}

	for (const char *const *u = s->opt->uses; s->opt->plugin != NULL && *u != NULL &&
	    n < READS_MAX; u++)
		reads[n++] = strchr(*u, '=') + 1;
	const struct box b = { .memory = s->host.opt.memory + ROOM_BESIDE_LUA,
		.files = 64,
		.no_new_privs = true,
		.no_write = true,
		/* a file without a manifest may be a link to where its user keeps such files */
		.no_read = s->opt->plugin != NULL && !lone,
		.read_ok = reads,
		.write_ok = writes };

	tzset();                        /* os.date asks for it later */
	(void)box_apply(&b);
	mem_free(lua);
}

static void
on_attached(void *arg, const struct err_msg *why)
{
	struct session *s = arg;

	if (s->over)
		return;
	if (why != NULL) {
		s->status = complain(s->opt, why);
		end(s);
		return;
	}
	take_powers_away(s);
	start_main(s);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* The bytes of a project's tree, when they are those that were trusted. */
static enum err
open_tree(struct session *s, struct err_msg *why)
{
	const struct run_options *o = s->opt;
	enum err e = o->tree != NULL ? tree_read(&s->tree, o->tree, why) : ERR_OK;

	if (e == ERR_OK && o->tree != NULL && strcmp(s->tree.hash, o->tree_hash) != 0)
		e = err_set(why, ERR_DENIED, o->tree, "vise plugin view, then vise plugin trust",
		    "the project's code is not what was trusted");
	s->host.tree = o->tree != NULL ? &s->tree : NULL;
	s->host.uses = o->uses;
	return e;
}

/* What the plugin says of itself. */
static enum err
open_plugin(struct session *s, struct err_msg *why)
{
	const bool lone = lone_is(s->opt->plugin);
	char *dir = lone ? mem_str(s->opt->plugin) : path_real(s->opt->plugin);
	enum err e = open_tree(s, why);

	if (dir == NULL)
		return err_set(why, ERR_NOENT, s->opt->plugin, NULL, "no such folder");
	s->folder = lone ? lone_folder(dir) : mem_str(s->opt->plugin);
	if (e == ERR_OK && (s->manifest = plugin_manifest(dir, s->host.tree, why)) == NULL)
		e = why->code == ERR_FORMAT ? ERR_USAGE : why->code;
	why->code = e;
	s->host.manifest = s->manifest;
	mem_free(dir);
	return e;
}

static enum err
open_host(struct session *s, struct err_msg *why)
{
	const struct run_options *o = s->opt;
	struct host_options h;
	char *dir;
	enum err e;

	host_defaults(&h);
	h.name = base_name(o->plugin != NULL ? o->plugin : o->file != NULL ? o->file : o->action);
	if (o->plugin != NULL)
		h.memory = LIMIT_PLUGIN_MEMORY;
	if (strcmp(o->action, "serve") == 0 || strcmp(o->action, "decode") == 0) {
		/* one that stays has people waiting for it: gone or named within 2 s */
		h.busy_ns = NS_PER_S;
		h.hard_ns = NS_PER_S / 2;
		h.watchdog_ns = 1800 * NS_PER_MS;
		h.grace_ns = NS_PER_S;
	}
	h.watchdog_ns = o->watchdog_ns != 0 ? o->watchdog_ns : h.watchdog_ns;
	h.busy_ns = o->busy_ns != 0 ? o->busy_ns : h.busy_ns;
	h.grace_ns = o->grace_ns != 0 ? o->grace_ns : h.grace_ns;
	h.json = o->json;
	h.verbose = o->verbose;
	e = host_open(&s->host, s->loop, &h, why);
	if (e != ERR_OK)
		return e;
	e = o->plugin != NULL ? open_plugin(s, why) : open_tree(s, why);
	if (e != ERR_OK)
		return e;
	s->host.arg = s;
	s->host.task_ended = on_task_ended;
	s->host.unhandled = on_unhandled;
	s->host.failed = on_failed;
	dir = path_data("lua/vise");
	e = host_runtime(&s->host, dir != NULL ? dir : "lua/vise", why);
	mem_free(dir);
	return e;
}

/* Those only say something. */
static bool
is_offline(const char *action)
{
	static const char *const list[] = { "describe", "check", "compile", "plan",
		"debug-plan" };

	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (strcmp(action, list[i]) == 0)
			return true;
	return false;
}

/* The descriptor of the bench; -1 with ERR_OK: there is none, and none is needed. */
/* Is that --run word given? */
static bool
is_given(const struct run_options *o, const char *word)
{
	for (size_t i = 0; i < o->nruns; i++)
		if (strcmp(o->runs[i], word) == 0)
			return true;
	return false;
}

static enum err
reach_bench(const struct run_options *o, int *fd, struct err_msg *why)
{
	*fd = o->fd;
	if (o->fd >= 0)
		return sys_nonblock(o->fd, true) && sys_cloexec(o->fd, true) ? ERR_OK :
		    err_set(why, ERR_USAGE, "--fd", NULL, "%d is no open descriptor", o->fd);
	if (o->bench != NULL)
		return sys_unix_connect(o->bench, fd, why);
	if (is_offline(o->action) || is_given(o, "dry=on") || is_given(o, "list=on"))
		return ERR_OK;
	return err_set(why, ERR_USAGE, "vise-script",
	    "run it through `vise script`, which gives it one",
	    "no bench: --bench SOCKET or --fd N is needed");
}

static void
watch_signals(struct session *s)
{
	s->watch[0] = loop_signal_watch(s->loop, SIGINT, on_sigint, s);
	s->watch[1] = loop_signal_watch(s->loop, SIGTERM, on_sigterm, s);
	s->watch[2] = loop_signal_watch(s->loop, SIGHUP, on_sigterm, s);
	s->watch[3] = loop_signal_watch(s->loop, SIGUSR1, on_lost_place, s);
	if (s->opt->timeout_ns != 0)
		s->deadline = loop_timer_start(s->loop, s->opt->timeout_ns, 0, on_deadline, s);
}

static void
run_all(struct session *s, int fd)
{
	watch_signals(s);
	if (fd >= 0) {
		link_open(&s->link, &s->host, fd, s->host.opt.name);
		s->link.attached = on_attached;
		s->link.ending = s->opt->fd < 0 ? on_bench_ending : NULL;
		s->link.arg = s;
		s->host.link = &s->link;
	} else {
		take_powers_away(s);
		start_main(s);
	}
	while (!s->over && loop_turn(s->loop, -1))
		;
	if (!s->over) {
		fprintf(stderr, "vise: %s: every task waits for something that cannot come\n",
		    s->host.opt.name);
		s->status = worse(s->status, err_exit_status(ERR_SCRIPT));
	}
}

static void
tidy(struct session *s)
{
	loop_timer_stop(s->deadline);
	loop_timer_stop(s->hard);
	for (size_t i = 0; i < sizeof s->watch / sizeof *s->watch; i++)
		loop_signal_forget(s->watch[i]);
	host_fini(&s->host);
	if (s->host.link != NULL)
		link_fini(&s->link);
	json_decref(s->manifest);
	mem_free(s->folder);
	tree_fini(&s->tree);
	loop_free(s->loop);
	(void)fflush(NULL);
}

int
run_script(const struct run_options *o)
{
	struct session s = { .opt = o };
	struct err_msg why;
	int fd = -1;

	process_fill_std_fds();
	process_ignore_signals();
	s.loop = loop_new();
	if (s.loop == NULL) {
		(void)err_set(&why, ERR_INFRA, "loop", NULL, "cannot be made");
		return complain(o, &why);
	}
	if (reach_bench(o, &fd, &why) != ERR_OK || open_host(&s, &why) != ERR_OK) {
		s.status = complain(o, &why);
		sys_close(fd);
	} else {
		run_all(&s, fd);
	}
	tidy(&s);
	return s.stop_status != 0 ? s.stop_status : s.status;
}
