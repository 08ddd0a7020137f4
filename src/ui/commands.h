/*
 * commands.h - the view.* commands: what keys, palette and help run in the viewer itself.
 *
 * Layer   ui. ctx of a call is struct ui.
 */
#ifndef UI_COMMANDS_H
#define UI_COMMANDS_H
#include "ui/ui_state.h"

extern const struct command *const view_command_tables[];      /* ends with NULL */
void view_command(struct ui *u, const char *line);      /* a line whose first word is view.* */

#endif
