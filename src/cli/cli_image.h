/*
 * cli_image.h - `vise image show|diff|check`.
 *
 * Layer   cli. The files are read by vise-worker. Exit of check: 0 it fits, 1 it does not.
 */
#ifndef CLI_CLI_IMAGE_H
#define CLI_CLI_IMAGE_H
#include "cli/cli.h"

int cli_image(struct cli_call *c);

#endif
