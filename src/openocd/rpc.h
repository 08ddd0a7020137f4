/*
 * rpc.h - a client of OpenOCD's Tcl RPC: scripts out, their answers in order, events between them.
 *
 * Layer   openocd. ocd_rpc_open gives one handle, ocd_rpc_close ends it; what waits then is
 *         answered with ERR_CANCELLED. Callbacks run from the loop, never inside a call of ours,
 *         except answers during ocd_rpc_close; an answer may ask again, and may not close.
 * Frames  commands and answers end in 0x1a; `type target_event event halted` and its like come
 *         between them after `tcl_notifications on`, which is sent first.
 * Late    one script is under way, the others wait. A script without an answer in its time fails
 *         with ERR_TIMEOUT, and the answer that comes after all is dropped: the order is kept.
 * Bounds  an answer of more than RPC_REPLY_MAX bytes loses the connection; RPC_WAITING may wait.
 */
#ifndef OPENOCD_RPC_H
#define OPENOCD_RPC_H
#include "base/err.h"
#include "loop/loop.h"

enum { RPC_REPLY_MAX = 8 << 20, RPC_WAITING = 256, RPC_SCRIPT_MAX = 256 << 10 };

struct ocd_rpc;

struct ocd_rpc_ops {
	void (*opened)(void *arg);
	/* A notification, NUL-terminated: "target_event event halted". */
	void (*event)(void *arg, const char *text);
	/* The connection is over, or never was; only close is left. */
	void (*lost)(void *arg, const struct err_msg *why);
};

/* text: what the script gave, NUL-terminated; where why is set it is empty. ERR_TOOL: OpenOCD
 * refused, why has its words. */
typedef void (*ocd_answer)(void *arg, const char *text, size_t n, const struct err_msg *why);

enum err ocd_rpc_open(struct loop *l, const char *host, unsigned port,
    const struct ocd_rpc_ops *ops, void *arg, struct ocd_rpc **out, struct err_msg *why);
void     ocd_rpc_close(struct ocd_rpc *r);              /* NULL is fine */
bool     ocd_rpc_is_open(const struct ocd_rpc *r);
/* log: the answer is what OpenOCD logs while it does it. cb runs once; may be NULL. */
void     ocd_rpc_ask(struct ocd_rpc *r, const char *script, bool log, uint64_t timeout_ns,
    ocd_answer cb, void *arg);

#endif
