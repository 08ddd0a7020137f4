/*
 * cli_watch.h - vise pprof watch: a line for each snapshot, with what grows.
 *
 * Layer   cli. A bench of its own does the work, or the one of --bench, so that its screen shows
 *         it too. Returns the exit status; SIGINT stops the watch first.
 */
#ifndef CLI_CLI_WATCH_H
#define CLI_CLI_WATCH_H
#include "cli/cli.h"

int cli_watch(struct cli_call *c);

#endif
