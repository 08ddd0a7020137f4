/* gauge_form.c - the alarm editor. */
#include "ui/gauge_form.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/edit.h"
#include "ui/fmt.h"
#include "ui/overlay.h"
#include "ui/pane_box.h"

enum { WARN, CRIT, HOLD, FIELDS };

static const struct {
	const char *name, *hint;
} field[FIELDS] = {
	[WARN] = { "warn", "at or over it: a warning; empty: none" },
	[CRIT] = { "crit", "at or over it: an alarm; empty: none" },
	[HOLD] = { "hold", "for how long before it counts (500ms, 10s, 2m); empty: as usual" },
};

struct form {
	char *id, *name, *about;
	char *was[FIELDS];
	struct edit edit[FIELDS];
	int at;
};

static void
fini(void *state)
{
	struct form *f = state;

	for (int i = 0; i < FIELDS; i++) {
		edit_fini(&f->edit[i]);
		mem_free(f->was[i]);
	}
	mem_free(f->id);
	mem_free(f->name);
	mem_free(f->about);
	mem_free(f);
}

static void
draw(struct ui *u, void *state, struct grid *g)
{
	struct form *f = state;
	const int cols = u->cols < 76 ? u->cols : 76, rows = u->rows < 10 ? u->rows : 10;
	const struct grid_rect r = { (u->rows - rows) / 2, (u->cols - cols) / 2, rows, cols };
	char title[96];
	int row = r.row + 2;

	snprintf(title, sizeof title, "alarm of %.40s", f->name);
	pane_popup(u, g, r, title, f->id, cols >= 60 ? "Enter set  Tab next  Esc leave as it is" :
	    "Enter Tab Esc");
	grid_text(g, r.row + 1, r.col + 2, cols - 4, STYLE_DIM, f->about);
	for (int i = 0; i < FIELDS && row + 1 < r.row + rows; i++, row += 2) {
		const int col = r.col + 10, width = 16;

		grid_textf(g, row, r.col + 2, 8, i == f->at ? STYLE_NORMAL : STYLE_DIM, "%s%s",
		    i == f->at ? "> " : "  ", field[i].name);
		if (i == f->at) {
			u->cursor_row = row;
			u->cursor_col = edit_draw(&f->edit[i], g, row, col, width, STYLE_INPUT);
		} else {
			(void)grid_text(g, row, col, width, STYLE_NORMAL,
			    f->edit[i].len != 0 ? f->edit[i].text : "none");
		}
		grid_text(g, row, col + width + 1, r.col + cols - 2 - (col + width + 1), STYLE_DIM,
		    field[i].hint);
	}
}

/* The line for what was changed; false: nothing was. */
static bool
line_of(const struct form *f, struct buf *line)
{
	bool changed = false;

	(void)buf_add_str(line, "gauge.limit ");
	command_quote(f->id, line);
	for (int i = 0; i < FIELDS; i++) {
		const char *text = f->edit[i].len != 0 ? f->edit[i].text : i == HOLD ? "2s" :
		    "none";

		if (strcmp(f->edit[i].text, f->was[i]) == 0)
			continue;
		changed = true;
		(void)buf_add_fmt(line, " %s=", field[i].name);
		command_quote(text, line);
	}
	return changed;
}

static void
set(struct ui *u, const struct form *f)
{
	struct buf line;
	bool changed;

	buf_init(&line, 4 * EDIT_MAX);
	changed = line_of(f, &line);
	overlay_close(u);
	if (changed)
		ui_run_line(u, buf_str(&line));
	else
		ui_say(u, UI_INFO, "no limit was changed");
	buf_fini(&line);
}

static void
key(struct ui *u, void *state, const struct input_event *e)
{
	struct form *f = state;

	if (e->type != INPUT_KEY)
		(void)edit_key(&f->edit[f->at], e);
	else if (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "^C") == 0)
		overlay_close(u);
	else if (strcmp(e->name, "Enter") == 0)
		set(u, f);
	else if (strcmp(e->name, "Tab") == 0 || strcmp(e->name, "Down") == 0)
		f->at = (f->at + 1) % FIELDS;
	else if (strcmp(e->name, "Up") == 0)
		f->at = (f->at + FIELDS - 1) % FIELDS;
	else
		(void)edit_key(&f->edit[f->at], e);
}

static const struct overlay_ops ops = {
	.mode = "ALARM", .hints = "Enter set  Tab next  Esc", .draw = draw, .key = key,
	.fini = fini,
};

/* A number as the field takes it back: "75", "400M", "<50M", empty for none. */
static char *
as_typed(double v, const char *unit, bool below)
{
	char text[32] = "";

	if (isfinite(v) && strcmp(unit, "B") == 0)
		fmt_value(v, unit, text, sizeof text);
	else if (isfinite(v))
		snprintf(text, sizeof text, "%.6g", v);
	return mem_fmt("%s%s", below && text[0] != '\0' ? "<" : "", text);
}

static char *
about(const struct replica_gauge *g)
{
	char now[24], text[160];
	size_t n;

	fmt_value(replica_value(g), g->unit, now, sizeof now);
	n = (size_t)snprintf(text, sizeof text, "now %s", now);
	for (unsigned i = 0; i < g->trips && n < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %.0f", i == 0 ?
		    "   the board's trips: " : ", ", g->trip[i].type, g->trip[i].temp);
	return mem_str(text);
}

void
gauge_form_open(struct ui *u, const struct replica_gauge *g)
{
	struct form *f = mem_zero(1, sizeof *f);

	f->id = mem_str(g->id);
	f->name = mem_str(g->name);
	f->about = about(g);
	f->was[WARN] = as_typed(g->warn, g->unit, g->below);
	f->was[CRIT] = as_typed(g->crit, g->unit, g->below);
	f->was[HOLD] = isfinite(g->hold) ? mem_fmt("%.6gs", g->hold) : mem_str("");
	for (int i = 0; i < FIELDS; i++) {
		edit_init(&f->edit[i]);
		edit_set(&f->edit[i], f->was[i]);
	}
	overlay_open(u, &ops, f);
}
