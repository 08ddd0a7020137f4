/*
 * gauge_sources.h - the command gauge.source: which machine the bench gauges, and what else.
 * Private to bench/.
 *
 * Layer   bench. The further sources outlive a change of the machine.
 */
#ifndef BENCH_GAUGE_SOURCES_H
#define BENCH_GAUGE_SOURCES_H
#include "bench/hub.h"

/* The bench's set with its machine changed to `board` (NULL: this one). */
typedef enum err (*gauge_sources_use)(struct bench *b, const char *board, struct err_msg *why);

void gauge_sources_command(struct command_call *c, gauge_sources_use use);
extern const struct command_arg gauge_sources_args[];

#endif
