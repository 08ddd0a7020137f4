/*
 * rsp_speed.h - `vise rsp speed`: memory through a server, by block size.
 *
 * Layer   cli.
 */
#ifndef CLI_RSP_SPEED_H
#define CLI_RSP_SPEED_H
#include "cli/cli.h"

int cli_rsp_speed(struct cli_call *c);

#endif
