/*
 * report_junit.h - results as JUnit XML, in the form of Jenkins' junit-10.xsd.
 *
 * Layer   cli. A report of results.h, written whole at the end. failure is a verdict, error the
 *         bench or the script; a first attempt that failed before a good one is a flakyFailure or
 *         flakyError. What XML 1.0 cannot hold stands as \xNN.
 */
#ifndef CLI_REPORT_JUNIT_H
#define CLI_REPORT_JUNIT_H
#include "base/buf.h"
#include "cli/results.h"

/* The whole document, appended. */
enum err report_junit(const struct results *r, struct buf *out);

#endif
