/*
 * plugin_check.h - `vise plugin check`: what is registered against what is promised, or, of code
 * that may not be run, whether it reads well.
 *
 * Layer   cli. What is trusted, the user's own or shipped is run for it; other folders only with
 *         --run. Everything is done by vise-script (--check, --compile).
 */
#ifndef CLI_PLUGIN_CHECK_H
#define CLI_PLUGIN_CHECK_H
#include "cli/cli.h"
#include "core/json.h"

int  plugin_check_run(struct cli_call *c);
/* A usable row of a Lua file without a manifest (core/lone.h): its syntax error becomes its
 * "problem". Nothing of it is run. */
void plugin_check_lone(json_t *row);

#endif
