/*
 * sends.h - files to and from a board over its console: raw, X, Y and ZMODEM. Private to bench/.
 *
 * Layer   bench. At most one transfer a console. lrzsz does the protocols, as a job whose standard
 *         input and output are bridged to the console; raw is `cat` in its place.
 * Meanwhile the console is locked (keys are refused and say so); the board's bytes go to the raw
 *         log and the tool, not to the screen. A port that is lost ends the job.
 */
#ifndef BENCH_SENDS_H
#define BENCH_SENDS_H
#include "bench/consoles.h"

extern const struct command bench_send_commands[];

void sends_lost(struct bench_console *k, const struct err_msg *why);    /* the port went away */
void sends_close(struct bench_console *k);                              /* the console goes */
void sends_end(struct bench *b);                        /* all of them, before the jobs go */

#endif
