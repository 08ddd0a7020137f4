/*
 * options.h - how a report is to be made; the names are those of go tool pprof's flags.
 *
 * Layer   pprof; value header. Texts are borrowed and must outlive the report's making.
 *         top_defaults (top.h) sets pprof's defaults; zeroed fields mean "not asked for".
 */
#ifndef PPROF_OPTIONS_H
#define PPROF_OPTIONS_H
#include <stdbool.h>
#include "pprof/filter.h"

enum top_granularity { TOP_FUNCTIONS, TOP_FILEFUNCTIONS, TOP_FILES, TOP_LINES, TOP_ADDRESSES };
enum top_base { TOP_BASE_DIFF, TOP_BASE_SUBTRACT };

struct top_options {
	const char *sample_index;       /* position or name; NULL: the profile's default */
	const char *unit;               /* NULL: "minimum" */
	const char *trim_path, *source_path;
	bool     cum;                   /* sort by cum */
	bool     normalize, drop_negative, mean, compact;
	long     node_count;            /* 0: all */
	double   node_fraction;         /* 0.005 in top_defaults */
	double   edge_fraction;         /* 0.001: decides which (inline) marks are shown */
	double   divide_by;             /* 1 in top_defaults */
	enum top_granularity granularity;
	enum top_base base_mode;
	struct filter_options filter;   /* its unit is set by the report */
	/* what go tool pprof lacks */
	bool     edges;                 /* callers and callees of each row (tree, peek) */
	bool     objfiles;              /* rows apart by mapping and start line (list) */
	bool     changes;               /* with a base: was, now and error bar of each row */
	bool     grown, shrunk;         /* only such rows */
	bool     relative_growth;       /* sort by growth in percent of what was */
};

#endif
