/*
 * ending.h - how a bench ends: who works for it is asked first, and it serves them meanwhile.
 *
 * Layer   bench.
 * Order   scripts (their clean-up still has consoles, commands, jobs, plugins and places), then
 *         other jobs and debug sessions, then plugins, then places. Each is asked by SIGTERM when
 *         those before it are gone, and has a bounded time: scripts that of option bench.grace.
 * Others  who comes now is told that the bench is ending (requests.c), except the programs of its
 *         own jobs ($VISE_JOB_OF). `vise ls` reads {"ending": wall-clock ns by which it is gone}.
 */
#ifndef BENCH_ENDING_H
#define BENCH_ENDING_H
#include "bench/hub.h"

/* Begins to end; while it is ending already: ends at once, what still runs is killed. */
void     bench_end(struct bench *b, const char *why);
/* The same, and the call is answered when it is over. */
void     bench_end_for(struct bench *b, const char *why, struct command_call *c);
/* A job or a client is gone. */
void     ending_check(struct bench *b);
/* {"why","waits":[names of what it waits for],"left":ns at most}; NULL: it is not ending. */
json_t  *ending_json(const struct bench *b);
/* Wall-clock ns by which it is gone; 0: it is not ending. */
uint64_t ending_until(const struct bench *b);
void     ending_fini(struct bench *b);

#endif
