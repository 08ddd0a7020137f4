/*
 * report_files.h - results into files beside what the terminal is told: --report KIND:FILE;
 *         FILE "-" is stdout.
 *
 * Layer   cli. Reports of results.h, kept in memory and written at the end: whole or not at all.
 * Kinds   tap, tap13, test2json (or json), junit, text.
 */
#ifndef CLI_REPORT_FILES_H
#define CLI_REPORT_FILES_H
#include "base/err.h"
#include "cli/args.h"
#include "cli/results.h"

enum { REPORT_FILES_MAX = 8 };

struct report_files {
	struct report_file {
		const char *path;       /* borrowed */
		struct report report;   /* .ops NULL: JUnit, made at the end */
		char *text;
		size_t size, told;      /* told: of stdout, so far */
	} v[REPORT_FILES_MAX];
	size_t n;
};

/* wishes: "KIND:FILE" each; junit: one more of that kind, or NULL. All must stay, and so must
 * results. On failure nothing is left open. */
enum err report_files_open(struct report_files *rf, const struct args_sets *wishes,
    const char *junit, const struct results *results, struct err_msg *why);
bool     report_files_on_stdout(const struct report_files *rf);
void     report_files_start(struct report_files *rf);
void     report_files_record(struct report_files *rf, const json_t *record, const json_t *test);
/* Writes all, the first error is told; closes. */
enum err report_files_end(struct report_files *rf, struct err_msg *why);
/* Without writing; zeroes and what has ended are fine. */
void     report_files_close(struct report_files *rf);

#endif
