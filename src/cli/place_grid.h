/*
 * place_grid.h - a labgrid place as ours: acquired, its console found, released whatever ends us.
 *
 * Layer   cli. The work is done by a guard, `vise place guard`: a process of its own group that
 *         acquires through labgrid-client, says what it got in one line of JSON, and releases when
 *         the pipe from us ends: at place_grid_close, at our ^C, at our death.
 * Tools   $VISE_LABGRID_CLIENT, else labgrid-client, else Debian's python3-labgrid, whose package
 *         has no labgrid-client ("python3 -m labgrid.remote.client"). Words: labgrid 0.4 to 24.
 */
#ifndef CLI_PLACE_GRID_H
#define CLI_PLACE_GRID_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "cli/cli.h"
#include "core/json.h"

struct place_grid;

/* row.labgrid, row.coordinator; console, baud and ssh of the row are filled in unless they are
 * there. */
enum err place_grid_open(struct place_grid **out, json_t *row, uint64_t wait_ns,
    struct err_msg *why);
void     place_grid_close(struct place_grid *g);
void     place_grid_leave(struct place_grid *g); /* a child of ours has it now */
/* The end of the pipe: while a child has it too, nothing is released. */
int      place_grid_fd(const struct place_grid *g);
/* Somebody took it from us, or the guard is gone. */
bool     place_grid_lost(struct place_grid *g, struct err_msg *why);

/* `vise place guard NAME COORDINATOR|- WAIT` */
int      place_grid_guard(struct cli_call *c);

/* What `labgrid-client env` says: NetworkSerialPort and NetworkService into row. False: no such
 * resource in it. */
bool     place_grid_env(const char *text, json_t *row);

#endif
