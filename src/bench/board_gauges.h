/*
 * board_gauges.h - gauges of a board profile: numbers on its console, and limits (vise-profile(5)).
 * Private to bench/.
 *
 * Layer   bench. Nothing is kept here: patterns are of meters.h, limits of the gauge set.
 */
#ifndef BENCH_BOARD_GAUGES_H
#define BENCH_BOARD_GAUGES_H
#include "bench/hub.h"

/* { NAME: { pattern?, literal?, unit?, console?, warn?, crit?, hold? } }, of what is wrong a notice
 * tells. before: those of the board until now, which go. Both may be NULL. */
void board_gauges_use(struct bench *b, const json_t *before, const json_t *gauges);

#endif
