/*
 * guard.h - limits on the time that Lua may run: slices, hard limits, the last-resort watchdog.
 *
 * Layer   script. No hook is set while all is well (a count hook costs 18 to 118 %,
 *         research/lua.md 2): a timer signal sets one on the innermost coroutine when a slice is
 *         over. The hook then lets the task wait its turn, or raises `budget` where it cannot and
 *         the hard limit has passed.
 * Time    is CPU time, from the first tick on: on a machine that is busy with other things, or was
 *         asleep, nothing is ended for what it did not do.
 * State   one guard a process is watched by the signal handler (see guard.c).
 */
#ifndef SCRIPT_GUARD_H
#define SCRIPT_GUARD_H
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct host;
struct task;

enum guard_kind {
	GUARD_NONE,
	GUARD_TASK,             /* may wait */
	GUARD_LOAD,             /* registering only */
	GUARD_CALLBACK,         /* on_line and its like: short, no waiting */
};

/* What runs now. Frames nest: a task that requires a module stands in a load frame meanwhile. */
struct guard_frame {
	enum guard_kind kind;
	/* "on_line callback", "module x", the task's name; lives as long as the frame */
	const char *what;
	struct task *task;
	lua_State *run;         /* the innermost coroutine */
	uint64_t hard_ns;
	uint64_t first;         /* CPU time of the process at its first tick; 0: none yet */
	bool killed;
};

struct guard {
	struct guard_frame now;
	/* what the signal handler may touch; NULL: no Lua is running */
	lua_State *volatile run;
	volatile uint64_t first;
	volatile int armed, idle;
	/* the watchdog's words, written before they are needed */
	char note[224];
};

bool guard_init(struct host *h);
void guard_fini(struct host *h);
void guard_enter(struct host *h, struct guard_frame *saved, const struct guard_frame *next);
void guard_leave(struct host *h, const struct guard_frame *saved);
void guard_switch(struct host *h, lua_State *run);      /* a nested coroutine was entered or left */
/* CPU time of what runs now, to a tick; 0 when it has seen none. */
uint64_t guard_spent(const struct host *h);
/* What runs now was ended by a limit or by a cancel whose time to clean up is over. */
bool guard_killed(const struct host *h);
/* Raises the error that ends what runs now. Does not return. */
void guard_raise(lua_State *L);
/* From now on every instruction of L raises: what was killed cannot hold on by pcall. */
void guard_kill(lua_State *L);

#endif
