/*
 * report_go.h - results as the JSON lines of `go tool test2json` (cmd/test2json of Go).
 *
 * Layer   cli. A report of results.h. Fields of Go: Time Action Package Test Elapsed Output; a
 *         package is a test file. Ours are in lower case: outcome code why where attempts.
 */
#ifndef CLI_REPORT_GO_H
#define CLI_REPORT_GO_H
#include "cli/results.h"

extern const struct report_ops report_go;

#endif
