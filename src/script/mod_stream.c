/* mod_stream.c - waiting for text, and lines as they come. */
#include "script/mod_stream.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/link.h"
#include "script/mod_task.h"
#include "script/stream_text.h"
#include "sys/time.h"

#define SUB_META "vise.sub"

enum { TIMEOUT_S = 5, CALLBACK_FAILS = 3 };

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
	luaL_setmetatable(L, MOD_STREAM_META);
}

struct stream *
mod_stream_check(lua_State *L)
{
	struct stream **box = luaL_testudata(L, 1, MOD_STREAM_META);

	if (box == NULL) {
		errors_argument(L, 1, "a console (write con:name(), with a colon)");
		return NULL;
	}
	return *box;
}

/* ---- lines and silence */

static int
k_line(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);
	struct stream *s = mod_stream_check(L);
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
		stream_text_tail(L, s, true);
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

	(void)mod_stream_check(L);
	sched_until(t, mod_task_duration(L, 2, TIMEOUT_S * NS_PER_S));
	lua_settop(L, 1);
	return k_line(L, LUA_OK, 0);
}

/* ctx: how many, 0: any */
static int
k_read(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);
	struct stream *s = mod_stream_check(L);
	const uint64_t want = ctx > 0 ? (uint64_t)ctx : 1;
	const char *p;
	size_t n;

	(void)status;
	sched_check(L, t);
	n = stream_piece(s, s->cursor, UINT64_MAX, &p);
	if (n >= want) {
		n = ctx > 0 ? (size_t)want : n;
		lua_pushlstring(L, p, n);
		stream_consume(s, (s->cursor > s->base ? s->cursor : s->base) + n);
		return 1;
	}
	if (s->state == STREAM_ENDED)
		return errors_raise(L, "eof", "%s: it ended after %d of %d bytes", s->name, (int)n,
		    (int)want);
	if (sched_due(t))
		return errors_raise(L, s->state == STREAM_LOST ? "lost" : "timeout",
		    "%s: %d of %d bytes came in time", s->name, (int)n, (int)want);
	return sched_park(L, t, s, k_read, ctx);
}

/* read(stream, n, timeout) */
static int
l_read(lua_State *L)
{
	struct task *t = sched_begin(L, "con:read");
	const lua_Integer n = luaL_checkinteger(L, 2);

	(void)mod_stream_check(L);
	if (n < 0 || n > LIMIT_EXPECT_WINDOW)
		return errors_raise(L, "usage", "con:read: at most %d bytes at once",
		    (int)LIMIT_EXPECT_WINDOW);
	sched_until(t, mod_task_duration(L, 3, TIMEOUT_S * NS_PER_S));
	lua_settop(L, 1);
	return k_read(L, LUA_OK, (lua_KContext)n);
}

/* The stack: stream, quiet ns, end of the whole as mono ns (0: none), begin. */
static int
k_settle(lua_State *L, int status, lua_KContext ctx)
{
	struct task *t = sched_current(L);
	struct stream *s = mod_stream_check(L);
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
	(void)mod_stream_check(L);
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
	struct stream *s = mod_stream_check(L);
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
	struct sub *sub = luaL_testudata(L, 1, SUB_META);

	if (sub == NULL)
		return errors_raise(L, "usage",
		    "sub:close: call it with a colon, on what con:on_line gave");
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
	struct stream *s = mod_stream_check(L);

	stream_consume(s, (uint64_t)luaL_optinteger(L, 2, (lua_Integer)stream_end(s)));
	lua_pushinteger(L, (lua_Integer)stream_end(s));
	return 1;
}

/* skip_past(stream, from, text): consumes up to behind the first `text` at or after the offset
 * `from` */
static int
l_skip_past(lua_State *L)
{
	struct stream *s = mod_stream_check(L);
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
	struct stream *s = mod_stream_check(L);
	const char *p;
	const size_t n = stream_piece(s, s->cursor, UINT64_MAX, &p);

	lua_pushlstring(L, p, n);
	return 1;
}

/* fork(stream): another cursor on the same bytes, from here on */
static int
l_fork(lua_State *L)
{
	const struct stream *s = mod_stream_check(L);
	struct link *k = host_of(L)->link;

	if (k == NULL)
		return errors_raise(L, "infra", "there is no bench");
	mod_stream_push(L, link_fork(k, s));
	return 1;
}

static int
l_state(lua_State *L)
{
	static const char *const words[] = { "open", "lost", "ended" };
	const struct stream *s = mod_stream_check(L);

	lua_pushstring(L, words[s->state]);
	lua_pushinteger(L, (lua_Integer)s->dropped);
	lua_pushinteger(L, s->losses);
	return 3;
}

/* began(stream, offset): what the bench answered to subscribe */
static int
l_began(lua_State *L)
{
	struct stream *s = mod_stream_check(L);
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
	stream_set_state(mod_stream_check(L), STREAM_ENDED, "it is over");
	return 0;
}

void
mod_stream_open(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "read_line", l_read_line },
		{ "read", l_read },
		{ "fork", l_fork },
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

	luaL_newmetatable(L, MOD_STREAM_META);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	luaL_newmetatable(L, SUB_META);
	lua_pushcfunction(L, l_sub_gc);
	lua_setfield(L, -2, "__gc");
	lua_pushcfunction(L, l_sub_close);
	lua_setfield(L, -2, "__close");
	luaL_newlib(L, sub_methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 2);
}
