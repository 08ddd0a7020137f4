/*
 * delve.h - what a headless Delve does, asked by JSON-RPC on a connection beside that of its user.
 *
 * Layer   launch. delve_open/delve_close; the callback runs from the loop, and may close it.
 * Source  service/rpc2 of Delve 1.20: JSON-RPC 1.0 of net/rpc, one object each way, answers end
 *         in LF. State with NonBlocking is answered while the program runs. The server must have
 *         been started with --api-version=2 --accept-multiclient.
 * Limits  an answer over 4 MiB ends the connection. Asked five times a second, one at a time.
 */
#ifndef LAUNCH_DELVE_H
#define LAUNCH_DELVE_H
#include <stdbool.h>
#include "base/err.h"
#include "launch/debugstate.h"
#include "loop/loop.h"

struct delve;

enum err delve_open(struct loop *l, const char *port, loop_cb changed, void *arg,
    struct delve **out, struct err_msg *why);
void     delve_close(struct delve *d);          /* NULL is fine */
const struct debugstate *delve_state(const struct delve *d);
/* Lets go of the program, or ends it; the server ends then. False: nobody listens any more. */
bool     delve_detach(struct delve *d, bool end);
/* One answer into a state; false: it says nothing of it. For tests too. */
bool     delve_read(const char *p, size_t n, struct debugstate *out);

#endif
