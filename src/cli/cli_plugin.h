/*
 * cli_plugin.h - `vise plugin`: what plugins there are, new ones, whether one is sound, what a
 * function of the module does.
 *
 * Layer   cli. Trust is cli_trust.c's, the acts of a bench (run, reload, unload) are sent to it.
 */
#ifndef CLI_CLI_PLUGIN_H
#define CLI_CLI_PLUGIN_H
#include "cli/cli.h"

int cli_plugin(struct cli_call *c);

#endif
