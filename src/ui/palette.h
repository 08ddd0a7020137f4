/*
 * palette.h - command line and palette in one: every command with its meaning and its key.
 *
 * Layer   ui. Rows are the bench's commands, view.*, and one for each workflow, macro and board.
 *         Nothing runs from a partial name: Enter on one completes it first.
 */
#ifndef UI_PALETTE_H
#define UI_PALETTE_H
#include "ui/ui_state.h"

void palette_open(struct ui *u, const char *text);

#endif
