/*
 * cli_boards.h - `vise board list|show|find`: the profiles, and which of them is plugged in.
 *
 * Layer   cli. list and find read the manifests alone; show runs the plugin's Lua. Exit of find: 0
 *         one board fits what was asked, 1 several do, 5 none.
 */
#ifndef CLI_CLI_BOARDS_H
#define CLI_CLI_BOARDS_H
#include "cli/cli.h"
#include "core/json.h"

int cli_boards(struct cli_call *c);
/* The whole profile, inherited parts in it: *board is a new reference. NULL with ERR_OK: its plugin
 * said what is wrong with it, *status is the exit status. */
enum err boards_load(const char *id, json_t **board, int *status, struct err_msg *why);
/* Prints what `vise flash` would run. */
enum err boards_plan(const char *id, const char *file, const char *const *sets, size_t nsets,
    bool json, int *status, struct err_msg *why);

#endif
