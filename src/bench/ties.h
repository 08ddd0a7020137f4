/*
 * ties.h - what the bench gives up when a place is lost: its console, its debug session, its jobs.
 *
 * Layer   bench. A place is held by a job (`vise place hold`); job.tie names what goes with it.
 *         The lease over, or the place taken away, that job ends: who holds the place now is
 *         not to find us writing to it.
 */
#ifndef BENCH_TIES_H
#define BENCH_TIES_H
#include "bench/hub.h"

/* Whether the board may be touched: the bench was made for a place that it has lost. */
enum err ties_check(const struct bench *b, struct err_msg *why);
void     ties_close(struct bench *b);           /* after the jobs' end */

extern const struct command bench_tie_commands[];

#endif
