/*
 * paste.h - a paste into a live console: one line goes at once, several are asked about.
 *
 * Layer   ui. paste_piece gathers until the end mark of bracketed paste; PASTE_MAX bytes at most.
 *         Line ends are sent as Enter sends them.
 */
#ifndef UI_PASTE_H
#define UI_PASTE_H
#include "ui/ui_state.h"

enum { PASTE_MAX = 1 << 20 };

void paste_piece(struct ui *u, const struct input_event *e);    /* INPUT_PASTE or INPUT_PASTE_END */

#endif
