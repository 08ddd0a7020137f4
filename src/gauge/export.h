/*
 * export.h - the history of a set as a file for other programs: CSV, JSON or SVG.
 *
 * Layer   gauge. Pure: values in, bytes out.
 * Past    what is older than the samples is there as slices of 10 s and of a minute (tiers.h): a
 *         row at the slice's begin with the mean; JSON has the least and the most as well.
 * Formats .csv  "t,wall,ID..." and a row for each sample, nothing where a value is missing
 *         .json {"wall":..,"defs":[GAUGE],"samples":[[t,v..]],"slices":[[t,ns,[min,max]..]]}
 *         .svg  one strip for each gauge over the same time: gaps are gaps, limits dashed
 */
#ifndef GAUGE_EXPORT_H
#define GAUGE_EXPORT_H
#include "base/buf.h"
#include "gauge/set.h"

struct gauge_export {
	const char *ids;                /* "mem.used,temp.cpu"; NULL: all that have a value */
	uint64_t from, to;              /* ns since the set's epoch; to 0: up to now */
	uint64_t epoch_wall;            /* wall time of the epoch */
	size_t gauges, rows;            /* out: what was written */
};

/* The format goes by the end of `file`. */
enum err gauge_export(const struct gauge_set *g, const char *file, struct gauge_export *x,
    struct buf *out, struct err_msg *why);

#endif
