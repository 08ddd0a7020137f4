/*
 * rsp_probe.h - `vise rsp probe`: what a server can do, asked without changing anything.
 *
 * Layer   cli.
 */
#ifndef CLI_RSP_PROBE_H
#define CLI_RSP_PROBE_H
#include "cli/cli.h"

int cli_rsp_probe(struct cli_call *c);

#endif
