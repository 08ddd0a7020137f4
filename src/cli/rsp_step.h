/*
 * rsp_step.h - `vise rsp step`: single steps, counted honestly.
 *
 * Layer   cli.
 */
#ifndef CLI_RSP_STEP_H
#define CLI_RSP_STEP_H
#include "cli/cli.h"

int cli_rsp_step(struct cli_call *c);

#endif
