/*
 * subcommands.h - looking into the table of subcommands: for errors, help and completion.
 *
 * Layer   cli. The table itself is cli.c's; calls carry it (cli.h).
 */
#ifndef CLI_SUBCOMMANDS_H
#define CLI_SUBCOMMANDS_H
#include "base/nearest.h"
#include "cli/cli.h"

/* NULL: there is none of this name. */
const struct cli_command *subcommands_find(const struct cli_call *c, const char *name);
/* The one that was probably meant by name. */
void subcommands_near(const struct cli_call *c, const char *name, struct nearest *near);

#endif
