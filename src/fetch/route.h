/*
 * route.h - from a place to a body: HTTP, unix socket, through ssh, a gops agent, a process.
 *
 * Layer   fetch; blocking, in the vise-fetch process only. r->source and r->profile say what;
 *         result->address is where it was found (a pid: becomes a URL or a gops: address, so that
 *         the next fetch need not search).
 */
#ifndef FETCH_ROUTE_H
#define FETCH_ROUTE_H
#include "base/err.h"
#include "fetch/fetch.h"

enum err route_get(const struct fetch_request *r, fetch_sink sink, void *arg,
    struct fetch_result *result, struct err_msg *why);
/* Ends what is kept between requests. */
void     route_forget(struct fetch_kept *kept);

#endif
