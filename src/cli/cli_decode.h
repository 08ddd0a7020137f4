/*
 * cli_decode.h - `vise decode`: crashes in a log file, with their places; addresses as places.
 *
 * Layer   cli. No bench: the lines are read here, addresses by a worker.
 */
#ifndef CLI_CLI_DECODE_H
#define CLI_CLI_DECODE_H
#include "cli/cli.h"

int cli_decode(struct cli_call *c);

#endif
