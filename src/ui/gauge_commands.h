/*
 * gauge_commands.h - the view.board.* commands.
 *
 * Layer   ui, private.
 */
#ifndef UI_GAUGE_COMMANDS_H
#define UI_GAUGE_COMMANDS_H
#include "core/command.h"
#include "ui/ui_state.h"

extern const struct command gauge_commands[];
/* Enter: zooms; in the zoomed pane the console goes to the moment of the cursor. */
void gauge_enter(struct ui *u);
bool gauge_back(struct ui *u);                          /* takes the cursor away */

#endif
