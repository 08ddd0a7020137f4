/*
 * debug_session.h - a debug session: its servers, its debugger, what the target does. Private to
 * bench/.
 *
 * Layer   bench. Made, driven and freed by debugs.c; everybody else reads.
 */
#ifndef BENCH_DEBUG_SESSION_H
#define BENCH_DEBUG_SESSION_H
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

struct debug_session *debug_session_of(struct list *node);
bool     debug_session_live(const struct debug_session *s);
/* { id, name, board, state..., servers, debugger, error? }; the caller frees. */
json_t  *debug_session_row(const struct debug_session *s);
json_t  *debug_session_list(const struct bench *b);
/* "debug" of what vise ls reads, when there is something. */
void     debug_session_info(const struct bench *b, json_t *o);

#endif
