/*
 * profile_table.h - rows of functions; names and styles that all parts share.
 *
 * Layer   ui. Works on u->profile.
 */
#ifndef UI_PROFILE_TABLE_H
#define UI_PROFILE_TABLE_H
#include "ui/profile.h"

/* r is relative to the pane; keys: this part has them. */
void profile_table_draw(struct ui *u, struct grid *g, struct grid_rect r, bool keys);
const char *profile_short(const char *name);            /* json.(*T).Do of encoding/json.(*T).Do */
uint32_t profile_style(double delta);

#endif
