/* pane.c - frames of panes, the strip, tabs and digest. */
#include "ui/pane.h"

#include <stdio.h>
#include <string.h>

#include "ui/gauge_view.h"
#include "ui/pane_box.h"
#include "ui/profile_list.h"

const struct pane_ops *
pane_ops(const struct ui *u, enum pane_id id)
{
	return u->top->panes[id];
}

unsigned
pane_contexts(const struct ui *u)
{
	if (u->prefix)
		return 1u << KEYS_LIVE | 1u << KEYS_GLOBAL;
	return 1u << pane_ops(u, u->focus)->keys | 1u << KEYS_LIST | 1u << KEYS_GLOBAL |
	    (gauge_overview(u) ? 1u << KEYS_PROCESSES : 0) |
	    (profile_snapshots(u) ? 1u << KEYS_SNAPSHOTS : 0);
}

void
pane_title(struct ui *u, struct grid *g, struct grid_rect r, enum pane_id id)
{
	const bool focus = u->focus == id;
	char left[200] = "", right[160] = "", title[256];

	pane_ops(u, id)->title(u, left, sizeof left, right, sizeof right);
	snprintf(title, sizeof title, "%d %s%s%s", (int)id + 1, pane_ops(u, id)->name,
	    left[0] != '\0' ? " " : "", left);
	pane_rule(g, r.row, r.col, r.cols, focus ? STYLE_FOCUS : STYLE_TITLE, ui_set(u, focus),
	    title, right);
}

static void
draw_pane(struct ui *u, struct grid *g, enum pane_id id, bool big)
{
	const struct grid_rect r = u->layout.pane[id];
	const int head = r.rows > 3 ? 1 : 0;
	const struct grid_rect body = { r.row + head, r.col, r.rows - head, r.cols };

	if (r.rows < 1 || r.cols < 1)
		return;
	if (head != 0)
		pane_title(u, g, r, id);
	pane_ops(u, id)->draw(u, g, body, big);
}

static void
draw_strip(struct ui *u, struct grid *g)
{
	const struct grid_glyphs *gl = grid_glyphs(u->set);

	for (int id = PANE_BOARD; id < PANE_JOBS; id++) {
		const struct grid_rect r = u->layout.pane[id];
		const int col = r.col + r.cols;

		grid_vline(g, r.row, col, r.rows, STYLE_LINE, u->set);
		grid_put(g, r.row, col, STYLE_LINE, u->set == GRID_ASCII ? &gl->cross : &gl->n, 1,
		    1);
	}
}

/* "=[1 Con] 2 Brd!  3 Prof  4 Job 83% ==== LIVE =" */
static void
draw_tabs(struct ui *u, struct grid *g)
{
	const struct grid_rect r = u->layout.pane[u->focus];
	char left[200], right[160] = "", tabs[200];
	size_t n = 0;

	if (r.rows <= 3)
		return;
	for (int id = 0; id < PANE_COUNT; id++) {
		char word[40] = "";

		if (id == PANE_JOBS || id == PANE_BOARD)
			pane_ops(u, (enum pane_id)id)->digest(u, word, sizeof word);
		n += (size_t)snprintf(tabs + n, sizeof tabs - n, "%s%d %s%s%s%s",
		    id == (int)u->focus ? "[" : n != 0 ? " " : "",
		    id + 1, pane_ops(u, (enum pane_id)id)->tab, id == PANE_BOARD &&
		    strchr(word, '!') != NULL ? "!" : "",
		    id == PANE_JOBS && strchr(word, '%') != NULL ? "*" : "", id == (int)u->focus ?
		    "]" : " ");
	}
	pane_ops(u, u->focus)->title(u, left, sizeof left, right, sizeof right);
	if (strncmp(right, "LIVE", 4) == 0)
		right[4] = '\0';
	pane_rule(g, r.row, r.col, r.cols, STYLE_FOCUS, ui_set(u, true), tabs, right);
}

static void
draw_digest(struct ui *u, struct grid *g)
{
	int col = 1;

	for (int id = PANE_BOARD; id < PANE_COUNT; id++) {
		char word[80] = "";

		pane_ops(u, (enum pane_id)id)->digest(u, word, sizeof word);
		if (word[0] != '\0')
			col += grid_text(g, u->layout.digest, col, u->cols - col, STYLE_NORMAL,
			    word) + 2;
	}
}

void
pane_draw_all(struct ui *u, struct grid *g)
{
	const bool big = u->layout.kind != LAYOUT_FULL;

	for (int id = 0; id < PANE_COUNT; id++)
		draw_pane(u, g, (enum pane_id)id, big);
	if (u->layout.kind == LAYOUT_FULL)
		draw_strip(u, g);
	if (u->layout.kind == LAYOUT_TABS)
		draw_tabs(u, g);
	if (u->layout.digest >= 0)
		draw_digest(u, g);
}
