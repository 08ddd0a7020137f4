/*
 * cli_rsp.h - `vise rsp tap|show|probe|step|speed`: the GDB remote protocol on the table.
 *
 * Layer   cli. Exit status: 0; 1 with --check when something was found, or a step went wrong.
 */
#ifndef CLI_CLI_RSP_H
#define CLI_CLI_RSP_H
#include "cli/cli.h"

int cli_rsp(struct cli_call *c);

#endif
