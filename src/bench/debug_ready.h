/*
 * debug_ready.h - when a debug server can be talked to. Private to bench/.
 *
 * Layer   bench. Nobody connects to find out: QEMU halts for it, gdbserver serves one client only.
 *         What it says (openocd picks its port itself) or the socket it listens on tells.
 */
#ifndef BENCH_DEBUG_READY_H
#define BENCH_DEBUG_READY_H
#include <stdbool.h>
#include "bench/jobs.h"

/* words: "Listening on port %d for gdb"; its number goes to port (size 8). NULL: not asked for. */
bool     debug_ready_said(const struct bench_job *j, const char *words, char port[8]);
bool     debug_ready_listens(const struct bench_job *j, const char *port);
/* port "0" becomes one that is free now; ERR_BUSY: somebody has it. */
enum err debug_ready_port(char port[8], struct err_msg *why);

#endif
