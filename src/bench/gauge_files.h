/*
 * gauge_files.h - the history of the bench's gauges as a file. Private to bench/.
 *
 * Layer   bench. The command is in bench_gauge_file_commands.
 */
#ifndef BENCH_GAUGE_FILES_H
#define BENCH_GAUGE_FILES_H
#include "bench/hub.h"

extern const struct command bench_gauge_file_commands[];

#endif
