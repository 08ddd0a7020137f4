/* notices.c - the list of notices. */
#include "ui/notices.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"
#include "ui/wrap.h"

static void
draw_notice(struct ui *u, struct grid *g, int row, int col, int cols,
    const struct replica_notice *n, bool chosen)
{
	const bool bad = strcmp(n->level, "alarm") == 0 || strcmp(n->level, "error") == 0;
	char when[16], text[600];

	clock_fmt_hms(replica_wall(u->replica, n->t), when, sizeof when);
	snprintf(text, sizeof text, "%c %s %s: %s",
	    bad ? 'x' : strcmp(n->level, "warn") == 0 ? '!' : ' ', when,
	    n->source != NULL ? n->source : "bench", n->text);
	(void)wrap_cut(g, row, col, cols, bad ? STYLE_ALARM : strcmp(n->level, "warn") == 0 ?
	    STYLE_WARN : STYLE_NORMAL, text);
	if (chosen)
		grid_restyle(g, (struct grid_rect){ row, col, 1, cols }, STYLE_SELECT);
}

static void
draw_about(struct grid *g, struct grid_rect r, const struct replica_notice *n)
{
	const char *next = n->next != NULL && n->next[0] != '\0' ? n->next : NULL;
	char text[600];
	int used = wrap_draw(g, (struct grid_rect){ r.row, r.col, r.rows - (next != NULL), r.cols },
	    STYLE_NORMAL, n->text);

	if (next == NULL)
		return;
	snprintf(text, sizeof text, "next: %s", next);
	(void)wrap_draw(g, (struct grid_rect){ r.row + used, r.col, r.rows - used, r.cols },
	    STYLE_KEY, text);
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct overlay_list *l = state;
	const struct replica *r = u->replica;
	const int rows = u->rows > 4 ? u->rows - 2 : u->rows;
	const struct grid_rect box = { 0, 0, rows, u->cols };
	const int about = rows >= 16 ? 4 : 2;   /* rows: the whole of one, and what to do */
	const size_t height = rows > about + 3 ? (size_t)(rows - about - 3) : 1,
		     top = overlay_list_top(l, r->notices, height);

	pane_popup(u, g, box, "Notices", NULL, "c clear all  y yank  Esc");
	if (r->notices == 0)
		grid_text(g, 1, 2, u->cols - 4, STYLE_DIM, "nothing to tell");
	for (size_t i = top; i < r->notices && i - top < height; i++)
		draw_notice(u, g, 1 + (int)(i - top), 1, u->cols - 2, &r->notice[i], i == l->sel);
	if (r->notices != 0) {                  /* the whole of the chosen one, and what to do */
		draw_about(g, (struct grid_rect){ rows - 1 - about, 2, about, u->cols - 4 },
		    &r->notice[l->sel]);
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
