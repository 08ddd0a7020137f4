/*
 * wrap.h - text of any length in the columns there are: over several rows, or cut with a sign.
 *
 * Layer   ui. Nothing is kept. Rows are broken between words; a longer word is cut.
 */
#ifndef UI_WRAP_H
#define UI_WRAP_H
#include <stdint.h>
#include "grid/draw.h"

int wrap_rows(const char *text, int cols);              /* that it takes; at least 1 */
/* Draws it into r and returns the rows it took; "..." ends the last when there is more. */
int wrap_draw(struct grid *g, struct grid_rect r, uint32_t style, const char *text);
/* One row of it: "..." at its end when that is not all. Returns the columns. */
int wrap_cut(struct grid *g, int row, int col, int cols, uint32_t style, const char *text);

#endif
