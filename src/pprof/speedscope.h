/*
 * speedscope.h - stacks as a file of speedscope.app: shared frames, sampled profiles with weights.
 *
 * Layer   pprof. Appends to *out. One profile; of a comparison four, since the format knows no
 *         negative weights and no comparing: what grew, what shrank, B and A.
 * Source  jlfwong/speedscope src/lib/file-format-spec.ts.
 * Errors  ERR_LIMIT when *out is full.
 */
#ifndef PPROF_SPEEDSCOPE_H
#define PPROF_SPEEDSCOPE_H
#include "base/buf.h"
#include "pprof/stacks.h"

enum err speedscope_write(const struct stacks *s, const char *title, struct buf *out);

#endif
