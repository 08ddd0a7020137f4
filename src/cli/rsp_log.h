/*
 * rsp_log.h - what `vise rsp tap` and `vise rsp show` print and save of a conversation.
 *
 * Layer   cli. One log per run; the caller owns it.
 * File    JSON lines: {"vise_rsp":1,"server","wall_ns"}, then {"t","by","x"}: nanoseconds since the
 *         start, "gdb" or "server", the bytes in hex; {"t","open":true}, {"t","end":"why"}.
 */
#ifndef CLI_RSP_LOG_H
#define CLI_RSP_LOG_H
#include <stdio.h>
#include "core/json.h"
#include "rsp/audit.h"

enum { RSP_LOG_KEPT = 1 << 18 };        /* round trips that the spread is of */

struct rsp_log {
	bool     json, quiet, all;      /* quiet: findings only; all: acknowledgements too */
	unsigned cols;                  /* of the terminal, 0: lines may be of any length */
	uint64_t start;
	FILE    *save;
	char    *save_path;
	struct err_msg save_why;        /* code ERR_OK: all of it is in the file */
	/* gdbs that came, those whose server was not there */
	uint64_t conversations, unreached;
	uint32_t *took;                 /* us a round trip took, the last RSP_LOG_KEPT */
	uint64_t trips;
	uint64_t findings, count[RSP_FINDING_COUNT], packets[2], bytes[2], silence;
};

const char *rsp_log_side(enum rsp_side by);             /* "gdb", "server" */
void rsp_log_init(struct rsp_log *l, uint64_t start);
void rsp_log_fini(struct rsp_log *l);
/* Lines fit the terminal, when stdout is one. */
void rsp_log_width(struct rsp_log *l);
/* Creates the file; ERR_IO and the like when it cannot be. */
enum err rsp_log_save(struct rsp_log *l, const char *path, const char *server,
    struct err_msg *why);
void rsp_log_bytes(struct rsp_log *l, uint64_t now, enum rsp_side by, const void *p, size_t n);
/* A row of the record for what the tap finds of a silence. */
void rsp_log_silence(struct rsp_log *l, uint64_t now);
/* A good moment to write out what waits; a record that cannot be written is told here, once. */
void rsp_log_rest(struct rsp_log *l);
void rsp_log_event(struct rsp_log *l, uint64_t now, const char *event, const char *why);
void rsp_log_unit(struct rsp_log *l, uint64_t now, enum rsp_side by, const struct rsp_unit *u,
    struct slice request);
void rsp_log_found(struct rsp_log *l, uint64_t now, enum rsp_side by, enum rsp_finding f,
    const char *detail);
void rsp_log_answered(struct rsp_log *l, uint64_t took);
/* The sums of one conversation go into those of the run. */
void rsp_log_add(struct rsp_log *l, const struct rsp_audit *a);
void rsp_log_summary(struct rsp_log *l);

#endif
