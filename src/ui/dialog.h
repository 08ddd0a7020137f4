/*
 * dialog.h - asks before an act that changes the board: exact target, Cancel has the focus.
 *
 * Layer   ui. y and n answer only when neither is the key that asked.
 */
#ifndef UI_DIALOG_H
#define UI_DIALOG_H
#include "ui/ui_state.h"

/* Asks before `line` is sent; the button that has the focus is Cancel. */
void dialog_ask(struct ui *u, const char *line, const char *what, const char *target);
/* q at the top: detach, end the bench, stay. */
void dialog_leave(struct ui *u);

#endif
