/* sched.c - running, parking, waking, cancelling tasks. */
#include "script/sched.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "script/errors.h"
#include "script/host.h"
#include "sys/time.h"

#define LOOK_NS (200 * NS_PER_MS)

static char park_mark;          /* its address marks a yield made by us */

static void run_ready(void *arg);

void
sched_init(struct host *h)
{
	list_init(&h->sched.tasks);
	h->sched.body = LUA_NOREF;
}

static void
task_free(struct task *t)
{
	list_del(&t->node);
	loop_timer_stop(t->timer);
	mem_free(t->news);
	mem_free(t);
}

/* Its children are then those of who made it. */
static void
leave_family(struct task *t)
{
	if (t->parent != NULL)
		t->parent->children--;
	LIST_EACH(n, &t->host->sched.tasks) {
		struct task *child = LIST_ENTRY(n, struct task, node);

		if (t->children == 0)
			break;
		if (child->parent != t)
			continue;
		child->parent = t->parent;
		if (t->parent != NULL)
			t->parent->children++;
		t->children--;
	}
}

/* The state is closed already: only our own memory is left. */
void
sched_fini(struct host *h)
{
	loop_defer_cancel(h->loop, run_ready, h);
	loop_timer_stop(h->sched.look);
	LIST_EACH_SAFE(n, &h->sched.tasks)
		task_free(LIST_ENTRY(n, struct task, node));
}

static void
queue(struct host *h)
{
	if (h->sched.queued)
		return;
	h->sched.queued = true;
	loop_defer(h->loop, run_ready, h);
}

static void
make_ready(struct task *t)
{
	if (t->state != TASK_WAITS)
		return;
	loop_timer_stop(t->timer);
	t->timer = NULL;
	t->tag = NULL;
	t->state = TASK_READY;
	queue(t->host);
}

static void
on_timer(void *arg)
{
	struct task *t = arg;

	t->timer = NULL;                /* a once-timer is gone when it fires */
	make_ready(t);
}

void
sched_wake(struct host *h, const void *tag)
{
	LIST_EACH(n, &h->sched.tasks) {
		struct task *t = LIST_ENTRY(n, struct task, node);

		if (t->state == TASK_WAITS && t->tag == tag)
			make_ready(t);
	}
}

struct task *
sched_spawn(lua_State *L, int nargs, const char *name)
{
	struct host *h = host_of(L);
	struct task *t;
	lua_State *co;
	int ref;

	if (h->sched.alive >= SCHED_TASKS_MAX)
		(void)errors_raise(L, "budget", "more than %d tasks at once", SCHED_TASKS_MAX);
	luaL_checkstack(L, 4, NULL);
	co = lua_newthread(L);
	lua_sethook(co, NULL, 0, 0);            /* a hook of its maker is not its own */
	if (!lua_checkstack(co, nargs + 2))
		luaL_error(L, "too many arguments");
	ref = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_rawgeti(co, LUA_REGISTRYINDEX, h->sched.body);
	lua_xmove(L, co, nargs + 1);
	t = mem_zero(1, sizeof *t);
	*t = (struct task){ .host = h,
		.co = co,
		.ref = ref,
		.result = LUA_NOREF,
		.killer = LUA_NOREF,
		.parent = sched_current(L),
		.state = TASK_READY };
	if (t->parent != NULL)
		t->parent->children++;
	snprintf(t->name, sizeof t->name, "%s", name);
	list_add_tail(&h->sched.tasks, &t->node);
	h->sched.alive++;
	queue(h);
	return t;
}

struct task *
sched_current(lua_State *L)
{
	const struct guard_frame *f = &host_of(L)->guard.now;

	return f->kind == GUARD_TASK ? f->task : NULL;
}

struct task *
sched_begin(lua_State *L, const char *call)
{
	const struct guard_frame *f = &host_of(L)->guard.now;

	if (f->kind == GUARD_LOAD || f->kind == GUARD_NONE)
		errors_raise(L, "load_time",
		    "%s waits, and nothing may wait while %s loads; call it from a workflow, "
		    "a macro or vise.spawn",
		    call, f->what != NULL ? f->what : "it");
	if (f->kind == GUARD_CALLBACK)
		errors_raise(L, "usage", "%s waits; an %s may not; use vise.spawn", call, f->what);
	if (!lua_isyieldable(L))
		errors_raise(L, "usage",
		    "%s waits, which is not possible inside a callback of sort, gsub and their "
		    "like",
		    call);
	sched_check(L, f->task);
	return f->task;
}

void
sched_until(struct task *t, uint64_t ns)
{
	const uint64_t now = sys_mono();

	t->until = ns > UINT64_MAX - 1 - now ? 0 : now + ns;
}

bool
sched_due(const struct task *t)
{
	return t->until != 0 && sys_mono() >= t->until;
}

int
sched_park(lua_State *L, struct task *t, const void *tag, lua_KFunction k, lua_KContext ctx)
{
	const uint64_t now = sys_mono();
	uint64_t until = t->until;

	if (t->cancel == CANCEL_GRACE && (until == 0 || until > t->grace))
		until = t->grace;
	t->state = TASK_WAITS;
	t->tag = tag;
	t->busy = t->busy_before = 0;
	if (until != 0)
		t->timer =
		    loop_timer_start(t->host->loop, until > now ? until - now : 0, 0, on_timer, t);
	lua_pushlightuserdata(L, &park_mark);
	return lua_yieldk(L, 1, ctx, k);
}

bool
sched_raises(const struct task *t)
{
	return t->cancel == CANCEL_ASKED || t->cancel == CANCEL_OVER ||
	    (t->cancel == CANCEL_NO && t->news != NULL) ||
	    (t->cancel == CANCEL_GRACE && sys_mono() >= t->grace);
}

/* Clean-up is left alone. */
static void
check_news(lua_State *L, struct task *t)
{
	struct err_msg why;

	if (t->news == NULL || t->cancel != CANCEL_NO)
		return;
	why = *t->news;
	mem_free(t->news);
	t->news = NULL;
	errors_raise_msg(L, &why);
}

void
sched_check(lua_State *L, struct task *t)
{
	check_news(L, t);
	if (t->cancel == CANCEL_ASKED) {
		t->cancel = CANCEL_GRACE;
		t->grace = sys_mono() + t->host->opt.grace_ns;
		errors_raise(L, err_word(t->cancel_code), "%s", t->cancel_why);
	}
	if (t->cancel == CANCEL_OVER || (t->cancel == CANCEL_GRACE && sys_mono() >= t->grace)) {
		t->cancel = CANCEL_OVER;
		guard_kill(L);
		errors_raise(
		    L, err_word(t->cancel_code), "%s; the time to clean up is over", t->cancel_why);
	}
}

void
sched_cancel(struct task *t, enum err code, const char *why)
{
	if (t->state == TASK_DONE || t->cancel != CANCEL_NO)
		return;
	t->cancel = CANCEL_ASKED;
	t->busy_before = t->busy;
	t->cancel_code = code;
	snprintf(t->cancel_why, sizeof t->cancel_why, "%s", why);
	make_ready(t);
}

static void
give_news(struct task *t, const struct err_msg *why)
{
	if (t->state == TASK_DONE || t->keep)
		return;
	if (t->news == NULL)
		t->news = mem_zero(1, sizeof *t->news);
	*t->news = *why;
	make_ready(t);
}

void
sched_news(struct host *h, struct task *t, const struct err_msg *why)
{
	while (t != NULL && (t->state == TASK_DONE || t->keep))
		t = t->parent;
	if (t != NULL) {
		give_news(t, why);
		return;
	}
	LIST_EACH(n, &h->sched.tasks)
		give_news(LIST_ENTRY(n, struct task, node), why);
}

void
sched_cancel_all(struct host *h, enum err code, const char *why)
{
	LIST_EACH(n, &h->sched.tasks) {
		struct task *t = LIST_ENTRY(n, struct task, node);

		if (!t->keep)
			sched_cancel(t, code, why);
	}
}

unsigned
sched_alive(const struct host *h, bool others_only)
{
	unsigned alive = 0;

	LIST_EACH(n, &h->sched.tasks) {
		const struct task *t = LIST_ENTRY(n, struct task, node);

		alive += t->state != TASK_DONE && !(others_only && t->keep);
	}
	return alive;
}

void
sched_release(struct task *t)
{
	t->handles--;
	if (t->state == TASK_DONE && t->handles == 0) {
		/* not now: a collector's call may come while the list is walked */
		t->host->sched.sweep = true;
	}
}

/* A failure that nobody awaited is the host's. */
static void
judge(struct task *t)
{
	if (t->state != TASK_DONE || !t->failed || t->awaited || t->cancel != CANCEL_NO)
		return;
	t->awaited = true;
	host_unhandled(t->host, t);
}

/* Who has its handle may still ask for it; people are told all the same, a turn later. */
static void
notice(struct task *t)
{
	if (t->late == 0)
		return;
	if (t->late++ == 1) {
		t->host->sched.sweep = true;
		queue(t->host);
		return;
	}
	t->late = 0;
	t->told = !t->awaited;
	if (t->told)
		host_failed(t->host, t);
}

static void
sweep(struct host *h)
{
	if (!h->sched.sweep)
		return;
	h->sched.sweep = false;
	LIST_EACH_SAFE(n, &h->sched.tasks) {
		struct task *t = LIST_ENTRY(n, struct task, node);

		notice(t);
		if (t->state == TASK_DONE && t->handles == 0) {
			judge(t);
			leave_family(t);
			luaL_unref(h->L, LUA_REGISTRYINDEX, t->result);
			task_free(t);
		}
	}
}

void
sched_judge_all(struct host *h)
{
	LIST_EACH(n, &h->sched.tasks)
		judge(LIST_ENTRY(n, struct task, node));
}

static void
on_look(void *arg)
{
	struct host *h = arg;

	h->sched.look = NULL;
	(void)lua_gc(h->L, LUA_GCCOLLECT);
	sweep(h);
}

/* Nobody may ever await it: what idles collects nothing, and the failure would not be told. */
static void
look_later(struct task *t)
{
	struct host *h = t->host;

	if (t->failed && t->handles != 0 && t->cancel == CANCEL_NO && h->sched.look == NULL)
		h->sched.look = loop_timer_start(h->loop, LOOK_NS, 0, on_look, h);
}

/* ---- the end of a task */

/* Under pcall, on the main state: results or error move into the registry. */
static int
keep_result(lua_State *L)
{
	struct task *t = lua_touserdata(L, 1);
	const int n = lua_gettop(t->co);

	if (t->failed) {
		if (t->killer != LUA_NOREF)
			lua_rawgeti(L, LUA_REGISTRYINDEX, t->killer);
		else if (n == 0)
			lua_pushliteral(L, "it ended without a word");
		else
			lua_xmove(t->co, L, 1);
		errors_wrap(L);
	} else {
		lua_createtable(L, n, 1);
		for (int i = n; i >= 1; i--) {
			lua_xmove(t->co, L, 1);
			lua_rawseti(L, 2, i);
		}
		lua_pushinteger(L, n);
		lua_setfield(L, 2, "n");
	}
	t->result = luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

static void
finish(struct task *t, int status)
{
	struct host *h = t->host;
	struct guard_frame saved;
	const size_t slack = h->mem.slack;

	t->state = TASK_DONE;
	h->sched.alive--;
	t->failed = status != LUA_OK;
	lua_sethook(t->co, NULL, 0, 0);
	h->mem.slack = HOST_SLACK;
	guard_enter(h, &saved,
	    &(struct guard_frame){ .kind = GUARD_CALLBACK,
		.what = "end of a task",
		.run = h->L,
		.hard_ns = h->opt.callback_ns });
	lua_settop(h->L, 0);
	lua_pushcfunction(h->L, keep_result);
	lua_pushlightuserdata(h->L, t);
	if (lua_pcall(h->L, 1, 0, 0) != LUA_OK)
		lua_settop(h->L, 0);
	guard_switch(h, t->co);
	if (status == LUA_YIELD || lua_status(t->co) != LUA_OK)
		(void)lua_resetthread(t->co);           /* <close> variables that are still open */
	guard_switch(h, h->L);
	luaL_unref(h->L, LUA_REGISTRYINDEX, t->ref);
	luaL_unref(h->L, LUA_REGISTRYINDEX, t->killer);
	guard_leave(h, &saved);
	h->mem.slack = slack;
	t->co = NULL;
	h->sched.failures += t->failed;
	look_later(t);
	/* whoever awaits a task looks whether it is this one */
	sched_wake(h, &h->sched);
	host_task_ended(h, t);
	t->late = t->failed && !t->awaited && t->cancel == CANCEL_NO && t->handles != 0;
	h->sched.sweep = h->sched.sweep || t->handles == 0 || t->late != 0;
}

static void
step(struct task *t)
{
	struct host *h = t->host;
	struct guard_frame saved;
	uint64_t spent;
	int nres = 0, nargs = lua_status(t->co) == LUA_OK ? lua_gettop(t->co) - 1 : 0, status;

	t->state = TASK_RUNNING;
	t->preempt = false;
	guard_enter(h, &saved,
	    &(struct guard_frame){ .kind = GUARD_TASK,
		.what = t->name,
		.task = t,
		.run = t->co,
		.hard_ns = h->opt.hard_ns,
		.killed = t->killed });
	if (t->cancel == CANCEL_OVER)
		guard_kill(t->co);
	status = lua_resume(t->co, h->L, nargs, &nres);
	spent = guard_spent(h);
	guard_leave(h, &saved);
	t->busy = t->state == TASK_WAITS ? 0 : t->busy + spent;
	if (status != LUA_YIELD) {
		finish(t, status);
	} else if (t->preempt && (t->killed || t->cancel == CANCEL_OVER)) {
		finish(t, status);
	} else if (t->preempt) {
		lua_pop(t->co, nres);
		t->state = TASK_READY;
	} else if (nres == 1 && lua_touserdata(t->co, -1) == &park_mark) {
		lua_pop(t->co, 1);
	} else {
		lua_settop(t->co, 0);
		lua_pushliteral(t->co, "coroutine.yield outside a coroutine");
		finish(t, status);
	}
}

/* Every ready task gets one slice a turn, so that the loop's timers and sockets come in between. */
static void
run_ready(void *arg)
{
	struct host *h = arg;
	bool again = false;
	/* those made meanwhile run in the next turn */
	struct list *last = h->sched.tasks.prev;

	h->sched.queued = false;
	LIST_EACH_SAFE(n, &h->sched.tasks) {
		struct task *t = LIST_ENTRY(n, struct task, node);
		const bool end = n == last;

		if (t->state == TASK_READY)
			step(t);
		if (end)
			break;
	}
	LIST_EACH(n, &h->sched.tasks)
		again = again || LIST_ENTRY(n, struct task, node)->state == TASK_READY;
	sweep(h);
	if (again)
		queue(h);
}

/* ---- nested coroutines: a wait (or a forced pause) inside one travels up to the task */

static int k_resume(lua_State *L, int status, lua_KContext wrap);

static int
enter(lua_State *L, lua_State *co, int nargs, int *nres)
{
	struct host *h = host_of(L);
	int status;

	guard_switch(h, co);
	status = lua_resume(co, L, nargs, nres);
	guard_switch(h, L);
	return status;
}

static int
failed(lua_State *L, lua_State *co, bool wrap)
{
	lua_xmove(co, L, 1);
	if (wrap) {
		(void)lua_resetthread(co);
		return lua_error(L);
	}
	lua_pushboolean(L, 0);
	lua_insert(L, -2);
	return 2;
}

/* A forced pause where the way up is blocked: go on, until the hard limit. */
static int
push_on(lua_State *L, lua_State *co, int status, int *nres)
{
	struct host *h = host_of(L);
	struct task *t = sched_current(L);

	while (status == LUA_YIELD && t->preempt) {
		t->preempt = false;
		if (guard_killed(h))
			guard_raise(L);
		if (guard_spent(h) > h->guard.now.hard_ns)
			h->guard.now.killed = t->killed = true;
		lua_pop(co, *nres);
		status = enter(L, co, 0, nres);
	}
	return status;
}

static int
pass_on(lua_State *L, lua_State *co, int nres, bool wrap)
{
	struct task *t = sched_current(L);

	if (!lua_isyieldable(L)) {
		t->state = TASK_RUNNING;
		loop_timer_stop(t->timer);
		t->timer = NULL;
		return errors_raise(L, "usage",
		    "a coroutine waits inside a callback of sort, gsub and their like");
	}
	lua_pop(co, nres);
	lua_pushlightuserdata(L, &park_mark);
	return lua_yieldk(L, 1, (lua_KContext)wrap, k_resume);
}

static int
co_step(lua_State *L, lua_State *co, int nargs, bool wrap)
{
	struct task *t = sched_current(L);
	int nres = 0, status = enter(L, co, nargs, &nres);

	if (t != NULL && !lua_isyieldable(L))
		status = push_on(L, co, status, &nres);
	if (status == LUA_YIELD && t != NULL &&
	    (t->preempt || (nres == 1 && lua_touserdata(co, -1) == &park_mark)))
		return pass_on(L, co, nres, wrap);
	if (status != LUA_OK && status != LUA_YIELD)
		return failed(L, co, wrap);
	if (!lua_checkstack(L, nres + 1))
		return luaL_error(L, "too many results to resume");
	if (!wrap)
		lua_pushboolean(L, 1);
	lua_xmove(co, L, nres);
	return nres + !wrap;
}

static int
k_resume(lua_State *L, int status, lua_KContext wrap)
{
	lua_State *co = lua_tothread(L, wrap != 0 ? lua_upvalueindex(1) : 1);

	(void)status;
	lua_settop(L, 1);
	return co_step(L, co, 0, wrap != 0);
}

static bool
dead(lua_State *co)
{
	return lua_status(co) != LUA_YIELD && (lua_status(co) != LUA_OK || lua_gettop(co) == 0);
}

/* A coroutine that is running has a frame: to resume it again would be an error of the script's. */
static bool
running(lua_State *L, lua_State *co)
{
	lua_Debug ar;

	return co == L || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &ar) != 0);
}

static int
l_resume(lua_State *L)
{
	lua_State *co = lua_tothread(L, 1);
	const int n = lua_gettop(L) - 1;

	luaL_argexpected(L, co != NULL, 1, "coroutine");
	if (running(L, co) || dead(co)) {
		lua_pushboolean(L, 0);
		lua_pushfstring(
		    L, "cannot resume %s coroutine", running(L, co) ? "non-suspended" : "dead");
		return 2;
	}
	if (!lua_checkstack(co, n))
		return luaL_error(L, "too many arguments to resume");
	lua_xmove(L, co, n);
	return co_step(L, co, n, false);
}

static int
aux_wrap(lua_State *L)
{
	lua_State *co = lua_tothread(L, lua_upvalueindex(1));
	const int n = lua_gettop(L);

	if (running(L, co) || dead(co))
		return luaL_error(
		    L, "cannot resume %s coroutine", running(L, co) ? "non-suspended" : "dead");
	if (!lua_checkstack(co, n))
		return luaL_error(L, "too many arguments to resume");
	lua_xmove(L, co, n);
	return co_step(L, co, n, true);
}

static int
l_wrap(lua_State *L)
{
	lua_State *co;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	co = lua_newthread(L);
	lua_pushvalue(L, 1);
	lua_xmove(L, co, 1);
	lua_pushcclosure(L, aux_wrap, 1);
	return 1;
}

void
sched_coroutines(lua_State *L)
{
	lua_getglobal(L, "coroutine");
	lua_pushcfunction(L, l_resume);
	lua_setfield(L, -2, "resume");
	lua_pushcfunction(L, l_wrap);
	lua_setfield(L, -2, "wrap");
	lua_pop(L, 1);
}
