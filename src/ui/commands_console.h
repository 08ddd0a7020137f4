/*
 * commands_console.h - the view.* commands about how a console is seen: view_console_commands.
 *
 * Layer   ui.
 */
#ifndef UI_COMMANDS_CONSOLE_H
#define UI_COMMANDS_CONSOLE_H
#include "ui/ui_state.h"

extern const struct command view_console_commands[];

#endif
