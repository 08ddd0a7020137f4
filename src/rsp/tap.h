/*
 * tap.h - stands between a debugger and its server and passes every byte on unchanged.
 *
 * Layer   rsp. Bytes are passed on in a thread (relay.h) and looked at later, here: a copy goes
 *         through packet.h and audit.h, with the time at which each was read. One debugger at a
 *         time; each gets a connection of its own to the server (reach.h).
 * Owns    rsp_tap_open gives one handle and takes the listening descriptor over; rsp_tap_close
 *         ends it. Callbacks run from the loop and may not close the tap.
 * Bounds  those of relay.h. One direction's half packet is RSP_BODY_MAX at most.
 */
#ifndef RSP_TAP_H
#define RSP_TAP_H
#include "loop/loop.h"
#include "rsp/audit.h"

struct rsp_tap_ops {
	/* The wire to the server stands, or why it ended; why NULL: the debugger left. */
	void (*opened)(void *arg);
	void (*ended)(void *arg, const struct err_msg *why);
	/* As they came, at the time they were read; it is past when this runs. */
	void (*bytes)(void *arg, uint64_t now, enum rsp_side by, const void *p, size_t n);
	/* All that came was looked at. */
	void (*rest)(void *arg);
	/* Nothing came for as long as may not be: what is found now is found of the silence. */
	void (*silence)(void *arg, uint64_t now);
	void (*unit)(void *arg, uint64_t now, enum rsp_side by, const struct rsp_unit *u,
	    struct slice request);
	struct rsp_audit_ops audit;
};

struct rsp_tap;

/* server: a spec of transport.h. */
struct rsp_tap *rsp_tap_open(struct loop *l, int listen_fd, const char *server,
    const struct rsp_tap_ops *ops, void *arg);
void rsp_tap_close(struct rsp_tap *t);                  /* NULL is fine */
const struct rsp_audit *rsp_tap_audit(const struct rsp_tap *t);

#endif
