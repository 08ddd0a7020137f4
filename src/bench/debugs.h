/*
 * debugs.h - debug sessions: servers, a debugger and what is known of the target, as one thing.
 * Private to bench/.
 *
 * Layer   bench. A session starts from a plan, which the script host makes of a board profile:
 *           { "name", "board", "watch": "mi" | "delve" | "", "kill": bool,
 *             "servers": [ { "name", "argv", "port"?, "ready"?, "wait"?: ms, "gentle"?: bool } ],
 *             "debugger": { "argv", "or"?: [programs], "cwd"? } }
 *         Servers are started one after the other, each when the one before is ready. In later
 *         words {NAME} is the port of server NAME, {mi} a terminal for gdb's records.
 *         When one of them ends the others are ended, in the reverse order, before anyone is told
 *         that it is over. The last LIMIT_KEPT of those that are over stay known.
 */
#ifndef BENCH_DEBUGS_H
#define BENCH_DEBUGS_H
#include "bench/debug_session.h"

/* Takes the plan over. The waiters are answered when the debugger runs, or all is over. */
enum err debugs_start(struct bench *b, json_t *plan, struct debug_session **out,
    struct err_msg *why);
void     debugs_end(struct debug_session *s);
/* Whether the job is one of a session's, which ends it in its order. */
bool     debugs_has(const struct bench *b, const struct bench_job *j);
void     debugs_close(struct bench *b);

#endif
