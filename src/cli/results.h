/*
 * results.h - what a run of tests has said so far: one object a test, kept for the reports.
 *
 * Layer   cli. Owns its JSON; results_fini ends it.
 * Test    { id, name, file, line, board, tags, outcome, error, attempts, seconds, earlier,
 *         earlier_outcome, output: [text], measures: [{name, value, unit}] } as lua/vise/runner.lua
 *         says it; outcome: pass fail error skip blocked flaky, absent while it runs.
 * Bounds  RESULTS_OUTPUT_MAX bytes of output a test; what is more is counted.
 */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "core/json.h"

enum { RESULTS_OUTPUT_MAX = 1 << 20 };

struct results {
	json_t *tests;                  /* array, in the order they began */
	json_t *boards;                 /* of the plan, or NULL */
	int64_t planned;
	uint64_t began_wall, began_mono;
	const char *bail;               /* why the run broke off, or NULL */
	bool ended;                     /* the summary came */
};

void    results_init(struct results *r);
void    results_fini(struct results *r);
/* Takes a record in; the test it belongs to (borrowed), or NULL. */
json_t *results_take(struct results *r, const json_t *record);
/* Tests that never ended become errors with this reason; new ones get an outcome. */
void    results_break_off(struct results *r, const char *why);
/* "fail", "error" and "blocked" are bad. */
bool    results_bad(const json_t *test);
size_t  results_count(const struct results *r, const char *outcome);
/* "a_test" of "dir/a_test.lua". Bytes into out. */
void    results_stem(const char *file, char *out, size_t size);

/* ---- reports */

struct report;

struct report_ops {
	void (*start)(struct report *r);
	/* test: what it belongs to, or NULL */
	void (*record)(struct report *r, const json_t *record, const json_t *test);
	void (*end)(struct report *r);
};

struct report {
	const struct report_ops *ops;
	FILE *f;
	const struct results *results;
	const char *file;               /* the one that is being reported, report_go; borrowed */
	size_t n;                       /* results told so far */
	bool verbose;
};

#endif
