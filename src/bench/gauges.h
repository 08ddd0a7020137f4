/*
 * gauges.h - the bench's gauges and their commands. Private to bench/.
 *
 * Layer   bench.
 */
#ifndef BENCH_GAUGES_H
#define BENCH_GAUGES_H
#include "bench/hub.h"

void    gauges_open(struct bench *b);
void    gauges_close(struct bench *b);
json_t *gauges_json(const struct bench *b);

#endif
