/*
 * debugs_commands.h - debug.start, list, stop and wait: bench_debug_commands of hub.h.
 * Private to bench/.
 *
 * Layer   bench.
 */
#ifndef BENCH_DEBUGS_COMMANDS_H
#define BENCH_DEBUGS_COMMANDS_H
#include "bench/debugs.h"

#endif
