/*
 * marks.h - the list of a console's marks: set ones, ports lost and back, gaps. Enter goes there.
 *
 * Layer   ui.
 */
#ifndef UI_MARKS_H
#define UI_MARKS_H
#include "ui/ui_state.h"

void marks_open(struct ui *u);

#endif
