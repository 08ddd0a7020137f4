/*
 * calls.h - callers and callees of each row of a report, in pprof's order.
 *
 * Layer   pprof, private to this folder. What it makes belongs to the report.
 * Source  google/pprof internal/graph TrimLowFrequencyEdges, EdgeMap.Sort.
 */
#ifndef PPROF_CALLS_H
#define PPROF_CALLS_H
#include "pprof/edges.h"
#include "pprof/top.h"

/* node: that of each row. Edges into rows below the cutoff are left out. False: no memory. */
bool calls_make(struct top_report *r, const struct nodes *n, const struct edges *e,
                const uint32_t *node, uint64_t cutoff);

#endif
