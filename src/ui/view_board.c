/* view_board.c - the board pane: bars, numbers, history; old is marked, missing is said. */
#include "ui/view_board.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "ui/fmt.h"

/* A row of the pane: one gauge, or those of a group that are read together. */
struct row {
	const struct replica_gauge *g[4];
	int n, rank;
};

enum { ROWS_MAX = LIMIT_GAUGES, SPARK_SAMPLES = 8 };

/* Which gauges a small pane shows first. The first match decides. */
static const struct { const char *prefix; int rank; } ranks[] = {
	{ "mem.used", 1 }, { "load.", 3 }, { "cpu.", 2 }, { "mem.anon", 5 }, { "mem.slab", 6 },
	{ "temp.", 4 },
	{ "go.", 4 }, { "proc.", 5 }, { "mem.avail", 12 }, { "mem.swap", 10 }, { "mem.", 9 },
	{ "psi.", 11 },
	{ "freq.", 11 }, { "sys.", 13 }, { "cool.", 13 },
};

/* Groups whose gauges stand in one row. */
static const char *const joined[] = { "load", "proc" };

static int
rank_of(const struct replica_gauge *g)
{
	const char *slash = strchr(g->id, '/'), *id = g->from[0] != '\0' && slash != NULL ?
	    slash + 1 : g->id;

	if (ui_gauge_alarm(g))
		return 0;
	for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++)
		if (strncmp(id, ranks[i].prefix, strlen(ranks[i].prefix)) == 0)
			return ranks[i].rank + (g->missing != NULL ? 10 : 0);
	return 8 + (g->missing != NULL ? 10 : 0);
}

static bool
joins(const struct row *r, const struct replica_gauge *g)
{
	bool kind = false;

	for (size_t i = 0; i < sizeof joined / sizeof joined[0]; i++)
		kind |= strcmp(g->group, joined[i]) == 0;
	return kind && r->n < 4 && strcmp(r->g[0]->group, g->group) == 0 &&
	    strcmp(r->g[0]->from, g->from) == 0 && !isfinite(g->max) &&
	    !isfinite(r->g[0]->max) && strcmp(g->unit, "%") != 0;
}

/* All rows in the bench's order; in a small pane at most `room` of them, the lowest ranks. */
static size_t
make_rows(const struct ui *u, struct row *out, bool big, size_t room)
{
	const struct replica *r = u->replica;
	size_t n = 0;

	for (size_t i = 0; i < r->gauges; i++) {
		const struct replica_gauge *g = &r->gauge[i];

		if (g->gone)
			continue;
		if (!big && n != 0 && joins(&out[n - 1], g)) {
			out[n - 1].g[out[n - 1].n++] = g;
			if (rank_of(g) < out[n - 1].rank)
				out[n - 1].rank = rank_of(g);
			continue;
		}
		out[n++] = (struct row){ .g = { g }, .n = 1, .rank = rank_of(g) };
	}
	while (!big && n > room) {
		size_t worst = 0;

		for (size_t i = 1; i < n; i++)
			if (out[i].rank >= out[worst].rank)
				worst = i;
		n--;
		memmove(out + worst, out + worst + 1, (n - worst) * sizeof *out);
	}
	return n;
}

static double
fraction(const struct replica_gauge *g, double v)
{
	const double lo = isfinite(g->min) ? g->min : 0, hi = isfinite(g->max) ? g->max : NAN;

	return hi > lo ? (v - lo) / (hi - lo) : NAN;
}

/* A bar is for what has a top: its own maximum, or the limit of an alarm. */
static double
top_of(const struct replica_gauge *g)
{
	const double limit = ui_gauge_limit(g);

	if (isfinite(g->max) && g->max > 0)
		return g->max;
	return strcmp(g->unit, "C") == 0 ? (isfinite(g->crit) ? g->crit * 1.1 : isfinite(limit) ?
	    limit * 1.2 : 110) :
	    strcmp(g->unit, "%") == 0 ? 100 : NAN;
}

static double
bar_of(const struct replica_gauge *g, double v)
{
	struct replica_gauge t = *g;

	t.max = top_of(g);
	return fraction(&t, v);
}

static char
mark_of(const struct replica_gauge *g, bool stale)
{
	return stale ? '?' : ui_gauge_alarm(g) ? '!' : ' ';
}

static uint32_t
style_of(const struct replica_gauge *g, bool stale)
{
	return stale ? STYLE_STALE : ui_gauge_alarm(g) ? STYLE_ALARM : STYLE_NORMAL;
}

/* What stands behind a bar: a percentage for memory, else the value. */
static void
number(const struct replica_gauge *g, double v, char *out, size_t size)
{
	if (strcmp(g->unit, "B") == 0 && isfinite(g->max) && g->max > 0 && isfinite(v))
		snprintf(out, size, "%.0f%%", 100 * v / g->max);
	else
		fmt_value(v, g->unit, out, size);
}

/* "process_api rss" is the process and what of it; "load5" has no second word. */
static const char *
second_word(const char *name)
{
	const char *space = strrchr(name, ' ');

	return space != NULL ? space + 1 : name;
}

static void
draw_joined(struct grid *g, struct grid_rect r, int row, const struct row *x, bool stale)
{
	const char *first = x->g[0]->name, *word = second_word(first);
	const bool load = strcmp(x->g[0]->group, "load") == 0;
	const size_t n = word > first + 1 ? (size_t)(word - first) - 1 : 0;
	int col = r.col + 1;

	if (load || n == 0)
		col += grid_textf(g, row, col, r.cols - 1, STYLE_NORMAL, "%-5s", x->g[0]->group);
	else
		col += grid_textf(g, row, col, r.cols - 1, STYLE_NORMAL, "%.*s ",
		    n < 12 ? (int)n : 12, first);
	for (int i = 0; i < x->n; i++) {
		char text[24];

		fmt_value(replica_value(x->g[i]), x->g[i]->unit, text, sizeof text);
		col += grid_textf(g, row, col, r.col + r.cols - col - 2, style_of(x->g[i], stale),
		    "%s%s%s ",
		    load ? "" : second_word(x->g[i]->name), load ? "" : " ", text);
	}
	if (stale)
		grid_text(g, row, r.col + r.cols - 2, 1, STYLE_STALE, "?");
}

/* One column stands for SPARK_SAMPLES, counted from the start of time: so the row moves on once in
 * a while, not
 * with every sample, and costs few bytes. Returns how many values; a column shows the highest. */
static size_t
columns(const struct ui *u, const struct replica_gauge *x, double out[LIMIT_GAUGE_HISTORY])
{
	const uint64_t every = u->replica->gauge_every * SPARK_SAMPLES;
	uint64_t column = 0;
	size_t n = 0;

	for (size_t i = LIMIT_GAUGE_HISTORY - u->replica->samples; i < LIMIT_GAUGE_HISTORY; i++) {
		const uint64_t at = u->replica->sample_t[i] / every;

		if (n == 0 || at != column)
			out[n++] = x->history[i];
		else if (isnan(out[n - 1]) || x->history[i] > out[n - 1])
			out[n - 1] = x->history[i];
		column = at;
	}
	return n;
}

static void
spark(struct ui *u, struct grid *g, int row, int col, int cols, const struct replica_gauge *x,
    bool stale)
{
	double value[LIMIT_GAUGE_HISTORY];
	struct grid_spark s = { .values = value, .n = columns(u, x, value), .min = NAN, .max = NAN,
		.warn = ui_gauge_limit(x), .set = u->set, .style = stale ? STYLE_STALE :
		STYLE_BAR };

	if (isfinite(x->max)) {
		s.min = isfinite(x->min) ? x->min : 0;
		s.max = x->max;
	}
	grid_spark(g, row, col, cols, &s);
}

/* " mem  [######....]  61% !" and, with room, its history. */
static void
draw_one(struct ui *u, struct grid *g, struct grid_rect r, int row, const struct replica_gauge *x,
    bool stale)
{
	const double v = replica_value(x), f = bar_of(x, v), limit = ui_gauge_limit(x);
	const int label = r.cols >= 36 ? 8 : 5, bar = r.cols >= 48 ? 18 : r.cols >= 27 ? 12 : 0,
	    num = 8;
	int col = r.col + 1;
	char text[24];

	grid_textf(g, row, col, label, STYLE_NORMAL, "%.*s", label - 1, x->name);
	col += label;
	if (x->missing != NULL) {
		grid_textf(g, row, col, r.col + r.cols - col, STYLE_DIM, "none: %s", x->missing);
		return;
	}
	if (isfinite(top_of(x)) && bar != 0)
		grid_bar(g, row, col, bar, f, bar_of(x, limit), stale ? STYLE_STALE :
		    ui_gauge_alarm(x) ? STYLE_ALARM : STYLE_BAR);
	else if (bar != 0 && strcmp(x->unit, "s") != 0)
		spark(u, g, row, col, bar, x, stale);
	col += bar;
	number(x, v, text, sizeof text);
	grid_textf(g, row, col, r.col + r.cols - col, style_of(x, stale), "%*s %c", num - 1, text,
	    mark_of(x, stale));
	col += num + 2;
	if (r.cols >= 48 && isfinite(top_of(x)))
		spark(u, g, row, col, r.col + r.cols - col - 1, x, stale);
}

static void
draw_small(struct ui *u, struct grid *g, struct grid_rect r, bool stale)
{
	struct row rows[ROWS_MAX];
	const size_t n = make_rows(u, rows, false, (size_t)(r.rows > 0 ? r.rows : 0));

	for (size_t i = 0; i < n; i++) {
		const int row = r.row + (int)i;

		if (rows[i].n > 1)
			draw_joined(g, r, row, &rows[i], stale);
		else
			draw_one(u, g, r, row, rows[i].g[0], stale);
		if (u->focus == PANE_BOARD && i == u->board_row)
			grid_text(g, row, r.col, 1, STYLE_FOCUS, ">");
	}
	u->board_shown = n;
}

/* ---- zoomed */

static void
bounds(const struct ui *u, const struct replica_gauge *x, double *lo, double *hi)
{
	*lo = *hi = NAN;
	for (size_t i = LIMIT_GAUGE_HISTORY - u->replica->samples; i < LIMIT_GAUGE_HISTORY; i++) {
		const double v = x->history[i];

		if (isnan(v))
			continue;
		*lo = isnan(*lo) || v < *lo ? v : *lo;
		*hi = isnan(*hi) || v > *hi ? v : *hi;
	}
}

static void
limit_text(const struct replica_gauge *x, char *out, size_t size)
{
	char v[24];

	out[0] = '\0';
	if (!isfinite(ui_gauge_limit(x)) || ui_gauge_limit(x) <= 0)
		return;
	fmt_value(ui_gauge_limit(x), x->unit, v, sizeof v);
	snprintf(out, size, "%s %s", v, isfinite(x->warn) && x->warn <= ui_gauge_limit(x) ? "warn" :
	    "crit");
}

static void
draw_big_row(struct ui *u, struct grid *g, struct grid_rect r, int row,
    const struct replica_gauge *x, bool stale,
             bool chosen)
{
	const int bar = r.cols >= 100 ? 40 : r.cols >= 70 ? 24 : r.cols >= 50 ? 14 : 0;
	double lo, hi;
	char now[24], min[24], max[24], limit[40];
	int col = r.col + 1;

	grid_textf(g, row, col, 12, STYLE_NORMAL, "%.11s", x->name);
	col += 12;
	if (x->missing != NULL) {
		grid_textf(g, row, col, r.col + r.cols - col, STYLE_DIM, "none: %s", x->missing);
	} else {
		bounds(u, x, &lo, &hi);
		fmt_value(replica_value(x), x->unit, now, sizeof now);
		fmt_value(lo, x->unit, min, sizeof min);
		fmt_value(hi, x->unit, max, sizeof max);
		limit_text(x, limit, sizeof limit);
		if (bar != 0 && isfinite(top_of(x)))
			grid_bar(g, row, col, bar, bar_of(x, replica_value(x)),
			    bar_of(x, ui_gauge_limit(x)),
			    stale ? STYLE_STALE : ui_gauge_alarm(x) ? STYLE_ALARM : STYLE_BAR);
		else if (bar != 0)
			spark(u, g, row, col, bar, x, stale);
		col += bar;
		grid_textf(g, row, col, r.col + r.cols - col, style_of(x, stale),
		    " %8s %8s %8s  %s %c", now, min, max,
		    limit, mark_of(x, stale));
	}
	if (chosen)
		grid_text(g, row, r.col, 1, STYLE_FOCUS, ">");
}

/* The history of one gauge as a chart of `rows` rows. */
static void
draw_chart(struct ui *u, struct grid *g, struct grid_rect r, const struct replica_gauge *x)
{
	const size_t n = u->replica->samples;
	const int axis = 9, width = r.cols - axis - 2;
	double lo, hi;
	char span[24], text[24];

	bounds(u, x, &lo, &hi);
	if (width < 4 || r.rows < 3 || n == 0 || isnan(lo))
		return;
	if (hi - lo < 1e-9)
		hi = lo + 1;
	fmt_clock(u->replica->sample_t[LIMIT_GAUGE_HISTORY - 1] -
	    u->replica->sample_t[LIMIT_GAUGE_HISTORY - n], span, sizeof span);
	grid_textf(g, r.row, r.col + 1, r.cols - 1, STYLE_TITLE, "%s  last %s%s   from %s", x->name,
	    span,
	    isfinite(ui_gauge_limit(x)) ? ", * = above the limit" : "", x->source != NULL ?
	    x->source : "?");
	for (int row = 1; row < r.rows; row++) {
		const double step = (hi - lo) / (r.rows - 1), level = hi - step * row;

		fmt_value(level + step / 2, x->unit, text, sizeof text);
		grid_textf(g, r.row + row, r.col, axis, STYLE_DIM, "%*s", axis - 1, text);
		grid_text(g, r.row + row, r.col + axis, 1, STYLE_LINE, "|");
		for (int i = 0; i < width && i < (int)n; i++) {
			const double v = x->history[LIMIT_GAUGE_HISTORY - 1 - (size_t)i];
			const bool over = v >= ui_gauge_limit(x);

			if (v > level)
				grid_text(g, r.row + row, r.col + axis + width - i, 1,
				    over ? STYLE_ALARM : STYLE_BAR,
				    over ? "*" : v > level + step / 2 ? "|" : ":");
		}
	}
}

static void
draw_big(struct ui *u, struct grid *g, struct grid_rect r, bool stale)
{
	struct row rows[ROWS_MAX];
	const size_t n = make_rows(u, rows, true, 0);
	const int chart = r.rows >= 14 ? r.rows * 2 / 5 : 0, height = r.rows - chart - 1;
	size_t top;

	u->board_shown = n;
	if (u->board_row >= n)
		u->board_row = n != 0 ? n - 1 : 0;
	top = height > 0 && u->board_row >= (size_t)height ? u->board_row - (size_t)height + 1 : 0;
	if (r.cols >= 50)
		grid_textf(g, r.row, r.col + 1, r.cols - 1, STYLE_DIM, "%*s %8s %8s %8s  limit",
		    11 + (r.cols >= 100 ? 40 : r.cols >= 70 ? 24 : 14), "", "now", "min", "max");
	for (size_t i = top; i < n && (int)(i - top) < height; i++)
		draw_big_row(u, g, r, r.row + 1 + (int)(i - top), rows[i].g[0], stale,
		    i == u->board_row);
	if (chart != 0 && n != 0)
		draw_chart(u, g, (struct grid_rect){ r.row + r.rows - chart, r.col, chart, r.cols },
		    rows[u->board_row].g[0]);
}

static void
draw(struct ui *u, struct grid *g, struct grid_rect r, bool big)
{
	const struct grid_view old = grid_enter(g, r);
	const struct grid_rect area = { 0, 0, r.rows, r.cols };
	uint64_t age;
	const bool stale = replica_gauges_stale(u->replica, u->mono, &age);

	if (u->replica->gauges == 0)
		grid_text(g, 0, 1, r.cols - 1, STYLE_DIM, "no gauges yet");
	else if (big)
		draw_big(u, g, area, stale);
	else
		draw_small(u, g, area, stale);
	grid_leave(g, old);
}

static void
title(struct ui *u, char *left, size_t left_size, char *right, size_t right_size)
{
	uint64_t age;
	char text[24];
	size_t alarms = 0;

	for (size_t i = 0; i < u->replica->gauges; i++)
		alarms += ui_gauge_alarm(&u->replica->gauge[i]);
	if (u->replica->gauge_machine != NULL && u->replica->gauge_machine[0] != '\0')
		snprintf(left, left_size, "%.*s", u->cols >= 100 ? 60 : 24,
		    u->replica->gauge_machine);
	else
		snprintf(left, left_size, "%.40s", ui_target(u));
	if (replica_gauges_stale(u->replica, u->mono, &age)) {
		fmt_clock(age, text, sizeof text);
		snprintf(left, left_size, "(stale %s)", text);
	} else if (alarms != 0) {
		snprintf(right, right_size, "%zu !", alarms);
	} else if (u->cols >= 100 && u->replica->gauges != 0) {
		snprintf(right, right_size, "every %.3g s", (double)u->replica->gauge_every / 1e9);
	}
}

/* The most alarming of temperatures, behind memory. */
static void
digest(struct ui *u, char *out, size_t size)
{
	const struct replica_gauge *mem = replica_gauge(u->replica, "mem.used"), *hot = NULL;
	char text[24];
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < u->replica->gauges; i++) {
		const struct replica_gauge *g = &u->replica->gauge[i];

		if (g->missing == NULL && (strcmp(g->group, "temp") == 0 || ui_gauge_alarm(g)) &&
		    (hot == NULL || (ui_gauge_alarm(g) && !ui_gauge_alarm(hot))))
			hot = g;
	}
	if (mem != NULL && mem->missing == NULL) {
		number(mem, replica_value(mem), text, sizeof text);
		n = (size_t)snprintf(out, size, "mem %s", text);
	}
	if (hot != NULL && n < size) {
		fmt_value(replica_value(hot), hot->unit, text, sizeof text);
		snprintf(out + n, size - n, "%s%s %s%s", n != 0 ? "  " : "", hot->name, text,
		    ui_gauge_alarm(hot) ? "!" : "");
	}
}

static void
move(struct ui *u, long by)
{
	const long n = (long)u->board_shown, at = (long)u->board_row;

	if (n == 0)
		return;
	u->board_row = (size_t)(by == LONG_MIN ? 0 : by == LONG_MAX || by >= n - at ? n - 1 :
	    at + by < 0 ? 0 : at + by);
}

static void
enter(struct ui *u)
{
	u->zoom = true;
}

static bool
back(struct ui *u)
{
	(void)u;
	return false;
}

static bool
find(struct ui *u, const char *text, bool next, bool backward)
{
	const size_t n = u->replica->gauges;

	(void)next;
	u->zoom = true;         /* rows of the zoomed form are the gauges themselves */
	for (size_t i = 1; i <= n; i++) {
		const size_t at = (u->board_row + (backward ? n - i : i)) % n;

		if (pane_match(u->replica->gauge[at].name, text) ||
		    pane_match(u->replica->gauge[at].id, text)) {
			u->board_row = at;
			return true;
		}
	}
	return false;
}

static size_t
yank(struct ui *u, struct buf *out)
{
	size_t n = 0;

	for (; n < u->replica->gauges; n++) {
		const struct replica_gauge *g = &u->replica->gauge[n];
		char v[24];

		fmt_value(replica_value(g), g->unit, v, sizeof v);
		(void)buf_add_fmt(out, "%s\t%s\t%s\n", g->id, v, g->source != NULL ? g->source :
		    "");
	}
	return n;
}

const struct pane_ops view_board_ops = {
	.name = "Board", .tab = "Brd", .keys = KEYS_BOARD,
	.title = title, .draw = draw, .digest = digest, .move = move, .enter = enter, .back = back,
	.find = find,
	.yank = yank,
};
