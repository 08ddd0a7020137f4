/*
 * report_tap.h - results as TAP 14 (https://testanything.org/tap-version-14-specification.html).
 *
 * Layer   cli. A report of results.h. The plan stands last: it holds what really came.
 */
#ifndef CLI_REPORT_TAP_H
#define CLI_REPORT_TAP_H
#include "cli/results.h"

extern const struct report_ops report_tap;
/* The same with the version line of TAP 13, for harnesses that refuse a newer one (prove of Perl
 * 5.36); what follows means the same in both. */
extern const struct report_ops report_tap13;

#endif
