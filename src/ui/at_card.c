/* at_card.c - AT macros, free AT commands, and the card with the result. */
#include "ui/at_card.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/edit.h"
#include "ui/pane.h"

struct card {
	struct edit edit;
	struct overlay_list list;
	json_t **hit;                   /* borrowed from the replica, only during one call */
	size_t hits;
};

static void
fini(void *state)
{
	struct card *c = state;

	edit_fini(&c->edit);
	mem_free(c->hit);
	mem_free(c);
}

static bool
is_command(const struct card *c)
{
	const char *t = c->edit.text;

	return (t[0] == 'A' || t[0] == 'a') && (t[1] == 'T' || t[1] == 't');
}

static void
filter(const struct ui *u, struct card *c)
{
	json_t *o;
	size_t i;

	c->hits = 0;
	c->hit = mem_resize(c->hit, json_array_size(u->replica->macros) + 1, sizeof(json_t *));
	json_array_foreach(u->replica->macros, i, o)
		if (pane_match(json_get_str(o, "title", ""), c->edit.text) ||
		    pane_match(json_get_str(o, "id", ""), c->edit.text) ||
		    strcmp(json_get_str(o, "keys", ""), c->edit.text) == 0)
			c->hit[c->hits++] = o;
}

/* ---- drawing */

static void
draw_result(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct ui_at_result *a = &u->at;
	char right[64], when[16];
	struct slice rest = slice_of(a->text);
	int row = r.row + 1;

	clock_fmt_hms(replica_wall(u->replica, a->t), when, sizeof when);
	snprintf(right, sizeof right, "%s  %.0f ms  %.20s", when, a->ms, a->code);
	pane_popup(u, g, r, a->command, right, "^R repeat  ^Y yank  Esc");
	for (; rest.n != 0 && row < r.row + r.rows - 2; row++) {
		const struct slice line = slice_cut(rest, '\n', &rest);

		grid_text_n(g, row, r.col + 2, r.cols - 4, STYLE_NORMAL, line.p, line.n);
	}
	if (a->last[0] != NULL && row < r.row + r.rows - 1) {
		int col = r.col + 2 + grid_text(g, r.row + r.rows - 2, r.col + 2, r.cols - 4,
		    STYLE_DIM, "before: ");

		for (int i = 0; i < UI_AT_LAST && a->last[i] != NULL; i++)
			col += grid_textf(g, r.row + r.rows - 2, col, r.col + r.cols - 2 - col,
			    STYLE_DIM, "%.30s  ", a->last[i]);
	}
}

static void
draw_macro(struct grid *g, struct grid_rect r, int row, const json_t *m, bool chosen)
{
	/* a plugin that has not run yet is known by its ids only */
	const char *id = json_get_str(m, "id", "?"), *title = json_get_str(m, "title", NULL);

	grid_textf(g, row, r.col + 2, r.cols - 4, STYLE_NORMAL, "%s %-24.24s %-6.6s %.40s",
	    chosen ? ">" : " ", title != NULL ? title : id, json_get_str(m, "keys", ""),
	    title != NULL ? id : json_get_str(m, "plugin", ""));
	if (chosen)
		grid_restyle(g, (struct grid_rect){ row, r.col + 1, 1, r.cols - 2 }, STYLE_SELECT);
}

static void
draw_list(struct ui *u, struct card *c, struct grid *g, struct grid_rect r)
{
	const struct replica_console *con = ui_console(u);
	const size_t height = r.rows > 5 ? (size_t)r.rows - 5 : r.rows > 3 ? (size_t)r.rows - 3 : 0;
	const size_t top = overlay_list_top(&c->list, c->hits, height);
	char right[40];

	snprintf(right, sizeof right, "%zu of %zu", c->hits, json_array_size(u->replica->macros));
	pane_popup(u, g, r, "AT", right, r.cols >= 50 ? "Enter send  Tab edit  Esc" : "Enter Esc");
	u->cursor_row = r.row + (r.rows > 2);
	u->cursor_col = edit_draw(&c->edit, g, u->cursor_row, r.col + 2, r.cols - 4, STYLE_INPUT);
	if (c->edit.len == 0)
		grid_text(g, u->cursor_row, r.col + 4, r.cols - 6, STYLE_DIM,
		    "type AT... to send it, or a word to filter");
	if (is_command(c) && r.rows > 4)
		grid_textf(g, r.row + 2, r.col + 2, r.cols - 4, STYLE_NORMAL, "> send %s<CR> to %s",
		    c->edit.text,
		    con != NULL ? con->name : "no console");
	else
		for (size_t i = top; i < c->hits && i - top < height; i++)
			draw_macro(g, r, r.row + 2 + (int)(i - top), c->hit[i], i == c->list.sel);
	if (r.rows > 6)
		grid_textf(g, r.row + r.rows - 2, r.col + 2, r.cols - 4, STYLE_DIM,
		    "timeout %s   ends at OK, ERROR, +CME ERROR",
		    options_text(u->options, OPT_AT_TIMEOUT));
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct card *c = state;
	const int cols = u->cols >= 80 ? 68 : u->cols, left = u->cols - cols, all = u->rows - 2;
	const bool both = u->at.command != NULL && all >= 14;
	const int low = both ? all * 2 / 5 : 0, high = both ? all - low : all < 14 ? all : 14;

	filter(u, c);
	if (all < 3)
		return;
	draw_list(u, c, g, (struct grid_rect){ 0, left, high, cols });
	if (both)
		draw_result(u, g, (struct grid_rect){ high, left, low, cols });
}

/* ---- keys */

static void
send(struct ui *u, const char *text)
{
	struct buf line;

	buf_init(&line, 4 * EDIT_MAX);
	(void)buf_add_str(&line, "at.send ");
	command_quote(text, &line);
	ui_run_line(u, buf_str(&line));
	buf_fini(&line);
}

static void
enter(struct ui *u, struct card *c)
{
	if (is_command(c)) {
		send(u, c->edit.text);
		edit_set(&c->edit, "");
	} else if (c->list.sel < c->hits) {
		char *line = mem_fmt("macro.run %s", json_get_str(c->hit[c->list.sel], "id", ""));

		ui_run_line(u, line);
		mem_free(line);
	} else {
		ui_say(u, UI_WARN, "no macro of that name; a command begins with AT");
	}
}

static void
yank(struct ui *u)
{
	char said[160];

	if (u->at.text == NULL)
		return;
	u->ops->yank(u->arg, u->at.text, strlen(u->at.text), false, said, sizeof said);
	ui_say(u, UI_INFO, "yanked the result, %s", said);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct card *c = state;

	filter(u, c);
	if (e->type != INPUT_KEY) {
		(void)edit_key(&c->edit, e);
	} else if (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "^C") == 0) {
		overlay_close(u);
	} else if (strcmp(e->name, "Enter") == 0) {
		enter(u, c);
	} else if (strcmp(e->name, "Tab") == 0) {
		edit_set(&c->edit, u->at.command != NULL && c->edit.len == 0 ? u->at.command :
		    "AT");
	} else if (strcmp(e->name, "^R") == 0) {
		if (u->at.command != NULL)
			send(u, u->at.command);
	} else if (strcmp(e->name, "^Y") == 0) {
		yank(u);
	} else if (!overlay_list_key(&c->list, e->name, c->hits, 8)) {
		(void)edit_key(&c->edit, e);
	}
}

static const struct overlay_ops ops = {
	.mode = "AT", .hints = "type to filter, or AT...  Enter send  Esc closes", .draw = draw,
	.key = key, .fini = fini,
};

void
at_card_open(struct ui *u)
{
	struct card *c = mem_zero(1, sizeof *c);

	edit_init(&c->edit);
	overlay_open(u, &ops, c);
}

/* ---- the result */

static void
push_last(struct ui_at_result *a)
{
	const size_t n = a->text != NULL ? strcspn(a->text, "\n") : 0;

	if (n == 0)
		return;
	mem_free(a->last[UI_AT_LAST - 1]);
	memmove(a->last + 1, a->last, (UI_AT_LAST - 1) * sizeof *a->last);
	a->last[0] = mem_strn(a->text, n);
}

static void
forget_last(struct ui_at_result *a)
{
	for (int i = 0; i < UI_AT_LAST; i++) {
		mem_free(a->last[i]);
		a->last[i] = NULL;
	}
}

void
at_card_answer(struct ui *u, const json_t *result)
{
	struct ui_at_result *a = &u->at;
	const char *command = json_get_str(result, "command", "AT");
	struct buf text;
	const json_t *line;
	size_t i;

	if (a->command != NULL && strcmp(a->command, command) == 0)
		push_last(a);
	else
		forget_last(a);
	buf_init(&text, 256 << 10);
	json_array_foreach(json_object_get(result, "lines"), i, line)
		if (json_is_string(line))
			(void)buf_add_fmt(&text, "%.2000s\n", json_string_value(line));
	(void)buf_add_str(&text, json_get_str(result, "result", ""));
	mem_free(a->command);
	mem_free(a->code);
	mem_free(a->text);
	a->command = mem_str(command);
	a->code = mem_str(json_get_str(result, "code", "?"));
	a->text = mem_str(buf_str(&text));
	a->ms = json_get_num(result, "ms", 0);
	a->t = replica_time(u->replica, u->mono);
	buf_fini(&text);
	if (u->overlay == NULL)
		ui_say(u, UI_INFO, "%s: %s, %.0f ms; %sa shows it", a->command, a->code, a->ms,
		    ui_live(u) ? "^T " : "");
}
