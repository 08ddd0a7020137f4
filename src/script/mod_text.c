/* mod_text.c - parsing and printing of durations and sizes. */
#include "script/mod_text.h"

#include <lauxlib.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "script/errors.h"
#include "script/value.h"

enum { BASE64_MAX = 32 << 20 };

static struct slice
text_at(lua_State *L, int arg)
{
	size_t n;
	const char *s = luaL_checklstring(L, arg, &n);

	return slice_make(s, n);
}

/* duration(text) -> seconds or nil */
static int
l_duration(lua_State *L)
{
	uint64_t ns;

	if (slice_duration(text_at(L, 1), &ns))
		lua_pushnumber(L, (lua_Number)ns / 1e9);
	else
		lua_pushnil(L);
	return 1;
}

/* bytes(text) -> integer or nil; a trailing B is fine */
static int
l_bytes(lua_State *L)
{
	struct slice s = text_at(L, 1);
	uint64_t v;

	if (s.n > 1 && (s.p[s.n - 1] == 'B' || s.p[s.n - 1] == 'b'))
		s.n--;
	if (slice_bytes(s, &v) && v <= INT64_MAX)
		lua_pushinteger(L, (lua_Integer)v);
	else
		lua_pushnil(L);
	return 1;
}

/* span(seconds) -> "38 ms" */
static int
l_span(lua_State *L)
{
	const lua_Number s = luaL_checknumber(L, 1);
	char out[32];

	clock_fmt_span(s > 0 && s < 1e9 ? (uint64_t)(s * 1e9) : 0, out, sizeof out);
	lua_pushstring(L, out);
	return 1;
}

/* base64(bytes) -> text */
static int
l_base64(lua_State *L)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	struct buf b;
	enum err e;

	buf_init(&b, 2 * BASE64_MAX);
	e = n <= BASE64_MAX ? base64_put(&b, s, n) : ERR_LIMIT;
	if (e == ERR_OK)
		return value_take_buf(L, &b);
	buf_fini(&b);
	return errors_raise(L, "usage", "%d bytes are too many", (int)n);
}

void
mod_text_open(lua_State *L)
{
	static const luaL_Reg list[] = {
		{ "duration", l_duration },
		{ "bytes", l_bytes },
		{ "span", l_span },
		{ "base64", l_base64 },
		{ NULL, NULL },
	};

	luaL_setfuncs(L, list, 0);
}
