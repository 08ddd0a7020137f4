/*
 * view_console.h - the console pane: view_console_ops, declared with its like in pane.h.
 *
 * Layer   ui. Draws from the replica; its own state (selection, sorting) is in struct ui.
 */
#ifndef UI_VIEW_CONSOLE_H
#define UI_VIEW_CONSOLE_H
#include "ui/pane.h"

#endif
