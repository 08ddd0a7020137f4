/* test_script_sched.c - the scheduler, the guard and the console on a bench played in the same
 * loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "proto/peer.h"
#include "script/errors.h"
#include "script/host_open.h"
#include "script/link.h"
#include "script/value.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/time.h"

struct rig {
	struct loop *loop;
	struct host host;
	struct link link;
	struct peer *bench;
	uint64_t sent;                  /* bytes of stream 1 */
	bool attached, over;
	unsigned beats;                 /* of a timer of the loop, each 10 ms */
	struct task *main;
	int status;
	char *code;                     /* of the error that ended main */
	unsigned unhandled;
};

static const char *
top(void)
{
	const char *dir = getenv("srcdir");

	return dir != NULL ? dir : ".";
}

/* ---- the bench: what is typed comes back, as an echoing board would do */

static json_t *
snapshot(void)
{
	return json_pack("{s:{s:s},s:[{s:i,s:i,s:s,s:s}],s:[]}", "bench", "name", "test",
	    "consoles", "id", 1, "stream", 1, "name", "main", "state", "open", "jobs");
}

static void
on_request(struct peer *p, uint64_t id, const char *method, const json_t *params, void *arg)
{
	struct rig *r = arg;
	struct err_msg why;

	if (strcmp(method, "attach") == 0) {
		peer_answer(p, id, snapshot());
	} else if (strcmp(method, "subscribe") == 0) {
		peer_answer(
		    p, id, json_pack("{s:i,s:I}", "stream", 1, "offset", (json_int_t)r->sent));
	} else if (strcmp(json_get_str(params, "line", ""), "bench.info") == 0) {
		peer_answer(p, id, json_pack("{s:s}", "name", "test"));
	} else {
		(void)err_set(&why, ERR_USAGE, "command", NULL, "no such command");
		peer_fail(p, id, &why);
	}
}

static void
on_input(struct peer *p, uint32_t stream, const char *data, size_t n, void *arg)
{
	struct rig *r = arg;

	assert_int_equal(stream, 1);
	for (size_t at = 0; at < n; at += 3) {          /* in odd pieces */
		const size_t piece = n - at < 3 ? n - at : 3;

		assert_true(peer_bytes(p, 1, r->sent, 0, data + at, piece));
		r->sent += piece;
	}
}

static void
on_attached(void *arg, const struct err_msg *why)
{
	struct rig *r = arg;

	assert_null(why);
	r->attached = true;
}

static void
on_beat(void *arg)
{
	((struct rig *)arg)->beats++;
}

static void
on_ended(void *arg, struct task *t)
{
	struct rig *r = arg;
	lua_State *L = r->host.L;

	if (t != r->main)
		return;
	r->over = true;
	if (t->failed) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, t->result);
		r->status = errors_status(L, -1);
		lua_getfield(L, -1, "code");
		r->code = mem_str(lua_tostring(L, -1));
		lua_getfield(L, -2, "msg");
		lua_getfield(L, -3, "trace");
		if (strcmp(r->code, "script") == 0)
			print_message("%s\n%s\n", lua_tostring(L, -2), lua_tostring(L, -1));
		lua_settop(L, 0);
	}
	loop_stop(r->loop);
}

static void
on_unhandled(void *arg, struct task *t)
{
	(void)t;
	((struct rig *)arg)->unhandled++;
}

static void
rig_open(struct rig *r, const struct host_options *o)
{
	static const struct peer_ops ops = { .request = on_request, .input = on_input };
	struct err_msg why;
	char *dir = path_join(top(), "lua/vise");
	int fd[2];

	memset(r, 0, sizeof *r);
	r->loop = loop_new();
	if (host_open(&r->host, r->loop, o, &why) != ERR_OK ||
	    host_runtime(&r->host, dir, &why) != ERR_OK)
		fail_msg("%s: %s", why.what, why.why);
	mem_free(dir);
	r->host.task_ended = on_ended;
	r->host.unhandled = on_unhandled;
	r->host.arg = r;
	assert_true(sys_socketpair(fd));
	r->bench = peer_open(r->loop, fd[0], "bench", "test", &ops, r);
	link_open(&r->link, &r->host, fd[1], "test");
	r->link.attached = on_attached;
	r->link.arg = r;
	r->host.link = &r->link;
	while (!r->attached)
		(void)loop_turn(r->loop, -1);
}

static void
rig_close(struct rig *r)
{
	host_fini(&r->host);
	link_fini(&r->link);
	peer_close(r->bench);
	loop_free(r->loop);
	mem_free(r->code);
}

struct chunk { const char *text, *path; struct task *task; };

static int
spawn_chunk(lua_State *L)
{
	struct chunk *c = lua_touserdata(L, 1);
	struct host *h = host_of(L);

	lua_rawgeti(L, LUA_REGISTRYINDEX, h->core);     /* require "vise" */
	lua_getfield(L, -1, "require_dir");
	lua_pushstring(L, "/nowhere");
	lua_getfield(L, -3, "vise");
	lua_call(L, 2, 0);
	if (c->path != NULL) {
		lua_getfield(L, -1, "load_file");
		lua_pushstring(L, c->path);
		lua_call(L, 1, 1);
	} else if (luaL_loadstring(L, c->text) != LUA_OK) {
		return lua_error(L);
	}
	c->task = sched_spawn(L, 0, "main");
	return 0;
}

static void
rig_run(struct rig *r, const char *text, const char *path)
{
	struct chunk c = { .text = text, .path = path };
	struct loop_timer *beat =
	    loop_timer_start(r->loop, 10 * NS_PER_MS, 10 * NS_PER_MS, on_beat, r);

	lua_pushcfunction(r->host.L, spawn_chunk);
	lua_pushlightuserdata(r->host.L, &c);
	if (lua_pcall(r->host.L, 1, 0, 0) != LUA_OK)
		fail_msg("%s", luaL_tolstring(r->host.L, -1, NULL));
	r->main = c.task;
	r->beats = 0;
	while (!r->over)
		(void)loop_turn(r->loop, -1);
	sched_judge_all(&r->host);
	loop_timer_stop(beat);
}

static struct host_options
quick(void)
{
	struct host_options o;

	host_defaults(&o);
	o.name = "test";
	o.memory = 24 << 20;
	o.hard_ns = 200 * NS_PER_MS;
	o.grace_ns = 200 * NS_PER_MS;
	o.busy_ns = 20 * NS_PER_S;
	return o;
}

static void
test_promises(void **state)
{
	const struct host_options o = quick();
	char *path = path_join(top(), "tests/data/script/promises.lua");
	struct rig r;

	(void)state;
	rig_open(&r, &o);
	rig_run(&r, NULL, path);
	assert_null(r.code);
	assert_true(r.host.sched.preempts > 10);
	assert_true(r.host.sched.kills >= 1);
	assert_int_equal(r.unhandled, 0);
	rig_close(&r);
	mem_free(path);
}

/* Runaways that end with a named error while the loop's own timer goes on. */
static void
test_runaways(void **state)
{
	static const struct { const char *text, *code; bool beats;
	} cases[] = {
		{ "while true do end", "budget", true },
		{ "local s = 'x' while true do s = s .. s end", "memory", false },
		{ "local s = ('x'):rep(1e9)", "memory", false },
		{ "coroutine.wrap(function() while true do end end)()", "budget", true },
		{ "while true do pcall(error, 'x') end", "budget", true },
		{ "local function f() while true do pcall(f) end end f()", "budget", true },
		{ "debug.sethook()", "usage", false },
		{ "os.execute('true')", "usage", false },
		{ "setmetatable({}, { __gc = function() while true do end end })", "usage", false },
		{ "while true do string.format('%d', 1) end", "budget", true },
		{ "while true do pcall(table.sort, {2,1,3}, function() while true do end end) end",
		    "budget", false },
		{ "xpcall(function() while true do end end, function() while true do end end) "
		  "while true do end",
		    "budget", true },
		{ "local g <close> = setmetatable({}, { __close = function() while true do end end "
		  "}) error('x')",
		    "budget", true },
		{ "while true do coroutine.wrap(function() pcall(error) end)() end", "budget",
		    true },
	};
	struct host_options o = quick();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const bool budget = strcmp(cases[i].code, "budget") == 0;
		struct rig r;

		o.busy_ns = budget ? 500 * NS_PER_MS : 20 * NS_PER_S;
		o.memory = budget ? 128 << 20 : 24 << 20;
		rig_open(&r, &o);
		rig_run(&r, cases[i].text, NULL);
		if (r.code == NULL || strcmp(r.code, cases[i].code) != 0)
			fail_msg("%s: ended with %s", cases[i].text,
			    r.code != NULL ? r.code : "nothing");
		assert_int_equal(r.status, strcmp(cases[i].code, "usage") == 0 ? 2 : 7);
		if (cases[i].beats && r.beats < 5)
			fail_msg("%s: only %u beats", cases[i].text, r.beats);
		rig_close(&r);
	}
}

static void
test_unhandled(void **state)
{
	const struct host_options o = quick();
	struct rig r;

	(void)state;
	rig_open(&r, &o);
	rig_run(&r,
	    "local vise = require 'vise' vise.spawn(error, 'lost') local kept = vise.spawn(error, "
	    "'kept') "
	    "local seen = vise.spawn(error, 'seen') pcall(seen.await, seen) vise.sleep(0.01)",
	    NULL);
	assert_null(r.code);
	assert_int_equal(r.unhandled, 2);
	rig_close(&r);
}

/* Waiting while something loads says which call and where to put it. */
static void
test_load_time(void **state)
{
	const struct host_options o = quick();
	struct rig r;
	lua_State *L;
	const char *msg;

	(void)state;
	rig_open(&r, &o);
	L = r.host.L;
	lua_rawgeti(L, LUA_REGISTRYINDEX, r.host.core);
	lua_getfield(L, -1, "sleep");
	lua_pushnumber(L, 1);
	assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_ERRRUN);
	lua_getfield(L, -1, "msg");
	msg = lua_tostring(L, -1);
	assert_non_null(strstr(msg, "vise.sleep waits"));
	lua_settop(L, 0);
	rig_close(&r);
}

/* The bench goes away: what waits fails with its name, the script can end in order. */
static void
on_cut(void *arg)
{
	struct rig *r = arg;

	peer_close(r->bench);
	r->bench = NULL;
}

static void
test_lost(void **state)
{
	const struct host_options o = quick();
	struct rig r;

	(void)state;
	rig_open(&r, &o);
	(void)loop_timer_start(r.loop, 20 * NS_PER_MS, 0, on_cut, &r);
	rig_run(&r,
	    "local con = require 'vise'.console.get() con:expect('never', { timeout = 100 })",
	    NULL);
	assert_string_equal(r.code, "lost");
	assert_int_equal(r.status, 3);
	rig_close(&r);
}

/* All memory of the state is given back. */
static void
test_memory(void **state)
{
	const struct host_options o = quick();
	struct rig r;

	(void)state;
	rig_open(&r, &o);
	rig_run(&r, "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(i) end", NULL);
	assert_true(r.host.mem.used > 10000);
	host_fini(&r.host);
	assert_int_equal(r.host.mem.used, 0);
	link_fini(&r.link);
	peer_close(r.bench);
	loop_free(r.loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_promises),
		cmocka_unit_test(test_runaways),
		cmocka_unit_test(test_unhandled),
		cmocka_unit_test(test_load_time),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
