/* value.c - conversion between JSON values and Lua values. */
#include "script/value.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "script/errors.h"

const char value_null = 0;

void
value_open(lua_State *L)
{
	luaL_newmetatable(L, VALUE_ARRAY);
	lua_pop(L, 1);
}

static void push(lua_State *L, const json_t *v, int depth);

static void
push_array(lua_State *L, const json_t *v, int depth)
{
	const size_t n = json_array_size(v);

	lua_createtable(L, n < 100000 ? (int)n : 0, 0);
	for (size_t i = 0; i < n; i++) {
		push(L, json_array_get(v, i), depth + 1);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	luaL_setmetatable(L, VALUE_ARRAY);
}

static void
push_object(lua_State *L, const json_t *v, int depth)
{
	const char *key;
	json_t *member;

	lua_newtable(L);
	json_object_foreach((json_t *)(uintptr_t)v, key, member) {
		push(L, member, depth + 1);
		lua_setfield(L, -2, key);
	}
}

/* Depth is checked, so the recursion is bounded. */
static void
push(lua_State *L, const json_t *v, int depth)
{
	if (depth > VALUE_DEPTH_MAX || !lua_checkstack(L, 4)) {
		errors_raise(L, "format", "JSON nested more than %d deep", VALUE_DEPTH_MAX);
		return;
	}
	switch (v != NULL ? json_typeof(v) : JSON_NULL) {
	case JSON_OBJECT: push_object(L, v, depth); break;
	case JSON_ARRAY: push_array(L, v, depth); break;
	case JSON_STRING: lua_pushlstring(L, json_string_value(v), json_string_length(v)); break;
	case JSON_INTEGER: lua_pushinteger(L, json_integer_value(v)); break;
	case JSON_REAL: lua_pushnumber(L, json_real_value(v)); break;
	case JSON_TRUE: lua_pushboolean(L, 1); break;
	case JSON_FALSE: lua_pushboolean(L, 0); break;
	case JSON_NULL: lua_pushlightuserdata(L, (void *)(uintptr_t)&value_null); break;
	}
}

static int
push_buf(lua_State *L)
{
	const struct buf *b = lua_touserdata(L, 1);

	lua_pushlstring(L, buf_str(b), b->len);
	return 1;
}

int
value_take_buf(lua_State *L, struct buf *b)
{
	int status;

	lua_pushcfunction(L, push_buf);
	lua_pushlightuserdata(L, b);
	status = lua_pcall(L, 1, 1, 0);
	buf_fini(b);
	return status == LUA_OK ? 1 : lua_error(L);
}

void
value_push(lua_State *L, const json_t *v)
{
	push(L, v, 0);
}

static json_t *get(lua_State *L, int idx, int depth);

/* The length if the table's keys are exactly 1..n, else -1. */
static lua_Integer
array_length(lua_State *L, int idx)
{
	lua_Integer count = 0, n = (lua_Integer)lua_rawlen(L, idx);
	bool marked = false;

	if (lua_getmetatable(L, idx)) {
		luaL_getmetatable(L, VALUE_ARRAY);
		marked = lua_rawequal(L, -1, -2) != 0;
		lua_pop(L, 2);
	}
	for (lua_pushnil(L); lua_next(L, idx) != 0; lua_pop(L, 1)) {
		if (!lua_isinteger(L, -2)) {
			lua_pop(L, 2);
			return -1;
		}
		count++;
	}
	return count == n && (n != 0 || marked) ? n : -1;
}

static json_t *
get_array(lua_State *L, int idx, lua_Integer n, int depth)
{
	json_t *a = json_array();

	for (lua_Integer i = 1; i <= n; i++) {
		json_t *v;

		lua_rawgeti(L, idx, i);
		v = get(L, lua_gettop(L), depth + 1);
		if (v == NULL) {
			json_decref(a);
			return NULL;
		}
		lua_pop(L, 1);
		(void)json_array_append_new(a, v);
	}
	return a;
}

static json_t *
get_object(lua_State *L, int idx, int depth)
{
	json_t *o = json_object();

	for (lua_pushnil(L); lua_next(L, idx) != 0; lua_pop(L, 1)) {
		json_t *v = NULL;

		if (lua_type(L, -2) == LUA_TSTRING)
			v = get(L, lua_gettop(L), depth + 1);
		else
			lua_pushliteral(
			    L, "a table with keys that are neither all text nor 1 to n");
		if (v == NULL) {
			json_decref(o);
			return NULL;
		}
		json_put(o, lua_tostring(L, -2), v);
	}
	return o;
}

static json_t *
get_number(lua_State *L, int idx)
{
	if (lua_isinteger(L, idx))
		return json_integer(lua_tointeger(L, idx));
	if (isfinite(lua_tonumber(L, idx)))
		return json_real(lua_tonumber(L, idx));
	lua_pushliteral(L, "a number that is not finite");
	return NULL;
}

static json_t *
get(lua_State *L, int idx, int depth)
{
	size_t n;
	const char *s;
	lua_Integer count;

	if (depth > VALUE_DEPTH_MAX || !lua_checkstack(L, 8)) {
		lua_pushliteral(L, "a table nested too deep");
		return NULL;
	}
	switch (lua_type(L, idx)) {
	case LUA_TNIL: return json_null();
	case LUA_TBOOLEAN: return json_boolean(lua_toboolean(L, idx));
	case LUA_TNUMBER: return get_number(L, idx);
	case LUA_TSTRING:
		s = lua_tolstring(L, idx, &n);
		return json_text(s, n);
	case LUA_TTABLE:
		count = array_length(L, idx);
		return count >= 0 ? get_array(L, idx, count, depth) : get_object(L, idx, depth);
	case LUA_TLIGHTUSERDATA:
		if (lua_touserdata(L, idx) == (const void *)&value_null)
			return json_null();
		break;
	default: break;
	}
	lua_pushfstring(L, "a %s", luaL_typename(L, idx));
	return NULL;
}

json_t *
value_get(lua_State *L, int idx)
{
	return get(L, lua_absindex(L, idx), 0);
}
