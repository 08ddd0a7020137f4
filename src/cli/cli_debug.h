/*
 * cli_debug.h - vise debug: a debugger on a board, with what it needs.
 *
 * Layer   cli.
 */
#ifndef CLI_CLI_DEBUG_H
#define CLI_CLI_DEBUG_H
#include "cli/cli.h"

int cli_debug(struct cli_call *c);

#endif
