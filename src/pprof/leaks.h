/*
 * leaks.h - which stacks of a series grow, how fast, and how sure that is.
 *
 * Layer   pprof; value header. leaks_fini() ends a ranking; it borrows the series.
 * Method  research/pprof.md 3.2. Slope: least squares over the snapshots of one segment (runs,
 *         rates and builds are never mixed; snapshots without a GC between them are left out).
 *         Its error has two parts: what the points scatter about the line, with Student's t for
 *         so few of them, and the sampling of growth that stays sampled (its points lie on a line
 *         all the same): variance = growth x size (1-p)/p, p = 1 - e^(-size/rate). Ranked by
 *         slope_low, the lower end of the interval: what a stack surely grows by. The Theil-Sen
 *         slope (median of the slopes of all pairs) must agree, so one wild snapshot makes no
 *         leak.
 * Level   1 %, shared among the stacks that are large enough to matter (Bonferroni), not below
 *         0.1 %.
 * Bars    growth_sd of a difference: objects that came and those that went each bring their
 *         noise; how many came is bounded by the allocation counters. Hence a site that keeps 64
 *         MiB and replaces all of it has +- 8 MiB, and +2 MiB of it is no finding.
 * Verdict leak: 5 or more snapshots, grows steadily, surely, and by min_growth (documented rule:
 *         1 MiB; 5 for counts). suspect: the same from fewer snapshots. churn: allocates much and
 *         frees it.
 */
#ifndef PPROF_LEAKS_H
#define PPROF_LEAKS_H
#include "pprof/series.h"

enum leaks_shape {
	LEAKS_FLAT, LEAKS_STEADY, LEAKS_STEP, LEAKS_PLATEAU, LEAKS_FALLING, LEAKS_UP_AND_DOWN,
	LEAKS_SHAPES
};
enum leaks_verdict { LEAKS_NONE, LEAKS_CHURN, LEAKS_SUSPECT, LEAKS_LEAK, LEAKS_VERDICTS };
/* The rule "more than 1 MiB between the first and the last": no, yes but within two error bars,
 * yes. */
enum leaks_rule { LEAKS_RULE_NO, LEAKS_RULE_NOISE, LEAKS_RULE_YES, LEAKS_RULES };

enum { LEAKS_MIN_BYTES = 1 << 20, LEAKS_MIN_COUNT = 5, LEAKS_LIMIT = 50, LEAKS_LIMIT_MAX = 1000 };

struct leaks_options {
	const char *type;               /* NULL: the series' default */
	bool     lines_off;             /* stacks that differ in line numbers only are one */
	int64_t  min_growth;            /* 0: by the unit */
	uint32_t limit;                 /* rows, 0: LEAKS_LIMIT */
	int64_t  segment;               /* -1: the last */
	uint64_t only;                  /* the id of one stack, 0: all */
};

struct leaks_row {
	uint64_t id;                    /* of the stack's content: the same in every process */
	uint32_t stack;                 /* one of the stacks it stands for */
	int64_t  first, last, growth;
	double   growth_sd;
	double   slope, slope_sd, slope_low, slope_high, theil_sen;     /* per second */
	double   confidence;            /* that it grows at all, 0..1 */
	uint32_t rises, falls;
	bool     has_alloc;
	int64_t  allocated, freed;      /* over the segment, in the same unit */
	enum leaks_shape shape;
	enum leaks_verdict verdict;
	enum leaks_rule rule;
	int64_t *point;                 /* its value in each used snapshot */
};

struct leaks {
	const struct series *s;
	uint32_t type;
	bool     bytes;                 /* else a count */
	int64_t  min_growth;
	double   level;                 /* one-sided, of each stack */
	uint32_t segment;
	uint32_t *used, used_count;     /* snapshots the slopes are made of */
	uint32_t stacks, moved;         /* in this segment: all, and those that changed */
	double   seconds;               /* from the first used to the last */
	struct leaks_row *row;
	uint32_t row_count, leaks, suspects;
};

void     leaks_defaults(struct leaks_options *o);
/* ERR_NOTHING: no snapshot, or no such id. One snapshot gives rows without slopes. */
enum err leaks_rank(struct leaks *l, const struct series *s, const struct leaks_options *o,
                    struct err_msg *why);
void     leaks_fini(struct leaks *l);
uint64_t leaks_stack_id(const struct series *s, uint32_t stack, bool lines_off);
/* The frame a person looks for first: not the runtime's, not the library's way to wait. */
uint32_t leaks_own_frame(const struct series *s, uint32_t stack);       /* position in the stack */
const char *leaks_shape_word(enum leaks_shape s);               /* "steady" */
const char *leaks_verdict_word(enum leaks_verdict v);           /* "leak" */
const char *leaks_rule_word(enum leaks_rule r);                 /* "within error" */

#endif
