/*
 * loop.h - the event loop: descriptors, timers, children, signals, deferred calls (over libuv).
 *
 * Layer   loop; uv.h does not leave this folder. One loop per process, one thread.
 * Owns    every open/start gives a handle; its close/stop may be called at any time, also from
 *         inside its own callback; after it the callback never runs again. Memory is freed by
 *         the loop itself later.
 * Order   callbacks run from loop_run only, never inside the call that asked for them.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct loop;
struct loop_fd;
struct loop_timer;
struct loop_child;
struct loop_signal;

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_HANGUP = 4 /* reported, never asked for */ };

typedef void (*loop_fd_cb)(void *arg, unsigned events);
typedef void (*loop_cb)(void *arg);
typedef void (*loop_child_cb)(void *arg, int status);   /* exit code, or 128 + signal */

struct loop *loop_new(void);
void     loop_free(struct loop *l);             /* closes what is still open */
void     loop_run(struct loop *l);              /* until loop_stop or nothing is left to wait for */
/* one turn; <0 waits without end; false: nothing left */
bool     loop_turn(struct loop *l, int64_t max_wait_ns);
void     loop_stop(struct loop *l);
uint64_t loop_now(const struct loop *l);        /* sys_mono() */

struct loop_fd *loop_fd_open(struct loop *l, int fd, unsigned events, loop_fd_cb cb, void *arg);
void     loop_fd_events(struct loop_fd *f, unsigned events);    /* 0 pauses */
void     loop_fd_close(struct loop_fd *f);      /* does not close the descriptor; NULL is fine.
                                                 * The descriptor may be closed right after. */

/* First after `after_ns`, then each `every_ns` (0: once; a once-timer ends by itself: stop is
 * then not called). */
struct loop_timer *loop_timer_start(struct loop *l, uint64_t after_ns, uint64_t every_ns,
    loop_cb cb, void *arg);
void     loop_timer_stop(struct loop_timer *t); /* NULL is fine */

/* once */
struct loop_child *loop_child_watch(struct loop *l, pid_t pid, loop_child_cb cb, void *arg);
void     loop_child_forget(struct loop_child *c);

struct loop_signal *loop_signal_watch(struct loop *l, int signum, loop_cb cb, void *arg);
void     loop_signal_forget(struct loop_signal *s);

void     loop_defer(struct loop *l, loop_cb cb, void *arg);     /* at the end of this turn */
void     loop_defer_cancel(struct loop *l, loop_cb cb, void *arg);

/* cb runs in loop_free(), before the handles go: for what outlives its owner by a grace time. */
void     loop_at_free(struct loop *l, loop_cb cb, void *arg);
void     loop_at_free_cancel(struct loop *l, loop_cb cb, void *arg);
unsigned loop_children(const struct loop *l);   /* how many are watched */

/* Runs work() in another thread, then done() in the loop. For blocking sensor reads and such.
 * The number of threads
 * is libuv's pool; work must not touch shared state. A job cannot be cancelled once it runs. */
void     loop_work(struct loop *l, loop_cb work, loop_cb done, void *arg);
/* How many are not done yet. While one hangs in a driver loop_free() waits for it, and so does an
 * orderly exit. */
unsigned loop_works(const struct loop *l);

#endif
