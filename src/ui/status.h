/*
 * status.h - the last two rows: the message for six seconds, and mode, target and hints from the
 * key table.
 *
 * Layer   ui. `? help` is the last hint to be cut.
 */
#ifndef UI_STATUS_H
#define UI_STATUS_H
#include "base/clock.h"
#include "ui/ui_state.h"

#define STATUS_MENU_NS (300 * NS_PER_MS)        /* the prefix waits so long before the menu */

void status_draw(struct ui *u, struct grid *g);         /* message and hint row */
/* the keys behind the prefix, while it waits */
void status_menu(struct ui *u, struct grid *g);
bool status_menu_due(const struct ui *u);

#endif
