/*
 * cli_ocd.h - `vise ocd`: OpenOCD by its Tcl RPC: run control, memory, registers, faults, RTT, live
 * variables.
 *
 * Layer   cli. Every verb is a command of a bench (ocd.*). With -p a board's OpenOCD is started for
 *         the one verb and ended with it, unless a bench has it already; with --port one that runs
 *         is used.
 */
#ifndef CLI_CLI_OCD_H
#define CLI_CLI_OCD_H
#include "cli/cli.h"

int cli_ocd(struct cli_call *c);

#endif
