/* at_card.c - AT macros, free AT commands, and the card with the result. */
#include "ui/at_card.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/at_form.h"
#include "ui/at_result.h"
#include "ui/edit.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"
#include "ui/wrap.h"

struct card {
	struct edit edit;
	struct overlay_list list;
	json_t **hit;                   /* borrowed from the replica, only during one call */
	size_t hits;
	struct at_form *form;           /* a macro asks for its parameters, or NULL */
	char *chosen;                   /* its id: what was run moves to the front of the list */
};

static void
fini(void *state)
{
	struct card *c = state;

	edit_fini(&c->edit);
	at_form_free(c->form);
	mem_free(c->hit);
	mem_free(c->chosen);
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
		    strcmp(json_get_str(o, "keys", ""), c->edit.text) == 0) {
			if (c->chosen != NULL && strcmp(json_get_str(o, "id", ""), c->chosen) == 0)
				c->list.sel = c->hits;
			c->hit[c->hits++] = o;
		}
}

/* Enter a second time must run the same again, whatever the list did meanwhile. */
static void
choose(struct card *c)
{
	mem_free(c->chosen);
	c->chosen = c->list.sel < c->hits ?
	    mem_str(json_get_str(c->hit[c->list.sel], "id", "")) : NULL;
}

/* ---- drawing */

static void
draw_macro(struct grid *g, struct grid_rect r, int row, const json_t *m, bool chosen)
{
	/* a plugin that has not run yet is known by its ids only */
	const char *id = json_get_str(m, "id", "?"), *title = json_get_str(m, "title", NULL);

	const int name = r.cols >= 60 ? 34 : r.cols - 14, keys = r.col + 5 + name, last = keys + 6,
		  end = r.col + r.cols - 2;

	grid_text(g, row, r.col + 2, 1, STYLE_NORMAL, chosen ? ">" : "");
	(void)wrap_cut(g, row, r.col + 4, name, STYLE_NORMAL, title != NULL ? title : id);
	grid_text(g, row, keys, end - keys < 5 ? end - keys : 5, STYLE_KEY,
	    json_get_str(m, "keys", ""));
	(void)wrap_cut(g, row, last, end - last, STYLE_DIM,
	    title != NULL ? id : json_get_str(m, "plugin", ""));
	if (chosen)
		grid_restyle(g, (struct grid_rect){ row, r.col + 1, 1, r.cols - 2 }, STYLE_SELECT);
}

/* What the chosen macro sends and asks, or what a command by hand will do. */
static void
draw_about(struct ui *u, const struct card *c, struct grid *g, struct grid_rect r)
{
	const json_t *m = !is_command(c) && c->list.sel < c->hits ? c->hit[c->list.sel] : NULL;
	const char *doc = json_get_str(m, "doc", NULL), *at = json_get_str(m, "at", NULL);
	const char *name;
	json_t *params = json_object_get(m, "params"), *spec;
	struct buf text;

	buf_init(&text, 4096);
	if (at != NULL)
		(void)buf_add_fmt(&text, "sends %s  ", at);
	else if (json_get_int(m, "steps", 0) != 0)
		(void)buf_add_fmt(&text, "%lld steps  ", (long long)json_get_int(m, "steps", 0));
	json_object_foreach(params, name, spec)
		(void)buf_add_fmt(&text, "asks %s  ", name);
	if (doc != NULL)
		(void)buf_add_str(&text, doc);
	if (text.len == 0)
		(void)buf_add_fmt(&text, "timeout %s   ends at OK, ERROR, +CME ERROR",
		    options_text(u->options, OPT_AT_TIMEOUT));
	grid_textf(g, r.row + r.rows - 2, r.col + 2, r.cols - 4, STYLE_DIM, "%s%s",
	    u->at.recording ? "RECORDING (^E ends it)  " : "", buf_str(&text));
	buf_fini(&text);
}

static void
draw_list(struct ui *u, struct card *c, struct grid *g, struct grid_rect r)
{
	const struct replica_console *con = ui_console(u);
	const size_t height = r.rows > 5 ? (size_t)r.rows - 5 : r.rows > 3 ? (size_t)r.rows - 3 : 0;
	const size_t top = overlay_list_top(&c->list, c->hits, height);
	char right[40];

	snprintf(right, sizeof right, "%zu of %zu", c->hits, json_array_size(u->replica->macros));
	pane_popup(u, g, r, "AT", right,
	    r.cols >= 50 ? "Enter send  Tab edit  ^E record  Esc" : "Enter Esc");
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
		draw_about(u, c, g, r);
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
	if (c->form != NULL)
		at_form_draw(u, c->form, g, (struct grid_rect){ 0, left, high, cols });
	else
		draw_list(u, c, g, (struct grid_rect){ 0, left, high, cols });
	if (both)
		at_result_draw(u, g, (struct grid_rect){ high, left, low, cols });
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
	} else if (c->list.sel < c->hits && (c->form = at_form_new(c->hit[c->list.sel])) != NULL) {
		return;                 /* its keys come to the form */
	} else if (c->list.sel < c->hits) {
		char *line = mem_fmt("macro.run %s", json_get_str(c->hit[c->list.sel], "id", ""));

		choose(c);
		ui_run_line(u, line);
		mem_free(line);
	} else {
		ui_say(u, UI_WARN, "no macro of that name; a command begins with AT");
	}
}

static void
form_key(struct ui *u, struct card *c, const struct input_event *e)
{
	const enum at_form_end end = at_form_key(u, c->form, e);
	char *line;

	if (end == AT_FORM_GOES_ON)
		return;
	if (end == AT_FORM_RUN) {
		line = at_form_line(c->form);
		ui_run_line(u, line);
		mem_free(line);
	}
	at_form_free(c->form);
	c->form = NULL;
}

static bool
result_key(struct ui *u, const char *name)
{
	if (strcmp(name, "^R") == 0)
		at_result_repeat(u);
	else if (strcmp(name, "^Y") == 0)
		at_result_yank(u);
	else if (strcmp(name, "^W") == 0)
		u->at.raw = !u->at.raw;
	else if (strcmp(name, "^E") == 0)
		ui_run_line(u, u->at.recording ? "macro.record stop" : "macro.record start");
	else if (strcmp(name, "^X") == 0)
		ui_run_line(u, at_result_running(u) ? "macro.cancel" : "at.cancel");
	else
		return false;
	return true;
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct card *c = state;

	filter(u, c);
	if (c->form != NULL) {
		form_key(u, c, e);
	} else if (e->type != INPUT_KEY) {
		(void)edit_key(&c->edit, e);
	} else if (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "^C") == 0) {
		overlay_close(u);
	} else if (strcmp(e->name, "Enter") == 0) {
		enter(u, c);
	} else if (strcmp(e->name, "Tab") == 0) {
		edit_set(&c->edit, u->at.command != NULL && c->edit.len == 0 ? u->at.command :
		    "AT");
	} else if (result_key(u, e->name)) {
		return;
	} else if (overlay_list_key(&c->list, e->name, c->hits, 8)) {
		choose(c);
	} else if (edit_key(&c->edit, e)) {
		c->list.sel = 0;
		mem_free(c->chosen);
		c->chosen = NULL;
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
