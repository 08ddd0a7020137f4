/* mod_expect.c - expect: options, waiting, the match as a table, errors that say what came. */
#include "script/mod_expect.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/mod_rx.h"
#include "script/mod_stream.h"
#include "script/stream_text.h"
#include "sys/time.h"

#define EXPECT_META "vise.expect"

enum { /* the stack of a waiting expect */
	AT_STREAM = 1,
	AT_PATTERNS,
	AT_OPTIONS,
	AT_NEVER,
	AT_NAME,
	AT_FAIL_LOST,
	AT_BOX,
};

enum { TIMEOUT_S = 5, SHOWN_MAX = 80, FAULT_MAX = 120 };

struct wait {
	struct stream_expect e;
	uint64_t since, end, idle, quiet; /* 0: not asked for; end: 0 is never */
	bool watch;
};

static int
l_wait_gc(lua_State *L)
{
	struct wait *w = luaL_checkudata(L, 1, EXPECT_META);

	stream_expect_end(&w->e);
	return 0;
}

/* ---- patterns */

/* Pushes entry i of the list at idx: the pattern itself, and its name or nil. */
static void
push_entry(lua_State *L, int idx, lua_Integer i)
{
	if (lua_geti(L, idx, i) == LUA_TTABLE) {
		lua_geti(L, -1, 1);
		lua_getfield(L, -2, "name");
		lua_remove(L, -3);
	} else {
		lua_pushnil(L);
	}
}

static size_t
add_sources(lua_State *L, int idx, struct rx_source *src, size_t n)
{
	const lua_Integer count = lua_isnil(L, idx) ? 0 : luaL_len(L, idx);

	for (lua_Integer i = 1; i <= count; i++) {
		if (n == RX_SET_MAX)
			errors_raise(L, "usage", "%s: more than %d patterns",
			    lua_tostring(L, AT_NAME), RX_SET_MAX);
		push_entry(L, idx, i);
		if (!mod_rx_source(L, -2, &src[n++]))
			errors_raise(L, "usage",
			    "%s: pattern %d is a %s; text or vise.rx is needed",
			    lua_tostring(L, AT_NAME), (int)i, luaL_typename(L, -2));
		lua_pop(L, 2); /* the list keeps it */
	}
	return n;
}

/* ---- text for people */

/* "\"[READY]\" or rx[[x+]]" */
static void
push_wanted(lua_State *L)
{
	const lua_Integer n = luaL_len(L, AT_PATTERNS);

	lua_pushliteral(L, "");
	for (lua_Integer i = 1; i <= n; i++) {
		struct rx_source s = { .text = "" };
		luaL_Buffer b;

		push_entry(L, AT_PATTERNS, i);
		(void)mod_rx_source(L, -2, &s);
		luaL_buffinit(L, &b);
		luaL_addstring(&b, i > 1 ? " or " : "");
		luaL_addstring(&b, (s.flags & RX_LITERAL) != 0 ? "\"" : "rx[[");
		stream_text_escape(&b, s.text, s.n < SHOWN_MAX ? s.n : SHOWN_MAX);
		luaL_addstring(&b, (s.flags & RX_LITERAL) != 0 ? "\"" : "]]");
		luaL_pushresult(&b);
		lua_remove(L, -2);
		lua_remove(L, -2);
		lua_concat(L, 2);
	}
}

/* ---- the end of a wait */

struct piece {
	const struct stream *s;
	bool strip;
};

static void
push_bytes(lua_State *L, void *arg, uint64_t from, uint64_t to)
{
	const struct piece *k = arg;
	const char *p;
	const size_t n = stream_piece(k->s, from, to, &p);
	luaL_Buffer b;

	luaL_buffinit(L, &b);
	stream_text_add(&b, p, n, k->strip, false);
	luaL_pushresult(&b);
}

static void
set_seconds(lua_State *L, const char *field, uint64_t since)
{
	lua_pushnumber(L, (lua_Number)(sys_mono() - since) / 1e9);
	lua_setfield(L, -2, field);
}

/* What a program can do with: wanted, waited, tail, offset (in the console's log), dropped. */
static int
fail_expect(lua_State *L, struct stream *s, struct wait *w, const char *code, const char *how)
{
	const uint64_t lost = s->dropped - s->passed;
	char span[32], dropped[80] = "";

	clock_fmt_span(sys_mono() - w->since, span, sizeof span);
	if (lost != 0)
		snprintf(dropped, sizeof dropped, "; %llu bytes were dropped",
		    (unsigned long long)lost);
	push_wanted(L);
	stream_text_tail(L, s, w->e.strip);
	lua_pushfstring(L, "%s: no %s within %s%s; %s, at byte %I%s", s->name, lua_tostring(L, -2),
	    span, how, lua_tostring(L, -1), (LUAI_UACINT)stream_end(s), dropped);
	stream_expect_end(&w->e);
	errors_make(L, code);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "wanted");
	lua_pushvalue(L, -2);
	lua_setfield(L, -2, "tail");
	lua_pushinteger(L, (lua_Integer)stream_end(s));
	lua_setfield(L, -2, "offset");
	lua_pushinteger(L, (lua_Integer)lost);
	lua_setfield(L, -2, "dropped");
	set_seconds(L, "waited", w->since);
	return lua_error(L);
}

static int
fail_never(lua_State *L, struct stream *s, struct wait *w, const struct rx_match *m)
{
	const char *p;
	const size_t n = stream_piece(s, m->slot[0], m->slot[0] + FAULT_MAX, &p);
	luaL_Buffer b;
	size_t line = 0;

	while (line < n && p[line] != '\r' && p[line] != '\n')
		line++;
	luaL_buffinit(L, &b);
	stream_text_add(&b, p, line, w->e.strip, true);
	luaL_pushresult(&b);
	lua_pushfstring(L, "%s: the board says \"%s\"", s->name, lua_tostring(L, -1));
	errors_make(L, "device_fault");
	lua_pushinteger(L, (lua_Integer)m->slot[0]);
	lua_setfield(L, -2, "offset");
	if (!w->watch)
		stream_consume(s, m->slot[1]);
	stream_expect_end(&w->e);
	return lua_error(L);
}

static int
matched(lua_State *L, struct stream *s, struct wait *w)
{
	const struct rx_match m = *rx_run_match(w->e.run);
	struct piece piece = { s, w->e.strip };

	if ((lua_Integer)m.pattern >= luaL_len(L, AT_PATTERNS))
		return fail_never(L, s, w, &m);
	lua_createtable(L, 0, 8);
	push_entry(L, AT_PATTERNS, (lua_Integer)m.pattern + 1);
	lua_setfield(L, -3, "name");
	lua_pop(L, 1);
	lua_pushinteger(L, (lua_Integer)m.pattern + 1);
	lua_setfield(L, -2, "index");
	push_bytes(L, &piece, m.slot[0], m.slot[1]);
	lua_setfield(L, -2, "text");
	push_bytes(L, &piece, s->cursor, m.slot[0]);
	lua_setfield(L, -2, "before");
	lua_pushinteger(L, (lua_Integer)m.slot[0]);
	lua_setfield(L, -2, "offset");
	set_seconds(L, "time", w->since);
	mod_rx_push_groups(L, &w->e.rx->patterns[m.pattern], m.slot, push_bytes, &piece);
	lua_setfield(L, -3, "named");
	lua_setfield(L, -2, "cap");
	stream_expect_end(&w->e);
	if (!w->watch)
		stream_consume(s, m.slot[1]);
	return 1;
}

/* ---- waiting */

static uint64_t
quiet_since(const struct stream *s, const struct wait *w)
{
	return s->last_mono > w->since ? s->last_mono : w->since;
}

/* Whether text follows a match that was to be the last word; then another one is looked for. */
static bool
talks_on(struct stream *s, struct wait *w, uint64_t end)
{
	const char *p;
	size_t n = stream_piece(s, end, UINT64_MAX, &p), skipped = 0;
	struct strip strip = { 0 };

	if (w->e.strip && n != 0 && strip_next(&strip, p, n, &skipped) == 0)
		n = 0;
	return n != 0;
}

/* 1: it is decided, 0: not yet. */
static bool
decided(lua_State *L, struct stream *s, struct wait *w, bool over)
{
	while (w->e.decided || (over && rx_run_end(w->e.run, false))) {
		const struct rx_match *m = rx_run_match(w->e.run);

		if (w->quiet == 0 || (lua_Integer)m->pattern >= luaL_len(L, AT_PATTERNS) ||
		    s->state == STREAM_ENDED)
			return true;
		if (!talks_on(s, w, m->slot[1]))
			return sys_mono() - quiet_since(s, w) >= w->quiet;
		stream_expect_again(&w->e, m->slot[1] > m->slot[0] ? m->slot[1] : m->slot[1] + 1);
	}
	return false;
}

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	return a != 0 && a < b ? a : b;
}

/* When to look again although nothing came; 0: never. */
static uint64_t
look_again(const struct stream *s, const struct wait *w)
{
	uint64_t until = w->end;

	if (w->idle != 0)
		until = sooner(until, quiet_since(s, w) + w->idle);
	if (w->quiet != 0 && w->e.decided)
		until = sooner(until, quiet_since(s, w) + w->quiet);
	return until;
}

/* Raises what ends a wait without a match, if anything does. */
static void
check_over(lua_State *L, struct stream *s, struct wait *w, bool due)
{
	const bool bench = strstr(s->why, "bench") != NULL;

	if (s->state == STREAM_ENDED)
		fail_expect(L, s, w, bench ? "lost" : "eof", ": it ended");
	if (s->state == STREAM_LOST && (due || lua_toboolean(L, AT_FAIL_LOST)))
		fail_expect(L, s, w, "lost", ": the port is lost");
	if (due)
		fail_expect(L, s, w, "timeout", "");
	if (w->idle != 0 && sys_mono() - quiet_since(s, w) >= w->idle)
		fail_expect(L, s, w, "timeout", ": it fell silent");
}

static int
k_expect(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);
	struct stream *s = mod_stream_check(L);
	struct wait *w = lua_touserdata(L, AT_BOX);
	const bool due = w->end != 0 && sys_mono() >= w->end;

	(void)status;
	lua_settop(L, AT_BOX);
	if (sched_raises(t))
		stream_expect_end(&w->e);
	sched_check(L, t);
	if (decided(L, s, w, due || s->state == STREAM_ENDED))
		return matched(L, s, w);
	check_over(L, s, w, due);
	t->until = look_again(s, w);
	return sched_park(L, t, s, k_expect, ctx);
}

/* Seconds of an option, as ns; the runtime has checked that it is a number. */
static uint64_t
span_of(lua_State *L, const char *key, uint64_t dflt)
{
	lua_Number v;
	uint64_t ns = dflt;

	if (lua_getfield(L, AT_OPTIONS, key) != LUA_TNIL) {
		v = luaL_checknumber(L, -1);
		ns = v >= 1e9 ? UINT64_MAX : v > 0 ? (uint64_t)(v * 1e9) : 0;
	}
	lua_pop(L, 1);
	return ns;
}

static uint64_t
options_of(lua_State *L, const struct stream *s, struct wait *w)
{
	const uint64_t span = span_of(L, "timeout", TIMEOUT_S * NS_PER_S);
	uint64_t from = s->cursor;

	w->since = sys_mono();
	w->end = span > UINT64_MAX / 2 ? 0 : w->since + span;
	w->idle = span_of(L, "idle", 0);
	w->quiet = span_of(L, "quiet", 0);
	lua_getfield(L, AT_OPTIONS, "watch");
	lua_getfield(L, AT_OPTIONS, "strip");
	lua_getfield(L, AT_OPTIONS, "from");
	w->watch = lua_toboolean(L, -3) != 0;
	w->e.strip = lua_toboolean(L, -2) != 0;
	if (lua_isinteger(L, -1))
		from = (uint64_t)lua_tointeger(L, -1);
	lua_pop(L, 3);
	return from;
}

/* One at a time waits for text of a stream; watches are no readers. */
static void
check_free(lua_State *L, const struct stream *s, const struct wait *w)
{
	LIST_EACH(it, &s->expects)
	if (!w->watch && !LIST_ENTRY(it, struct stream_expect, node)->all)
		errors_raise(
		    L, "busy", "%s: another task waits for text of it; one at a time", s->name);
}

static int
l_expect(lua_State *L)
{
	struct rx_source src[RX_SET_MAX];
	struct stream *s = mod_stream_check(L);
	struct wait *w;
	struct err_msg why;
	struct rx *rx;
	uint64_t from;
	bool strip;
	size_t n;

	(void)sched_begin(L, luaL_checkstring(L, AT_NAME));
	lua_settop(L, AT_FAIL_LOST);
	luaL_checktype(L, AT_OPTIONS, LUA_TTABLE);
	n = add_sources(L, AT_PATTERNS, src, 0);
	if (n == 0)
		return errors_raise(
		    L, "usage", "%s: no pattern is given", lua_tostring(L, AT_NAME));
	n = add_sources(L, AT_NEVER, src, n);
	w = lua_newuserdatauv(L, sizeof *w, 0);
	*w = (struct wait){ .since = 0 };
	luaL_setmetatable(L, EXPECT_META);
	from = options_of(L, s, w);
	strip = w->e.strip;
	check_free(L, s, w);
	if (rx_compile(src, n, &rx, &why) != ERR_OK)
		return errors_raise_msg(L, &why);
	stream_expect_start(s, &w->e, rx, strip, from);
	w->e.all = w->watch;
	return k_expect(L, LUA_OK, 0);
}

void
mod_expect_open(lua_State *L)
{
	luaL_newmetatable(L, EXPECT_META);
	lua_pushcfunction(L, l_wait_gc);
	lua_setfield(L, -2, "__gc");
	luaL_getmetatable(L, MOD_STREAM_META);
	lua_getfield(L, -1, "__index");
	lua_pushcfunction(L, l_expect);
	lua_setfield(L, -2, "expect");
	lua_pop(L, 3);
}
