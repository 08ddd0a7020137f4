/*
 * consoles_at.h - AT transactions of the bench's consoles, and the lock for them.
 * Private to bench/.
 *
 * Layer   bench. A transaction lives until its answer; the lock ends with its client.
 */
#ifndef BENCH_CONSOLES_AT_H
#define BENCH_CONSOLES_AT_H
#include "bench/consoles.h"

extern const struct command bench_at_commands[];

#endif
