/*
 * cli_script.h - scripts and workflows in the foreground, in a script host of their own.
 *
 * Layer   cli. Exit: that of vise-script (design 8).
 */
#ifndef CLI_CLI_SCRIPT_H
#define CLI_CLI_SCRIPT_H
#include "cli/cli.h"

int cli_script(struct cli_call *c);
int cli_script_workflow(struct cli_call *c);   /* workflow [run] ID */
int cli_script_macro(struct cli_call *c);      /* macro run TARGET NAME: words 1 and 2 */

#endif
