/* guard.c - the hook and the signal handler. */
#include "script/guard.h"

#include <lauxlib.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/tick.h"
#include "sys/time.h"

enum { PERIOD_NS = 2000000, IDLE_TICKS = 4 };

/* A cancel is raised where a task waits. One that does not wait hears of it after this CPU time
 * where it stands, so that it cleans up; clean-up that does not wait is ended after that. */
static const uint64_t DEAF_NS = NS_PER_S / 4, BURN_NS = NS_PER_S;

/* The handler gets no argument, so the host it watches is known to the process. */
static struct host *volatile watched;

static void hook(lua_State *L, lua_Debug *ar);

void
guard_kill(lua_State *L)
{
	lua_sethook(L, hook, LUA_MASKCOUNT, 1);
}

bool
guard_killed(const struct host *h)
{
	const struct guard_frame *f = &h->guard.now;

	return f->killed ||
	    (f->task != NULL && (f->task->killed || f->task->cancel == CANCEL_OVER));
}

uint64_t
guard_spent(const struct host *h)
{
	const uint64_t first = h->guard.first;

	return first != 0 ? sys_cpu_time() - first : 0;
}

static int
make_killer(lua_State *L)
{
	struct host *h = host_of(L);
	const struct guard_frame *f = &h->guard.now;
	char span[32];

	if (f->task != NULL && f->task->cancel != CANCEL_NO)
		return errors_raise(L, err_word(f->task->cancel_code),
		    "%s; the time to clean up is over", f->task->cancel_why);
	if (f->kind == GUARD_TASK && f->task->busy + guard_spent(h) >= h->opt.busy_ns) {
		clock_fmt_span(h->opt.busy_ns, span, sizeof span);
		return errors_raise(L, "budget",
		    "busy for %s without waiting once; vise.sleep(0) lets others run", span);
	}
	clock_fmt_span(f->hard_ns, span, sizeof span);
	return errors_raise(
	    L, "budget", "%s: ran for more than %s where it cannot be paused", f->what, span);
}

/* The error that ends what runs now, made once, with its place and trace. Pushes it. */
static void
push_killer(lua_State *L, struct host *h)
{
	struct task *t = h->guard.now.task;
	const size_t slack = h->mem.slack;

	if (t != NULL && t->killer != LUA_NOREF) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, t->killer);
		return;
	}
	h->mem.slack = HOST_SLACK;
	lua_pushcfunction(L, errors_handler);
	lua_pushcfunction(L, make_killer);
	(void)lua_pcall(L, 0, 0, -2);           /* it raises: the error stays on top */
	lua_remove(L, -2);
	h->mem.slack = slack;
	if (t != NULL) {
		lua_pushvalue(L, -1);
		t->killer = luaL_ref(L, LUA_REGISTRYINDEX);
	}
}

void
guard_raise(lua_State *L)
{
	guard_kill(L);
	push_killer(L, host_of(L));
	lua_error(L);
}

/* What can be paused is left lying there, whatever stands around it; what cannot gets the error,
 * again and again. */
static void
end_it(lua_State *L, struct host *h)
{
	struct guard_frame *f = &h->guard.now;

	if (f->kind != GUARD_TASK || !lua_isyieldable(L)) {
		guard_raise(L);
		return;
	}
	push_killer(L, h);
	lua_pop(L, 1);
	f->task->preempt = true;
	(void)lua_yield(L, 0);
}

static bool
over_grace(const struct task *t, uint64_t now)
{
	return t->cancel == CANCEL_OVER || (t->cancel == CANCEL_GRACE && now >= t->grace);
}

/* Cancelled, it goes on without waiting. Raises, or says that its time is over. */
static bool
burns(lua_State *L, struct task *t, uint64_t spent)
{
	const uint64_t all = t->busy + spent;

	if (t->cancel == CANCEL_ASKED && all >= t->busy_before + DEAF_NS) {
		t->busy_before = all;
		lua_sethook(L, NULL, 0, 0);
		sched_check(L, t);
	}
	return t->cancel == CANCEL_GRACE && all >= t->busy_before + BURN_NS;
}

static void
hook(lua_State *L, lua_Debug *ar)
{
	struct host *h = host_of(L);
	struct guard_frame *f = &h->guard.now;
	const uint64_t spent = guard_spent(h);
	const bool task = f->kind == GUARD_TASK, can_pause = task && lua_isyieldable(L);

	(void)ar;
	if (task && (over_grace(f->task, sys_mono()) || burns(L, f->task, spent)))
		f->task->cancel = CANCEL_OVER;
	if (f->kind != GUARD_NONE && guard_killed(h)) {
		end_it(L, h);
		return;
	}
	lua_sethook(L, NULL, 0, 0);
	if (f->kind == GUARD_NONE || spent < h->opt.slice_ns || (!can_pause && spent < f->hard_ns))
		return;                         /* the timer comes again */
	if (can_pause && f->task->busy + spent <= h->opt.busy_ns) {
		f->task->preempt = true;
		h->sched.preempts++;
		/* inside a hook it returns; the coroutine stops right after */
		(void)lua_yield(L, 0);
		return;
	}
	f->killed = true;
	if (task)
		f->task->killed = true;
	h->sched.kills++;
	end_it(L, h);
}

static _Noreturn void
bite(const struct host *h)
{
	const char *const piece[] = { "vise: ", h->opt.name, ": ", h->guard.note, "\n", NULL };

	tick_die(piece, err_exit_status(ERR_BUDGET));
}

/* Inside the signal handler. */
static void
on_tick(void)
{
	struct host *h = watched;
	lua_State *run;
	uint64_t spent;

	if (h == NULL)
		return;
	run = h->guard.run;
	if (run == NULL) {
		if (++h->guard.idle > IDLE_TICKS) {
			h->guard.armed = 0;
			tick_arm(0);
		}
		return;
	}
	h->guard.idle = 0;
	if (h->guard.first == 0) {
		h->guard.first = sys_cpu_time();
		return;
	}
	spent = guard_spent(h);
	if (spent >= h->opt.watchdog_ns)
		bite(h);
	if (spent >= h->opt.slice_ns)
		lua_sethook(run, hook, LUA_MASKCOUNT, 1);
}

bool
guard_init(struct host *h)
{
	watched = h;
	return tick_init(on_tick);
}

void
guard_fini(struct host *h)
{
	if (watched != h)
		return;
	tick_arm(0);
	watched = NULL;
	tick_fini();
}

static void
show(struct guard *g)
{
	g->run = NULL;
	atomic_signal_fence(memory_order_seq_cst);
	g->first = g->now.first;
	atomic_signal_fence(memory_order_seq_cst);
	g->run = g->now.kind != GUARD_NONE ? g->now.run : NULL;
	atomic_signal_fence(memory_order_seq_cst);
	if (g->run != NULL && g->armed == 0) {
		g->armed = 1;
		g->idle = 0;
		tick_arm(PERIOD_NS);
	}
}

void
guard_enter(struct host *h, struct guard_frame *saved, const struct guard_frame *next)
{
	struct guard *g = &h->guard;
	char span[32];

	g->run = NULL;
	atomic_signal_fence(memory_order_seq_cst);
	g->now.first = g->first;
	*saved = g->now;
	g->now = *next;
	clock_fmt_span(h->opt.watchdog_ns, span, sizeof span);
	snprintf(g->note, sizeof g->note,
	    "%.60s: %s in one call that cannot be interrupted (a pattern, a sort?); ended",
	    next->what, span);
	show(g);
}

void
guard_leave(struct host *h, const struct guard_frame *saved)
{
	struct guard *g = &h->guard;

	g->run = NULL;
	atomic_signal_fence(memory_order_seq_cst);
	lua_sethook(g->now.run, NULL, 0, 0);
	g->now = *saved;
	show(g);
}

void
guard_switch(struct host *h, lua_State *run)
{
	h->guard.now.run = run;
	if (h->guard.run != NULL)
		h->guard.run = run;
	if (h->guard.now.killed)
		guard_kill(run);
}
