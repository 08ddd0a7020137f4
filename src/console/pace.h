/*
 * pace.h - bytes on their way to a board, no faster than the board reads them.
 *
 * Layer   console. Embedded; pace_init/pace_fini. Without a delay a byte goes through at once;
 *         with one it waits here, and what comes later waits behind it.
 * Bounds  at most PACE_MAX bytes and PACE_PARTS pieces with delays of their own wait.
 */
#ifndef CONSOLE_PACE_H
#define CONSOLE_PACE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

enum { PACE_MAX = 4 << 20, PACE_PARTS = 256 };

struct pace_ops {
	enum err (*write)(void *arg, const char *p, size_t n, struct err_msg *why);
	void (*brk)(void *arg);                         /* a break was asked for here */
};

struct pace_delay { uint64_t each, line; };             /* ns after a byte; after a line's end */
struct pace_part { size_t n; struct pace_delay delay; bool brk; };

struct pace {
	struct loop *loop;
	const struct pace_ops *ops;
	void    *arg;
	struct buf queue;
	struct pace_part part[PACE_PARTS];
	size_t   parts;
	struct loop_timer *timer;
};

void     pace_init(struct pace *p, struct loop *l, const struct pace_ops *ops, void *arg);
void     pace_fini(struct pace *p);
/* ERR_LIMIT when too much waits: nothing of it is taken. */
enum err pace_write(struct pace *p, const char *bytes, size_t n, struct pace_delay d,
                    struct err_msg *why);
enum err pace_break(struct pace *p, struct err_msg *why);
size_t   pace_waiting(const struct pace *p);            /* bytes */
size_t   pace_drop(struct pace *p);                     /* forgets them; how many */

#endif
