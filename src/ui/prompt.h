/*
 * prompt.h - one line of text asked for in the message row: find, filter, time, mark.
 *
 * Layer   ui. A paste is inserted, never run.
 */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H
#include "ui/ui_state.h"

/* One line of text; Enter runs `command "TEXT"`. */
void prompt_open(struct ui *u, const char *label, const char *command, const char *text);

#endif
