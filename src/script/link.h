/*
 * link.h - the connection to the bench: requests, what the bench has (consoles, jobs, boards),
 * streams.
 *
 * Layer   script. The other side's contract is the socket protocol (proto/peer.h): attach,
 *         command, subscribe, register.
 * Owns    replicas (JSON) and streams; a call is shared by the link and its waiter, the last one
 *         frees it.
 */
#ifndef SCRIPT_LINK_H
#define SCRIPT_LINK_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/list.h"
#include "core/json.h"
#include "proto/peer.h"
#include "script/stream.h"

struct host;

struct link_call {
	struct host *host;
	int refs;
	bool done;
	bool failed;
	json_t *result;                 /* owned; of a failure its cause (core/cause.h) or NULL */
	struct err_msg why;
};

struct link {
	struct host *host;
	struct peer *peer;
	json_t *snapshot;               /* as it was at attach, consoles and jobs kept up to date */
	bool lost;
	struct err_msg why;             /* of the loss */
	struct list streams;
	void (*attached)(void *arg, const struct err_msg *why); /* once; why NULL is success */
	void (*ending)(void *arg);      /* the bench is; it waits for us. May be NULL */
	void *arg;
};

void link_open(struct link *k, struct host *h, int fd, const char *name);
void link_fini(struct link *k);
/* Steals params. The caller holds one reference (link_release). */
struct link_call *link_request(
    struct link *k, const char *method, json_t *params, uint64_t timeout_ns);
void link_release(struct link_call *c);
/* a command whose answer nobody waits for */
void link_tell(struct link *k, const char *line);
void link_log(struct link *k, const char *level, const char *text);
/* The stream with this id, made when new. */
struct stream *link_stream(struct link *k, uint32_t id, const char *name);
/* Another cursor on what a stream gets, from where that one stands. Owned by the link. */
struct stream *link_fork(struct link *k, const struct stream *of);
/* Borrowed, NULL when there is none: by name or id; name NULL: the one named main, or the only one.
 * */
const json_t *link_console(const struct link *k, const char *name);
const json_t *link_job(const struct link *k, int64_t id);

#endif
