/*
 * gops.h - one exchange with a gops agent.
 *
 * Layer   fetch; blocking, in the vise-fetch process only.
 * Format  github.com/google/gops: TCP; one byte says what is wanted, the answer goes on until the
 *         agent closes (signal/signal.go, agent/agent.go). The agent writes its port into
 *         $GOPS_CONFIG_DIR/PID, else ~/.config/gops/PID.
 */
#ifndef FETCH_GOPS_H
#define FETCH_GOPS_H
#include "base/err.h"
#include "core/place.h"
#include "fetch/fetch.h"

/* The port of the agent in process pid: heap string, NULL with *why when it has none. */
char    *gops_port(uint64_t pid, struct err_msg *why);
/* profile: heap, allocs, goroutine (a text dump), profile, trace, memstats (text), cmdline-like
 * version. gc: a collection first. ERR_UNSUPPORTED for what an agent does not have. */
enum err gops_get(const struct place *p, const struct fetch_request *r, fetch_sink sink, void *arg,
    struct fetch_result *result, struct err_msg *why);

#endif
