/*
 * gauge_lines.h - the overview of one machine in a few full rows: what a person at the board asks
 * first, with its history, its limits and what to do about it.
 *
 * Layer   ui. Pure drawing, but for the question for advice (gauge_ask.h).
 * Rows    mem, proc, heap, go and sched (where a Go program tells of itself), temp, freq, power,
 *         steady, advice; a row without anything to say is not there. The machine is the source
 *         that the pane is narrowed to, else the bench's own.
 */
#ifndef UI_GAUGE_LINES_H
#define UI_GAUGE_LINES_H
#include "core/command.h"
#include "grid/grid.h"
#include "ui/gauge_view.h"

/* Draws into r; returns how many rows were taken. */
int gauge_lines_draw(struct ui *u, struct grid *g, struct grid_rect r, bool stale);
/* "GOMEMLIMIT=3270MiB GOGC=88": what can be pasted in front of a command; false: nothing is
 * advised. */
bool gauge_lines_advice(const struct ui *u, char *out, size_t size);
/* Asks the bench for it, when it is old. */
void gauge_lines_ask(struct ui *u);

#endif
