/*
 * lineinput.h - line-input mode of a live console: what is typed is edited below it and sent on
 * Enter.
 *
 * Layer   ui. One for the viewer, made when first wanted; lineinput_free ends it.
 * Keys    editing keys are its own; other control keys (^C, ^D, ^Z ...) go to the board at once.
 *         Up and Down go through the history, which a file below the state folder keeps for each
 *         target. A line that begins with a blank is not kept.
 */
#ifndef UI_LINEINPUT_H
#define UI_LINEINPUT_H
#include "ui/ui_state.h"

struct lineinput *lineinput_new(const char *target);
void lineinput_free(struct lineinput *l);               /* NULL is fine */
/* Takes a key of a live console; false: it is for the board. */
bool lineinput_key(struct ui *u, struct lineinput *l, const struct input_event *e);
/* Draws itself into the last row of r; the cursor's column. */
int  lineinput_draw(const struct lineinput *l, struct grid *g, struct grid_rect r);

#endif
