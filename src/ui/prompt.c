/* prompt.c - one line of text asked for in the message row. */
#include "ui/prompt.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/edit.h"
#include "ui/pane.h"

struct prompt {
	struct edit edit;
	char *label, *command;
	char *counted;                  /* the text that `count` is of */
	size_t count;
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
	struct pattern *x = NULL;

	if (p->counted != NULL && strcmp(p->counted, p->edit.text) == 0)
		return;
	mem_free(p->counted);
	p->counted = mem_str(p->edit.text);
	p->count = 0;
	if (v == NULL || v->lines > 50000 ||
	    pattern_new(p->edit.text, p->edit.len, PATTERN_ICASE, &x, NULL) != ERR_OK)
		return;
	p->count = streamview_count(v, x);
	pattern_free(x);
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct prompt *p = state;
	const int row = u->layout.message >= 0 ? u->layout.message : u->rows - 1;
	const bool counts = strcmp(p->command, "view.filter") == 0 ||
	    strcmp(p->command, "view.find") == 0;
	int col;

	grid_fill(g, (struct grid_rect){ row, 0, 1, u->cols }, STYLE_NORMAL, ' ');
	col = grid_textf(g, row, 0, u->cols, STYLE_TITLE, "%s: ", p->label);
	if (counts && p->edit.len != 0 && u->cols >= 60) {
		count(u, p);
		grid_textf(g, row, u->cols - 14, 14, STYLE_DIM, "%7zu lines", p->count);
	}
	u->cursor_row = row;
	u->cursor_col = edit_draw(&p->edit, g, row, col, u->cols - col - (counts ? 16 : 1),
	    STYLE_INPUT);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct prompt *p = state;
	struct buf line;

	if (e->type == INPUT_KEY && (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "^C") == 0)) {
		overlay_close(u);
		return;
	}
	if (e->type != INPUT_KEY || strcmp(e->name, "Enter") != 0) {
		(void)edit_key(&p->edit, e);
		return;
	}
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
	overlay_open(u, &ops, p);
}
