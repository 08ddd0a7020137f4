/*
 * reach.h - a descriptor that leads to a gdb server, whatever wire carries it.
 *
 * Layer   rsp. Of a plain wire (tcp, unix, a serial port) it is the wire's own; where the bytes are
 *         wrapped (telnet, rfc2217) or a program stands behind them (exec), it is one end of a pair
 *         whose other end is served from the loop.
 * Owns    rsp_reach_open gives one handle, rsp_reach_close ends it and the descriptor. Callbacks
 *         run from the loop, never inside rsp_reach_open; they may close the handle.
 */
#ifndef RSP_REACH_H
#define RSP_REACH_H
#include "base/clock.h"
#include "base/err.h"
#include "loop/loop.h"

#define RSP_REACH_PATIENCE (3 * NS_PER_S)       /* for a server that is not there yet */

struct rsp_reach_ops {
	void (*reached)(void *arg, int fd);     /* non-blocking */
	void (*failed)(void *arg, const struct err_msg *why);
};

struct rsp_reach;

/* server: a spec of transport.h. Borrows ops. */
struct rsp_reach *rsp_reach_open(struct loop *l, const char *server,
    const struct rsp_reach_ops *ops, void *arg);
void rsp_reach_close(struct rsp_reach *r);      /* NULL is fine */
/* The descriptor hung up, 0 or with an errno: in words. */
void rsp_reach_why(const struct rsp_reach *r, int errnum, struct err_msg *why);
/* No connection could be made: adds where servers listen, when nothing better is advised. */
void rsp_reach_advise(const char *server, struct err_msg *why);

#endif
