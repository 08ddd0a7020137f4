/*
 * export.h - the history of a set as a file for other programs: CSV, JSON or SVG.
 *
 * Layer   gauge. Pure: values in, bytes out; at most LIMIT_GAUGES by LIMIT_GAUGE_HISTORY values.
 * Formats .csv  "t,wall,ID..." and a row for each sample, nothing where a value is missing
 *         .json {"wall":..,"defs":[GAUGE],"samples":[[t,v..]]}, as gauges are told to viewers
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
