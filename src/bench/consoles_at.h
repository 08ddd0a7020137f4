/*
 * consoles_at.h - AT transactions of the bench's consoles, and the lock for them.
 * Private to bench/.
 *
 * Layer   bench. A transaction lives until its answer; the lock ends with its client.
 */
#ifndef BENCH_CONSOLES_AT_H
#define BENCH_CONSOLES_AT_H
#include "bench/consoles.h"

void consoles_at_heard(struct bench_console *k, const struct at_result *r);
/* The lock was given back: those that waited go, in order, unless one of them takes it. */
void consoles_at_freed(struct bench_console *k);
/* What a client asked for ends with it, its lock too. */
void consoles_at_gone(struct bench_console *k, const void *client);
void consoles_at_end(struct bench_console *k);          /* before the console is closed */

extern const struct command bench_at_commands[];

#endif
