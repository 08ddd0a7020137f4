/*
 * watch_round.h - one round of a watch. Private to bench/.
 *
 * Layer   bench. watch_round_start asks a worker step by step and ends in watch_rest, unless
 *         watch_round_stop comes before.
 */
#ifndef BENCH_WATCH_ROUND_H
#define BENCH_WATCH_ROUND_H
#include "bench/watch.h"

void watch_round_start(struct watch *w);
void watch_round_stop(struct watch *w);

#endif
