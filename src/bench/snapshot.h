/*
 * snapshot.h - what a new client is told: everything as it stands now. Private to bench/.
 *
 * Layer   bench. New references.
 */
#ifndef BENCH_SNAPSHOT_H
#define BENCH_SNAPSHOT_H
#include "bench/hub.h"

json_t *snapshot_json(struct bench *b);
json_t *snapshot_bench(const struct bench *b);

#endif
