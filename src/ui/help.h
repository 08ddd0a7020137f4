/*
 * help.h - all keys from the key table: searchable, and Enter runs the chosen line.
 *
 * Layer   ui.
 */
#ifndef UI_HELP_H
#define UI_HELP_H
#include "ui/ui_state.h"

void help_open(struct ui *u);

#endif
