/*
 * peer.h - one end of a connection: requests both ways, answers, events, stream bytes,
 * back-pressure.
 *
 * Layer   proto. Bench, viewer, command line, script host and worker all are peers; only their
 *         ops differ.
 * Owns    peer_open takes the descriptor; peer_close ends all (pending calls are answered with
 *         ERR_CANCELLED first). peer_close may be called from any callback. JSON given is
 *         stolen where said, else borrowed.
 * Queue   answers are never dropped, but no request is read while more than LIMIT_CLIENT_QUEUE
 *         waits to be written. Events have 64 KB beyond it, and beyond the answers that wait;
 *         over that they are dropped and counted: a 'G' frame follows.
 *         Streams are pulled: `drained` runs whenever the queue falls below the limit, the
 *         owner then calls peer_bytes for what is next.
 */
#ifndef PROTO_PEER_H
#define PROTO_PEER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"
#include "loop/loop.h"

struct peer;
/* err is NULL on success. With err, result is its cause (core/cause.h) or NULL. */
typedef void (*peer_answer_cb)(void *arg, const json_t *result, const struct err_msg *err);

struct peer_ops {
	/* The other side's hello arrived (role, name, pid). May be NULL. */
	void (*hello)(struct peer *p, const json_t *hello, void *arg);
	/* Must end in exactly one peer_answer or peer_fail, now or later. NULL: every request is
	 * refused. */
	void (*request)(struct peer *p, uint64_t id, const char *method, const json_t *params,
	    void *arg);
	void (*event)(struct peer *p, const char *type, const json_t *body, void *arg);
	void (*bytes)(struct peer *p, uint32_t stream, uint64_t offset, uint64_t t,
	    const char *data, size_t n, void *arg);
	void (*input)(struct peer *p, uint32_t stream, const char *data, size_t n, void *arg);
	void (*gap)(struct peer *p, const json_t *body, void *arg);
	void (*drained)(struct peer *p, void *arg);
	/* The connection ended by itself (why->code ERR_EOF, ERR_PROTO, ERR_IO). The peer is
	 * still to be closed. */
	void (*closed)(struct peer *p, const struct err_msg *why, void *arg);
};

/* Sends hello at once: role is "bench", "viewer", "cli", "script" or "worker". */
struct peer *peer_open(struct loop *l, int fd, const char *role, const char *name,
                       const struct peer_ops *ops, void *arg);
void   peer_close(struct peer *p);              /* NULL is fine */
/* Writes out what is queued (at most ms milliseconds, blocking), then closes: for a process
 * about to exit. */
void   peer_flush_close(struct peer *p, int ms);

/* Steals params. timeout_ns 0 waits for ever. The callback runs exactly once. */
void   peer_call(struct peer *p, const char *method, json_t *params, uint64_t timeout_ns,
    peer_answer_cb cb, void *arg);
void   peer_answer(struct peer *p, uint64_t id, json_t *result);        /* steals result */
void   peer_fail(struct peer *p, uint64_t id, const struct err_msg *why);
/* cause borrowed, may be NULL */
void   peer_fail_cause(struct peer *p, uint64_t id, const struct err_msg *why, json_t *cause);
/* body borrowed: object with "t" */
void   peer_event(struct peer *p, const char *type, const json_t *body);
/* false: queue full, nothing sent */
bool   peer_bytes(struct peer *p, uint32_t stream, uint64_t offset, uint64_t t, const void *data,
    size_t n);
void   peer_input(struct peer *p, uint32_t stream, const void *data, size_t n);
void   peer_gap(struct peer *p, uint32_t stream, uint64_t bytes);
size_t peer_queued(const struct peer *p);
const char *peer_role(const struct peer *p);    /* the other side's, "" before its hello */
const char *peer_name(const struct peer *p);
void  *peer_arg(const struct peer *p);

#endif
