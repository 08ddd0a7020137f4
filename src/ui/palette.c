/* palette.c - command line and palette in one. */
#include "ui/palette.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/edit.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"
#include "ui/wrap.h"

struct row {
	char *line;                     /* "job.run" or "workflow.run blink" */
	char *help, *usage;
	bool asks, whole;               /* whole: nothing is missing, Enter runs it */
	int  score;
};

struct palette {
	struct edit edit;
	struct overlay_list list;
	struct row *row;
	size_t rows, cap;
	struct row **hit;
	size_t hits;
	size_t history;                 /* how far back Up went */
};

static void
fini(void *state)
{
	struct palette *p = state;

	for (size_t i = 0; i < p->rows; i++) {
		mem_free(p->row[i].line);
		mem_free(p->row[i].help);
		mem_free(p->row[i].usage);
	}
	mem_free(p->row);
	mem_free(p->hit);
	edit_fini(&p->edit);
	mem_free(p);
}

/* ---- rows */

static void
add(struct palette *p, char *line, const char *help, const char *usage, bool asks, bool whole)
{
	if (p->rows == p->cap) {
		p->cap = p->cap != 0 ? p->cap * 2 : 128;
		p->row = mem_resize(p->row, p->cap, sizeof *p->row);
	}
	p->row[p->rows++] = (struct row){ .line = line, .help = mem_str(help),
	    .usage = mem_str(usage), .asks = asks,
		.whole = whole };
}

/* A usage "job.stop ID [force=]" has an argument that must be given. */
static bool
needs_more(const char *usage)
{
	const char *space = strchr(usage, ' ');

	return space != NULL && space[1] != '[';
}

static void
add_things(struct palette *p, const json_t *list, const char *command)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		const char *id = json_get_str(o, "id", NULL);
		char *line = id != NULL ? mem_fmt("%s %s", command, id) : NULL;

		if (line != NULL)
			add(p, line, json_get_str(o, "title", json_get_str(o, "name", "")), command,
			    false, true);
	}
}

/* Commands and tables of plugins; what only keys run is not shown. */
static void
add_plugins(struct palette *p, const json_t *plugins)
{
	json_t *commands = json_array(), *row;
	size_t i;

	json_array_foreach(json_object_get(plugins, "commands"), i, row)
		if (!json_get_bool(row, "key", false) && !json_get_bool(row, "hidden", false))
			(void)json_array_append(commands, row);
	add_things(p, commands, "plugin.run");
	add_things(p, json_object_get(plugins, "panes"), "view.plugin");
	json_decref(commands);
}

static void
add_view_commands(struct palette *p, const struct command *const *t)
{
	for (; *t != NULL; t++)
		for (const struct command *c = *t; c->name != NULL; c++) {
			char usage[300];

			command_usage(c, usage, sizeof usage);
			if ((c->flags & COMMAND_HIDDEN) == 0)
				add(p, mem_str(c->name), c->help, usage, false, !needs_more(usage));
		}
}

static void
make_rows(const struct ui *u, struct palette *p)
{
	const struct replica *r = u->replica;

	add_things(p, r->workflows, "workflow.run");
	for (size_t i = 0; i < r->commands; i++)
		add(p, mem_str(r->command[i].name), r->command[i].help, r->command[i].usage,
		    r->command[i].asks,
		    !needs_more(r->command[i].usage));
	add_things(p, r->macros, "macro.run");
	add_plugins(p, r->plugins);
	add_things(p, r->boards, "board.use");
	add_view_commands(p, u->top->commands);
	p->hit = mem_zero(p->rows + 1, sizeof(struct row *));
}

/* ---- filtering */

/* "flash" is in board.flash what people look for, before what else has a flash in it. */
static bool
is_last_part(const char *line, const char *text)
{
	const size_t n = strcspn(line, " "), len = strlen(text);

	return len >= 2 && n > len && line[n - len - 1] == '.' &&
	    strncmp(line + n - len, text, len) == 0;
}

/* Lower is better; -1 does not match. Every word of the text must be found. */
static int
score(const struct row *r, const char *text)
{
	struct slice rest = slice_of(text), w;
	int total = 1;

	if (strncmp(r->line, text, strlen(text)) == 0)
		return 0;
	if (is_last_part(r->line, text))
		return 1;
	while ((w = slice_word(&rest)).n != 0) {
		char word[64];

		snprintf(word, sizeof word, "%.*s", (int)(w.n < 63 ? w.n : 63), w.p);
		if (pane_match(r->line, word))
			total += 1;
		else if (pane_match(r->help, word))
			total += 4;
		else
			return -1;
	}
	return total;
}

static int
by_score(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;

	return x->score != y->score ? x->score - y->score : x < y ? -1 : x > y;
}

/* The row whose command the text already names, with arguments behind it. */
static struct row *
named(const struct palette *p)
{
	const size_t n = strcspn(p->edit.text, " ");

	for (size_t i = 0; i < p->rows; i++)
		if (strlen(p->row[i].line) == n && strncmp(p->row[i].line, p->edit.text, n) == 0)
			return &p->row[i];
	return NULL;
}

static void
filter(struct palette *p)
{
	struct row *r = strchr(p->edit.text, ' ') != NULL ? named(p) : NULL;

	p->hits = 0;
	for (size_t i = 0; i < p->rows; i++) {
		p->row[i].score = score(&p->row[i], p->edit.text);
		if (p->row[i].score >= 0)
			p->hit[p->hits++] = &p->row[i];
	}
	qsort(p->hit, p->hits, sizeof(struct row *), by_score);
	if (p->hits == 0 && r != NULL)
		p->hit[p->hits++] = r;
	if (p->list.sel >= p->hits)
		p->list.sel = 0;
}

/* ---- drawing */

static void
draw_row(struct ui *u, struct grid *g, struct grid_rect r, int row, const struct row *x,
    bool chosen)
{
	const struct key_row *k = keymap_of_line(&u->keymap, x->line);
	/* a narrow screen has the help of the chosen one below: one chooses by the names */
	const int name = r.cols >= 60 ? 33 : r.cols - 3;
	char keys[24] = "", help[300];
	int kw;

	if (k != NULL)
		keymap_show(k->keys, keys, sizeof keys);
	kw = (int)strlen(keys);
	grid_textf(g, row, r.col + 1, 2, STYLE_NORMAL, "%s", chosen ? ">" : "");
	(void)wrap_cut(g, row, r.col + 3, name - 3, STYLE_NORMAL, x->line);
	if (r.cols >= 60) {
		snprintf(help, sizeof help, "%s%s", x->help, x->asks ? " (asks)" : "");
		(void)wrap_cut(g, row, r.col + name + 1, r.cols - name - 3 - (kw != 0 ? kw + 1 : 0),
		    STYLE_DIM, help);
	}
	grid_text(g, row, r.col + r.cols - kw - 2, kw, STYLE_KEY, keys);
	if (chosen)
		grid_restyle(g, (struct grid_rect){ row, r.col + 1, 1, r.cols - 2 }, STYLE_SELECT);
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct palette *p = state;
	const int cols = u->cols >= 80 ? u->cols - 2 > 110 ? 110 : u->cols - 2 : u->cols;
	const int rows = u->rows >= 20 ? u->rows * 2 / 3 : u->rows > 2 ? u->rows - 1 : u->rows;
	const struct grid_rect r = { u->rows >= 20 ? 1 : 0, (u->cols - cols) / 2, rows, cols };
	/* the usage has two rows: the longest has 14 arguments */
	const int foot = rows >= 12 ? 4 : rows >= 9 ? 3 : 0;
	const size_t height = rows > 3 + foot ? (size_t)(rows - 3 - foot) : rows > 2 ? 1 : 0;
	char right[40];
	size_t top;

	filter(p);
	top = overlay_list_top(&p->list, p->hits, height);
	snprintf(right, sizeof right, "%zu of %zu", p->hits, p->rows);
	pane_popup(u, g, r, ":", right, cols >= 60 ? "Enter run  Tab complete  Up history  Esc" :
	    "Enter Tab Esc");
	u->cursor_row = r.row + (rows > 2);
	grid_text(g, u->cursor_row, r.col + 2, 2, STYLE_KEY, ":");
	u->cursor_col = edit_draw(&p->edit, g, u->cursor_row, r.col + 4, cols - 6, STYLE_INPUT);
	for (size_t i = top; i < p->hits && i - top < height; i++)
		draw_row(u, g, r, r.row + 2 + (int)(i - top), p->hit[i], i == p->list.sel);
	if (foot != 0 && p->hits != 0) {
		const struct row *x = p->hit[p->list.sel];

		int row = r.row + rows - 1 - foot;

		grid_hline(g, row, r.col + 1, cols - 2, STYLE_LINE, u->set);
		row += 1 + wrap_draw(g, (struct grid_rect){ row + 1, r.col + 2, foot - 2,
		    cols - 4 }, STYLE_NORMAL, x->usage);
		(void)wrap_draw(g, (struct grid_rect){ row, r.col + 2, r.row + rows - 1 - row,
		    cols - 4 }, STYLE_DIM, x->help);
	}
}

/* ---- keys */

static void
complete(struct palette *p, const struct row *r)
{
	char *text = mem_fmt("%s%s", r->line, r->whole && !needs_more(r->usage) ? "" : " ");

	edit_set(&p->edit, text);
	mem_free(text);
}

static void
run(struct ui *u, const char *text)
{
	char *line = mem_str(text);
	size_t n = strlen(line);

	while (n > 0 && line[n - 1] == ' ')
		line[--n] = '\0';
	overlay_close(u);
	if (n != 0) {
		ui_remember(u, line);
		ui_run_line(u, line);
	}
	mem_free(line);
}

static void
enter(struct ui *u, struct palette *p)
{
	const struct row *chosen = p->list.sel < p->hits ? p->hit[p->list.sel] : NULL;
	const struct row *typed = named(p);

	if (typed != NULL && (strchr(p->edit.text, ' ') != NULL || typed->whole) &&
	    (chosen == NULL ||
	    chosen->score > 0 || strchr(p->edit.text, ' ') != NULL || chosen == typed)) {
		if (chosen != NULL && chosen->whole && chosen != typed && chosen->score == 0)
			/* "workflow.run bl" on the row "workflow.run blink" */
			run(u, chosen->line);
		else
			run(u, p->edit.text);
	} else if (chosen == NULL) {
		run(u, p->edit.text);           /* the error says what is wrong */
	} else if (chosen->whole) {
		run(u, chosen->line);
	} else {
		complete(p, chosen);
	}
}

static bool
history(struct ui *u, struct palette *p, const char *name)
{
	const bool up = strcmp(name, "Up") == 0, down = strcmp(name, "Down") == 0;

	if (!(up && (p->edit.len == 0 || p->history != 0)) && !(down && p->history != 0))
		return false;
	if (up && p->history < u->histories)
		p->history++;
	else if (down)
		p->history--;
	edit_set(&p->edit, p->history != 0 ? u->history[u->histories - p->history] : "");
	return true;
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct palette *p = state;

	filter(p);
	if (e->type != INPUT_KEY) {
		(void)edit_key(&p->edit, e);
		return;
	}
	if (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "^C") == 0) {
		overlay_close(u);
	} else if (strcmp(e->name, "Enter") == 0) {
		enter(u, p);
	} else if (strcmp(e->name, "Tab") == 0) {
		if (p->list.sel < p->hits && strchr(p->edit.text, ' ') == NULL)
			complete(p, p->hit[p->list.sel]);
		else if (p->list.sel < p->hits && p->hit[p->list.sel]->score == 0)
			complete(p, p->hit[p->list.sel]);
	} else if (!history(u, p, e->name) && !overlay_list_key(&p->list, e->name, p->hits, 8) &&
	    edit_key(&p->edit, e)) {
		p->list.sel = p->list.top = 0;
		p->history = 0;
	}
}

static const struct overlay_ops ops = {
	.mode = "CMD", .hints = "type to filter  Enter run  Tab complete  Esc closes", .draw = draw,
	.key = key,
	.fini = fini,
};

void
palette_open(struct ui *u, const char *text)
{
	struct palette *p = mem_zero(1, sizeof *p);

	edit_init(&p->edit);
	edit_set(&p->edit, text);
	make_rows(u, p);
	overlay_open(u, &ops, p);
}
