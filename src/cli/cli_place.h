/*
 * cli_place.h - `vise place`: what boards there are, and who has them.
 *
 * Layer   cli. A lease of a shell is held by a process in the background, which ends when it is
 *         over; `place exec` and --place hold it themselves.
 */
#ifndef CLI_CLI_PLACE_H
#define CLI_CLI_PLACE_H
#include "cli/cli.h"

int cli_place(struct cli_call *c);

#endif
