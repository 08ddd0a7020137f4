/*
 * draw.h - text, lines, boxes, bars and sparklines on a grid.
 *
 * Layer   grid. Positions are relative to the grid's view and cut to it; nothing fails, nothing is
 *         kept.
 * Safety  any bytes may be given as text: invalid UTF-8 is drawn as U+FFFD, a tab as a blank, other
 *         control characters as '?', code points of grid_hidden() not at all. Nothing of it reaches
 *         a cell.
 */
#ifndef GRID_DRAW_H
#define GRID_DRAW_H
#include "grid/grid.h"

/* Which characters lines are made of. */
enum grid_set { GRID_ASCII, GRID_ASCII_FOCUS, GRID_UNICODE, GRID_UNICODE_FOCUS, GRID_SET_COUNT };

struct grid_glyphs {
	uint32_t h, v;                  /* lines */
	uint32_t nw, ne, sw, se;        /* corners */
	uint32_t n, s, w, e, cross;     /* where a line meets the north, ... side */
	const char *ramp;               /* sparkline levels, lowest first, UTF-8 */
	const char *ramp_warn;          /* the same for a sparkline with a warn level, and ... */
	uint32_t over;                  /* ... the mark of a value above it; 0: the ramp's own */
};

const struct grid_glyphs *grid_glyphs(enum grid_set set);

/* Draws at most max_cols columns (negative: to the view's right edge) and returns how many were
 * used. */
int  grid_text(struct grid *g, int row, int col, int max_cols, uint32_t style, const char *utf8);
int grid_text_n(
    struct grid *g, int row, int col, int max_cols, uint32_t style, const char *p, size_t n);
/* The same with a format; at most 1023 bytes of result. */
int grid_textf(struct grid *g, int row, int col, int max_cols, uint32_t style, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
int  grid_text_width(const char *p, size_t n);          /* columns that the text would take */

void grid_fill(struct grid *g, struct grid_rect r, uint32_t style, uint32_t cp);
void grid_restyle(struct grid *g, struct grid_rect r, uint32_t style);  /* keeps the characters */
void grid_hline(struct grid *g, int row, int col, int n, uint32_t style, enum grid_set set);
void grid_vline(struct grid *g, int row, int col, int n, uint32_t style, enum grid_set set);
void grid_box(
    struct grid *g, struct grid_rect r, uint32_t style, enum grid_set set); /* the border */

/* "[######|...]" of `width` columns: fraction 0..1 filled, a limit at mark 0..1 (NaN or negative:
 * none). A fraction of NaN is missing data: empty, not 0. */
void grid_bar(
    struct grid *g, int row, int col, int width, double fraction, double mark, uint32_t style);

struct grid_spark {
	const double *values;           /* oldest first; NaN is a gap */
	size_t n; /* the last `width` are drawn, the newest at the right edge */
	double min, max;                /* NaN: of the values drawn */
	double warn; /* NaN: none; above it in STYLE_WARN and with another mark */
	enum grid_set set;
	uint32_t style;
};
void grid_spark(struct grid *g, int row, int col, int width, const struct grid_spark *s);

#endif
