/*
 * report_text.h - results for people: one line a test, what a bad one said below it, the sum.
 *
 * Layer   cli. A report of results.h.
 */
#ifndef CLI_REPORT_TEXT_H
#define CLI_REPORT_TEXT_H
#include "cli/results.h"

extern const struct report_ops report_text;

#endif
