/*
 * build_proc.h - a tool in the background: what it says, how it ends, how long it took.
 *
 * Layer   cli, over loop. The child leads a process group of its own, which is ended with it.
 * Owns    build_proc_start gives a handle that ends by itself: after `done` it is gone.
 * Output  both streams in the order read, or the first alone; what is over `keep` bytes is dropped.
 */
#ifndef CLI_BUILD_PROC_H
#define CLI_BUILD_PROC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"
#include "loop/loop.h"

struct build_proc;

struct build_proc_ask {
	const char *const *argv, *const *env_add;
	uint64_t timeout_ns;            /* 0: none */
	size_t keep;
	bool stdout_only;
	const char *until;              /* it is ended when it has said this; NULL: never */
};

struct build_proc_end {
	int status;                     /* as in a shell */
	bool timed_out;                 /* it was ended for that */
	uint64_t took_ns;               /* until `until` was said, else until its end */
	struct slice said;              /* valid in the callback; a NUL follows */
};

typedef void (*build_proc_cb)(void *arg, const struct build_proc_end *end);

enum err build_proc_start(struct loop *l, const struct build_proc_ask *ask, build_proc_cb done,
    void *arg, struct build_proc **out, struct err_msg *why);
/* SIGINT, three seconds later SIGKILL; `done` comes. */
void     build_proc_stop(struct build_proc *p);

#endif
