/*
 * linetext.h - one console line as cells: the bytes between two line feeds, with what a shell's
 * line editing
 * and a coloured log do to them (CR, BS, TAB, SGR, erase, cursor left and right, insert, delete).
 *
 * Layer   ui. Embedded; linetext_fini() ends it. Bytes are hostile: at most LINETEXT_MAX columns
 *         are kept,
 *         strings (OSC and the like) and all other sequences are dropped, control bytes shown as
 *         nothing.
 */
#ifndef UI_LINETEXT_H
#define UI_LINETEXT_H
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "grid/grid.h"

enum { LINETEXT_MAX = 4096, LINETEXT_MARKS = 3 };

struct linetext_cell {
	uint32_t cp[1 + LINETEXT_MARKS];
	uint32_t style;
	uint8_t  n;             /* code points; 0: the right half of a wide character */
	uint8_t  width;
};

struct linetext {
	struct linetext_cell *cell;
	int n;                  /* columns used */
	int cursor;
};

void linetext_init(struct linetext *t);
void linetext_fini(struct linetext *t);
void linetext_render(struct linetext *t, const char *p, size_t n);
/* The bytes as they are: what is not printable stands as [hh]. */
void linetext_show(struct linetext *t, const char *p, size_t n);
/* How many rows it takes when wrapped at width (>= 1); at least 1. */
int  linetext_rows(const struct linetext *t, int width);
/* Draws wrapped row k; returns the cursor's column there, or -1. */
int  linetext_draw(const struct linetext *t, struct grid *g, int k, int row, int col, int width);
/* The plain text, added to out; offset (may be NULL) gets each cell's byte offset, n + 1 of them.
 * */
void linetext_plain(const struct linetext *t, struct buf *out, uint32_t *offset);

#endif
