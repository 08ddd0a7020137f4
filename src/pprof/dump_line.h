/*
 * dump_line.h - the pieces of a dump's lines: of debug=2 (dump_text.c) and of debug=1
 * (dump_counts.c).
 *
 * Layer   pprof, private to this folder.
 */
#ifndef PPROF_DUMP_LINE_H
#define PPROF_DUMP_LINE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"
#include "pprof/dump.h"

/* Decimal digits at the front of s, which moves behind them. */
bool dump_number(struct slice *s, uint64_t *v);
/* "FILE:LINE", "FILE:LINE +0x1d", "FILE:LINE +0x1d fp=0x..": false when it is none. */
bool dump_place(struct slice line, struct dump_frame *f);

#endif
