/*
 * view_board.h - the board pane.
 *
 * Layer   ui. Draws from the replica; its own state (selection, sorting) is in struct ui.
 */
#ifndef UI_VIEW_BOARD_H
#define UI_VIEW_BOARD_H
#include "ui/pane.h"

extern const struct pane_ops view_board_ops;

#endif
