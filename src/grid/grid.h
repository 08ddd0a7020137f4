/*
 * grid.h - a rectangle of character cells: what a screen looks like, without a terminal.
 *
 * Layer   grid (base only). grid_new() gives it, grid_free() ends it. No function fails: sizes are
 *         brought into 1..GRID_SIDE_MAX, drawing outside the view is cut off, memory failure ends
 *         the process (sizes come from the user's own terminal).
 * Cells   8 bytes. ch holds a code point (0 is a blank) or, with GRID_CLUSTER, the number of a base
 *         with its marks. A wide character is a cell with GRID_WIDE and a GRID_TAIL cell behind it;
 *         drawing over one half leaves a blank in the other, so no half ever stands alone.
 * View    drawing is relative to and cut to the current view, at first the whole grid:
 *             struct grid_view old = grid_enter(g, rect); ...; grid_leave(g, old);
 */
#ifndef GRID_GRID_H
#define GRID_GRID_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "grid/style.h"

enum {
	GRID_SIDE_MAX = 2048,           /* rows or columns */
	GRID_CLUSTER_MAX = 8,           /* code points in one cell; marks beyond are dropped */
};

#define GRID_CODE    UINT32_C(0x1fffff)         /* mask of the code point or cluster number */
#define GRID_WIDE    (UINT32_C(1) << 21)
#define GRID_TAIL    (UINT32_C(1) << 22)
#define GRID_CLUSTER (UINT32_C(1) << 23)

struct grid_cell { uint32_t ch, style; };
struct grid_rect { int row, col, rows, cols; };
struct grid_view {
	struct grid_rect box;           /* absolute; may reach outside the grid */
	struct grid_rect clip;          /* the part of it that can be drawn on */
};
struct grid_span { int row, col, n; };

struct grid;

struct grid *grid_new(int rows, int cols);
void grid_free(struct grid *g);                         /* NULL is fine */
void grid_resize(struct grid *g, int rows, int cols);   /* clears, leaves all views */
void grid_clear(struct grid *g);                        /* all blank, leaves all views */
void grid_copy(
    struct grid *to, const struct grid *from); /* takes over size and cells, not the view */
int  grid_rows(const struct grid *g);
int  grid_cols(const struct grid *g);

struct grid_view grid_enter(struct grid *g, struct grid_rect r);        /* r relative to the view */
void grid_leave(struct grid *g, struct grid_view old);
struct grid_rect grid_area(const struct grid *g);       /* {0, 0, rows, cols} of the current view */
struct grid_rect grid_visible(const struct grid *g);    /* the part of it that can be drawn on */

/* One character of `width` (1 or 2) columns: n code points, the base first. What does not fit is a
 * blank. The caller vouches that they are printable; grid_text() does that by itself. */
void grid_put(
    struct grid *g, int row, int col, uint32_t style, const uint32_t *cps, size_t n, int width);
void grid_set_style(struct grid *g, int row, int col, uint32_t style);

/* Reading is absolute, whatever the view. Outside the grid: NULL. */
const struct grid_cell *grid_at(const struct grid *g, int row, int col);
/* The code points of a cell into out; 0 for a blank or a tail. */
size_t grid_chars(const struct grid *g, const struct grid_cell *c, uint32_t out[GRID_CLUSTER_MAX]);

/* The next run of cells of `now` that differ from `old`, in reading order; start with a zeroed
 * span, false at the end. Grids of different sizes differ everywhere. Wide characters are never cut
 * in two. */
bool grid_diff_next(const struct grid *now, const struct grid *old, struct grid_span *s);

#endif
