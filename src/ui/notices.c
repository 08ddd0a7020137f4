/* notices.c - the list of notices. */
#include "ui/notices.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/pane.h"

static void
draw_notice(struct ui *u, struct grid *g, int row, int col, int cols,
    const struct replica_notice *n, bool chosen)
{
	const bool bad = strcmp(n->level, "alarm") == 0 || strcmp(n->level, "error") == 0;
	char when[16];

	clock_fmt_hms(replica_wall(u->replica, n->t), when, sizeof when);
	grid_textf(g, row, col, cols, bad ? STYLE_ALARM : strcmp(n->level, "warn") == 0 ?
	    STYLE_WARN : STYLE_NORMAL,
	    "%c %s %s: %s", bad ? 'x' : strcmp(n->level, "warn") == 0 ? '!' : ' ', when,
	    n->source != NULL ? n->source : "bench", n->text);
	if (chosen)
		grid_restyle(g, (struct grid_rect){ row, col, 1, cols }, STYLE_SELECT);
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct overlay_list *l = state;
	const struct replica *r = u->replica;
	const int rows = u->rows > 4 ? u->rows - 2 : u->rows;
	const struct grid_rect box = { 0, 0, rows, u->cols };
	const size_t height = rows > 5 ? (size_t)rows - 5 : 1, top = overlay_list_top(l, r->notices,
	    height);

	pane_popup(u, g, box, "Notices", NULL, "c clear all  y yank  Esc");
	if (r->notices == 0)
		grid_text(g, 1, 2, u->cols - 4, STYLE_DIM, "nothing to tell");
	for (size_t i = top; i < r->notices && i - top < height; i++)
		draw_notice(u, g, 1 + (int)(i - top), 1, u->cols - 2, &r->notice[i], i == l->sel);
	if (r->notices != 0) {                  /* the whole of the chosen one, and what to do */
		grid_textf(g, rows - 3, 2, u->cols - 4, STYLE_NORMAL, "%s", r->notice[l->sel].text);
		if (r->notice[l->sel].next != NULL)
			grid_textf(g, rows - 2, 2, u->cols - 4, STYLE_KEY, "next: %s",
			    r->notice[l->sel].next);
		u->seen_notices = (uint64_t)r->notice[r->notices - 1].id;
	}
}

static void
yank(struct ui *u)
{
	const struct replica *r = u->replica;
	char said[160];
	struct buf b;

	buf_init(&b, 256 << 10);
	for (size_t i = 0; i < r->notices; i++)
		(void)buf_add_fmt(&b, "%s\t%s\t%s\n", r->notice[i].level,
		    r->notice[i].source != NULL ? r->notice[i].source : "", r->notice[i].text);
	u->ops->yank(u->arg, buf_str(&b), b.len, false, said, sizeof said);
	ui_say(u, UI_INFO, "yanked %zu notices, %s", r->notices, said);
	buf_fini(&b);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	if (e->type != INPUT_KEY || overlay_list_key(state, e->name, u->replica->notices,
	    (size_t)u->rows / 2))
		return;
	if (strcmp(e->name, "c") == 0)
		ui_run_line(u, "notice.clear");
	else if (strcmp(e->name, "y") == 0)
		yank(u);
	else
		overlay_close(u);
}

static const struct overlay_ops ops = {
	.mode = "NOTICES", .hints = "c clear all  y yank  Esc closes", .draw = draw, .key = key,
	.fini = mem_free,
};

void
notices_open(struct ui *u)
{
	struct overlay_list *l = mem_zero(1, sizeof *l);

	l->sel = u->replica->notices != 0 ? u->replica->notices - 1 : 0;
	overlay_open(u, &ops, l);
}
