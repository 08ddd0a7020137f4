/*
 * cli_ports.h - `vise ports`: the serial ports of this machine and what is in the way of each.
 *
 * Layer   cli. Opens none of them.
 */
#ifndef CLI_CLI_PORTS_H
#define CLI_CLI_PORTS_H
#include "cli/cli.h"

int cli_ports(struct cli_call *c);

#endif
