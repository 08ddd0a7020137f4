/*
 * report.h - a top report as the text pprof prints.
 *
 * Layer   pprof. Appends to the caller's buffer. Names are escaped (\xNN) where they hold control
 *         bytes or invalid UTF-8, since the text may go to a terminal; Go's names never do.
 */
#ifndef PPROF_REPORT_H
#define PPROF_REPORT_H
#include "base/buf.h"
#include "pprof/rx.h"
#include "pprof/top.h"
#include "pprof/units.h"

/* File: ... Type: ... Duration: ... */
enum err report_labels(const struct top_report *r, struct buf *out);
/* A value as all values of the report are printed. */
void     report_value(const struct top_report *r, int64_t v, char out[UNITS_LABEL_MAX]);
/* Right-aligned as Go does it: by characters. */
enum err report_pad(const char *text, int wide, struct buf *out);
/* The labels, filters, Showing nodes ... */
enum err report_header(const struct top_report *r, struct buf *out);
/* flat flat% sum% cum cum% */
enum err report_columns(struct buf *out);
enum err report_row(const struct top_report *r, uint32_t row, struct buf *out);
/* With options.changes: change, its error, was, now, growth. */
enum err report_changes(const struct top_report *r, struct buf *out);
enum err report_text(const struct top_report *r, struct buf *out);      /* all of it */
/* Callers and callees of each row (options.edges); rx: only rows it matches. *matched: how many. */
enum err report_tree(const struct top_report *r, struct rx *rx, struct buf *out, uint32_t *matched);
const char *report_mark(enum top_mark mark);                            /* "(inline)", "" */

#endif
