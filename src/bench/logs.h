/*
 * logs.h - text logs of the bench's consoles, by command. Private to bench/.
 *
 * Layer   bench. The raw log of a console is always there and no business of these commands.
 */
#ifndef BENCH_LOGS_H
#define BENCH_LOGS_H
#include "bench/consoles.h"

extern const struct command bench_log_commands[];

/* [{path,times,strip,rotate,keep,written,size,lost,rotated,failing,why}] of the text logs. */
json_t *bench_logs_json(const struct bench_console *k);

#endif
