/*
 * cli_board.h - flash, reset and debug of a board.
 *
 * Layer   cli. Exit: that of the job.
 */
#ifndef CLI_CLI_BOARD_H
#define CLI_CLI_BOARD_H
#include "cli/cli.h"

int cli_flash(struct cli_call *c);
int cli_reset(struct cli_call *c);

#endif
