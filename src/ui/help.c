/* help.c - the help, made from the key table. */
#include "ui/help.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/edit.h"
#include "ui/gauge_view.h"
#include "ui/overlay.h"
#include "ui/pane.h"
#include "ui/pane_box.h"
#include "ui/profile_list.h"

struct help {
	struct edit filter;
	struct overlay_list list;
	struct help_line { const char *heading; const struct key_row *row; } *line;
	size_t lines;
	bool live;                      /* the console was live: its keys come first */
};

static void
fini(void *state)
{
	struct help *h = state;

	edit_fini(&h->filter);
	mem_free(h->line);
	mem_free(h);
}

static bool
wanted(const struct help *h, const struct key_row *r)
{
	char shown[24];

	keymap_show(r->keys, shown, sizeof shown);
	return h->filter.len == 0 || pane_match(r->help, h->filter.text) ||
	    pane_match(r->line, h->filter.text) ||
	    strcmp(shown, h->filter.text) == 0;
}

static bool
among(const enum key_context *v, size_t n, enum key_context c)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == c)
			return true;
	return false;
}

/* The keys of where we come from first, then what holds everywhere, then the rest. */
static void
make_order(const struct ui *u, const struct help *h, enum key_context order[KEY_CONTEXTS])
{
	size_t n = 0;

	if (h->live)
		order[n++] = KEYS_LIVE;
	else if (gauge_overview(u))
		order[n++] = KEYS_PROCESSES;
	else if (profile_snapshots(u))
		order[n++] = KEYS_SNAPSHOTS;
	if (!h->live)
		order[n++] = pane_ops(u, u->focus)->keys;
	order[n++] = KEYS_GLOBAL;
	for (unsigned c = 0; c < KEY_CONTEXTS; c++)
		if (!among(order, n, (enum key_context)c))
			order[n++] = (enum key_context)c;
}

static void
make_lines(struct ui *u, struct help *h)
{
	enum key_context order[KEY_CONTEXTS];

	make_order(u, h, order);
	h->lines = 0;
	h->line = mem_resize(h->line, u->keymap.rows + KEY_CONTEXTS + 1, sizeof *h->line);
	for (size_t c = 0; c < KEY_CONTEXTS; c++) {
		const size_t heading = h->lines++;

		h->line[heading] = (struct help_line){ keymap_context_heading(order[c]), NULL };
		for (size_t i = 0; i < u->keymap.rows; i++)
			if (u->keymap.row[i].context == order[c] && wanted(h, &u->keymap.row[i]))
				h->line[h->lines++] = (struct help_line){ NULL, &u->keymap.row[i] };
		if (h->lines == heading + 1)
			h->lines--;
	}
	if (h->list.sel < h->lines && h->line[h->list.sel].row == NULL &&
	    h->list.sel + 1 < h->lines)
		h->list.sel++;
}

static void
draw_line(struct ui *u, struct grid *g, int row, const struct help_line *l, bool chosen)
{
	const int cols = u->cols - 4, line_at = u->cols >= 78 ? 51 : u->cols;
	char shown[32], keys[24];

	if (l->heading != NULL) {
		grid_text(g, row, 2, cols, STYLE_TITLE, l->heading);
		return;
	}
	keymap_show(l->row->keys, keys, sizeof keys);
	snprintf(shown, sizeof shown, "%s%s", l->row->context == KEYS_LIVE ? u->keymap.prefix : "",
	    "");
	grid_textf(g, row, 3, 9, STYLE_KEY, "%s%s%s", shown, shown[0] != '\0' ? " " : "", keys);
	grid_text(g, row, 12, (line_at < u->cols ? line_at : u->cols - 2) - 13, STYLE_NORMAL,
	    l->row->help);
	if (line_at < u->cols)
		grid_text(g, row, line_at, u->cols - 2 - line_at, STYLE_DIM, l->row->line);
	if (chosen)
		grid_restyle(g, (struct grid_rect){ row, 1, 1, u->cols - 2 }, STYLE_SELECT);
}

/* "1-18 of 141  PgDn more", nothing when all is seen. */
static void
where(const struct help *h, size_t top, size_t height, char *out, size_t size)
{
	const size_t end = top + height < h->lines ? top + height : h->lines;

	out[0] = '\0';
	if (h->lines > height)
		snprintf(out, size, "%zu-%zu of %zu%s", top + 1, end, h->lines,
		    end < h->lines ? "  PgDn more" : "");
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct help *h = state;
	const int rows = u->rows > 2 ? u->rows - 1 : u->rows, facts = rows >= 16 ? 2 : 0;
	const struct grid_rect box = { 0, 0, rows, u->cols };
	const size_t height = rows > 3 + facts ? (size_t)(rows - 3 - facts) : 1;
	char title[80], right[80];
	size_t top;

	make_lines(u, h);
	top = overlay_list_top(&h->list, h->lines, height);
	if (top == 1 && h->line[0].heading != NULL)
		top = h->list.top = 0;
	snprintf(title, sizeof title, "Help: %s", pane_ops(u, u->focus)->name);
	where(h, top, height, right, sizeof right);
	pane_popup(u, g, box, title, right,
	    u->cols >= 60 ? "Enter runs the selected line  Esc closes" : "Enter, Esc");
	if (rows > 2) {
		grid_text(g, 1, 2, 8, STYLE_DIM, "search: ");
		u->cursor_row = 1;
		u->cursor_col = edit_draw(&h->filter, g, 1, 10, u->cols - 12, STYLE_INPUT);
		if (h->filter.len == 0 && u->cols >= 60)
			grid_textf(g, 1, 12, u->cols - 14, STYLE_DIM,
			    "while the console is live every key but %s goes to the board",
			    u->keymap.prefix);
	}
	for (size_t i = top; i < h->lines && i - top < height; i++)
		draw_line(u, g, 2 + (int)(i - top), &h->line[i], i == h->list.sel);
	if (facts != 0 && u->mods != NULL)
		grid_text(g, rows - 2, 2, u->cols - 4, STYLE_DIM, u->mods);
}

static void
run(struct ui *u, const struct help *h)
{
	const struct key_row *r = h->list.sel < h->lines ? h->line[h->list.sel].row : NULL;
	char *line;

	if (r == NULL)
		return;
	line = mem_str(r->line);
	overlay_close(u);
	ui_run_line(u, line);
	mem_free(line);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct help *h = state;

	if (e->type == INPUT_KEY && strcmp(e->name, "Esc") == 0) {
		overlay_close(u);
	} else if (e->type == INPUT_KEY && strcmp(e->name, "Enter") == 0) {
		run(u, h);
	} else if (e->type != INPUT_KEY || !overlay_list_key(&h->list, e->name, h->lines,
	    (size_t)u->rows - 4)) {
		if (edit_key(&h->filter, e))
			h->list.sel = h->list.top = 0;
	}
}

static const struct overlay_ops ops = {
	.mode = "HELP", .hints = "type to search  Enter runs  Esc closes", .draw = draw, .key = key,
	.fini = fini,
};

void
help_open(struct ui *u)
{
	struct help *h = mem_zero(1, sizeof *h);

	edit_init(&h->filter);
	h->live = ui_live(u);
	overlay_open(u, &ops, h);
}
