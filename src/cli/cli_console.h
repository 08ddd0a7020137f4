/*
 * cli_console.h - `vise console TARGET`: bytes in and out, no panes.
 *
 * Layer   cli. Ends on ^C, with the port, and a quiet second after the end of a stdin
 *         that is no terminal.
 *         Bytes of a board never reach a terminal raw. A line typed at a terminal
 *         ends in CR, piped bytes go as they are.
 */
#ifndef CLI_CLI_CONSOLE_H
#define CLI_CLI_CONSOLE_H
#include "cli/cli.h"

int cli_console(struct cli_call *c);

#endif
