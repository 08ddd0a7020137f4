/*
 * edit.h - one line of text under edit: the palette's, the search's and the AT card's input.
 *
 * Layer   ui. Embedded; edit_fini() ends it. Text is UTF-8 without control characters, at most
 *         EDIT_MAX bytes.
 */
#ifndef UI_EDIT_H
#define UI_EDIT_H
#include <stdbool.h>
#include <stddef.h>
#include "grid/grid.h"
#include "ui/input.h"

enum { EDIT_MAX = 4096 };

struct edit {
	char  *text;            /* NUL-terminated */
	size_t len, at;         /* at: byte offset of the cursor */
};

void edit_init(struct edit *e);
void edit_fini(struct edit *e);
void edit_set(struct edit *e, const char *text);                /* cursor at the end */
/* Typed text, a paste, or an editing key. False: the key is none of its own. */
bool edit_key(struct edit *e, const struct input_event *k);
/* Draws the text, scrolled so that the cursor is seen; returns the cursor's column. */
int  edit_draw(const struct edit *e, struct grid *g, int row, int col, int cols, uint32_t style);

#endif
