/*
 * legacy.h - profiles as text, from debug=1 and from older tools, turned into the binary form.
 *
 * Layer   pprof, private to this folder. legacy_encode appends a message that profile.c decodes.
 * Kinds   heap ("heap profile: ..."), counts ("NAME profile: total N": goroutine, threadcreate, any
 *         custom one), block and mutex ("--- contention:", "--- mutex:", "--- contentionz ").
 *         Memory maps behind them (gperftools) are read.
 * Values  as google/pprof's legacy parser makes them: heap figures are unsampled here, addresses
 *         are those of the call. Its lists of frames to drop are set too.
 * More    than pprof: names, files and lines are taken from the # lines that Go writes, labels from
 *         its "# labels:" lines, and a record without a stack is kept ("5 @"), where pprof refuses
 *         the whole file.
 * Source  google/pprof profile/legacy_profile.go; Go runtime/pprof (printStackRecord).
 */
#ifndef PPROF_LEGACY_H
#define PPROF_LEGACY_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

bool     legacy_is(struct slice text);
enum err legacy_encode(struct slice text, const char *what, struct buf *out, struct err_msg *why);

#endif
