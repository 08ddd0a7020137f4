/* mod_task.c - tasks for Lua. */
#include "script/mod_task.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "script/errors.h"
#include "script/host.h"
#include "sys/time.h"

#define TASK_META "vise.task"

uint64_t
mod_task_duration(lua_State *L, int arg, uint64_t dflt)
{
	uint64_t ns = 0;
	size_t n;
	const char *s;
	lua_Number v;

	if (lua_isnoneornil(L, arg))
		return dflt;
	if (lua_type(L, arg) == LUA_TNUMBER) {
		v = lua_tonumber(L, arg);
		if (v >= 1e9)
			return UINT64_MAX;
		if (v >= 0)
			return (uint64_t)(v * 1e9);
		errors_raise(L, "usage", "argument %d: a duration of %f s is not possible", arg, v);
	}
	s = lua_tolstring(L, arg, &n);
	if (s == NULL || !slice_duration(slice_make(s, n), &ns))
		errors_argument(L, arg, "a duration (seconds, or text such as \"500ms\")");
	return ns;
}

void
mod_task_push(lua_State *L, struct task *t)
{
	struct task **box = lua_newuserdatauv(L, sizeof(struct task *), 0);

	*box = t;
	t->handles++;
	luaL_setmetatable(L, TASK_META);
}

static struct task *
check(lua_State *L, int arg)
{
	struct task **box = luaL_testudata(L, arg, TASK_META);

	if (box == NULL || *box == NULL) {
		errors_argument(L, arg, "a task");
		return NULL;
	}
	return *box;
}

static int
l_gc(lua_State *L)
{
	struct task **box = luaL_checkudata(L, 1, TASK_META);

	if (*box != NULL)
		sched_release(*box);
	*box = NULL;
	return 0;
}

static int
k_sleep(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);

	(void)status;
	sched_check(L, t);
	return sched_due(t) ? 0 : sched_park(L, t, NULL, k_sleep, ctx);
}

static int
l_sleep(lua_State *L)
{
	struct task *t = sched_begin(L, "vise.sleep");

	if (lua_isnoneornil(L, 1))
		return errors_argument(L, 1, "a duration (seconds, or text such as \"500ms\")");
	sched_until(t, mod_task_duration(L, 1, 0));
	return sched_park(L, t, NULL, k_sleep, 0);
}

static int
l_now(lua_State *L)
{
	lua_pushnumber(L, (lua_Number)sys_mono() / 1e9);
	return 1;
}

/* spawn(name, fn, ...) */
static int
l_spawn(lua_State *L)
{
	const char *name = lua_tostring(L, 1);
	char made[64];
	lua_Debug ar;

	if (!lua_isfunction(L, 2))
		return errors_argument(L, 1, "a function");
	if (name == NULL) {
		lua_pushvalue(L, 2);
		if (lua_getinfo(L, ">S", &ar) != 0)
			snprintf(
			    made, sizeof made, "task of %.40s:%d", ar.short_src, ar.linedefined);
	}
	mod_task_push(L, sched_spawn(L, lua_gettop(L) - 2, name != NULL ? name : made));
	return 1;
}

/* The results of a task that is done, or its error. */
static int
deliver(lua_State *L, struct task *t)
{
	lua_Integer n;

	t->awaited = true;
	lua_rawgeti(L, LUA_REGISTRYINDEX, t->result);
	if (t->failed)
		return lua_error(L);
	lua_getfield(L, -1, "n");
	n = lua_tointeger(L, -1);
	lua_pop(L, 1);
	if (!lua_checkstack(L, (int)n + 1))
		return luaL_error(L, "too many results");
	for (lua_Integer i = 1; i <= n; i++)
		lua_rawgeti(L, -(int)i, i);
	return (int)n;
}

static int
k_await(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L), *other = check(L, 1);

	(void)status;
	if (other->state == TASK_DONE)          /* its end weighs more than our own cancel */
		return deliver(L, other);
	sched_check(L, t);
	other->awaited = true;                  /* its failure will be ours */
	if (sched_due(t)) {
		other->awaited = false;
		return errors_raise(L, "timeout", "task \"%s\" is not done in time", other->name);
	}
	return sched_park(L, t, &t->host->sched, k_await, ctx);
}

static int
l_await(lua_State *L)
{
	struct task *t = sched_begin(L, "task:await"), *other = check(L, 1);

	if (other == t)
		return errors_raise(L, "usage", "a task cannot await itself");
	sched_until(t, mod_task_duration(L, 2, UINT64_MAX));
	lua_settop(L, 1);
	return k_await(L, LUA_OK, 0);
}

/* await_any({task...}, timeout) -> index, or nil when the time is over */
static int
k_any(lua_State *L, int status, lua_KContext n)
{
	struct task *t = sched_current(L);

	(void)status;
	sched_check(L, t);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_geti(L, 1, i);
		if (check(L, -1)->state == TASK_DONE) {
			lua_pushinteger(L, i);
			return 1;
		}
		check(L, -1)->awaited = true;
		lua_pop(L, 1);
	}
	if (sched_due(t))
		return 0;
	return sched_park(L, t, &t->host->sched, k_any, n);
}

static int
l_any(lua_State *L)
{
	struct task *t = sched_begin(L, "vise.any");

	luaL_checktype(L, 1, LUA_TTABLE);
	sched_until(t, mod_task_duration(L, 2, UINT64_MAX));
	lua_settop(L, 1);
	return k_any(L, LUA_OK, (lua_KContext)luaL_len(L, 1));
}

/* begin(call): raises where nothing may wait, in the name of what is built of other calls. */
static int
l_begin(lua_State *L)
{
	(void)sched_begin(L, luaL_checkstring(L, 1));
	return 0;
}

/* not_loading(call): raises while code loads; elsewhere the call need not wait. */
static int
l_not_loading(lua_State *L)
{
	if (host_of(L)->guard.now.kind == GUARD_LOAD)
		(void)sched_begin(L, luaL_checkstring(L, 1));
	return 0;
}

/* pause(table, timeout): until wake(table); false when the time is over. May wake for nothing. */
static int
k_pause(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);

	(void)status;
	(void)ctx;
	sched_check(L, t);
	lua_pushboolean(L, !sched_due(t));
	return 1;
}

static int
l_pause(lua_State *L)
{
	struct task *t = sched_begin(L, luaL_checkstring(L, 3));

	luaL_checktype(L, 1, LUA_TTABLE);
	sched_until(t, mod_task_duration(L, 2, UINT64_MAX));
	return sched_park(L, t, lua_topointer(L, 1), k_pause, 0);
}

static int
l_wake(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	sched_wake(host_of(L), lua_topointer(L, 1));
	return 0;
}

static int
l_cancel(lua_State *L)
{
	struct task *t = check(L, 1);

	sched_cancel(t, ERR_CANCELLED, luaL_optstring(L, 2, "cancelled"));
	t->awaited = true;                      /* whoever cancels knows */
	return 0;
}

/* <close>: what it is closed for is no reason to be told. */
static int
l_close(lua_State *L)
{
	lua_settop(L, 1);
	return l_cancel(L);
}

static int
l_is_task(lua_State *L)
{
	lua_pushboolean(L, luaL_testudata(L, 1, TASK_META) != NULL);
	return 1;
}

static const char *
word_of(const struct task *t)
{
	static const char *const words[] = { "ready", "running", "waiting", "done" };

	return t->state == TASK_DONE && t->failed ? "failed" : words[t->state];
}

static int
l_status(lua_State *L)
{
	lua_pushstring(L, word_of(check(L, 1)));
	return 1;
}

static int
l_tostring(lua_State *L)
{
	const struct task *t = check(L, 1);

	lua_pushfstring(L, "task \"%s\": %s", t->name, word_of(t));
	return 1;
}

/* current() -> an identity of the running task, for tables of the runtime; nil outside */
static int
l_current(lua_State *L)
{
	struct task *t = sched_current(L);

	if (t != NULL)
		lua_pushlightuserdata(L, t);
	else
		lua_pushnil(L);
	return 1;
}

/* keep(): the running task is the runtime's own and is left alone by cancel_all. */
static int
l_keep(lua_State *L)
{
	struct task *t = sched_current(L);

	if (t != NULL)
		t->keep = true;
	return 0;
}

static int
l_cancel_all(lua_State *L)
{
	sched_cancel_all(host_of(L), ERR_CANCELLED, luaL_checkstring(L, 1));
	return 0;
}

static int
l_stopping(lua_State *L)
{
	lua_pushboolean(L, host_of(L)->stopping);
	return 1;
}

/* me() -> a handle of the running task; nil outside */
static int
l_me(lua_State *L)
{
	struct task *t = sched_current(L);

	if (t != NULL)
		mod_task_push(L, t);
	else
		lua_pushnil(L);
	return 1;
}

/* news(task or nil, code, what, why, next): sched_news. */
static int
l_news(lua_State *L)
{
	struct err_msg why;

	(void)err_set(&why, err_from_word(luaL_checkstring(L, 2)), luaL_checkstring(L, 3),
	    luaL_optstring(L, 5, NULL), "%s", luaL_checkstring(L, 4));
	sched_news(host_of(L), lua_isnil(L, 1) ? NULL : check(L, 1), &why);
	return 0;
}

static int
l_alive(lua_State *L)
{
	lua_pushinteger(L, sched_alive(host_of(L), true));
	return 1;
}

void
mod_task_open(lua_State *L)
{
	static const luaL_Reg meta[] = { { "__gc", l_gc }, { "__tostring", l_tostring },
		{ "__close", l_close }, { NULL, NULL } };
	static const luaL_Reg methods[] = {
		{ "await", l_await },
		{ "cancel", l_cancel },
		{ "close", l_cancel },
		{ "status", l_status },
		{ NULL, NULL },
	};
	static const luaL_Reg list[] = {
		{ "sleep", l_sleep },
		{ "now", l_now },
		{ "spawn", l_spawn },
		{ "await_any", l_any },
		{ "begin", l_begin },
		{ "not_loading", l_not_loading },
		{ "is_task", l_is_task },
		{ "pause", l_pause },
		{ "wake", l_wake },
		{ "current", l_current },
		{ "keep", l_keep },
		{ "me", l_me },
		{ "news", l_news },
		{ "cancel_all", l_cancel_all },
		{ "alive", l_alive },
		{ "stopping", l_stopping },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, TASK_META);
	luaL_setfuncs(L, meta, 0);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, TASK_META);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
	luaL_setfuncs(L, list, 0);
}
