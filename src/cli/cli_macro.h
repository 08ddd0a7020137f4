/*
 * cli_macro.h - `vise macro list|show|run|record`.
 *
 * Layer   cli. list and show read the manifests; run is a script host in the foreground.
 */
#ifndef CLI_CLI_MACRO_H
#define CLI_CLI_MACRO_H
#include "cli/cli.h"
#include "core/json.h"

int cli_macro(struct cli_call *c);
/* One line of help on a declared parameter: its type, limits and default. */
void cli_macro_param(const char *name, const json_t *p, bool needed);   /* needed unless it says */

#endif
