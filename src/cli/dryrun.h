/*
 * dryrun.h - --dry-run: what a run would need, and whether it is there; nothing is opened.
 *
 * Layer   cli. struct dryrun is embedded; dryrun_end prints and ends it. Rows { what: "port",
 *         "place" or "board", name, state: "there", "missing", "busy" or "unknown" (of a network,
 *         which nobody asks), text }, in order.
 */
#ifndef CLI_DRYRUN_H
#define CLI_DRYRUN_H
#include <stdbool.h>
#include "base/err.h"
#include "cli/args.h"
#include "cli/place_use.h"
#include "core/json.h"

struct dryrun { json_t *rows; int status; };

void dryrun_init(struct dryrun *d);
/* A console as door_console takes it. */
void dryrun_port(struct dryrun *d, const char *name, const char *spec);
/* A profile of the plugins; others: a script may still declare it, no error. */
void dryrun_board(struct dryrun *d, const char *id, bool others);
/* The places and what they say of console and board. */
void dryrun_places(struct dryrun *d, const struct place_args *a);
/* Adds a status: the worst of all is that of the run (research/lua.md 6.4). */
void dryrun_status(struct dryrun *d, int status);
/* The rows for people; with json they are a member "targets" of plan. Gives the status. */
int  dryrun_end(struct dryrun *d, json_t *plan);

#endif
