/*
 * cli_snapshot.h - vise snapshot: everything at one instant, taken, listed, compared, opened.
 *
 * Layer   cli. Taking and opening need a bench (one is started when none runs); the rest reads
 *         folders through a worker. Returns the exit status.
 */
#ifndef CLI_CLI_SNAPSHOT_H
#define CLI_CLI_SNAPSHOT_H
#include "cli/cli.h"

int cli_snapshot(struct cli_call *c);

#endif
