/*
 * portrow.h - a serial port as the PORT object that screen, command line and scripts see.
 *
 * Layer   transport. New references; boards are borrowed.
 * Boards  an array of rows { id, match = [{ usb = "vid:pid", vid, pid, product, serial,
 *         interface, shared }] }, as plugin.json and vise.board declare them; a row of match
 *         holds when all it names holds. The one that says more is the surer; shared ids, of
 *         bridges and probes, make a board a candidate and no more. NULL: none is known.
 */
#ifndef TRANSPORT_PORTROW_H
#define TRANSPORT_PORTROW_H
#include <stdbool.h>
#include <stddef.h>
#include "core/json.h"
#include "transport/discover.h"

/* path by_id spec driver description manufacturer product serial usb id interface profile,
 * or candidates when several boards have these ids, denied group mend holder holder_name */
json_t *portrow_json(const struct port *p, const json_t *boards);
/* Does the board's row match this port? A board without `match` matches none. */
bool    portrow_is_board(const struct port *p, const json_t *board);
/* The row of the board that matches; NULL when none does, or several do equally well. */
const json_t *portrow_board(const struct port *p, const json_t *boards);
/* Ids of the boards that match best: none, one, or several that nothing tells apart. */
json_t *portrow_candidates(const struct port *p, const json_t *boards);
/* The one port of this board: ERR_NOENT when there is none, ERR_USAGE when several fit or the
 * board says nothing of USB. */
enum err portrow_select(const char *root, const json_t *board, struct port *out,
    struct err_msg *why);
/* "usb:VID:PID[:SERIAL[:IF]]" for a USB port, by which it is found on any name; else its path. */
void    portrow_spec(const struct port *p, char *out, size_t size);
/* The command that makes a refused port yours; "" when it is not refused. */
void    portrow_mend(const struct port *p, char *out, size_t size);

#endif
