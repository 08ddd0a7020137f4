/*
 * profiles.h - the two profiles of a bench and their difference, made by a worker. Private to
 * bench/.
 *
 * Layer   bench. The worker may die at any moment: the request fails with a reason, the bench
 *         goes on.
 */
#ifndef BENCH_PROFILES_H
#define BENCH_PROFILES_H
#include "bench/hub.h"

void profiles_close(struct bench *b);
/* That file becomes B (shift: the B there was becomes A) and the rows are made. call: who waits for
 * them, or NULL. */
void profiles_show(struct bench *b, const char *path, bool shift, struct command_call *call);

#endif
