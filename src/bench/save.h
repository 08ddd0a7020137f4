/*
 * save.h - a part of what a console said, into a file: console.save. Private to bench/.
 *
 * Layer   bench. From the raw log, so all of it can be had, not only what memory holds.
 */
#ifndef BENCH_SAVE_H
#define BENCH_SAVE_H
#include "bench/consoles.h"

extern const struct command bench_save_commands[];

#endif
