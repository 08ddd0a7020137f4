/*
 * pane.h - what a pane is: title, drawing, keys of its own; and the frame around it.
 *
 * Layer   ui. A pane keeps its state in struct ui; ops are constant.
 */
#ifndef UI_PANE_H
#define UI_PANE_H
#include "ui/ui_state.h"

struct pane_ops {
	const char *name, *tab;         /* "Console", "Con" */
	enum key_context keys;
	/* Left and right text of the title row. */
	void (*title)(struct ui *u, char *left, size_t left_size, char *right, size_t right_size);
	/* Draws into r, without the title row. `big`: zoomed or alone. */
	void (*draw)(struct ui *u, struct grid *g, struct grid_rect r, bool big);
	/* One word for the tab strip and the digest row ("soc 71.5 C!"), may be empty. */
	void (*digest)(struct ui *u, char *out, size_t size);
	void (*move)(struct ui *u, long by);            /* rows; LONG_MIN, LONG_MAX: the ends */
	void (*enter)(struct ui *u);
	bool (*back)(struct ui *u);                     /* false: nothing to go back from */
	/* false: not found */
	bool (*find)(struct ui *u, const char *text, bool next, bool back);
	size_t (*yank)(struct ui *u, struct buf *out);  /* lines */
};

const struct pane_ops *pane_ops(const struct ui *u, enum pane_id id);
unsigned pane_contexts(const struct ui *u);             /* key contexts that hold now */

/* "=1 Console ttyUSB0 ===== LIVE =": the title row of a pane. */
void pane_title(struct ui *u, struct grid *g, struct grid_rect r, enum pane_id id);
void pane_draw_all(struct ui *u, struct grid *g);

#endif
