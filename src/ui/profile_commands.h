/*
 * profile_commands.h - the view.profile.* commands, one table for commands.c.
 *
 * Layer   ui.
 */
#ifndef UI_PROFILE_COMMANDS_H
#define UI_PROFILE_COMMANDS_H
#include "ui/ui_state.h"

extern const struct command profile_commands[];

/* view.filter while the pane has the keys: rows whose name matches. NULL asks for the text. */
void profile_filter(struct ui *u, const char *text);

#endif
