/*
 * layout.h - where the panes are at a given size (research/ux.md 6.1, rule 7).
 *
 * Layer   ui. Pure: a size in, rectangles out.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H
#include <stdbool.h>
#include "grid/grid.h"

enum pane_id { PANE_CONSOLE, PANE_BOARD, PANE_PROFILE, PANE_JOBS, PANE_COUNT };

enum layout_kind {
	LAYOUT_FULL,            /* console above, a strip of three below */
	LAYOUT_ZOOM,            /* one pane has it all */
	LAYOUT_TABS,            /* narrow or low: one pane, a tab strip, a digest row */
	LAYOUT_TINY,            /* under 40x10: console and status */
};

struct layout {
	enum layout_kind kind;
	struct grid_rect pane[PANE_COUNT];      /* with their title rows; rows 0: not shown */
	int digest, message, hints;             /* rows, -1: there is none */
};

void layout_make(struct layout *l, int rows, int cols, enum pane_id focus, bool zoom);

#endif
