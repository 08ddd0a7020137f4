/*
 * dump_counts.h - groups of goroutines as text: goroutine?debug=1.
 *
 * Layer   pprof, private to this folder. ERR_MEMORY is the only error: lines that are none of it
 *         are passed over.
 * Format  research/pprof.md 1.4; runtime/pprof, printCountProfile.
 */
#ifndef PPROF_DUMP_COUNTS_H
#define PPROF_DUMP_COUNTS_H
#include "pprof/dump.h"

/* "goroutine profile: total 9" and what follows. */
bool     dump_counts_is(struct slice text);
enum err dump_counts(struct dump *d, struct slice text, const char *what, struct err_msg *why);

#endif
