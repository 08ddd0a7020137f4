/*
 * sched.h - tasks: coroutines that wait in the event loop.
 *
 * Layer   script. A call that waits is a C function: it starts with sched_begin, stores its
 *         deadline with sched_until, and parks with a continuation that looks again when woken
 *         (wake-ups may be spurious).
 * Owns    the scheduler owns tasks; handles in Lua hold a reference. A task that nobody awaits
 *         and that fails is reported to the host.
 * Rules   research/lua.md section 2: bodies run under a handler so that <close> may wait; nested
 *         coroutines pass waits on; cancellation is one error at the wait, then time to clean up,
 *         then the guard.
 */
#ifndef SCRIPT_SCHED_H
#define SCRIPT_SCHED_H
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/list.h"
#include "loop/loop.h"

struct host;

enum { SCHED_TASKS_MAX = 10000 };       /* at once; each holds a kilobyte and more */

enum task_state { TASK_READY, TASK_RUNNING, TASK_WAITS, TASK_DONE };
enum task_cancel { CANCEL_NO, CANCEL_ASKED, CANCEL_GRACE, CANCEL_OVER };

struct task {
	struct list node;               /* in sched.tasks until done */
	struct host *host;
	struct task *parent;            /* who made it, while that is known; NULL: the host */
	unsigned children;              /* that have us as their parent */
	lua_State *co;
	/* registry: the coroutine; table of results, or the error */
	int ref, result;
	int handles;                    /* Lua objects that point here */
	char name[64];
	enum task_state state;
	bool failed, awaited, preempt, killed, keep;    /* keep: not touched by sched_cancel_all */
	bool told;                      /* people were told that it failed */
	unsigned late;                  /* turns since it failed with nobody waiting; 0: no */
	struct err_msg *news;           /* raised once at its next wait, or NULL */
	const void *tag;                /* what it waits for */
	uint64_t until;                 /* 0: no deadline */
	struct loop_timer *timer;
	uint64_t busy;                  /* ns since it last waited */
	uint64_t busy_before;           /* of these before it was cancelled, or told of it */
	enum task_cancel cancel;
	enum err cancel_code;
	char cancel_why[120];
	uint64_t grace;
	/* registry: the error that ends it, raised as often as needed */
	int killer;
};

struct sched {
	struct list tasks;
	bool queued;                    /* the loop will call us */
	bool sweep;                     /* some done tasks have no handle any more */
	unsigned long preempts, kills, failures;
	unsigned long alive;            /* tasks that are not done */
	/* failed ones whose handles may have been dropped: collected, so that they are reported */
	struct loop_timer *look;
	/* registry: Lua function that runs a task's body with its defers */
	int body;
};

void sched_init(struct host *h);
void sched_fini(struct host *h);
/* Takes function and nargs arguments from the top of L. Raises when memory is short. */
struct task *sched_spawn(lua_State *L, int nargs, const char *name);
struct task *sched_current(lua_State *L);               /* NULL outside tasks */
/* The running task; raises load_time or usage, naming the call, where waiting is not possible;
 * raises a pending cancel. */
struct task *sched_begin(lua_State *L, const char *call);
void sched_until(struct task *t, uint64_t ns);          /* from now; UINT64_MAX: no deadline */
bool sched_due(const struct task *t);
/* Ends the C function: continues in k when woken by the tag, by the deadline or by a cancel. */
int  sched_park(lua_State *L, struct task *t, const void *tag, lua_KFunction k, lua_KContext ctx);
void sched_check(lua_State *L, struct task *t);         /* first thing in each continuation */
bool sched_raises(const struct task *t);                /* sched_check would raise */
void sched_wake(struct host *h, const void *tag);
void sched_cancel(struct task *t, enum err code, const char *why);
void sched_cancel_all(struct host *h, enum err code, const char *why);
/* Raised at the next wait of t, or of who made it when it is done; of all when there is nobody left
 * (or t is NULL). Once: unlike a cancel it leaves no limit behind. */
void sched_news(struct host *h, struct task *t, const struct err_msg *why);
/* others_only: without those to keep */
unsigned sched_alive(const struct host *h, bool others_only);
/* at the end: failures that nobody awaited */
void sched_judge_all(struct host *h);
void sched_release(struct task *t);                     /* a handle is gone */
/* coroutine.resume and wrap that pass waits on. */
void sched_coroutines(lua_State *L);

#endif
