/*
 * lookups.h - what scripts ask a worker: facts and reports of a profile, source lines of addresses,
 * an HTTP request. Private to bench/.
 *
 * Layer   bench. One worker, one request each; bounds and errors are the worker's.
 */
#ifndef BENCH_LOOKUPS_H
#define BENCH_LOOKUPS_H
#include "bench/hub.h"

extern const struct command bench_lookup_commands[];

#endif
