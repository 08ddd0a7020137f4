/* host_open.c - making and ending the Lua state. */
#include "script/host_open.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "script/errors.h"
#include "script/libs.h"
#include "script/mod_bench.h"
#include "script/mod_event.h"
#include "script/mod_expect.h"
#include "script/mod_fs.h"
#include "script/mod_json.h"
#include "script/mod_log.h"
#include "script/mod_rx.h"
#include "script/mod_serve.h"
#include "script/mod_stream.h"
#include "script/mod_task.h"
#include "script/mod_text.h"
#include "sys/io.h"
#include "sys/path.h"

enum { RUNTIME_FILE_MAX = 256 << 10 };

/* Shrinking never fails; growth past the cap is refused, and Lua then collects and tries once more.
 * */
static void *
capped(void *ud, void *p, size_t old, size_t size)
{
	struct host_memory *m = ud;
	void *q;

	if (p == NULL)
		old = 0;                        /* a type tag then */
	if (size == 0) {
		mem_free(p);
		m->used -= old;
		return NULL;
	}
	if (size > old && m->used + (size - old) > m->cap + m->slack)
		return NULL;
	q = p != NULL ? mem_try_resize(p, size) : mem_try(size);
	if (q == NULL)
		return NULL;
	m->used += size - old;
	return q;
}

static int
on_panic(lua_State *L)
{
	const char *text = lua_tostring(L, -1);

	fprintf(stderr, "vise: %s: Lua gave up: %s\n", host_of(L)->opt.name,
	    text != NULL ? text : "no reason");
	(void)fflush(stderr);
	_Exit(err_exit_status(ERR_SCRIPT));
}

static void
on_warning(void *ud, const char *text, int more)
{
	const struct host *h = ud;

	fprintf(stderr, "vise: %s: warning: %s%s", h->opt.name, text, more ? "" : "\n");
}

void
host_defaults(struct host_options *o)
{
	*o = (struct host_options){
		.name = "script",
		.memory = LIMIT_SCRIPT_MEMORY,
		.slice_ns = 5 * NS_PER_MS,
		.hard_ns = 2 * NS_PER_S,
		.callback_ns = 50 * NS_PER_MS,
		.load_ns = 500 * NS_PER_MS,
		.busy_ns = 10 * NS_PER_S,
		.watchdog_ns = 30 * NS_PER_S,
		.grace_ns = 10 * NS_PER_S,
	};
}

static int
open_all(lua_State *L)
{
	struct host *h = host_of(L);

	errors_open(L);
	libs_open(L);
	sched_coroutines(L);
	lua_newtable(L);
	errors_functions(L);
	mod_task_open(L);
	mod_stream_open(L);
	mod_expect_open(L);
	mod_rx_open(L);
	mod_serve_open(L);
	mod_event_open(L);
	mod_fs_open(L);
	mod_json_open(L);
	mod_log_open(L);
	mod_text_open(L);
	mod_bench_open(L);
	libs_functions(L);
	h->core = luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

static enum err
failed(struct host *h, const char *what, struct err_msg *why)
{
	const char *text = luaL_tolstring(h->L, -1, NULL);

	(void)err_set(why, ERR_SCRIPT, what, NULL, "%s", text);
	lua_settop(h->L, 0);
	return ERR_SCRIPT;
}

enum err
host_open(struct host *h, struct loop *l, const struct host_options *o, struct err_msg *why)
{
	memset(h, 0, sizeof *h);
	h->loop = l;
	h->opt = *o;
	h->mem.cap = o->memory;
	sched_init(h);
	h->L = lua_newstate(capped, &h->mem);
	if (h->L == NULL)
		return err_set(why, ERR_MEMORY, "Lua", NULL, "no memory for a state");
	memcpy(lua_getextraspace(h->L), &(struct host *){ h }, sizeof(struct host *));
	(void)lua_atpanic(h->L, on_panic);
	lua_setwarnf(h->L, on_warning, h);
	lua_pushcfunction(h->L, open_all);
	if (lua_pcall(h->L, 0, 0, 0) != LUA_OK)
		return failed(h, "Lua", why);
	if (!guard_init(h))
		return err_set(
		    why, ERR_INFRA, "timer", NULL, "no timer for the time limits of scripts");
	return ERR_OK;
}

void
host_fini(struct host *h)
{
	struct guard_frame saved;

	if (h->L == NULL)
		return;
	guard_enter(h, &saved,
	    &(struct guard_frame){ .kind = GUARD_CALLBACK,
		.what = "end of the script",
		.run = h->L,
		.hard_ns = h->opt.callback_ns });
	lua_close(h->L);
	h->guard.run = NULL;
	h->guard.now.kind = GUARD_NONE;
	guard_fini(h);
	sched_fini(h);
	mod_fs_fini(&h->fs);
	mem_free(h->runtime);
	h->L = NULL;
}

struct runtime_file { const char *name; const char *text; size_t n; };

/* Each file is a function of (core, vise) that adds to both. */
static int
run_file(lua_State *L)
{
	const struct runtime_file *f = lua_touserdata(L, 1);
	struct host *h = host_of(L);
	char chunk[64];

	snprintf(chunk, sizeof chunk, ERRORS_RUNTIME "%s", f->name);
	if (luaL_loadbufferx(L, f->text, f->n, chunk, "t") != LUA_OK)
		return lua_error(L);
	lua_rawgeti(L, LUA_REGISTRYINDEX, h->core);
	lua_getfield(L, -1, "vise");
	lua_call(L, 2, 0);
	return 0;
}

/* module(name): a further file of the runtime, when it is first wanted. */
static int
l_module(lua_State *L)
{
	struct host *h = host_of(L);
	const char *name = luaL_checkstring(L, 1);
	char *file = mem_fmt("%s.lua", name), *path = path_join(h->runtime, file);
	struct err_msg why;
	struct buf b;
	int status = LUA_OK;
	enum err e;

	buf_init(&b, 2 * RUNTIME_FILE_MAX);
	e = sys_file_read(path, RUNTIME_FILE_MAX, &b, &why);
	if (e == ERR_OK) {
		struct runtime_file f = { file, buf_str(&b), b.len };

		lua_pushcfunction(L, run_file);
		lua_pushlightuserdata(L, &f);
		status = lua_pcall(L, 1, 0, 0);
	}
	buf_fini(&b);
	mem_free(path);
	mem_free(file);
	if (e != ERR_OK)
		return errors_raise_msg(L, &why);
	return status == LUA_OK ? 0 : lua_error(L);
}

static int
prepare(lua_State *L)
{
	struct host *h = host_of(L);

	lua_rawgeti(L, LUA_REGISTRYINDEX, h->core);
	lua_newtable(L);
	lua_setfield(L, -2, "vise");
	lua_pushcfunction(L, l_module);
	lua_setfield(L, -2, "module");
	return 0;
}

static int
keep_body(lua_State *L)
{
	struct host *h = host_of(L);

	lua_rawgeti(L, LUA_REGISTRYINDEX, h->core);
	lua_getfield(L, -1, "body");
	luaL_checktype(L, -1, LUA_TFUNCTION);
	h->sched.body = luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

/* Our own files: a busy machine may take its time over them. */
static enum err
call(struct host *h, lua_CFunction fn, void *arg, const char *what, struct err_msg *why)
{
	struct guard_frame saved;
	int status;

	guard_enter(h, &saved, &(struct guard_frame){ .kind = GUARD_LOAD, .what = what, .run = h->L,
	    .hard_ns = 30 * NS_PER_S });
	lua_pushcfunction(h->L, fn);
	lua_pushlightuserdata(h->L, arg);
	status = lua_pcall(h->L, 1, 0, 0);
	guard_leave(h, &saved);
	return status == LUA_OK ? ERR_OK : failed(h, what, why);
}

enum err
host_runtime(struct host *h, const char *dir, struct err_msg *why)
{
	/* the others are read when they are wanted: base.lua */
	static const char *const files[] = { "base.lua", "console.lua", "launch.lua",
		"register.lua", "board.lua", "plugin.lua", "main.lua", NULL };
	enum err e = call(h, prepare, NULL, "runtime", why);

	h->runtime = mem_str(dir);
	for (const char *const *name = files; e == ERR_OK && *name != NULL; name++) {
		char *path = path_join(dir, *name);
		struct buf b;

		buf_init(&b, 2 * RUNTIME_FILE_MAX);
		e = sys_file_read(path, RUNTIME_FILE_MAX, &b, why);
		if (e == ERR_OK)
			e = call(h, run_file, &(struct runtime_file){ *name, buf_str(&b), b.len },
			    *name, why);
		buf_fini(&b);
		mem_free(path);
	}
	return e == ERR_OK ? call(h, keep_body, NULL, "runtime", why) : e;
}

struct start { const char *name; struct task *task; };

/* Stack: struct start, argument. */
static int
start_task(lua_State *L)
{
	struct start *s = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, host_of(L)->core);
	lua_getfield(L, -1, s->name);
	lua_pushvalue(L, 2);
	s->task = sched_spawn(L, 1, s->name);
	return 0;
}

struct task *
host_start(struct host *h, const char *name, struct err_msg *why)
{
	struct start s = { .name = name };

	lua_pushcfunction(h->L, start_task);
	lua_insert(h->L, -2);
	lua_pushlightuserdata(h->L, &s);
	lua_insert(h->L, -2);
	if (lua_pcall(h->L, 2, 0, 0) != LUA_OK)
		(void)failed(h, name, why);
	return s.task;
}
