/*
 * requests.h - what clients ask for and tell: attach, command, subscribe, keys; and what goes with
 * one of them. Private to bench/.
 *
 * Layer   bench. On top of its parts; bench.c hands it to clients.c (bench_ops of hub.h).
 */
#ifndef BENCH_REQUESTS_H
#define BENCH_REQUESTS_H
#include "bench/hub.h"

extern const struct peer_ops requests_ops;      /* arg: the struct client */

/* Its answers go nowhere from now on; what it put up goes with it, however it ended. */
void requests_client_gone(struct client *c);

#endif
