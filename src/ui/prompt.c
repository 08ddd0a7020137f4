/* prompt.c - one line of text asked for in the message row. */
#include "ui/prompt.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/edit.h"
#include "ui/history.h"
#include "ui/overlay.h"
#include "ui/pane.h"
#include "ui/streamfind.h"

enum { COUNT_MAX = 50000 };             /* lines: more are not counted while one types */

struct prompt {
	struct edit edit;
	char *label, *command;
	char *counted;                  /* the text that `count` is of */
	size_t count, of;
	/* the place that the find began at, to begin again from with each letter */
	bool finds, nav, follow;
	uint64_t cur, bottom;
};

static void
fini(void *state)
{
	struct prompt *p = state;

	edit_fini(&p->edit);
	mem_free(p->label);
	mem_free(p->command);
	mem_free(p->counted);
	mem_free(p);
}

/* How many lines match while the text is typed. */
static void
count(struct ui *u, struct prompt *p)
{
	struct streamview *v = ui_current_view(u);
	struct filter *x = NULL;

	if (p->counted != NULL && strcmp(p->counted, p->edit.text) == 0)
		return;
	mem_free(p->counted);
	p->counted = mem_str(p->edit.text);
	p->count = p->of = 0;
	if (v == NULL || v->lines > COUNT_MAX)
		return;
	if (p->finds) {
		streamview_find_count(v);
		p->count = v->find_total;
		p->of = v->find_nth;
		return;
	}
	if (filter_new(p->edit.text, &x, NULL) != ERR_OK)
		return;
	p->count = v->lines - streamview_count(v, x);
	filter_free(x);
}

/* ---- find: each letter goes to the nearest match, Esc back to where it began */

static void
keep_place(struct ui *u, struct prompt *p)
{
	const struct streamview *v = ui_current_view(u);

	p->finds = strcmp(p->command, "view.find") == 0 && v != NULL &&
	    (u->focus == PANE_CONSOLE || u->focus == PANE_JOBS);
	if (!p->finds)
		return;
	p->nav = u->nav;
	p->follow = v->follow;
	p->cur = v->cur;
	p->bottom = v->bottom;
}

static void
go_back(struct ui *u, const struct prompt *p)
{
	struct streamview *v = p->finds ? ui_current_view(u) : NULL;

	if (v == NULL)
		return;
	u->nav = p->nav;
	v->follow = p->follow;
	v->cur = p->cur > v->first ? p->cur : v->first;
	v->bottom = p->bottom > v->first ? p->bottom : v->first;
	streamview_update(v);
}

static void
find_now(struct ui *u, struct prompt *p)
{
	struct streamview *v = p->finds ? ui_current_view(u) : NULL;
	char was[512];

	if (v == NULL)
		return;
	go_back(u, p);
	if (p->edit.len != 0) {
		snprintf(was, sizeof was, "%s", u->message);
		(void)pane_ops(u, u->focus)->find(u, p->edit.text, false, u->focus == PANE_CONSOLE);
		snprintf(u->message, sizeof u->message, "%s", was);
	} else {
		(void)streamview_find(v, "", NULL);
	}
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct prompt *p = state;
	const int row = u->layout.message >= 0 ? u->layout.message : u->rows - 1;
	const bool counts = u->focus != PANE_PROFILE && (strcmp(p->command, "view.filter") == 0 ||
	    strcmp(p->command, "view.find") == 0);
	int col;

	grid_fill(g, (struct grid_rect){ row, 0, 1, u->cols }, STYLE_NORMAL, ' ');
	col = grid_textf(g, row, 0, u->cols, STYLE_TITLE, "%s: ", p->label);
	if (counts && p->edit.len != 0 && u->cols >= 60) {
		count(u, p);
		if (p->finds)
			grid_textf(g, row, u->cols - 22, 22, STYLE_DIM, "match %zu of %zu", p->of,
			    p->count);
		else
			grid_textf(g, row, u->cols - 14, 14, STYLE_DIM, "%7zu hidden", p->count);
	}
	u->cursor_row = row;
	u->cursor_col = edit_draw(&p->edit, g, row, col, u->cols - col - (counts ? 24 : 1),
	    STYLE_INPUT);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct prompt *p = state;
	struct buf line;

	if (e->type == INPUT_KEY && (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "^C") == 0)) {
		go_back(u, p);
		overlay_close(u);
		return;
	}
	if (e->type != INPUT_KEY || strcmp(e->name, "Enter") != 0) {
		if (edit_key(&p->edit, e))
			find_now(u, p);
		return;
	}
	go_back(u, p);                  /* the command finds it again, from there */
	buf_init(&line, 3 * EDIT_MAX);
	(void)buf_add_fmt(&line, "%s ", p->command);
	command_quote(p->edit.text, &line);
	overlay_close(u);
	ui_run_line(u, buf_str(&line));
	buf_fini(&line);
}

static const struct overlay_ops ops = {
	.mode = "ASK", .hints = "Enter  Esc cancels", .draw = draw, .key = key, .fini = fini,
};

void
prompt_open(struct ui *u, const char *label, const char *command, const char *text)
{
	struct prompt *p = mem_zero(1, sizeof *p);

	edit_init(&p->edit);
	edit_set(&p->edit, text);
	p->label = mem_str(label);
	p->command = mem_str(command);
	keep_place(u, p);
	overlay_open(u, &ops, p);
}
