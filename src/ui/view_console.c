/* view_console.c - the console pane: live, scrollback, lost, or nothing there yet. */
#include "ui/view_console.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ui/fmt.h"
#include "ui/history.h"
#include "ui/lineinput.h"
#include "ui/pane.h"
#include "ui/streamfind.h"
#include "ui/ui_streams.h"

static void
lost_text(const struct ui *u, const struct replica_console *c, char *out, size_t size)
{
	const uint64_t now = replica_time(u->replica, u->mono);
	char age[24];

	fmt_age(now > c->changed ? now - c->changed : 0, age, sizeof age);
	snprintf(out, size, "LOST %s  reconnecting", age);
}

/* How it is seen: "  hex  map: ICRNL  filter: x  log: on  12 hidden" */
static void
title_view(const struct replica_console *c, const struct streamview *v, bool wide, struct buf *b)
{
	if (v->mode != STREAMVIEW_TEXT)
		(void)buf_add_str(b, v->mode == STREAMVIEW_HEX ? "  hex" : "  mixed");
	if (wide && c->map != NULL && c->map[0] != '\0')
		(void)buf_add_fmt(b, "  map: %.40s", c->map);
	if (wide && v->filter != NULL)
		(void)buf_add_fmt(b, "  filter: %.40s", v->filter_text);
	if (wide && c->logs != 0)
		(void)buf_add_fmt(b, "  log: %s", c->log_failing ? "FAILING" : "on");
	if (v->filter != NULL)
		(void)buf_add_fmt(b, "  %zu hidden", v->hidden);
}

static void
lent_text(const struct replica_console *c, char *out, size_t size)
{
	if (c->lent_job != 0)
		snprintf(out, size, "LENT to %.60s, job %lld", c->lent_to, (long long)c->lent_job);
	else
		snprintf(out, size, "LENT to %.60s", c->lent_to);
}

/* "main ttyUSB0 115200 8N1  SIMULATED  vt100  filter: x" */
static void
title_left(const struct ui *u, const struct replica_console *c, const struct streamview *v,
    struct buf *b)
{
	const bool several = u->replica->consoles > 1, wide = u->cols >= 100;
	const char *name = c->device != NULL ? c->device : c->name;

	if (several)
		(void)buf_add_fmt(b, "%.40s ", c->name);
	(void)buf_add_fmt(b, "%.60s", strncmp(name, "/dev/", 5) == 0 ? name + 5 : name);
	if (c->baud > 0 && (strncmp(name, "/dev/", 5) == 0 || strncmp(name, "tty", 3) == 0))
		(void)buf_add_fmt(b, " %lld %.20s", (long long)c->baud, c->settings != NULL ?
		    c->settings : "");
	if (u->replica->simulated)
		(void)buf_add_str(b, "  SIMULATED");
	if (wide && c->lines[0] != '\0')
		(void)buf_add_fmt(b, "  %s", c->lines);
	if (wide && streamview_full_screen(v))
		(void)buf_add_str(b, "  vt100");
	title_view(c, v, wide, b);
}
static const char *
mode_word(struct ui *u, const struct streamview *v, char *place, size_t size)
{
	const uint64_t lines = v->cur > v->anchor ? v->cur - v->anchor : v->anchor - v->cur;
	char where[32];

	history_title(u, where, sizeof where);
	if (v->selecting)
		snprintf(place, size, "SELECT  %llu line%s", (unsigned long long)lines + 1,
		    lines == 0 ? "" : "s");
	else
		snprintf(place, size, "NAV  %s", where[0] != '\0' ? where : "held");
	if (u->nav)
		return v->follow && !v->selecting ? "NAV" : place;
	if (u->focus != PANE_CONSOLE)
		return "follow";
	return u->observe ? "VIEW" : "LIVE";
}

/* "LIVE  12 l/s  1.1KB/s  rx 412K  tx 1.2K" */
static void
title_right(struct ui *u, struct replica_console *c, const struct streamview *v, struct buf *b)
{
	static const char *const words[] = { "  opening", "", "  lost", "  closed" };
	char bytes[16], rx[16], tx[16], place[48];

	(void)buf_add_fmt(b, "%s%s", mode_word(u, v, place, sizeof place), words[c->state]);
	v = ui_view(u, &c->stream, false);
	bytes_fmt_short((int64_t)v->bytes_s, bytes, sizeof bytes);
	if (c->state == CONSOLE_OPEN)
		(void)buf_add_fmt(b, "  %.0f l/s  %s%sB/s", v->lines_s, bytes, v->bytes_s < 1000 ?
		    " " : "");
	bytes_fmt_short((int64_t)(c->stream.base + c->stream.ring.end), rx, sizeof rx);
	bytes_fmt_short(c->tx, tx, sizeof tx);
	if (u->cols >= 100)
		(void)buf_add_fmt(b, "  rx %s  tx %s", rx, tx);
}

static void
title(struct ui *u, char *left, size_t left_size, char *right, size_t right_size)
{
	struct replica_console *c = ui_console(u);
	struct streamview *v;
	struct buf l, r;

	if (c == NULL) {
		snprintf(right, right_size, "empty");
		return;
	}
	streamview_tick(ui_view(u, &ui_console(u)->stream, false), u->mono);
	v = history_view(u, ui_console(u));
	buf_init(&l, 400);
	buf_init(&r, 400);
	title_left(u, c, v, &l);
	title_right(u, c, v, &r);
	snprintf(left, left_size, "%s", buf_str(&l));
	if (c->lent_to != NULL)
		lent_text(c, right, right_size);
	else if (c->state == CONSOLE_LOST)
		lost_text(u, c, right, right_size);
	else
		snprintf(right, right_size, "%s", buf_str(&r));
	buf_fini(&l);
	buf_fini(&r);
}

/* ---- no console yet */

static void
draw_empty(struct ui *u, struct grid *g, struct grid_rect r)
{
	static const struct { const char *keys, *text, *more; } rows[] = {
		{ "o", "open a port", "a serial adapter: ttyUSB0, ttyACM0, a path" },
		{ "H", "add a host", "tcp:10.0.4.17:2000" },
		{ "w", "run a workflow", "build, flash, watch" },
		{ ":", "any command", "type to filter, Tab completes" },
	};
	struct grid_view old;
	const int wide = r.cols >= 60;
	int row = 2;

	old = grid_enter(g, r);
	grid_text(g, 0, 3, r.cols - 3, STYLE_TITLE, "No board yet.");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++, row++) {
		grid_text(g, row, 3, 2, STYLE_KEY, rows[i].keys);
		grid_text(g, row, 8, r.cols - 8, STYLE_NORMAL, rows[i].text);
		if (wide)
			grid_text(g, row, 30, r.cols - 30, STYLE_DIM, rows[i].more);
	}
	row++;
	grid_text(g, row++, 3, r.cols - 3, STYLE_NORMAL, wide ?
	    "To try it without a board: leave and run  vise demo" : "without a board: vise demo");
	grid_text(g, row++, 3, r.cols - 3, STYLE_NORMAL, wide ?
	    "What is missing on this machine:  vise doctor" : "what is missing: vise doctor");
	grid_text(g, row + 1, 3, r.cols - 3, STYLE_DIM, wide ?
	    "The bench keeps running when you close this window." :
	    "the bench stays when you leave");
	grid_leave(g, old);
	(void)u;
}

/* Below the mark that says what is gone: what is being waited for. */
static int
draw_lost(struct grid *g, struct grid_rect r, const struct replica_console *c)
{
	const int row = r.row + r.rows - 2;

	if ((c->state != CONSOLE_LOST && c->lent_to == NULL) || r.rows < 6)
		return 0;
	if (c->lent_to != NULL)
		grid_textf(g, row, r.col, r.cols, STYLE_WARN,
		    "!    %.60s has the port; it is opened again after that", c->lent_to);
	else
		grid_textf(g, row, r.col, r.cols, STYLE_ALARM,
	    "!    waiting for it to come back; then %lld %s",
	    (long long)c->baud, c->settings != NULL ? c->settings : "");
	grid_text(g, row + 1, r.col, r.cols, STYLE_ALARM,
	    "!    typed keys are NOT sent and not kept");
	return 2;
}

/* A shell or a login wraps its lines where we do. */
static void
tell_size(struct ui *u, struct replica_console *c, struct grid_rect r)
{
	char line[120];

	if (!c->program || u->observe || c->state != CONSOLE_OPEN || r.rows < 2 || r.cols < 10 ||
	    (c->told_rows == r.rows && c->told_cols == r.cols))
		return;
	c->told_rows = r.rows;
	c->told_cols = r.cols;
	snprintf(line, sizeof line, "console.size %d %d console=%.60s", r.rows, r.cols, c->name);
	u->ops->command(u->arg, line);
}

static void
draw(struct ui *u, struct grid *g, struct grid_rect r, bool big)
{
	struct replica_console *c = ui_console(u);
	struct streamview_look look = { .live = !u->nav, .times = u->times, .set = u->set,
		.levels = u->levels, .layout = u->laid_out, .wall = u->replica->started_wall };
	struct grid_rect body = r;
	struct streamview *v;
	int row, col;

	(void)big;
	if (c == NULL) {
		draw_empty(u, g, r);
		return;
	}
	if (!u->nav)
		body.rows -= draw_lost(g, r, c);
	if (u->line_on && !u->nav && body.rows > 1)
		body.rows--;
	v = history_view(u, c);
	(void)streamview_map(v, c->map != NULL ? c->map : "", NULL);
	tell_size(u, c, body);
	streamview_draw(v, g, body, &look, &row, &col);
	history_drawn(u);
	if (u->line_on && !u->nav && body.rows < r.rows) {
		row = body.row + body.rows;
		col = lineinput_draw(u->line, g, (struct grid_rect){ row, r.col, 1, r.cols });
	}
	if (u->focus == PANE_CONSOLE && !u->nav && u->overlay == NULL) {
		u->cursor_row = row;
		u->cursor_col = col;
	}
}

static void
digest(struct ui *u, char *out, size_t size)
{
	const struct replica_console *c = ui_console(u);

	snprintf(out, size, "%s", c != NULL && c->state == CONSOLE_LOST ? "LOST" : "");
}

static void
move(struct ui *u, long by)
{
	struct streamview *v = ui_current_view(u);

	if (v == NULL)
		return;
	u->nav = true;
	if (by == LONG_MAX && !v->selecting) {
		history_leave(u);
		streamview_follow(ui_current_view(u));
	} else {
		history_move(u, by);
	}
}

static void
enter(struct ui *u)
{
	struct streamview *v = ui_current_view(u);

	if (v == NULL)
		return;
	if (!streamview_at_end(v) || v != ui_view(u, &ui_console(u)->stream, false)) {
		ui_say(u, UI_INFO, "Enter goes live from the last line: G, then Enter; or i");
		return;
	}
	streamview_follow(v);
	u->nav = false;
}

static bool
back(struct ui *u)
{
	struct streamview *v = ui_current_view(u);

	if (v == NULL || !u->nav)
		return false;
	if (history_cancel(u))
		return true;
	if (v->selecting) {
		v->selecting = false;
		return true;
	}
	if (v->filter != NULL) {
		(void)streamview_filter(v, "", NULL);
		return true;
	}
	return false;
}

static void
say_found(struct ui *u, struct streamview *v, const char *more)
{
	streamview_find_count(v);
	if (v->find_total != 0)
		ui_say(u, UI_INFO, "match %zu of %zu%s", v->find_nth, v->find_total,
		    more);
	else if (more[0] != '\0')
		ui_say(u, UI_INFO, "%s", more + 2);
}

static void
around(struct streamview *v, bool backward)
{
	v->cur = backward ? streamview_last(v) : v->first;
	v->hex_at = backward ? v->stream->ring.end : ring_first(&v->stream->ring);
}

static bool
find(struct ui *u, const char *text, bool next, bool backward)
{
	struct streamview *v = ui_current_view(u);
	struct err_msg why;
	uint64_t was;

	if (v == NULL)
		return false;
	if (!u->nav) {
		u->nav = true;
		streamview_hold(v);
	}
	if (!next && streamview_find(v, text, &why) != ERR_OK) {
		ui_say_err(u, &why);
		return true;
	}
	was = v->cur;
	if (streamview_find_next(v, backward) && history_whole(u, v, was)) {
		say_found(u, v, "");
		return true;
	}
	if (history_seek(u, "find", backward))
		return true;
	around(v, backward);
	if (streamview_find_next(v, backward)) {
		say_found(u, v, ", search went around the end");
		return true;
	}
	v->cur = was;
	return false;
}

static size_t
yank(struct ui *u, struct buf *out)
{
	struct streamview *v = ui_current_view(u);

	return v != NULL ? streamview_yank(v, out) : 0;
}

const struct pane_ops view_console_ops = {
	.name = "Console", .tab = "Con", .keys = KEYS_CONSOLE,
	.title = title, .draw = draw, .digest = digest, .move = move, .enter = enter, .back = back,
	.find = find,
	.yank = yank,
};
