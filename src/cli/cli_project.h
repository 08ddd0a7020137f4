/*
 * cli_project.h - `vise project` and `vise meta`: what .vise/project.json sets and whether it is
 * applied; an editor's settings for Lua of a project.
 *
 * Layer   cli.
 */
#ifndef CLI_CLI_PROJECT_H
#define CLI_CLI_PROJECT_H
#include <stdbool.h>
#include "cli/cli.h"

int      cli_project(struct cli_call *c);
int      cli_meta(struct cli_call *c);
/* dir/.luarc.json: where the stubs are, and the diagnostics that flag a wait where nothing may
 * wait; what stands there already stays. copy: the stubs are copied to dir/.luameta. */
enum err meta_write(const char *dir, bool copy, struct err_msg *why);

#endif
