/* mod_stream.c - waiting for text, and lines as they come. */
#include "script/mod_stream.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/mod_rx.h"
#include "script/mod_task.h"
#include "sys/time.h"

#define STREAM_META "vise.stream"
#define EXPECT_META "vise.expect"
#define SUB_META "vise.sub"

enum {                          /* the stack of a waiting expect */
	AT_STREAM = 1, AT_PATTERNS, AT_TIMEOUT, AT_NEVER, AT_NAME, AT_FAIL_LOST, AT_BOX, AT_SINCE,
};

enum { TIMEOUT_S = 5, TAIL_MAX = 400, CALLBACK_FAILS = 3 };

struct sub {
	struct stream_sub sub;
	struct host *host;
	int fn;
	unsigned fails;
	bool on;
};

/* ---- streams as values */

void
mod_stream_push(lua_State *L, struct stream *s)
{
	struct stream **box = lua_newuserdatauv(L, sizeof(struct stream *), 0);

	*box = s;
	luaL_setmetatable(L, STREAM_META);
}

static struct stream *
check(lua_State *L)
{
	struct stream **box = luaL_testudata(L, 1, STREAM_META);

	if (box == NULL) {
		errors_argument(L, 1, "a console (write con:name(), with a colon)");
		return NULL;
	}
	return *box;
}

/* ---- expect */

static int
l_expect_gc(lua_State *L)
{
	struct stream_expect *e = luaL_checkudata(L, 1, EXPECT_META);

	stream_expect_end(e);
	return 0;
}

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
		lua_pop(L, 2);                  /* the list keeps it */
	}
	return n;
}

static void
add_escaped(luaL_Buffer *b, const char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)p[i];

		if (c == '\r' || c == '\n' || c == '\t' || c == '"' || c == '\\') {
			luaL_addchar(b, '\\');
			luaL_addchar(b,
			    c == '\r'       ? 'r'
				: c == '\n' ? 'n'
				: c == '\t' ? 't'
					    : (char)c);
		} else if (c < 32 || c == 127) {
			luaL_addlstring(b, "\\x", 2);
			luaL_addchar(b, hex[c >> 4]);
			luaL_addchar(b, hex[c & 15]);
		} else {
			luaL_addchar(b, (char)c);
		}
	}
}

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
		add_escaped(&b, s.text, s.n < 80 ? s.n : 80);
		luaL_addstring(&b, (s.flags & RX_LITERAL) != 0 ? "\"" : "]]");
		luaL_pushresult(&b);
		lua_remove(L, -2);
		lua_remove(L, -2);
		lua_concat(L, 2);
	}
}

/* The last three lines that were not consumed, or a word that there was nothing. */
static void
push_tail(lua_State *L, const struct stream *s)
{
	const char *p;
	size_t n = stream_piece(s, s->cursor, UINT64_MAX, &p), from, lines = 0;
	luaL_Buffer b;

	while (n != 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	if (n == 0) {
		lua_pushliteral(L, "nothing was received");
		return;
	}
	for (from = n; from != 0 && n - from < TAIL_MAX; from--)
		if (p[from - 1] == '\n' && ++lines == 3)
			break;
	luaL_buffinit(L, &b);
	luaL_addstring(&b, "last lines: \"");
	add_escaped(&b, p + from, n - from);
	luaL_addstring(&b, "\"");
	luaL_pushresult(&b);
}

static void
push_bytes(lua_State *L, void *arg, uint64_t from, uint64_t to)
{
	const char *p;
	const size_t n = stream_piece(arg, from, to, &p);

	lua_pushlstring(L, p, n);
}

static int
fail_expect(lua_State *L, struct stream *s, const char *code, const char *how)
{
	char span[32], dropped[80] = "";
	const uint64_t begin = (uint64_t)lua_tointeger(L, AT_SINCE);

	clock_fmt_span(sys_mono() - begin, span, sizeof span);
	if (s->dropped != 0)
		snprintf(dropped, sizeof dropped, "; %llu bytes were dropped",
		    (unsigned long long)s->dropped);
	push_wanted(L);
	push_tail(L, s);
	stream_expect_end(lua_touserdata(L, AT_BOX));
	return errors_raise(L, code, "%s: no %s within %s%s; %s%s", s->name, lua_tostring(L, -2),
	    span, how, lua_tostring(L, -1), dropped);
}

static int
fail_never(lua_State *L, struct stream *s, const struct rx_match *m)
{
	const char *p;
	const size_t n = stream_piece(s, m->slot[0], m->slot[0] + 120, &p);
	luaL_Buffer b;

	luaL_buffinit(L, &b);
	add_escaped(&b, p, strcspn(p, "\r\n") < n ? strcspn(p, "\r\n") : n);
	luaL_pushresult(&b);
	stream_consume(s, m->slot[1]);
	stream_expect_end(lua_touserdata(L, AT_BOX));
	return errors_raise(
	    L, "device_fault", "%s: the board says \"%s\"", s->name, lua_tostring(L, -1));
}

static int
matched(lua_State *L, struct stream *s, struct stream_expect *e)
{
	const struct rx_match m = *rx_run_match(e->run);
	const lua_Integer wanted = luaL_len(L, AT_PATTERNS);
	const uint64_t from = s->cursor;

	if ((lua_Integer)m.pattern >= wanted)
		return fail_never(L, s, &m);
	lua_createtable(L, 0, 8);
	push_entry(L, AT_PATTERNS, (lua_Integer)m.pattern + 1);
	lua_setfield(L, -3, "name");
	lua_pop(L, 1);
	lua_pushinteger(L, (lua_Integer)m.pattern + 1);
	lua_setfield(L, -2, "index");
	push_bytes(L, s, m.slot[0], m.slot[1]);
	lua_setfield(L, -2, "text");
	push_bytes(L, s, from, m.slot[0]);
	lua_setfield(L, -2, "before");
	lua_pushinteger(L, (lua_Integer)m.slot[0]);
	lua_setfield(L, -2, "offset");
	lua_pushnumber(L, (lua_Number)(sys_mono() - (uint64_t)lua_tointeger(L, AT_SINCE)) / 1e9);
	lua_setfield(L, -2, "time");
	mod_rx_push_groups(L, &e->rx->patterns[m.pattern], m.slot, push_bytes, s);
	lua_setfield(L, -3, "named");
	lua_setfield(L, -2, "cap");
	stream_expect_end(e);
	stream_consume(s, m.slot[1]);
	return 1;
}

static int
k_expect(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);
	struct stream *s = check(L);
	struct stream_expect *e = lua_touserdata(L, AT_BOX);
	const bool due = sched_due(t), ended = s->state == STREAM_ENDED;

	(void)status;
	lua_settop(L, AT_SINCE);
	if (sched_raises(t))
		stream_expect_end(e);
	sched_check(L, t);
	if (e->decided || ((due || ended) && rx_run_end(e->run, false)))
		return matched(L, s, e);
	if (ended)
		return fail_expect(L, s,
		    s->why[0] != '\0' && strstr(s->why, "bench") != NULL ? "lost" : "eof",
		    ": it ended");
	if (s->state == STREAM_LOST && (due || lua_toboolean(L, AT_FAIL_LOST)))
		return fail_expect(L, s, "lost", ": the port is lost");
	if (due)
		return fail_expect(L, s, "timeout", "");
	return sched_park(L, t, s, k_expect, ctx);
}

/* expect(stream, patterns, timeout, never, name, fail_lost) -> match. Waits. */
static int
l_expect(lua_State *L)
{
	struct rx_source src[RX_SET_MAX];
	struct stream *s = check(L);
	struct task *t = sched_begin(L, luaL_checkstring(L, AT_NAME));
	struct stream_expect *e;
	struct err_msg why;
	struct rx *rx;
	size_t n;

	lua_settop(L, AT_FAIL_LOST);
	LIST_EACH(it, &s->expects)
		return errors_raise(
		    L, "busy", "%s: another task waits for text of it; one at a time", s->name);
	n = add_sources(L, AT_PATTERNS, src, 0);
	if (n == 0)
		return errors_raise(
		    L, "usage", "%s: no pattern is given", lua_tostring(L, AT_NAME));
	n = add_sources(L, AT_NEVER, src, n);
	e = lua_newuserdatauv(L, sizeof *e, 0);
	*e = (struct stream_expect){ .rx = NULL };
	luaL_setmetatable(L, EXPECT_META);
	sched_until(t, mod_task_duration(L, AT_TIMEOUT, TIMEOUT_S * NS_PER_S));
	if (rx_compile(src, n, &rx, &why) != ERR_OK)
		return errors_raise_msg(L, &why);
	stream_expect_start(s, e, rx);
	lua_pushinteger(L, (lua_Integer)sys_mono());
	return k_expect(L, LUA_OK, 0);
}

/* ---- lines and silence */

static int
k_line(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);
	struct stream *s = check(L);
	const char *p;
	size_t n;

	(void)status;
	sched_check(L, t);
	if (stream_line(s, &p, &n)) {
		lua_pushlstring(L, p, n);
		return 1;
	}
	if (s->state == STREAM_ENDED)
		return errors_raise(L, "eof", "%s: it ended; no further line", s->name);
	if (sched_due(t)) {
		push_tail(L, s);
		return errors_raise(L, s->state == STREAM_LOST ? "lost" : "timeout",
		    "%s: no whole line in time; %s", s->name, lua_tostring(L, -1));
	}
	return sched_park(L, t, s, k_line, ctx);
}

/* read_line(stream, timeout) */
static int
l_read_line(lua_State *L)
{
	struct task *t = sched_begin(L, "con:read_line");

	(void)check(L);
	sched_until(t, mod_task_duration(L, 2, TIMEOUT_S * NS_PER_S));
	lua_settop(L, 1);
	return k_line(L, LUA_OK, 0);
}

/* The stack: stream, quiet ns, end of the whole as mono ns (0: none), begin. */
static int
k_settle(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);
	struct stream *s = check(L);
	const uint64_t now = sys_mono(), quiet = (uint64_t)lua_tointeger(L, 2),
		       end = (uint64_t)lua_tointeger(L, 3);
	uint64_t since = (uint64_t)lua_tointeger(L, 4);

	(void)status;
	sched_check(L, t);
	if (s->last_mono > since)
		since = s->last_mono;
	if (now - since >= quiet)
		return 0;
	if (end != 0 && now >= end)
		return errors_raise(L, "timeout", "%s: it did not fall silent in time", s->name);
	t->until = since + quiet;
	if (end != 0 && t->until > end)
		t->until = end;
	return sched_park(L, t, s, k_settle, ctx);
}

/* settle(stream, quiet, timeout) */
static int
l_settle(lua_State *L)
{
	const uint64_t now = sys_mono();
	uint64_t quiet, limit;

	(void)sched_begin(L, "con:settle");
	(void)check(L);
	quiet = mod_task_duration(L, 2, NS_PER_S / 2);
	limit = mod_task_duration(L, 3, TIMEOUT_S * NS_PER_S);
	lua_settop(L, 1);
	lua_pushinteger(L, (lua_Integer)quiet);
	lua_pushinteger(L, limit > UINT64_MAX / 2 ? 0 : (lua_Integer)(now + limit));
	lua_pushinteger(L, (lua_Integer)now);
	return k_settle(L, LUA_OK, 0);
}

/* ---- line callbacks */

struct line { struct sub *sub; const char *p; size_t n; };

static int
deliver(lua_State *L)
{
	const struct line *l = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, l->sub->fn);
	lua_pushlstring(L, l->p, l->n);
	lua_call(L, 1, 0);
	return 0;
}

static void
sub_off(struct sub *s)
{
	if (!s->on)
		return;
	s->on = false;
	stream_unsubscribe(&s->sub);
	luaL_unref(s->host->L, LUA_REGISTRYINDEX, s->fn);
}

/* Stack: the error, struct sub. */
static int
complain(lua_State *L)
{
	const struct sub *s = lua_touserdata(L, 2);

	lua_rawgeti(L, LUA_REGISTRYINDEX, s->host->core);
	lua_getfield(L, -1, "callback_failed");
	lua_pushvalue(L, 1);
	lua_pushboolean(L, s->fails >= CALLBACK_FAILS);
	lua_call(L, 2, 0);
	return 0;
}

static void
on_line(void *arg, const char *p, size_t n)
{
	struct sub *s = arg;
	struct host *h = s->host;
	struct guard_frame saved;
	struct line l = { s, p, n };

	if (!s->on)
		return;
	guard_enter(h, &saved,
	    &(struct guard_frame){ .kind = GUARD_CALLBACK,
		.what = "on_line callback",
		.run = h->L,
		.hard_ns = h->opt.callback_ns });
	lua_pushcfunction(h->L, errors_handler);
	lua_pushcfunction(h->L, deliver);
	lua_pushlightuserdata(h->L, &l);
	if (lua_pcall(h->L, 1, 0, -3) != LUA_OK) {
		guard_leave(h, &saved);
		s->fails++;
		guard_enter(h, &saved,
		    &(struct guard_frame){ .kind = GUARD_CALLBACK,
			.what = "on_line callback",
			.run = h->L,
			.hard_ns = h->opt.callback_ns });
		lua_pushcfunction(h->L, complain);
		lua_insert(h->L, -2);
		lua_pushlightuserdata(h->L, s);
		(void)lua_pcall(h->L, 2, 0, 0);
		if (s->fails >= CALLBACK_FAILS)
			sub_off(s);
	}
	lua_settop(h->L, 0);
	guard_leave(h, &saved);
}

/* on_line(stream, fn) -> subscription, kept by the host until :close() */
static int
l_on_line(lua_State *L)
{
	struct stream *s = check(L);
	struct sub *sub;

	if (!lua_isfunction(L, 2))
		return errors_argument(L, 2, "a function");
	sub = lua_newuserdatauv(L, sizeof *sub, 0);
	*sub = (struct sub){ .host = host_of(L), .fn = LUA_NOREF };
	sub->sub.line = on_line;
	sub->sub.arg = sub;
	luaL_setmetatable(L, SUB_META);
	lua_pushvalue(L, 2);
	sub->fn = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pushvalue(L, -1);
	/* not the collector ends it, but :close() */
	lua_rawsetp(L, LUA_REGISTRYINDEX, sub);
	stream_subscribe(s, &sub->sub);
	sub->on = true;
	return 1;
}

static int
l_sub_close(lua_State *L)
{
	struct sub *sub = luaL_checkudata(L, 1, SUB_META);

	sub_off(sub);
	lua_pushnil(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, sub);
	return 0;
}

static int
l_sub_gc(lua_State *L)
{
	struct sub *sub = luaL_checkudata(L, 1, SUB_META);

	if (sub->on)
		stream_unsubscribe(&sub->sub);
	sub->on = false;
	return 0;
}

/* ---- the rest */

/* skip(stream, offset or nil): consumes up to there, or all that has come; returns the offset of
 * the end */
static int
l_skip(lua_State *L)
{
	struct stream *s = check(L);

	stream_consume(s, (uint64_t)luaL_optinteger(L, 2, (lua_Integer)stream_end(s)));
	lua_pushinteger(L, (lua_Integer)stream_end(s));
	return 1;
}

/* skip_past(stream, from, text): consumes up to behind the first `text` at or after the offset
 * `from` */
static int
l_skip_past(lua_State *L)
{
	struct stream *s = check(L);
	const uint64_t from = (uint64_t)luaL_checkinteger(L, 2);
	size_t n, len;
	const char *p, *text = luaL_checklstring(L, 3, &len);

	n = stream_piece(s, from, UINT64_MAX, &p);
	for (size_t i = 0; len != 0 && i + len <= n; i++)
		if (memcmp(p + i, text, len) == 0) {
			stream_consume(s, (from > s->base ? from : s->base) + i + len);
			break;
		}
	return 0;
}

/* pending(stream): what was received and not consumed */
static int
l_pending(lua_State *L)
{
	struct stream *s = check(L);

	push_bytes(L, s, s->cursor, UINT64_MAX);
	return 1;
}

static int
l_state(lua_State *L)
{
	static const char *const words[] = { "open", "lost", "ended" };
	const struct stream *s = check(L);

	lua_pushstring(L, words[s->state]);
	lua_pushinteger(L, (lua_Integer)s->dropped);
	return 2;
}

/* began(stream, offset): what the bench answered to subscribe */
static int
l_began(lua_State *L)
{
	struct stream *s = check(L);
	const uint64_t at = (uint64_t)luaL_checkinteger(L, 2);

	if (!s->started) {
		s->started = true;
		s->base = s->cursor = at;
	}
	return 0;
}

/* ended(stream): no more will come (a job is over) */
static int
l_ended(lua_State *L)
{
	stream_set_state(check(L), STREAM_ENDED, "it is over");
	return 0;
}

void
mod_stream_open(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "expect", l_expect },
		{ "read_line", l_read_line },
		{ "settle", l_settle },
		{ "on_line", l_on_line },
		{ "skip", l_skip },
		{ "skip_past", l_skip_past },
		{ "pending", l_pending },
		{ "state", l_state },
		{ "began", l_began },
		{ "ended", l_ended },
		{ NULL, NULL },
	};
	static const luaL_Reg sub_methods[] = { { "close", l_sub_close }, { NULL, NULL } };

	luaL_newmetatable(L, STREAM_META);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	luaL_newmetatable(L, EXPECT_META);
	lua_pushcfunction(L, l_expect_gc);
	lua_setfield(L, -2, "__gc");
	luaL_newmetatable(L, SUB_META);
	lua_pushcfunction(L, l_sub_gc);
	lua_setfield(L, -2, "__gc");
	lua_pushcfunction(L, l_sub_close);
	lua_setfield(L, -2, "__close");
	luaL_newlib(L, sub_methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 3);
}
