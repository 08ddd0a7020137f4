/* mod_json.c - JSON for scripts. */
#include "script/mod_json.h"

#include <lauxlib.h>
#include <string.h>

#include "base/buf.h"
#include "script/errors.h"
#include "script/value.h"

enum { INDENT_MAX = 16, TEXT_MAX = 64 << 20 };

static int
push_and_drop(lua_State *L)
{
	value_push(L, lua_touserdata(L, 1));
	return 1;
}

static int
l_decode(lua_State *L)
{
	size_t n;
	const char *s = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &n) : NULL;
	struct err_msg why;
	json_t *v = s != NULL ? json_read(s, n, "JSON", &why) : NULL;
	int status;

	if (s == NULL)
		return errors_raise(L, "usage", "vise.json.decode: a text is needed, not a %s",
		    luaL_typename(L, 1));

	if (v == NULL)
		return errors_raise_msg(L, &why);
	lua_pushcfunction(L, push_and_drop);
	lua_pushlightuserdata(L, v);
	status = lua_pcall(L, 1, 1, 0);
	json_decref(v);
	return status == LUA_OK ? 1 : lua_error(L);
}

static int
add_piece(const char *p, size_t n, void *arg)
{
	return buf_add(arg, p, n) == ERR_OK ? 0 : -1;
}

static enum err
write_so(const json_t *v, size_t flags, struct buf *out)
{
	return json_dump_callback(v, add_piece, out, flags | JSON_ENCODE_ANY |
	    JSON_REAL_PRECISION(12)) == 0 ? ERR_OK : ERR_LIMIT;
}

/* Of { indent = N, sort = true }; 0 when there are none. Raises usage. */
static size_t
flags_of(lua_State *L, int idx)
{
	size_t flags = 0;

	if (lua_isnoneornil(L, idx))
		return 0;
	if (!lua_istable(L, idx))
		(void)errors_raise(L, "usage", "vise.json.encode: options are a table, not a %s",
		    luaL_typename(L, idx));
	for (lua_pushnil(L); lua_next(L, idx) != 0; lua_pop(L, 1)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";

		if (strcmp(key, "sort") == 0)
			flags |= lua_toboolean(L, -1) ? JSON_SORT_KEYS : 0;
		else if (strcmp(key, "indent") == 0 && lua_isinteger(L, -1) &&
		    lua_tointeger(L, -1) >= 0 && lua_tointeger(L, -1) <= INDENT_MAX)
			flags |= JSON_INDENT((size_t)lua_tointeger(L, -1));
		else
			(void)errors_raise(L, "usage", "vise.json.encode: options are "
			    "indent = 0 to %d and sort = true, not %s", INDENT_MAX, key);
	}
	return flags | ((flags & JSON_MAX_INDENT) != 0 ? 0 : JSON_COMPACT);
}

static int
l_encode(lua_State *L)
{
	json_t *v;
	struct buf b;
	enum err e;

	size_t flags;

	luaL_checkany(L, 1);
	flags = flags_of(L, 2);
	v = value_get(L, 1);
	if (v == NULL)
		return errors_raise(
		    L, "usage", "vise.json.encode: cannot write %s", lua_tostring(L, -1));
	buf_init(&b, TEXT_MAX);
	e = flags == 0 ? json_write(v, &b) : write_so(v, flags, &b);
	json_decref(v);
	if (e != ERR_OK) {
		buf_fini(&b);
		return errors_raise(L, "limit", "vise.json.encode: the text is over 64 MB");
	}
	return value_take_buf(L, &b);
}

static int
l_array(lua_State *L)
{
	if (!lua_istable(L, 1))
		return errors_raise(L, "usage", "vise.json.array: a table is needed, not a %s",
		    luaL_typename(L, 1));
	lua_settop(L, 1);
	luaL_setmetatable(L, VALUE_ARRAY);
	return 1;
}

void
mod_json_open(lua_State *L)
{
	static const luaL_Reg list[] = {
		{ "decode", l_decode },
		{ "encode", l_encode },
		{ "array", l_array },
		{ NULL, NULL },
	};

	value_open(L);
	luaL_newlib(L, list);
	lua_pushlightuserdata(L, (void *)(uintptr_t)&value_null);
	lua_setfield(L, -2, "null");
	lua_setfield(L, -2, "json");
}
