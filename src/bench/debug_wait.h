/*
 * debug_wait.h - calls that are answered when a debug session has come so far. Private to bench/.
 *
 * Layer   bench. A call waits in the session's list; it is answered by debug_wait_answer, by its
 *         own time limit, or, when the session is over before, with the session's error.
 */
#ifndef BENCH_DEBUG_WAIT_H
#define BENCH_DEBUG_WAIT_H
#include "bench/debug_session.h"

/* That the debugger runs, that the target is in the state of the call's arguments, the end. */
enum debug_wait { DEBUG_WAIT_STARTED, DEBUG_WAIT_STATE, DEBUG_WAIT_OVER };

/* Takes the call over. */
void debug_wait(struct command_call *c, struct debug_session *s, enum debug_wait what);
/* The state has changed: answers those who have waited for it. */
void debug_wait_answer(struct debug_session *s);

#endif
