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
#include "bench/hub.h"
#include "bench/jobs.h"
#include "launch/debugstate.h"
#include "launch/delve.h"
#include "launch/gdbmi.h"

enum { DEBUG_SERVERS = 4, DEBUG_KEPT = 8 };

struct debug_session;

struct debug_member {
	struct debug_session *session;
	const json_t *plan;             /* part of the session's */
	const char *name;
	struct bench_job *job;          /* NULL: not started yet, or over */
	uint32_t id;                    /* of the job, 0: never started */
	char port[8];
};

struct debug_session {
	struct list node;
	struct bench *bench;
	uint32_t id;
	json_t *plan;
	struct debug_member server[DEBUG_SERVERS], debugger;
	size_t servers, started;
	struct loop_timer *look, *tell, *leave;
	uint64_t until;                 /* sys_mono(): the server that starts must be ready */
	int mi_fd, mi_slave;
	struct loop_fd *mi_watch;
	struct gdbmi mi;
	struct delve *delve;
	struct debugstate state;
	struct err_msg error;           /* code ERR_OK: none */
	bool leaving;
	struct list waiters;
};

/* Takes the plan over. The waiters are answered when the debugger runs, or all is over. */
enum err debugs_start(struct bench *b, json_t *plan, struct debug_session **out,
    struct err_msg *why);
void     debugs_end(struct debug_session *s);
bool     debugs_live(const struct debug_session *s);
json_t  *debugs_row(const struct debug_session *s);
json_t  *debugs_json(const struct bench *b);
/* "debug" of what vise ls reads, when there is something. */
void     debugs_info(const struct bench *b, json_t *o);
void     debugs_close(struct bench *b);

#endif
