/*
 * notices.h - the list of notices, newest last.
 *
 * Layer   ui.
 */
#ifndef UI_NOTICES_H
#define UI_NOTICES_H
#include "ui/ui_state.h"

void notices_open(struct ui *u);

#endif
