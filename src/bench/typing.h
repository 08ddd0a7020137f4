/*
 * typing.h - how what is typed reaches a console's board: maps and delays. Private to bench/.
 *
 * Layer   bench. Nothing is owned here.
 */
#ifndef BENCH_TYPING_H
#define BENCH_TYPING_H
#include "bench/consoles.h"

extern const struct command bench_typing_commands[];

#endif
