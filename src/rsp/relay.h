/*
 * relay.h - passes bytes on between two descriptors in a thread of its own, and keeps a copy of
 * them that is looked at when there is time for it.
 *
 * Layer   rsp. Two threads, one ring between them: the relay reads into it, writes from it to the
 *         other side, and goes on; the loop takes the pieces out, in the order in which they came.
 * Speed   a debugger and its server take turns, so each wake-up is waited for. For a moment behind
 *         each byte the relay looks for the next one without sleeping, giving its CPU to whoever
 *         wants it; where there is one CPU only, or the answers take longer than that, it sleeps
 *         at once.
 * Bounds  RSP_RELAY_RING bytes that nobody looked at yet: then neither side is read until someone
 *         did, and nothing is lost. What one side does not take is one read of the other at most,
 *         which is then not read either.
 * Owns    the descriptors stay the caller's, open and left alone until rsp_relay_close.
 */
#ifndef RSP_RELAY_H
#define RSP_RELAY_H
#include "loop/loop.h"
#include "rsp/audit.h"

enum { RSP_RELAY_RING = 2 << 20 };

struct rsp_piece {
	uint64_t at;                    /* when it was read */
	enum rsp_side by;
	const unsigned char *p;
	size_t   n;
};

struct rsp_relay;

/* fd: by rsp_side, non-blocking. bell runs from the loop: pieces wait, or it is over. NULL: there
 * is no thread or no descriptor to be had. */
struct rsp_relay *rsp_relay_open(struct loop *l, const int fd[2], loop_cb bell, void *arg);
/* Nothing more passes; what came can still be looked at. */
void rsp_relay_stop(struct rsp_relay *r);
void rsp_relay_close(struct rsp_relay *r);              /* NULL is fine */
/* The oldest piece; it stands until rsp_relay_seen. False: there is none. */
bool rsp_relay_next(struct rsp_relay *r, struct rsp_piece *out);
void rsp_relay_seen(struct rsp_relay *r);
/* All that came was seen, and nothing waits to be read: what is missing was not sent. */
bool rsp_relay_is_quiet(const struct rsp_relay *r);
/* A side hung up, and all it said was passed on. errnum 0: in good order. */
bool rsp_relay_is_over(const struct rsp_relay *r, enum rsp_side *by, int *errnum);

#endif
