/* mod_bench.c - requests to the bench, as calls that wait. */
#include "script/mod_bench.h"

#include <lauxlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "core/command.h"
#include "script/allow.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/link.h"
#include "script/mod_stream.h"
#include "script/mod_task.h"
#include "script/value.h"

#define CALL_META "vise.call"

/* Streams below are consoles, the others jobs (the socket's protocol, vise-protocol(7)). */
enum { FIRST_JOB_STREAM = 1000 };

static struct link *
link_of(lua_State *L)
{
	struct link *k = host_of(L)->link;

	if (k == NULL)
		errors_raise(L, "infra", "there is no bench; start one with vise, or give --bench");
	return k;
}

static int
l_call_gc(lua_State *L)
{
	struct link_call **box = luaL_checkudata(L, 1, CALL_META);

	if (*box != NULL)
		link_release(*box);
	*box = NULL;
	return 0;
}

/* ctx is the stack index of the call's box. */
static int
k_call(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);
	struct link_call *c = *(struct link_call **)lua_touserdata(L, (int)ctx);

	(void)status;
	sched_check(L, t);
	if (!c->done) {
		t->until = 0;
		return sched_park(L, t, c, k_call, ctx);
	}
	if (c->failed)
		return errors_raise_cause(L, &c->why, c->result);
	value_push(L, c->result);
	return 1;
}

/* What it asks for is held against the plugin's manifest, whatever Lua stood in between. */
static enum err
check_allowed(lua_State *L, const char *method, const json_t *params, struct err_msg *why)
{
	const json_t *m = host_of(L)->manifest;
	enum err e = ERR_OK;

	/* by its name: what the runtime says for the plugin itself */
	if (json_object_get(params, "name") != NULL &&
	    strncmp(json_get_str(params, "name", ""), "plugin.", 7) != 0)
		e = allow_args(m, json_get_str(params, "name", ""),
		    json_object_get(params, "args"), why);
	else if (strcmp(method, "command") == 0)
		e = allow_line(m, json_get_str(params, "line", ""), why);
	else if (strcmp(method, "subscribe") == 0 &&
	    json_get_int(params, "stream", 0) < FIRST_JOB_STREAM)
		e = allow_need(m, "serial", why);
	return e;
}

/* call(name shown, method, params, timeout) -> result. Waits. */
static int
l_call(lua_State *L)
{
	const char *method = luaL_checkstring(L, 2);
	struct link_call **box;
	struct err_msg why;
	struct link *k;
	json_t *params;

	(void)sched_begin(L, luaL_checkstring(L, 1));   /* also where there is no bench */
	k = link_of(L);
	lua_settop(L, 4);
	box = lua_newuserdatauv(L, sizeof(struct link_call *), 0);
	*box = NULL;
	luaL_setmetatable(L, CALL_META);
	params = value_get(L, 3);
	if (params == NULL)
		return errors_raise(
		    L, "usage", "%s: cannot send %s", lua_tostring(L, 1), lua_tostring(L, -1));
	if (check_allowed(L, method, params, &why) != ERR_OK) {
		json_decref(params);
		return errors_raise_msg(L, &why);
	}
	*box = link_request(k, method, params, lua_isnil(L, 4) ? 0 : mod_task_duration(L, 4, 0));
	return k_call(L, LUA_OK, 5);
}

/* tell(line): a command whose answer nobody waits for. */
static int
l_tell(lua_State *L)
{
	struct link *k = host_of(L)->link;
	const char *line = luaL_checkstring(L, 1);
	struct err_msg why;

	if (allow_line(host_of(L)->manifest, line, &why) != ERR_OK)
		return errors_raise_msg(L, &why);
	if (k != NULL)
		link_tell(k, line);
	return 0;
}

/* quote(text): so that it parses back to itself in a command line. */
static int
l_quote(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	struct buf b;

	if (strlen(s) != n)
		return errors_raise(L, "usage", "a command cannot hold a NUL byte");
	buf_init(&b, 4 * LIMIT_COMMAND_LINE);
	command_quote(s, &b);
	return value_take_buf(L, &b);
}

static int
push_row(lua_State *L, const json_t *row)
{
	if (row == NULL)
		lua_pushnil(L);
	else
		value_push(L, row);
	return 1;
}

/* console(name or nil) -> row or nil */
static int
l_console(lua_State *L)
{
	return push_row(L, link_console(link_of(L), luaL_optstring(L, 1, NULL)));
}

static int
l_job(lua_State *L)
{
	return push_row(L, link_job(link_of(L), luaL_checkinteger(L, 1)));
}

/* snapshot(key) -> "bench" as it was when the script began, "consoles" and "jobs" as they are */
static int
l_snapshot(lua_State *L)
{
	return push_row(L, json_object_get(link_of(L)->snapshot, luaL_checkstring(L, 1)));
}

/* stream(id, name) -> stream object; the caller subscribes */
static int
l_stream(lua_State *L)
{
	struct link *k = link_of(L);

	mod_stream_push(
	    L, link_stream(k, (uint32_t)luaL_checkinteger(L, 1), luaL_checkstring(L, 2)));
	return 1;
}

/* input(stream id, bytes): as typed */
static int
l_input(lua_State *L)
{
	struct link *k = link_of(L);
	struct err_msg why;
	size_t n;
	const char *s = luaL_checklstring(L, 2, &n);

	if (luaL_checkinteger(L, 1) < FIRST_JOB_STREAM &&
	    allow_need(host_of(L)->manifest, "serial", &why) != ERR_OK)
		return errors_raise_msg(L, &why);
	if (k->peer == NULL)
		return errors_raise_msg(L, &k->why);
	while (n != 0) {
		const size_t piece = n < LIMIT_FRAME / 4 ? n : LIMIT_FRAME / 4;

		peer_input(k->peer, (uint32_t)luaL_checkinteger(L, 1), s, piece);
		s += piece;
		n -= piece;
	}
	return 0;
}

static int
l_has_bench(lua_State *L)
{
	lua_pushboolean(L, host_of(L)->link != NULL);
	return 1;
}

void
mod_bench_open(lua_State *L)
{
	static const luaL_Reg list[] = {
		{ "call", l_call },
		{ "tell", l_tell },
		{ "quote", l_quote },
		{ "console", l_console },
		{ "job", l_job },
		{ "snapshot", l_snapshot },
		{ "stream", l_stream },
		{ "input", l_input },
		{ "has_bench", l_has_bench },
		{ NULL, NULL },
	};

	luaL_newmetatable(L, CALL_META);
	lua_pushcfunction(L, l_call_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	luaL_setfuncs(L, list, 0);
}
