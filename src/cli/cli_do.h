/*
 * cli_do.h - one command line of a bench, and jobs.
 *
 * Layer   cli.
 */
#ifndef CLI_CLI_DO_H
#define CLI_CLI_DO_H
#include "cli/cli.h"

int cli_do(struct cli_call *c);
int cli_run(struct cli_call *c);
int cli_commands(struct cli_call *c);

#endif
