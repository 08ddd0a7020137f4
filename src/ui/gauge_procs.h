/*
 * gauge_procs.h - the processes of the gauged machine in the board pane: to look, and to choose the
 * one that is watched.
 *
 * Layer   ui. The bench reads the list only while it is on the screen: every 2 s on the overview
 *         page (20 s over a serial line, which it fills), every 20 s below the small pane of a wide
 *         terminal, never there over a serial line.
 * Chosen  Enter watches by name when the name is the only one of its kind, so that a program that
 *         is started again is found again; else by number.
 */
#ifndef UI_GAUGE_PROCS_H
#define UI_GAUGE_PROCS_H
#include "core/command.h"
#include "grid/grid.h"
#include "ui/gauge_view.h"

/* The page's list, with its selection. */
void gauge_procs_draw(struct ui *u, struct grid *g, struct grid_rect r);
/* The largest few, under a blank row. */
void gauge_procs_few(struct ui *u, struct grid *g, struct grid_rect r);
void gauge_procs_move(struct ui *u, long by);
void gauge_procs_enter(struct ui *u);
bool gauge_procs_find(struct ui *u, const char *text, bool backward);
/* The answer of gauge.pid is said in words; false: it is another's. */
bool gauge_procs_answer(struct ui *u, const char *line);
size_t gauge_procs_yank(struct ui *u, struct buf *out);
extern const struct command gauge_procs_commands[];

#endif
