/* mod_event.c - handing the bench's news to Lua. */
#include "script/mod_event.h"

#include <lauxlib.h>
#include <stdio.h>

#include "script/errors.h"
#include "script/host.h"
#include "script/value.h"

#define WANTED "vise.wanted"            /* registry: type -> true */
#define HANDLER "vise.on_event"         /* registry: function */

struct news { const char *type; const json_t *body; };

/* want(type) */
static int
l_want(lua_State *L)
{
	luaL_checkstring(L, 1);
	host_of(L)->wants_news = true;
	luaL_getsubtable(L, LUA_REGISTRYINDEX, WANTED);
	lua_pushvalue(L, 1);
	lua_pushboolean(L, 1);
	lua_rawset(L, -3);
	return 0;
}

/* on_event(fn) */
static int
l_on_event(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	lua_setfield(L, LUA_REGISTRYINDEX, HANDLER);
	return 0;
}

static int
deliver(lua_State *L)
{
	const struct news *n = lua_touserdata(L, 1);

	if (lua_getfield(L, LUA_REGISTRYINDEX, WANTED) != LUA_TTABLE ||
	    lua_getfield(L, -1, n->type) == LUA_TNIL ||
	    lua_getfield(L, LUA_REGISTRYINDEX, HANDLER) != LUA_TFUNCTION)
		return 0;
	lua_pushstring(L, n->type);
	value_push(L, n->body);
	lua_call(L, 2, 0);
	return 0;
}

void
mod_event_news(struct host *h, const char *type, const json_t *body)
{
	struct news n = { type, body };
	struct guard_frame saved;

	if (!h->wants_news || h->L == NULL)
		return;
	guard_enter(h, &saved, &(struct guard_frame){ .kind = GUARD_CALLBACK,
	    .what = "event callback", .run = h->L, .hard_ns = h->opt.callback_ns });
	lua_pushcfunction(h->L, deliver);
	lua_pushlightuserdata(h->L, &n);
	if (lua_pcall(h->L, 1, 0, 0) != LUA_OK)
		fprintf(stderr, "vise: %s: event %s: %s\n", h->opt.name, type,
		    luaL_tolstring(h->L, -1, NULL));
	lua_settop(h->L, 0);
	guard_leave(h, &saved);
}

void
mod_event_open(lua_State *L)
{
	static const luaL_Reg list[] = {
		{ "want", l_want }, { "on_event", l_on_event }, { NULL, NULL },
	};

	luaL_setfuncs(L, list, 0);
}
