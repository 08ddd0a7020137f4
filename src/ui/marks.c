/* marks.c - the list of marks. */
#include "ui/marks.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/history.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"
#include "ui/streamfind.h"

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct overlay_list *l = state;
	const struct streamview *v = ui_current_view(u);
	const size_t n = v != NULL ? v->stream->marks : 0;
	const int rows = u->rows > 6 ? u->rows - 2 : u->rows;
	const size_t height = rows > 3 ? (size_t)rows - 2 : 1, top = overlay_list_top(l, n, height);

	pane_popup(u, g, (struct grid_rect){ 0, 0, rows, u->cols }, "Marks", NULL,
	    "Enter goes there  Esc");
	if (n == 0)
		grid_text(g, 1, 2, u->cols - 4, STYLE_DIM, "none yet: m sets one");
	for (size_t i = top; i < n && i - top < height; i++) {
		const struct replica_mark *m = &v->stream->mark[i];
		const bool bad = m->kind == REPLICA_LOST || m->kind == REPLICA_GAP;
		const int row = 1 + (int)(i - top);
		char when[16];

		clock_fmt_hms(replica_wall(u->replica, m->t), when, sizeof when);
		grid_textf(g, row, 1, u->cols - 2, bad ? STYLE_ALARM : STYLE_MARK,
		    "%c %s @%-10llu %s", bad ? '!' : ' ', when,
		    (unsigned long long)(v->stream->base + m->offset), m->text);
		if (i == l->sel)
			grid_restyle(g, (struct grid_rect){ row, 1, 1, u->cols - 2 },
			    STYLE_SELECT);
	}
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct overlay_list *l = state;
	struct streamview *v = ui_current_view(u);
	const size_t n = v != NULL ? v->stream->marks : 0, sel = l->sel;

	if (e->type != INPUT_KEY || overlay_list_key(l, e->name, n, (size_t)u->rows / 2))
		return;
	if (strcmp(e->name, "Enter") == 0 && sel < n) {
		overlay_close(u);
		v = ui_scrollback(u);
		if (v != NULL)
			streamview_goto_offset(v, v->stream->mark[sel].offset);
		return;
	}
	overlay_close(u);
}

static const struct overlay_ops ops = {
	.mode = "MARKS", .hints = "Enter goes there  Esc closes", .draw = draw, .key = key,
	.fini = mem_free,
};

void
marks_open(struct ui *u)
{
	struct overlay_list *l = mem_zero(1, sizeof *l);
	const struct streamview *v = ui_current_view(u);

	l->sel = v != NULL && v->stream->marks != 0 ? v->stream->marks - 1 : 0;
	overlay_open(u, &ops, l);
}
