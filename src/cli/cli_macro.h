/*
 * cli_macro.h - `vise macro list|show|run|record`.
 *
 * Layer   cli. list and show read the manifests; run is a script host in the foreground.
 */
#ifndef CLI_CLI_MACRO_H
#define CLI_CLI_MACRO_H
#include "cli/cli.h"

int cli_macro(struct cli_call *c);

#endif
