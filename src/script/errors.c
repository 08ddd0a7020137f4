/* errors.c - making, completing and judging error tables. */
#include "script/errors.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/cause.h"
#include "script/host.h"
#include "script/missing.h"
#include "script/value.h"

/* The nearest line that is not the runtime's, as "file:line", or "". */
static void
push_where(lua_State *L, int level)
{
	lua_Debug ar;

	for (; lua_getstack(L, level, &ar) != 0; level++) {
		if (lua_getinfo(L, "Sl", &ar) == 0 || ar.currentline < 0 ||
		    strncmp(ar.source, ERRORS_RUNTIME, strlen(ERRORS_RUNTIME)) == 0)
			continue;
		lua_pushfstring(L, "%s:%d", ar.short_src, ar.currentline);
		return;
	}
	lua_pushliteral(L, "");
}

static void
push_error(lua_State *L, const char *code)
{
	lua_createtable(L, 0, 6);
	lua_pushstring(L, code);
	lua_setfield(L, -2, "code");
	luaL_setmetatable(L, ERRORS_META);
	push_where(L, 0);
	lua_setfield(L, -2, "where");
}

/* A line of a trace that stands in the user's own code, not in C or in the runtime. */
static bool
is_own(const char *line)
{
	return strncmp(line, "\t[C]:", 5) != 0 &&
	    strncmp(line + 1, &ERRORS_RUNTIME[1], strlen(ERRORS_RUNTIME) - 1) != 0;
}

/* The way through the user's code, nil where there is none; with --verbose all of it. */
static void
push_trace(lua_State *L)
{
	const char *text, *line, *end;
	luaL_Buffer b;
	bool any = false;

	luaL_traceback(L, L, NULL, 1);
	if (host_of(L)->opt.verbose)
		return;
	text = lua_tostring(L, -1);
	luaL_buffinit(L, &b);
	luaL_addstring(&b, "stack traceback:");
	for (line = strchr(text, '\n'); line != NULL; line = end[0] != '\0' ? end : NULL) {
		end = line + 1 + strcspn(line + 1, "\n");
		if (!is_own(line + 1))
			continue;
		luaL_addlstring(&b, line, (size_t)(end - line));
		any = true;
	}
	luaL_pushresult(&b);
	lua_remove(L, -2);
	if (!any) {
		lua_pop(L, 1);
		lua_pushnil(L);
	}
}

/* Of one that is being raised: who catches it with pcall has its trace too. */
static void
put_trace(lua_State *L)
{
	push_trace(L);
	lua_setfield(L, -2, "trace");
}

void
errors_make(lua_State *L, const char *code)
{
	luaL_checkstack(L, 6, NULL);
	push_error(L, code);
	lua_insert(L, -2);
	lua_setfield(L, -2, "msg");
}

int
errors_raise(lua_State *L, const char *code, const char *fmt, ...)
{
	va_list ap;

	luaL_checkstack(L, 6, NULL);
	push_error(L, code);
	va_start(ap, fmt);
	lua_pushvfstring(L, fmt, ap);
	va_end(ap);
	lua_setfield(L, -2, "msg");
	put_trace(L);
	return lua_error(L);
}

int
errors_raise_msg(lua_State *L, const struct err_msg *m)
{
	return errors_raise_cause(L, m, NULL);
}

/* Pops a cause: it, and what is behind it, becomes an error, so that tostring writes it. */
static void
mark_causes(lua_State *L)
{
	for (int i = 0; i < CAUSE_DEPTH && lua_istable(L, -1); i++) {
		if (lua_getmetatable(L, -1) != 0)
			lua_pop(L, 1);
		else
			luaL_setmetatable(L, ERRORS_META);
		lua_pushliteral(L, "cause");
		(void)lua_rawget(L, -2);
		lua_remove(L, -2);
	}
	lua_pop(L, 1);
}

int
errors_raise_cause(lua_State *L, const struct err_msg *m, const json_t *cause)
{
	const char *own = json_get_str(cause, "code", "");
	const bool keeps = m->code == ERR_INFRA && own[0] != '\0';

	luaL_checkstack(L, 8, NULL);
	push_error(L, keeps ? own : err_word(m->code));
	if (cause != NULL) {
		value_push(L, cause);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, "cause");
		mark_causes(L);
	}
	if (m->what[0] != '\0')
		lua_pushfstring(L, "%s: %s", m->what, m->why);
	else
		lua_pushstring(L, m->why);
	lua_setfield(L, -2, "msg");
	lua_pushstring(L, m->what);
	lua_setfield(L, -2, "what");
	if (m->next[0] != '\0') {
		lua_pushstring(L, m->next);
		lua_setfield(L, -2, "next");
	}
	put_trace(L);
	return lua_error(L);
}

int
errors_argument(lua_State *L, int arg, const char *wanted)
{
	return errors_raise(
	    L, "usage", "argument %d: %s expected, got %s", arg, wanted, luaL_typename(L, arg));
}

static bool
is_error(lua_State *L, int idx)
{
	bool is = false;

	if (lua_istable(L, idx) && lua_getmetatable(L, idx)) {
		luaL_getmetatable(L, ERRORS_META);
		is = lua_rawequal(L, -1, -2) != 0;
		lua_pop(L, 2);
	}
	return is;
}

/* A library that is not there: on top are the error and its text, text. */
static bool
wrap_missing(lua_State *L, const char *text)
{
	struct err_msg why;
	size_t where;

	if (!missing_explain(text, &why, &where))
		return false;
	lua_createtable(L, 0, 5);
	lua_pushstring(L, err_word(why.code));
	lua_setfield(L, -2, "code");
	lua_pushfstring(L, "%s: %s", why.what, why.why);
	lua_setfield(L, -2, "msg");
	lua_pushstring(L, why.next);
	lua_setfield(L, -2, "next");
	lua_pushlstring(L, text, where);
	lua_setfield(L, -2, "where");
	luaL_setmetatable(L, ERRORS_META);
	lua_replace(L, -3);
	lua_pop(L, 1);
	return true;
}

void
errors_wrap(lua_State *L)
{
	const char *text, *code = "script";

	if (is_error(L, -1))
		return;
	/* somebody's own table */
	if (lua_istable(L, -1) && lua_getfield(L, -1, "code") == LUA_TSTRING) {
		lua_pop(L, 1);
		luaL_setmetatable(L, ERRORS_META);
		return;
	}
	if (lua_istable(L, -1))
		lua_pop(L, 1);
	text = luaL_tolstring(L, -1, NULL);
	if (wrap_missing(L, text))
		return;
	if (strcmp(text, "not enough memory") == 0)
		code = "memory";
	lua_createtable(L, 0, 4);
	lua_pushstring(L, code);
	lua_setfield(L, -2, "code");
	if (strcmp(code, "memory") == 0)
		lua_pushfstring(L, "more than %d MB of memory", (int)(host_of(L)->mem.cap >> 20));
	else
		lua_pushvalue(L, -2);
	lua_setfield(L, -2, "msg");
	lua_pushliteral(L, "");
	lua_setfield(L, -2, "where");
	luaL_setmetatable(L, ERRORS_META);
	lua_replace(L, -3);
	lua_pop(L, 1);
}

int
errors_handler(lua_State *L)
{
	struct host *h = host_of(L);
	const size_t slack = h->mem.slack;

	h->mem.slack = HOST_SLACK;
	luaL_checkstack(L, 8, NULL);
	lua_settop(L, 1);
	errors_wrap(L);
	if (lua_getfield(L, 1, "trace") == LUA_TNIL) {
		push_trace(L);
		lua_setfield(L, 1, "trace");
	}
	lua_settop(L, 1);
	h->mem.slack = slack;
	return 1;
}

int
errors_status(lua_State *L, int idx)
{
	const char *code;
	int status = 1;

	idx = lua_absindex(L, idx);
	if (!lua_istable(L, idx))
		return err_exit_status(ERR_SCRIPT);
	lua_getfield(L, idx, "verdict");
	lua_getfield(L, idx, "code");
	code = lua_tostring(L, -1);
	if (!lua_toboolean(L, -2))
		status = err_exit_status(code != NULL ? err_from_word(code) : ERR_SCRIPT);
	if (code != NULL && (strcmp(code, "memory") == 0 || strcmp(code, "load_time") == 0))
		/* a limit or a mistake of the script, no failure of the bench */
		status = err_exit_status(ERR_SCRIPT);
	lua_pop(L, 2);
	return status;
}

static int
l_tostring(lua_State *L)
{
	const char *where;

	if (!lua_istable(L, 1))
		return errors_argument(L, 1, "an error");
	lua_getfield(L, 1, "where");
	lua_getfield(L, 1, "code");
	lua_getfield(L, 1, "msg");
	where = lua_tostring(L, 2);
	(void)luaL_tolstring(L, 4, NULL);
	if (where != NULL && where[0] != '\0')
		lua_pushfstring(L, "%s: %s: %s", where, lua_tostring(L, 3), lua_tostring(L, 5));
	else
		lua_pushfstring(L, "%s: %s", lua_tostring(L, 3), lua_tostring(L, 5));
	return 1;
}

static int
l_fail(lua_State *L)
{
	const char *code = luaL_checkstring(L, 1);

	lua_settop(L, 3);
	push_error(L, code);
	lua_pushvalue(L, 2);
	lua_setfield(L, 4, "msg");
	if (lua_istable(L, 3))
		for (lua_pushnil(L); lua_next(L, 3) != 0; lua_pop(L, 1)) {
			lua_pushvalue(L, -2);
			lua_pushvalue(L, -2);
			lua_settable(L, 4);
		}
	lua_getfield(L, 4, "cause");
	mark_causes(L);
	put_trace(L);
	return lua_error(L);
}

/* here(): the line of the script or plugin that is running, as "file:line". */
static int
l_here(lua_State *L)
{
	push_where(L, 1);
	return 1;
}

/* cause_text(cause): for people, "" where it is none. */
static int
l_cause_text(lua_State *L)
{
	json_t *cause = NULL, *o = value_get(L, 1);
	struct buf b;

	cause = cause_copy(o);
	json_decref(o);
	buf_init(&b, CAUSE_DEPTH * CAUSE_FIELDS * CAUSE_TRACE);
	cause_format(cause, &b);
	json_decref(cause);
	return value_take_buf(L, &b);
}

static int
l_status(lua_State *L)
{
	lua_pushinteger(L, errors_status(L, 1));
	return 1;
}

void
errors_open(lua_State *L)
{
	luaL_newmetatable(L, ERRORS_META);
	lua_pushcfunction(L, l_tostring);
	lua_setfield(L, -2, "__tostring");
	lua_pushliteral(L, ERRORS_META);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}

void
errors_functions(lua_State *L)
{
	static const luaL_Reg list[] = {
		{ "cause_text", l_cause_text },
		{ "fail", l_fail },
		{ "handler", errors_handler },
		{ "here", l_here },
		{ "status", l_status },
		{ NULL, NULL },
	};

	luaL_setfuncs(L, list, 0);
}

static void
put_field(lua_State *L, int idx, json_t *o, const char *field, const char *key)
{
	size_t n;
	const char *s;

	lua_getfield(L, idx, field);
	s = lua_tolstring(L, -1, &n);
	if (s != NULL && n != 0)
		json_put_strn(o, key, s, n);
	lua_pop(L, 1);
}

json_t *
errors_json(lua_State *L, int idx)
{
	json_t *o = json_object();

	idx = lua_absindex(L, idx);
	if (!lua_istable(L, idx)) {
		json_put_str(o, "code", "script");
		json_put_str(o, "why", "an error that is no table");
		return o;
	}
	put_field(L, idx, o, "code", "code");
	put_field(L, idx, o, "what", "what");
	put_field(L, idx, o, "msg", "why");
	put_field(L, idx, o, "next", "next");
	put_field(L, idx, o, "where", "where");
	put_field(L, idx, o, "trace", "trace");
	return o;
}
