/*
 * plugins.h - what plugins put on the screen: their keys, words of the message row, tables.
 *
 * Layer   ui. Rows of styled cells came over the socket; no Lua here. Source: replica->plugins,
 *         {"commands": [...], "segments": [...], "panes": [...]}.
 */
#ifndef UI_PLUGINS_H
#define UI_PLUGINS_H
#include "ui/ui_state.h"

/* Binds the keys that plugins have, and unbinds those of plugins that are gone. A key that is
 * taken is not shadowed: it is said. */
void plugins_keys(struct ui *u);
/* Their words, left ones from column 0 and the others right-aligned up to `end`; what is left of
 * the row is *from to the result. */
int  plugins_segments(const struct ui *u, struct grid *g, int row, int *from, int end);
/* The table of this id, over the panes. */
void plugins_pane(struct ui *u, const char *id);

extern const struct command plugin_view_commands[];

#endif
