/*
 * pane_box.h - what panes and popups are drawn with.
 *
 * Layer   ui.
 */
#ifndef UI_PANE_BOX_H
#define UI_PANE_BOX_H
#include "grid/draw.h"
#include "grid/grid.h"
#include "ui/ui_state.h"

/* A titled row inside a pane or popup. */
void pane_rule(struct grid *g, int row, int col, int cols, uint32_t style, enum grid_set set,
    const char *left,
               const char *right);

/* A popup: clears r, draws the border with a title above and a footer below right. */
void pane_popup(struct ui *u, struct grid *g, struct grid_rect r, const char *title,
    const char *right,
                const char *footer);
bool pane_match(const char *hay, const char *needle);   /* contains, case ignored (ASCII) */

#endif
