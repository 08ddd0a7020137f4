/*
 * gauge_processes.h - gauge.processes: the processes of a gauged machine, to choose one.
 *
 * Layer   bench.
 */
#ifndef BENCH_GAUGE_PROCESSES_H
#define BENCH_GAUGE_PROCESSES_H
#include "core/command.h"

extern const struct command bench_gauge_process_commands[];

#endif
