/*
 * snapshot.h - what a new client is told: everything as it stands now. Private to bench/.
 *
 * Layer   bench. New references.
 */
#ifndef BENCH_SNAPSHOT_H
#define BENCH_SNAPSHOT_H
#include "bench/hub.h"

/* The parts of these names; all of them when names is no list. */
json_t *snapshot_json(const struct bench *b, const json_t *names);
json_t *snapshot_bench(const struct bench *b);

#endif
