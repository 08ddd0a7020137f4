/*
 * decode_gotrace.h - the lines of GODEBUG=gctrace=1, scavtrace=1, schedtrace=MS and scheddetail=1.
 *
 * Layer   text, private to decode.c. Gives values: go.gc.* go.heap_* go.sched.* ; "B" from Go's MB
 *         and KiB (both are powers of two there), "%", "ms", "count".
 * Source  src/runtime/mgc.go (gctrace), mgcscavenge.go (scavtrace), proc.go (schedtrace) of Go 1.5
 *         to 1.26; research/pprof.md 1.6.
 */
#ifndef TEXT_DECODE_GOTRACE_H
#define TEXT_DECODE_GOTRACE_H
#include "text/decoder.h"

extern const struct decoder_ops decode_gctrace_ops;
extern const struct decoder_ops decode_schedtrace_ops;

#endif
