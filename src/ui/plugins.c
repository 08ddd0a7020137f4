/* plugins.c - keys, segments and tables of plugins. */
#include "ui/plugins.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "grid/draw.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"
#include "ui/wrap.h"

enum { COLUMNS = 16, SEGMENT_COLS = 30, SEGMENT_WIDE = 50, COLUMN_MIN = 6 };

static const json_t *
part(const struct ui *u, const char *which)
{
	return json_object_get(u->replica->plugins, which);
}

/* ---- keys */

static bool
has(const json_t *list, const json_t *row)
{
	const json_t *have;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, have)
		if (json_equal(have, row))
			return true;
	return false;
}

/* {mode, keys, line} of everything that has keys. New reference. */
static json_t *
wanted(const struct ui *u)
{
	json_t *out = json_array(), *row;
	size_t i;

	json_array_foreach(part(u, "commands"), i, row) {
		const char *keys = json_get_str(row, "keys", NULL);
		char *line;

		if (keys == NULL)
			continue;
		line = json_get_str(row, "line", NULL) != NULL ?
		    mem_str(json_get_str(row, "line", "")) :
		    mem_fmt("plugin.run %s", json_get_str(row, "id", ""));
		(void)json_array_append_new(out, json_pack("{s:s,s:s,s:s,s:s}", "mode",
		    json_get_str(row, "mode", "global"), "keys", keys, "line", line, "help",
		    json_get_str(row, "title", line)));
		mem_free(line);
	}
	return out;
}

static enum err
bind(struct ui *u, const char *verb, const json_t *row, struct err_msg *why)
{
	const char *tail = strcmp(verb, "bind") == 0 ? " = " : "";
	char *text = mem_fmt("%s %s %s%s%s\n", verb, json_get_str(row, "mode", ""),
	    json_get_str(row, "keys", ""), tail,
	    tail[0] != '\0' ? json_get_str(row, "line", "") : "");
	const enum err e = keymap_read(&u->keymap, slice_of(text), "a plugin's key", why);

	mem_free(text);
	if (e == ERR_OK && tail[0] != '\0')
		keymap_describe(&u->keymap, json_get_str(row, "keys", ""),
		    json_get_str(row, "line", ""), json_get_str(row, "help", ""));
	return e;
}

void
plugins_keys(struct ui *u)
{
	json_t *want = wanted(u), *row;
	struct err_msg why;
	size_t i;

	json_array_foreach(u->plugin_keys, i, row)
		if (!has(want, row))
			(void)bind(u, "unbind", row, &why);
	json_array_foreach(want, i, row)
		if (!has(u->plugin_keys, row) && bind(u, "bind", row, &why) != ERR_OK)
			ui_say(u, UI_WARN, "%s: %s", json_get_str(row, "keys", ""), why.why);
	json_decref(u->plugin_keys);
	u->plugin_keys = want;
}

/* ---- words of the message row */

static uint32_t
style_of(const char *level)
{
	return strcmp(level, "alarm") == 0 ? STYLE_ALARM : strcmp(level, "warn") == 0 ?
	    STYLE_WARN : STYLE_HINT;
}

int
plugins_segments(const struct ui *u, struct grid *g, int row, int *from, int end)
{
	const int most = u->cols >= 120 ? SEGMENT_WIDE : SEGMENT_COLS;
	const json_t *s;
	size_t i;

	*from = 0;

	json_array_foreach(part(u, "segments"), i, s) {
		const char *text = json_get_str(s, "text", ""), *level =
		    json_get_str(s, "level", "info");
		const bool loud = strcmp(level, "info") != 0;
		const bool left = strcmp(json_get_str(s, "side", "right"), "left") == 0;
		const int fixed = (int)json_get_int(s, "width", 0);
		int w = fixed > 0 ? fixed
				  : grid_text_width(text, strlen(text)) + (loud ? 2 : 0), at;

		if (text[0] == '\0' || end - *from < 40)
			continue;
		if (w > most)
			w = most;
		/* colour is never the only carrier */
		at = left ? *from : end - w - 1;
		if (loud)
			at += grid_text(g, row, at, 2, style_of(level), "! ");
		(void)wrap_cut(g, row, at, w - (loud ? 2 : 0), style_of(level), text);
		*from += left ? w + 2 : 0;
		end -= left ? 0 : w + 2;
	}
	return end;
}

/* ---- a table */

struct table { char *id; struct overlay_list at; };

static const json_t *
pane_of(const struct ui *u, const char *id)
{
	const json_t *pane;
	size_t i;

	json_array_foreach(part(u, "panes"), i, pane)
		if (strcmp(json_get_str(pane, "id", ""), id) == 0)
			return pane;
	return NULL;
}

static int
cell_width(const json_t *v)
{
	const char *text = json_string_value(v);

	return text != NULL ? grid_text_width(text, strlen(text)) : 0;
}

/* What is too much is taken from the widest: each column keeps something. */
static void
squeeze(int width[COLUMNS], int room)
{
	for (;;) {
		int sum = 0, widest = 0;

		for (int k = 0; k < COLUMNS; k++) {
			sum += width[k] != 0 ? width[k] + 2 : 0;
			if (width[k] > width[widest])
				widest = k;
		}
		if (sum - 2 <= room || width[widest] <= COLUMN_MIN)
			return;
		width[widest] -= sum - 2 - room < width[widest] / 4 ? 1 : width[widest] / 4;
	}
}

/* As wide as the widest cell, where there is room. */
static void
measure(const json_t *pane, int width[COLUMNS], int room)
{
	const json_t *rows = json_object_get(pane, "rows"), *row, *v;
	size_t i, k;

	for (k = 0; k < COLUMNS; k++)
		width[k] = 0;
	json_array_foreach(json_object_get(pane, "columns"), k, v)
		if (k < COLUMNS)
			width[k] = cell_width(v);
	json_array_foreach(rows, i, row)
		json_array_foreach(row, k, v)
			if (k < COLUMNS && cell_width(v) > width[k])
				width[k] = cell_width(v);
	squeeze(width, room);
	for (k = 0; k < COLUMNS; k++) {
		if (width[k] > room)
			width[k] = room > 0 ? room : 0;
		room -= width[k] + 2;
	}
}

static void
draw_cells(struct grid *g, int row, int col, const int width[COLUMNS], const json_t *cells,
    uint32_t style)
{
	const json_t *v;
	size_t k;

	json_array_foreach(cells, k, v) {
		if (k >= COLUMNS || width[k] == 0)
			continue;
		(void)wrap_cut(g, row, col, width[k], style, json_string_value(v));
		col += width[k] + 2;
	}
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct table *t = state;
	const json_t *pane = pane_of(u, t->id), *rows = json_object_get(pane, "rows");
	const size_t n = json_array_size(rows);
	const int most = u->rows - 2, want = (int)n + 3;
	const int height = want < 8 ? (most < 8 ? most : 8) : want < most ? want : most;
	const int cols = u->cols < 100 ? u->cols : 100;
	const struct grid_rect r = { (u->rows - height) / 2, (u->cols - cols) / 2, height, cols };
	int width[COLUMNS];
	size_t top, shown = height > 3 ? (size_t)height - 3 : 0;

	measure(pane, width, cols - 6);
	pane_popup(u, g, r, json_get_str(pane, "title", t->id), json_get_str(pane, "plugin", ""),
	    "Enter choose  Esc");
	draw_cells(g, r.row + 1, r.col + 4, width, json_object_get(pane, "columns"), STYLE_TITLE);
	if (n == 0)
		grid_text(g, r.row + 2, r.col + 4, cols - 6, STYLE_DIM,
		    rows == NULL ? "the plugin is starting..." : "nothing yet");
	top = overlay_list_top(&t->at, n, shown);
	for (size_t i = top; i < n && i - top < shown; i++) {
		const int row = r.row + 2 + (int)(i - top);

		grid_text(g, row, r.col + 2, 1, STYLE_NORMAL, i == t->at.sel ? ">" : " ");
		draw_cells(g, row, r.col + 4, width, json_array_get(rows, i), STYLE_NORMAL);
		if (i == t->at.sel)
			grid_restyle(g, (struct grid_rect){ row, r.col + 1, 1, r.cols - 2 },
			    STYLE_SELECT);
	}
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct table *t = state;
	const size_t n = json_array_size(json_object_get(pane_of(u, t->id), "rows"));

	if (e->type != INPUT_KEY || overlay_list_key(&t->at, e->name, n, 8))
		return;
	if (strcmp(e->name, "Enter") == 0 && n != 0) {
		char *line = mem_fmt("plugin.select %s row=%zu", t->id, t->at.sel + 1);

		ui_run_line(u, line);
		mem_free(line);
	} else if (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "q") == 0 ||
	    strcmp(e->name, "^C") == 0) {
		overlay_close(u);
	}
}

static void
fini(void *state)
{
	struct table *t = state;

	mem_free(t->id);
	mem_free(t);
}

static const struct overlay_ops ops = {
	.mode = "TABLE", .hints = "Enter choose  Esc", .draw = draw, .key = key, .fini = fini,
};

void
plugins_pane(struct ui *u, const char *id)
{
	struct table *t = mem_zero(1, sizeof *t);
	char *line = mem_fmt("plugin.show %s", id);

	t->id = mem_str(id);
	overlay_open(u, &ops, t);
	u->ops->command(u->arg, line);
	mem_free(line);
}

static void
run_plugin(struct command_call *c)
{
	struct ui *u = c->ctx;
	const char *id = json_get_str(c->args, "id", "");
	struct err_msg why;

	if (pane_of(u, id) == NULL) {
		(void)err_set(&why, ERR_NOENT, id, "vise plugin list shows what there is",
		    "no plugin has this table");
		command_fail(c, &why);
		return;
	}
	plugins_pane(u, id);
	command_done(c, NULL);
}

static const struct command_arg args_plugin[] = {
	{ "id", ARG_WORD, ARG_MUST, NULL, "of the table" }, { .name = NULL } };

const struct command plugin_view_commands[] = {
	{ "view.plugin", "a table of a plugin", args_plugin, COMMAND_VIEW, run_plugin },
	{ .name = NULL },
};
