/*
 * dump.h - a grid as plain text, for tests and for "copy this pane".
 *
 * Layer   grid. The caller owns the buffer.
 * Errors  ERR_LIMIT, ERR_MEMORY of the buffer.
 */
#ifndef GRID_DUMP_H
#define GRID_DUMP_H
#include "base/buf.h"
#include "grid/grid.h"

enum grid_form {
	GRID_TEXT,                      /* the characters, UTF-8 */
	GRID_LETTERS,                   /* style_letter() of each column */
};

/* One line a row, each ended by \n, without the blanks (or letters of STYLE_NORMAL) at its end. */
enum err grid_dump(const struct grid *g, enum grid_form form, struct buf *out);
enum err grid_dump_row(const struct grid *g, int row, enum grid_form form, struct buf *out);

#endif
