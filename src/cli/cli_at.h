/*
 * cli_at.h - `vise at TARGET CMD...`: AT commands, one result each.
 *
 * Layer   cli. Stops at the first command that fails. Exit 0 · 1 ERROR or not what
 *         --expect says · 3 no answer, no port ·
 *         6 the port is busy.
 */
#ifndef CLI_CLI_AT_H
#define CLI_CLI_AT_H
#include "cli/cli.h"

int cli_at(struct cli_call *c);

#endif
