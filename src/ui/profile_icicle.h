/*
 * profile_icicle.h - the icicle and its keys.
 *
 * Layer   ui. Works on u->profile.
 */
#ifndef UI_PROFILE_ICICLE_H
#define UI_PROFILE_ICICLE_H
#include "ui/profile.h"

void profile_icicle_draw(struct ui *u, struct grid *g, struct grid_rect r, bool keys);
/* up: the caller; down: the widest called */
void profile_icicle_move(struct ui *u, long by);
void profile_icicle_side(struct ui *u, int by);
void profile_icicle_enter(struct ui *u);                /* zooms */

#endif
