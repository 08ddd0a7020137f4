/*
 * host.h - one Lua state with its memory, libraries, tasks, guard and its bench.
 *
 * Layer   script. Everything of the folder hangs on struct host; host_of(L) finds it from any
 *         coroutine.
 *         host_open.h makes and ends it.
 * Owns    the state, tasks, streams and the connection; the loop is borrowed and outlives it.
 */
#ifndef SCRIPT_HOST_H
#define SCRIPT_HOST_H
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"
#include "loop/loop.h"
#include "script/guard.h"
#include "script/mod_fs.h"
#include "script/sched.h"

struct link;
struct tree;

enum { HOST_SLACK = 1 << 17 };  /* bytes over the cap while a traceback is built */

struct host_memory { size_t used, cap, slack; };

struct host_options {
	const char *name;               /* the script's or plugin's, for messages; borrowed */
	size_t memory;                  /* cap of the state, bytes */
	uint64_t slice_ns;              /* a task's turn */
	/* a task's code that cannot be paused (callbacks of sort, gsub) */
	uint64_t hard_ns;
	uint64_t callback_ns;           /* on_line and its like */
	uint64_t load_ns;               /* a module or plugin while it loads */
	uint64_t busy_ns;               /* a task that never waits */
	uint64_t watchdog_ns;           /* one C call; the process ends */
	uint64_t grace_ns;              /* clean-up after a cancel */
	bool json, verbose;
};

struct host {
	lua_State *L;
	struct loop *loop;
	struct host_memory mem;
	struct host_options opt;
	struct sched sched;
	struct guard guard;
	struct link *link;              /* NULL: no bench (--describe) */
	/* of a plugin; NULL: a script, which may do what its user may. Borrowed. */
	const json_t *manifest;
	const struct tree *tree;        /* the bytes that were trusted, or NULL. Borrowed. */
	char *runtime;                  /* folder of the runtime's files */
	struct fs_roots fs;             /* where files may be read and written, mod_fs.h */
	bool wants_news;                /* Lua has asked for some, see mod_event.h */
	const char *const *uses;        /* "NAME=FOLDER" of plugins it requires, NULL-terminated */
	unsigned listens, conns;        /* of mod_serve.h */
	bool stopping;                  /* interrupted, or its time is over: clean up */
	/* registry: the table of C functions that the runtime gets */
	int core;
	void (*task_ended)(void *arg, struct task *t);          /* may be NULL */
	/* it failed, and nobody awaits it yet: people are told; may be NULL */
	void (*failed)(void *arg, struct task *t);
	/* it failed and nobody awaits it; may be NULL */
	void (*unhandled)(void *arg, struct task *t);
	void *arg;
};

struct host *host_of(lua_State *L);
/* To who asked for it in struct host. */
void host_task_ended(struct host *h, struct task *t);
void host_unhandled(struct host *h, struct task *t);
void host_failed(struct host *h, struct task *t);

#endif
