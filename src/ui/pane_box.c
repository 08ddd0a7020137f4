/* pane_box.c - rules, popups, and the word that is looked for in a list. */
#include "ui/pane_box.h"

#include <ctype.h>
#include <string.h>

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
