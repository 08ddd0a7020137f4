/*
 * top.h - the rows of `go tool pprof -top`, of one profile or of the change between two.
 *
 * Layer   pprof; value header. A report owns all its texts: the profiles may go. top_free() ends
 *         it.
 * Rules   google/pprof internal/report, internal/graph and profile/merge.go as shipped with Go 1.19
 *         (research/pprof.md 2): same rows, same order, same header lines. TOP_BASE_DIFF is pprof's
 *         -diff_base (percentages of the base's total), TOP_BASE_SUBTRACT its -base.
 * Not     focus/ignore/show/hide, drop_frames and keep_frames (reported in `ignored`), divide_by,
 *         mean, C++ demangling.
 * Errors  ERR_FORMAT for a bad sample, ERR_USAGE for options or profiles that cannot be compared,
 *         ERR_MEMORY.
 */
#ifndef PPROF_TOP_H
#define PPROF_TOP_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "pprof/profile.h"

enum top_granularity { TOP_FUNCTIONS, TOP_FILEFUNCTIONS, TOP_FILES, TOP_LINES, TOP_ADDRESSES };
enum top_base { TOP_BASE_DIFF, TOP_BASE_SUBTRACT };
enum top_mark { TOP_MARK_NONE, TOP_MARK_INLINE, TOP_MARK_PARTIAL };

struct top_options {
	const char *sample_index;       /* position or name; NULL: the profile's default */
	const char *unit;               /* NULL: "minimum" */
	bool     cum;                   /* sort by cum */
	bool     normalize, drop_negative;
	long     node_count;            /* 0: all */
	double   node_fraction;         /* 0.005 in top_defaults */
	double   edge_fraction;         /* 0.001: decides which (inline) marks are shown */
	enum top_granularity granularity;
	enum top_base base_mode;
};

struct top_row {
	int64_t flat, cum, sum;         /* sum: flat of this and all rows above */
	char   *name;                   /* as printed; may hold any bytes */
	enum top_mark mark;
	int64_t line;                   /* 0 unless lines or addresses */
	uint64_t address;               /* 0 unless addresses */
};

struct top_report {
	char   *file, *build_id;        /* of the main mapping, or NULL */
	char   *comments;               /* whole lines, or NULL */
	char   *type, *unit;            /* of the sample values: "inuse_space", "bytes" */
	char   *shown_unit;             /* all values are printed in it */
	int64_t time_nanos, duration_nanos;
	int64_t total, shown_sum;       /* shown_sum: flat of all rows */
	int64_t cutoff;                 /* what "Dropped N nodes" names */
	uint32_t dropped, candidates;   /* candidates: rows before node_count */
	struct top_row *row;
	uint32_t row_count;
	const char *ignored;            /* what the profile asks for and was not done, or NULL */
};

void     top_defaults(struct top_options *o);
/* "functions", "lines"...; false when unknown. */
bool     top_granularity_parse(const char *name, enum top_granularity *out);
/* base may be NULL. what, base_what name the two in messages. */
enum err top_make(struct top_report **out, const struct pprof_profile *p, const char *what,
                  const struct pprof_profile *base, const char *base_what,
                  const struct top_options *o, struct err_msg *why);
void     top_free(struct top_report *r);

#endif
