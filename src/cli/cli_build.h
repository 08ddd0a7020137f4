/*
 * cli_build.h - `vise build`: one Go program for many targets.
 *
 * Layer   cli. Exit: 0; 1 a row was refused or failed, or its run did; 2 usage; 3 Go, or a QEMU
 *         that was asked for, is not here; 130 interrupted.
 */
#ifndef CLI_CLI_BUILD_H
#define CLI_CLI_BUILD_H
#include "cli/cli.h"

int cli_build(struct cli_call *c);

#endif
