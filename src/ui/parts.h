/*
 * parts.h - how the parts of the viewer call one another: overlays, status rows, commands.
 *
 * Layer   ui, private. Everything works on struct ui; nothing is owned here.
 */
#ifndef UI_PARTS_H
#define UI_PARTS_H
#include "ui/ui.h"

/* status.c */
void status_draw(struct ui *u, struct grid *g);         /* message and hint row */
/* the keys behind the prefix, while it waits */
void status_menu(struct ui *u, struct grid *g);
bool status_menu_due(const struct ui *u);

/* overlays */
void palette_open(struct ui *u, const char *text);
void help_open(struct ui *u);
void notices_open(struct ui *u);
void ports_dialog(struct ui *u);
void at_card_open(struct ui *u);
/* Asks before `line` is sent; the button that has the focus is Cancel. */
void dialog_ask(struct ui *u, const char *line, const char *what, const char *target);
/* q at the top: detach, end the bench, stay. */
void dialog_leave(struct ui *u);
/* One line of text; Enter runs `command "TEXT"`. */
void prompt_open(struct ui *u, const char *label, const char *command, const char *text);

/* marks.c */
void marks_open(struct ui *u);

/* commands.c, commands_console.c */
extern const struct command view_console_commands[];
/* Scrollback of the pane that has the keys: leaves live first. NULL: there is none. */
struct streamview *ui_scrollback(struct ui *u);
extern const struct command *const view_command_tables[];
void view_command(struct ui *u, const char *line);      /* a line whose first word is view.* */

/* input */
void ui_key_sequence(struct ui *u, const char *name);
const char *ui_mode(const struct ui *u);                /* "LIVE" "NAV" "LOST" "VIEW" */
unsigned ui_contexts(const struct ui *u);               /* key contexts that hold now */
void ui_remember(struct ui *u, const char *line);       /* into the history */

#endif
