/*
 * hexview.h - a stream as rows of bytes: offset, hex, text.
 *
 * Layer   ui. Works on a streamview: its cursor is v->hex_at, its search v->find.
 * Row     begins where the bench's offset is a multiple of the row's bytes (8, 16 or 32).
 */
#ifndef UI_HEXVIEW_H
#define UI_HEXVIEW_H
#include "ui/streamview.h"

int  hexview_bytes(int cols);                           /* of a row so wide */
void hexview_draw(struct streamview *v, struct grid *g, struct grid_rect r,
                  const struct streamview_look *look);
void hexview_move(struct streamview *v, long rows);
bool hexview_find(struct streamview *v, bool back);     /* v->find, from v->hex_at */
/* The rows of the selection as text; returns how many. */
size_t hexview_yank(const struct streamview *v, struct buf *out);

#endif
