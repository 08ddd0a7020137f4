/*
 * top.h - the rows of `go tool pprof -top`, of one profile or of the change between two.
 *
 * Layer   pprof; value header. A report owns all its texts: the profiles may go. top_free() ends
 *         it.
 * Rules   google/pprof internal/report, internal/graph and profile/merge.go as shipped with Go 1.19
 *         (research/pprof.md 2): same rows, same order, same header lines. TOP_BASE_DIFF is pprof's
 *         -diff_base (percentages of the base's total), TOP_BASE_SUBTRACT its -base.
 * Not     C++ demangling of _Z names; symbolizing from binaries.
 * Errors  ERR_FORMAT for a bad sample, ERR_USAGE for options or profiles that cannot be compared,
 *         ERR_MEMORY.
 */
#ifndef PPROF_TOP_H
#define PPROF_TOP_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "pprof/options.h"
#include "pprof/profile.h"

enum top_mark { TOP_MARK_NONE, TOP_MARK_INLINE, TOP_MARK_PARTIAL };

/* One call into or out of a row. */
struct top_edge {
	uint32_t row;                   /* of report->edge_name */
	int64_t weight;
	bool    inlined;
};

struct top_row {
	int64_t flat, cum, sum;         /* sum: flat of this and all rows above */
	char   *name;                   /* as printed; may hold any bytes */
	char   *function, *place;       /* its parts: function, file; "" when there is none */
	enum top_mark mark;
	int64_t line, start_line;       /* 0 unless lines or addresses */
	uint64_t address;               /* 0 unless addresses */
	struct top_edge *in, *out;      /* with options.edges */
	uint32_t in_count, out_count;
	/* with options.changes; was and now are sums of the two profiles before the subtraction */
	int64_t flat_was, cum_was;
	double  flat_error, cum_error;  /* one standard deviation of sampling; 0 where exact */
};

/* What trimming took away; pprof's own line names it wrongly (its limit is of the total, the real
 * one of the sum of all rows). */
struct top_hidden {
	uint32_t rows;                  /* below the cutoff, and beyond nodecount */
	int64_t cutoff;                 /* the real one: rows with |cum| below it went */
	int64_t flat, grown, shrunk;    /* sums of their flat values */
	char   *largest;                /* the one with the largest |flat|, or NULL */
	int64_t largest_flat;
};

struct top_report {
	char   *file, *build_id;        /* of the main mapping, or NULL */
	char   *comments;               /* whole lines, or NULL */
	char   *filters;                /* whole lines, or NULL */
	char   *misses;                 /* whole lines: filters that met nothing, or NULL */
	char   *type, *unit;            /* of the sample values: "inuse_space", "bytes" */
	char   *shown_unit;             /* all values are printed in it */
	double  ratio;                  /* values are printed times this (divide_by) */
	bool    compact;                /* no header lines about the profile */
	bool    sampled;                /* error bars are known (heap with sizes) */
	int64_t time_nanos, duration_nanos;
	int64_t total, shown_sum;       /* shown_sum: flat of all rows */
	int64_t cutoff;                 /* what "Dropped N nodes" names */
	uint32_t dropped, candidates;   /* candidates: rows before node_count */
	struct top_hidden hidden;
	struct top_row *row;
	uint32_t row_count;
	char  **edge_name;              /* names of all nodes that edges lead to or come from */
	uint32_t edge_name_count;
};

void     top_defaults(struct top_options *o);
/* "functions", "lines"...; false when unknown. */
bool     top_granularity_parse(const char *name, enum top_granularity *out);
/* base may be NULL. what, base_what name the two in messages. */
enum err top_make(struct top_report **out, const struct pprof_profile *p, const char *what,
                  const struct pprof_profile *base, const char *base_what,
                  const struct top_options *o, struct err_msg *why);
void     top_drop_row(struct top_report *r, uint32_t row);
void     top_free(struct top_report *r);

#endif
