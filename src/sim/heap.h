/*
 * heap.h - heap profiles of the simulated program: one stack leaks, others shrink.
 *
 * Layer   sim. The result is what /debug/pprof/heap of a Go program gives: gzip'd profile.proto
 *         with alloc_objects, alloc_space, inuse_objects, inuse_space and a "bytes" label on
 *         every sample.
 */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

/* The heap at board second t. */
enum err heap_profile(double t, uint64_t wall_ns, struct buf *out, struct err_msg *why);
int64_t  heap_inuse(double t);          /* bytes, the sum of all stacks */

#endif
