/* question.c - questions of scripts, over the panes. */
#include "ui/question.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "ui/edit.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"
#include "ui/wrap.h"

enum { ITEMS = 200 };

struct question {
	int64_t id;
	const char *what;               /* "prompt", "choose", "confirm" */
	json_t *row;                    /* the bench's; owned */
	struct edit edit;
	struct overlay_list at;
	bool marked[ITEMS], yes;
};

static const json_t *
row_of(const struct ui *u, int64_t id)
{
	const json_t *row;
	size_t i;

	json_array_foreach(u->replica->asks, i, row)
		if (json_get_int(row, "id", 0) == id)
			return row;
	return NULL;
}

static bool
is_what(const struct question *q, const char *what)
{
	return strcmp(q->what, what) == 0;
}

static void
fini(void *state)
{
	struct question *q = state;

	edit_fini(&q->edit);
	json_decref(q->row);
	mem_free(q);
}

/* ---- drawing */

static void
draw_items(const struct question *q, struct grid *g, struct grid_rect r, int row, size_t height,
    size_t top)
{
	const json_t *items = json_object_get(q->row, "items");
	const bool multi = json_get_bool(q->row, "multi", false);

	for (size_t i = top; i < json_array_size(items) && i - top < height; i++) {
		const int y = row + (int)(i - top);

		const int used = grid_textf(g, y, r.col + 2, r.cols - 4, STYLE_NORMAL, "%c %s",
		    i == q->at.sel ? '>' : ' ', !multi ? "" : q->marked[i] ? "[x] " : "[ ] ");

		(void)wrap_cut(g, y, r.col + 2 + used, r.cols - 4 - used, STYLE_NORMAL,
		    json_string_value(json_array_get(items, i)));
		if (i == q->at.sel)
			grid_restyle(g, (struct grid_rect){ y, r.col + 1, 1, r.cols - 2 },
			    STYLE_SELECT);
	}
}

static void
draw_input(struct ui *u, const struct question *q, struct grid *g, struct grid_rect r, int row)
{
	static const char stars[] = "********************************";
	const int room = r.cols - 4;

	if (!json_get_bool(q->row, "secret", false)) {
		u->cursor_col = edit_draw(&q->edit, g, row, r.col + 2, room, STYLE_INPUT);
	} else {
		const int n = q->edit.len < sizeof stars - 1 ? (int)q->edit.len :
		    (int)sizeof stars - 1;

		grid_fill(g, (struct grid_rect){ row, r.col + 2, 1, room }, STYLE_INPUT, ' ');
		grid_textf(g, row, r.col + 2, room, STYLE_INPUT, "%.*s", n, stars);
		u->cursor_col = r.col + 2 + n;
	}
	u->cursor_row = row;
}

static void
draw_buttons(const struct question *q, struct grid *g, struct grid_rect r, int row)
{
	const int col = r.col + 2;
	const int used = grid_text(g, row, col, r.cols - 4, q->yes ? STYLE_NORMAL : STYLE_SELECT,
	    q->yes ? "[ No ]" : "[>No<]");

	grid_text(g, row, col + used + 2, r.cols - 6 - used, q->yes ? STYLE_SELECT : STYLE_NORMAL,
	    q->yes ? "[>Yes<]" : "[ Yes ]");
}

static const char *
keys_of(const struct question *q)
{
	return is_what(q, "confirm") ? "Tab changes, Enter, Esc" :
	    is_what(q, "prompt") ? "Enter, Esc" :
	    json_get_bool(q->row, "multi", false) ? "Space marks, Enter, Esc" : "Enter, Esc";
}

/* Where one is, of more than there is room for. */
static const char *
place_of(const struct question *q, size_t items, bool more, char *out, size_t size)
{
	if (!more || !is_what(q, "choose"))
		return NULL;
	snprintf(out, size, "%zu of %zu", q->at.sel + 1, items);
	return out;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct question *q = state;
	const size_t items = json_array_size(json_object_get(q->row, "items"));
	const int cols = u->cols < 64 ? u->cols : 64;
	const char *asked = json_get_str(q->row, "title", ""), *text = json_get_str(q->row, "text",
	    NULL);
	/* a question is read whole before it is answered; a page of text is none */
	const int title_rows = least(wrap_rows(asked, cols - 4), 4),
		  text_rows = text != NULL ? least(wrap_rows(text, cols - 4), 6) : 0;
	const int want = title_rows + text_rows + (is_what(q, "choose") ? 3 + (int)items : 4) +
	    (text == NULL && !is_what(q, "choose"));
	const int rows = want < u->rows - 2 ? want : u->rows > 2 ? u->rows - 2 : u->rows;
	const struct grid_rect r = { (u->rows - rows) / 2, (u->cols - cols) / 2, rows, cols };
	const int last = r.row + rows - 2;      /* of the answer at least */
	char title[80], where[48];
	int row = r.row + 1;

	snprintf(title, sizeof title, "%.40s asks", json_get_str(q->row, "by", "a script"));
	pane_popup(u, g, r, title, place_of(q, items, want > rows, where, sizeof where),
	    keys_of(q));
	row += wrap_draw(g, (struct grid_rect){ row, r.col + 2, least(title_rows, last - row),
	    cols - 4 }, STYLE_TITLE, asked);
	if (text != NULL)
		row += wrap_draw(g, (struct grid_rect){ row, r.col + 2, least(text_rows,
		    last - row), cols - 4 }, STYLE_NORMAL, text);
	else if (!is_what(q, "choose") && row < last)
		row++;
	if (is_what(q, "choose")) {
		const size_t height = r.row + rows - 1 > row ? (size_t)(r.row + rows - 1 - row) : 1;

		draw_items(q, g, r, row, height, overlay_list_top(&q->at, items, height));
	} else if (is_what(q, "confirm")) {
		draw_buttons(q, g, r, row);
	} else {
		draw_input(u, q, g, r, row);
	}
}

/* ---- keys */

/* Not into the history and not answered with a word on the screen. */
static void
send(struct ui *u, const char *line)
{
	u->ops->command(u->arg, line);
	overlay_close(u);
}

static void
decline(struct ui *u, const struct question *q)
{
	char line[48];

	snprintf(line, sizeof line, "ask.decline %lld", (long long)q->id);
	send(u, line);
}

static void
add_items(const struct question *q, struct buf *line)
{
	const size_t n = json_array_size(json_object_get(q->row, "items"));
	size_t marks = 0;

	for (size_t i = 0; i < n && i < ITEMS; i++)
		if (q->marked[i]) {
			(void)buf_add_fmt(line, " %zu", i + 1);
			marks++;
		}
	if (marks == 0 && n != 0)       /* nothing marked: the one under the cursor */
		(void)buf_add_fmt(line, " %zu", q->at.sel + 1);
}

static void
answer(struct ui *u, const struct question *q)
{
	struct buf line;

	buf_init(&line, 4 * EDIT_MAX + 64);
	(void)buf_add_fmt(&line, "ask.answer %lld", (long long)q->id);
	if (is_what(q, "choose")) {
		add_items(q, &line);
	} else if (is_what(q, "confirm")) {
		(void)buf_add_str(&line, q->yes ? " yes" : " no");
	} else {
		(void)buf_add_str(&line, " -- ");
		command_quote(q->edit.text, &line);
	}
	send(u, buf_str(&line));
	buf_fini(&line);
}

static void
key_in_list(struct question *q, const char *key)
{
	const size_t n = json_array_size(json_object_get(q->row, "items"));

	if (strcmp(key, "Space") == 0 && json_get_bool(q->row, "multi", false) && q->at.sel < ITEMS)
		q->marked[q->at.sel] = !q->marked[q->at.sel];
	else
		(void)overlay_list_key(&q->at, key, n, 8);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct question *q = state;
	const bool is_key = e->type == INPUT_KEY;

	if (is_key && (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "^C") == 0)) {
		decline(u, q);
	} else if (is_key && strcmp(e->name, "Enter") == 0) {
		answer(u, q);
	} else if (is_what(q, "prompt")) {
		(void)edit_key(&q->edit, e);
	} else if (is_key && is_what(q, "choose")) {
		key_in_list(q, e->name);
	} else if (is_key && (strcmp(e->name, "Tab") == 0 || strcmp(e->name, "S-Tab") == 0 ||
	    strcmp(e->name, "Left") == 0 || strcmp(e->name, "Right") == 0)) {
		q->yes = !q->yes;
	}
}

static const struct overlay_ops ops = {
	.mode = "ASKED", .hints = "Enter answers  Esc goes on without", .draw = draw, .key = key,
	.fini = fini,
};

/* ---- when */

static void
open_question(struct ui *u, const json_t *row)
{
	struct question *q = mem_zero(1, sizeof *q);

	q->id = json_get_int(row, "id", 0);
	q->row = json_incref((json_t *)(uintptr_t)row);
	q->what = json_get_str(q->row, "what", "");
	edit_init(&q->edit);
	edit_set(&q->edit, json_get_str(row, "default", ""));
	overlay_open(u, &ops, q);
}

/* The first that wants an overlay. */
static const json_t *
next_row(const struct ui *u)
{
	const json_t *row;
	size_t i;

	json_array_foreach(u->replica->asks, i, row)
		if (strcmp(json_get_str(row, "what", ""), "interact") != 0)
			return row;
	return NULL;
}

uint64_t
question_next(const struct ui *u)
{
	if (u->observe || u->overlay != NULL || u->prefix || next_row(u) == NULL)
		return 0;
	return u->typed == 0 ? u->mono : u->typed + QUESTION_PAUSE_NS;
}

void
question_due(struct ui *u)
{
	const uint64_t at = question_next(u);

	if (at != 0 && u->mono >= at)
		open_question(u, next_row(u));
}

void
question_news(struct ui *u)
{
	if (overlay_is(u, &ops)) {
		const struct question *q = u->overlay->state;

		if (row_of(u, q->id) == NULL)
			overlay_close(u);
	}
	question_due(u);
}

bool
question_hint(const struct ui *u, char *out, size_t size)
{
	const struct replica_console *c = ui_console(u);
	const json_t *row;
	size_t i;

	json_array_foreach(u->replica->asks, i, row) {
		const int k = (int)json_get_int(row, "until", ' ');

		if (strcmp(json_get_str(row, "what", ""), "interact") != 0 || c == NULL ||
		    strcmp(json_get_str(row, "console", ""), c->name) != 0)
			continue;
		snprintf(out, size, k < ' ' ? "%s: %s (^%c hands it back)" :
		    "%s: %s (%c hands it back)", json_get_str(row, "by", "a script"),
		    json_get_str(row, "title", ""), k < ' ' ? k + '@' : k);
		return true;
	}
	return false;
}
