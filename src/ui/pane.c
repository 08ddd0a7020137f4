/* pane.c - frames of panes, the strip, tabs and digest, popups. */
#include "ui/pane.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const struct pane_ops *
pane_ops(enum pane_id id)
{
	static const struct pane_ops *const all[PANE_COUNT] = {
		&view_console_ops, &view_board_ops, &view_profile_ops, &view_jobs_ops,
	};

	return all[id];
}

bool
pane_match(const char *hay, const char *needle)
{
	const size_t n = strlen(needle);

	for (; *hay != '\0' || n == 0; hay++) {
		size_t i = 0;

		while (i < n && tolower((unsigned char)hay[i]) == tolower((unsigned char)needle[i]))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

void
pane_rule(struct grid *g, int row, int col, int cols, uint32_t style, enum grid_set set,
    const char *left,
          const char *right)
{
	const int room = cols - 3, lw = grid_text_width(left, strlen(left));
	int rw = right != NULL ? grid_text_width(right, strlen(right)) : 0;

	grid_hline(g, row, col, cols, style, set);
	if (room < 1)
		return;
	if (lw > 0) {
		const int used = grid_text(g, row, col + 1, room, style, left);

		if (used < room)
			grid_text(g, row, col + 1 + used, 1, style, " ");
	}
	if (rw > 0 && lw + rw + 5 <= cols) {
		grid_text(g, row, col + cols - rw - 3, 1, style, " ");
		grid_text(g, row, col + cols - rw - 2, rw, style, right);
		grid_text(g, row, col + cols - 2, 1, style, " ");
	}
}

void
pane_title(struct ui *u, struct grid *g, struct grid_rect r, enum pane_id id)
{
	const bool focus = u->focus == id;
	char left[200] = "", right[160] = "", title[256];

	pane_ops(id)->title(u, left, sizeof left, right, sizeof right);
	snprintf(title, sizeof title, "%d %s%s%s", (int)id + 1, pane_ops(id)->name,
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
	pane_ops(id)->draw(u, g, body, big);
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
			pane_ops((enum pane_id)id)->digest(u, word, sizeof word);
		n += (size_t)snprintf(tabs + n, sizeof tabs - n, "%s%d %s%s%s%s",
		    id == (int)u->focus ? "[" : n != 0 ? " " : "",
		    id + 1, pane_ops((enum pane_id)id)->tab, id == PANE_BOARD &&
		    strchr(word, '!') != NULL ? "!" : "",
		    id == PANE_JOBS && strchr(word, '%') != NULL ? "*" : "", id == (int)u->focus ?
		    "]" : " ");
	}
	pane_ops(u->focus)->title(u, left, sizeof left, right, sizeof right);
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

		pane_ops((enum pane_id)id)->digest(u, word, sizeof word);
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

void
pane_popup(struct ui *u, struct grid *g, struct grid_rect r, const char *title, const char *right,
    const char *footer)
{
	const int tw = (int)strlen(title), fw = footer != NULL ? grid_text_width(footer,
	    strlen(footer)) : 0;
	const int rw = right != NULL ? grid_text_width(right, strlen(right)) : 0;

	grid_fill(g, r, STYLE_NORMAL, ' ');
	grid_box(g, r, STYLE_FOCUS, u->set);
	if (r.rows < 2 || r.cols < 4)
		return;
	grid_textf(g, r.row, r.col + 2, r.cols - 4, STYLE_FOCUS, "%s ", title);
	if (rw > 0 && tw + rw + 8 < r.cols)
		grid_textf(g, r.row, r.col + r.cols - rw - 4, rw + 2, STYLE_FOCUS, " %s ", right);
	if (fw > 0 && fw + 4 <= r.cols)
		grid_textf(g, r.row + r.rows - 1, r.col + r.cols - fw - 3, fw + 2, STYLE_FOCUS,
		    " %s ", footer);
}
