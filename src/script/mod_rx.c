/* mod_rx.c - pattern values of Lua scripts. */
#include "script/mod_rx.h"

#include <lauxlib.h>
#include <string.h>

#include "script/errors.h"
#include "script/rx_run.h"

#define RX_META "vise.rx"

struct pattern { struct rx *rx; unsigned flags; };      /* the text is user value 1 */

bool
mod_rx_source(lua_State *L, int idx, struct rx_source *out)
{
	const struct pattern *p;

	idx = lua_absindex(L, idx);
	if (lua_type(L, idx) == LUA_TSTRING) {
		out->text = lua_tolstring(L, idx, &out->n);
		out->flags = RX_LITERAL;
		return true;
	}
	p = luaL_testudata(L, idx, RX_META);
	if (p == NULL)
		return false;
	lua_getiuservalue(L, idx, 1);
	out->text = lua_tolstring(L, -1, &out->n);
	lua_pop(L, 1);                          /* the user value keeps it alive */
	out->flags = p->flags;
	return true;
}

static int
make(lua_State *L, unsigned flags)
{
	struct pattern *p;
	struct rx_source s = { .flags = flags };
	struct err_msg why;

	if (lua_type(L, 1) != LUA_TSTRING)
		return errors_argument(L, 1, "a pattern (text)");
	s.text = lua_tolstring(L, 1, &s.n);
	p = lua_newuserdatauv(L, sizeof *p, 1);
	*p = (struct pattern){ .rx = NULL, .flags = flags };
	luaL_setmetatable(L, RX_META);
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, 1);
	if (rx_compile(&s, 1, &p->rx, &why) != ERR_OK)
		return errors_raise_msg(L, &why);
	return 1;
}

static int
l_rx(lua_State *L)
{
	const char *flags = luaL_optstring(L, 2, "");

	if (strcmp(flags, "") != 0 && strcmp(flags, "i") != 0)
		return errors_raise(
		    L, "usage", "vise.rx: unknown flag \"%s\"; known: i (any letter case)", flags);
	return make(L, flags[0] == 'i' ? RX_NOCASE : 0);
}

static int
l_lit(lua_State *L)
{
	return make(L, RX_LITERAL);
}

static struct pattern *
check(lua_State *L, int arg)
{
	struct pattern *p = luaL_testudata(L, arg, RX_META);

	if (p == NULL)
		errors_argument(L, arg, "a vise.rx pattern");
	return p;
}

/* What rx:match and rx:find look at. */
static const char *
subject(lua_State *L, size_t *n)
{
	if (lua_type(L, 2) != LUA_TSTRING && lua_type(L, 2) != LUA_TNUMBER)
		errors_raise(L, "usage", "rx:match and rx:find look at a text, not a %s",
		    luaL_typename(L, 2));
	return lua_tolstring(L, 2, n);
}

static int
l_gc(lua_State *L)
{
	struct pattern *p = luaL_checkudata(L, 1, RX_META);

	rx_free(p->rx);
	p->rx = NULL;
	return 0;
}

static int
l_tostring(lua_State *L)
{
	const struct pattern *p = check(L, 1);

	lua_getiuservalue(L, 1, 1);
	lua_pushfstring(
	    L, (p->flags & RX_LITERAL) != 0 ? "\"%s\"" : (p->flags & RX_NOCASE) != 0 ?
	    "rx[[(?i)%s]]" : "rx[[%s]]", lua_tostring(L, -1));
	return 1;
}

struct text { const char *s; };

static void
push_piece(lua_State *L, void *arg, uint64_t from, uint64_t to)
{
	const struct text *t = arg;

	lua_pushlstring(L, t->s + from, (size_t)(to - from));
}

static bool
search(const struct pattern *p, const char *s, size_t n, struct rx_match *m)
{
	struct rx_run *r = rx_run_new(p->rx, 0, -1);
	const bool found = rx_run_feed(r, s, n) || rx_run_end(r, true);

	if (found)
		*m = *rx_run_match(r);
	rx_run_free(r);
	return found;
}

/* rx:match(s): the groups, or the whole match when there are none; nil when there is no match. */
static int
l_match(lua_State *L)
{
	const struct pattern *p = check(L, 1);
	size_t n;
	const char *s = subject(L, &n);
	const unsigned groups = p->rx->patterns[0].groups;
	struct rx_match m;

	if (!search(p, s, n, &m)) {
		lua_pushnil(L);
		return 1;
	}
	for (unsigned g = groups != 0; g <= groups; g++)
		if (m.slot[2 * g] == RX_UNSET || m.slot[2 * g + 1] == RX_UNSET)
			lua_pushnil(L);
		else
			push_piece(L, &(struct text){ s }, m.slot[2 * g], m.slot[2 * g + 1]);
	return groups != 0 ? (int)groups : 1;
}

/* rx:find(s): first and last byte (from 1), groups, named groups. */
static int
l_find(lua_State *L)
{
	const struct pattern *p = check(L, 1);
	size_t n;
	const char *s = subject(L, &n);
	struct rx_match m;

	if (!search(p, s, n, &m)) {
		lua_pushnil(L);
		return 1;
	}
	lua_pushinteger(L, (lua_Integer)m.slot[0] + 1);
	lua_pushinteger(L, (lua_Integer)m.slot[1]);
	mod_rx_push_groups(L, &p->rx->patterns[0], m.slot, push_piece, &(struct text){ s });
	return 4;
}

void
mod_rx_push_groups(lua_State *L, const struct rx_pattern *p, const uint64_t *slot,
    void (*text)(lua_State *L, void *arg, uint64_t from, uint64_t to), void *arg)
{
	lua_newtable(L);
	lua_newtable(L);
	for (unsigned g = 1; g <= p->groups; g++) {
		if (slot[2 * g] == RX_UNSET || slot[2 * g + 1] == RX_UNSET)
			lua_pushboolean(L, 0);
		else
			text(L, arg, slot[2 * g], slot[2 * g + 1]);
		if (p->name[g][0] != '\0') {
			lua_pushvalue(L, -1);
			lua_setfield(L, -3, p->name[g]);
		}
		lua_rawseti(L, -3, g);
	}
}

void
mod_rx_open(lua_State *L)
{
	static const luaL_Reg meta[] = { { "__gc", l_gc }, { "__tostring", l_tostring },
		{ NULL, NULL } };
	static const luaL_Reg methods[] = { { "match", l_match }, { "find", l_find },
		{ NULL, NULL } };
	static const luaL_Reg list[] = { { "rx", l_rx }, { "lit", l_lit }, { NULL, NULL } };

	luaL_newmetatable(L, RX_META);
	luaL_setfuncs(L, meta, 0);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, RX_META);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
	luaL_setfuncs(L, list, 0);
}
