/*
 * profile_details.h - all that is known of the chosen function.
 *
 * Layer   ui. Works on u->profile.
 */
#ifndef UI_PROFILE_DETAILS_H
#define UI_PROFILE_DETAILS_H
#include "ui/profile.h"

void profile_details_draw(struct ui *u, struct grid *g, struct grid_rect r, bool keys);

#endif
