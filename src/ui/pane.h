/*
 * pane.h - what a pane is: title, drawing, keys of its own; and the frame around it.
 *
 * Layer   ui. A pane keeps its state in struct ui; ops are constant.
 */
#ifndef UI_PANE_H
#define UI_PANE_H
#include "ui/ui.h"

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

extern const struct pane_ops view_console_ops, view_board_ops, view_profile_ops, view_jobs_ops;
const struct pane_ops *pane_ops(enum pane_id id);

/* "=1 Console ttyUSB0 ===== LIVE =": the title row of a pane. */
void pane_title(struct ui *u, struct grid *g, struct grid_rect r, enum pane_id id);
void pane_draw_all(struct ui *u, struct grid *g);
/* A titled row inside a pane or popup. */
void pane_rule(struct grid *g, int row, int col, int cols, uint32_t style, enum grid_set set,
    const char *left,
               const char *right);

/* A popup: clears r, draws the border with a title above and a footer below right. */
void pane_popup(struct ui *u, struct grid *g, struct grid_rect r, const char *title,
    const char *right,
                const char *footer);
bool pane_match(const char *hay, const char *needle);   /* contains, case ignored (ASCII) */

#endif
