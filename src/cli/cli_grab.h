/*
 * cli_grab.h - vise pprof grab: one profile into a file.
 *
 * Layer   cli. Works through a worker process; needs no bench. Returns the exit status.
 */
#ifndef CLI_CLI_GRAB_H
#define CLI_CLI_GRAB_H
#include "base/err.h"
#include "cli/cli.h"

int cli_grab(struct cli_call *c);
/* "heap-20261121-141507.pb.gz": for a file of that kind taken now, in the current folder. */
char *cli_grab_name(const char *kind);
/* The folder a file stands in: heap string. */
char *cli_grab_folder(const char *file);

#endif
