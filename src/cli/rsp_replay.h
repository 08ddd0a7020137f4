/*
 * rsp_replay.h - `vise rsp replay`: a saved conversation that answers a debugger.
 *
 * Layer   cli.
 */
#ifndef CLI_RSP_REPLAY_H
#define CLI_RSP_REPLAY_H
#include "cli/cli.h"

int cli_rsp_replay(struct cli_call *c);

#endif
