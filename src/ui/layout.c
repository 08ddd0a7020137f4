/* layout.c - where the panes are. */
#include "ui/layout.h"

#include <string.h>

static void
strip(struct layout *l, int top, int rows, int cols)
{
	const int first = cols < 100 ? (cols - 2) * 36 / 100 : (cols - 2) / 3;
	const int second = (cols - 2 - first) / 2;

	l->pane[PANE_BOARD] = (struct grid_rect){ top, 0, rows, first };
	l->pane[PANE_PROFILE] = (struct grid_rect){ top, first + 1, rows, second };
	l->pane[PANE_JOBS] = (struct grid_rect){ top, first + second + 2, rows,
	    cols - first - second - 2 };
}

static void
full(struct layout *l, int rows, int cols)
{
	const int area = rows - 2, low = (area * 45 + 50) / 100;

	l->kind = LAYOUT_FULL;
	l->pane[PANE_CONSOLE] = (struct grid_rect){ 0, 0, area - low, cols };
	strip(l, area - low, low, cols);
}

static void
single(struct layout *l, int rows, int cols, enum pane_id focus)
{
	l->pane[focus] = (struct grid_rect){ 0, 0, rows, cols };
}

void
layout_make(struct layout *l, int rows, int cols, enum pane_id focus, bool zoom)
{
	memset(l, 0, sizeof *l);
	l->digest = l->message = l->hints = -1;
	if (rows < 10 || cols < 40) {
		l->kind = LAYOUT_TINY;
		l->hints = rows > 1 ? rows - 1 : -1;
		single(l, rows > 1 ? rows - 1 : rows, cols, focus);
		return;
	}
	l->hints = rows - 1;
	l->message = rows - 2;
	if (cols < 80 || rows < 20) {
		l->kind = LAYOUT_TABS;
		l->digest = rows - 3;
		single(l, rows - 3, cols, focus);
	} else if (zoom) {
		l->kind = LAYOUT_ZOOM;
		single(l, rows - 2, cols, focus);
	} else {
		full(l, rows, cols);
	}
}
