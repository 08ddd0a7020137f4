/*
 * folded.h - stacks as lines: "main;run;grow 1234", the input of flamegraph.pl, inferno,
 *         speedscope.
 *
 * Layer   pprof. Appends to *out. With A and B the two columns of difffolded.pl: "main;run 10 20".
 *         FOLDED_DELTA gives b - a in one column instead. Stacks of value 0 are left out.
 * Errors  ERR_LIMIT when *out is full.
 */
#ifndef PPROF_FOLDED_H
#define PPROF_FOLDED_H
#include "base/buf.h"
#include "pprof/stacks.h"

enum folded_columns { FOLDED_B, FOLDED_BOTH, FOLDED_DELTA };

enum err folded_write(const struct stacks *s, enum folded_columns columns, struct buf *out);

#endif
