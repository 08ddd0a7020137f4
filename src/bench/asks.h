/*
 * asks.h - a board that asks for a file transfer is noticed, and what answers it is said.
 * Private to bench/.
 *
 * Layer   bench. Part of a console's struct follow. ZMODEM alone: its first frame cannot be taken
 *         for text; XMODEM's and YMODEM's "C" can.
 */
#ifndef BENCH_ASKS_H
#define BENCH_ASKS_H
#include "bench/follow.h"

void asks_line(struct follow *f, const struct follow_line *l);

#endif
