/*
 * demo.h - the simulated board of `vise demo`, started and ended with its bench. Private to bench/.
 *
 * Layer   bench. vise-sim is a child process; its folder lies in the bench's own.
 */
#ifndef BENCH_DEMO_H
#define BENCH_DEMO_H
#include "bench/hub.h"

/* Starts vise-sim and waits (5 s at most) until its port is there; opens console, gauges and
 * profiles on it. */
enum err demo_open(struct bench *b, struct err_msg *why);
void     demo_close(struct bench *b);

#endif
