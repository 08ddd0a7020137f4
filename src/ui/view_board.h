/*
 * view_board.h - the board pane: view_board_ops, declared with its like in pane.h.
 *
 * Layer   ui. Draws from the replica; its own state (selection, sorting) is in struct ui.
 */
#ifndef UI_VIEW_BOARD_H
#define UI_VIEW_BOARD_H
#include "ui/pane.h"

#endif
