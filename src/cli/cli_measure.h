/*
 * cli_measure.h - `vise measure`: one program on one or many boards, one comparable table.
 *
 * Layer   cli. Takes gauge/ (shells on boards, gauges).
 */
#ifndef CLI_CLI_MEASURE_H
#define CLI_CLI_MEASURE_H
#include "cli/cli.h"

int cli_measure(struct cli_call *c);

#endif
