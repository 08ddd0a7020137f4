/*
 * view_console.h - the console pane.
 *
 * Layer   ui. Draws from the replica; its own state (selection, sorting) is in struct ui.
 */
#ifndef UI_VIEW_CONSOLE_H
#define UI_VIEW_CONSOLE_H
#include "ui/pane.h"

extern const struct pane_ops view_console_ops;

#endif
