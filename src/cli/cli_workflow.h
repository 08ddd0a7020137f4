/*
 * cli_workflow.h - `vise workflow list|show|ID`.
 *
 * Layer   cli. list reads the manifests alone; show asks the plugin's code; ID runs it in the
 *         foreground (cli_script.h).
 */
#ifndef CLI_CLI_WORKFLOW_H
#define CLI_CLI_WORKFLOW_H
#include "cli/cli.h"

int cli_workflow(struct cli_call *c);

#endif
