/*
 * cli_script.h - scripts and workflows in the foreground, in a script host of their own.
 *
 * Layer   cli. Exit: that of vise-script (design 8).
 */
#ifndef CLI_CLI_SCRIPT_H
#define CLI_CLI_SCRIPT_H
#include <sys/types.h>
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/place_use.h"

int cli_script(struct cli_call *c);
int cli_script_workflow(struct cli_call *c);   /* workflow [run] ID */
int cli_script_macro(struct cli_call *c);      /* macro run TARGET NAME: words 1 and 2 */
/* Waits for a script host's end and gives its exit status. Signals are passed on, its clean-up is
 * waited for. When a place of use (or NULL) is over, it is ended so: use->over. */
int cli_script_wait(struct client *c, pid_t pid, struct place_use *use);

#endif
