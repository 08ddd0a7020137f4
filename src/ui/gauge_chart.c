/* gauge_chart.c - one gauge over time: columns, limits as lines, throttles below, the clock. */
#include "ui/gauge_chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "ui/fmt.h"
#include "ui/gauge_past.h"
#include "ui/gauge_says.h"
#include "ui/wrap.h"

enum { AXIS = 9, THROTTLES = 32, EIGHTHS = 8, COLD = 20 };

struct chart {
	struct ui *u;
	struct grid *g;
	struct grid_rect plot;          /* the columns only */
	struct gauge_window w;
	double lo, hi, value[GAUGE_COLUMNS_MAX];
	bool unicode;
};

static bool
unicode(const struct ui *u)
{
	return u->set == GRID_UNICODE || u->set == GRID_UNICODE_FOCUS;
}

/* 1, 2 or 5 times a power of ten, not below v. */
static double
round_up(double v)
{
	const double p = pow(10, floor(log10(v)));

	return v <= p ? p : v <= 2 * p ? 2 * p : v <= 5 * p ? 5 * p : 10 * p;
}

/* What there is fills the chart, with a little below the lowest; never less than 0 for it. */
static void
fit(struct chart *c)
{
	const double below = (c->hi - c->lo) / 8, pad = fabs(c->lo) > 0 ? fabs(c->lo) * 0.01 : 1;

	if (c->hi - c->lo < 1e-9 + fabs(c->hi) * 1e-6) {
		c->lo = c->lo >= 0 && c->lo < pad ? 0 : c->lo - pad;
		c->hi += pad;
	} else {
		c->lo = c->lo >= 0 && c->lo < below ? 0 : c->lo - below;
	}
}

static bool
ends(struct chart *c)
{
	c->lo = c->hi = NAN;
	for (int i = 0; i < c->w.cols; i++) {
		const double v = c->value[i];

		if (isnan(v))
			continue;
		c->lo = isnan(c->lo) || v < c->lo ? v : c->lo;
		c->hi = isnan(c->hi) || v > c->hi ? v : c->hi;
	}
	return !isnan(c->lo);
}

/* Temperatures stand on a fixed scale up to the critical trip, shares on one from 0; what else
 * there is fills the chart. False: there is nothing to draw. */
static bool
scale(struct chart *c, const struct replica_gauge *x)
{
	if (!ends(c))
		return false;
	if (strcmp(x->unit, "C") == 0) {
		c->lo = c->lo < COLD ? floor(c->lo / 10) * 10 : COLD;
		c->hi = fmax(c->hi, gauge_top(x));
	} else if (strcmp(x->unit, "%") == 0) {
		c->lo = fmin(c->lo, 0);
		c->hi = c->hi <= 10 ? 10 : c->hi <= 100 ? fmin(100, round_up(c->hi)) :
		    round_up(c->hi);
	} else {
		fit(c);
	}
	return c->hi > c->lo;
}

/* The row of a value, counted from the top of the plot; -1: outside. */
static int
row_of(const struct chart *c, double v)
{
	const double f = (v - c->lo) / (c->hi - c->lo);

	if (!(f >= 0) || f > 1.0001)
		return -1;
	return f >= 1 ? 0 : c->plot.rows - 1 - (int)(f * c->plot.rows);
}

static void
line_at(struct chart *c, double v, const char *name)
{
	const int row = row_of(c, v);

	if (!isfinite(v) || row < 0)
		return;
	for (int i = 0; i < c->plot.cols; i++)
		grid_text(c->g, c->plot.row + row, c->plot.col + i, 1, STYLE_DIM,
		    c->unicode ? "\u2504" : "-");
	grid_textf(c->g, c->plot.row + row, c->plot.col + 1, c->plot.cols - 1, STYLE_DIM,
	    " %s %.4g ", name, v);
}

static void
limit_lines(struct chart *c, const struct replica_gauge *x)
{
	if (strcmp(x->unit, "B") != 0) {
		line_at(c, x->warn > 0 ? x->warn : (double)NAN, "warn");
		line_at(c, x->crit > 0 ? x->crit : (double)NAN, "crit");
	}
	for (unsigned i = 0; i < x->trips; i++)
		line_at(c, x->trip[i].temp, x->trip[i].type);
}

static void
column(struct chart *c, int i, double limit)
{
	static const char *const eighths = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
	const double v = c->value[i];
	const bool over = v >= limit;
	int level;

	if (isnan(v))
		return;
	level = (int)(fmin(fmax((v - c->lo) / (c->hi - c->lo), 0), 1) * c->plot.rows * EIGHTHS);
	level = level < 1 ? 1 : level;          /* a value is never as blank as a gap */
	for (int row = c->plot.rows - 1; row >= 0 && level > 0; row--, level -= EIGHTHS) {
		const int part = level > EIGHTHS ? EIGHTHS : level;
		const char *cell = over ? "*" : part > EIGHTHS / 2 ? "|" : ":";

		if (c->unicode && over && part == EIGHTHS)
			cell = "\u2593";
		else if (c->unicode)
			cell = eighths + (size_t)(part - 1) * 3;
		grid_text_n(c->g, c->plot.row + row, c->plot.col + i, 1,
		    over ? STYLE_ALARM : STYLE_BAR, cell, c->unicode ? 3 : 1);
	}
}

/* Labels that tell the rows apart: 1.3G on each of them says nothing. */
static void
label(double v, double step, const char *unit, char *out, size_t size)
{
	static const struct { double one; char letter; } parts[] = { { 1 << 20, 'M' },
		{ 1 << 10, 'K' } };

	fmt_value(v, unit, out, size);
	if (strcmp(unit, "B") != 0 || v < 16 * step)
		return;
	for (size_t i = 0; i < 2; i++)
		if (step >= parts[i].one / 8 && v / parts[i].one < 1e6) {
			snprintf(out, size, "%.*f%c", step >= parts[i].one ? 0 : 1,
			    v / parts[i].one, parts[i].letter);
			return;
		}
}

static void
axis(struct chart *c, const struct replica_gauge *x)
{
	const double step = (c->hi - c->lo) / c->plot.rows;
	char text[24];

	for (int row = 0; row < c->plot.rows; row++) {
		const int at = c->plot.row + row, col = c->plot.col - 1;

		if (row % 2 == 0 || row == c->plot.rows - 1) {
			label(c->hi - step * (row + 0.5), step, x->unit, text, sizeof text);
			grid_textf(c->g, at, col - AXIS, AXIS, STYLE_DIM, "%*s", AXIS - 1, text);
		}
		grid_text(c->g, at, col, 1, STYLE_LINE, c->unicode ? "\u2502" : "|");
	}
}

static void
clock_row(struct chart *c, int row)
{
	const int at[] = { 0, c->w.cols / 2, c->w.cols - 1 };

	for (int i = 0; i < 3; i++) {
		const int64_t t = c->w.from + (int64_t)c->w.slice * at[i];
		const int col = c->plot.col + at[i] - (i == 0 ? 0 : i == 1 ? 4 : 7);
		char clock[16];

		if (i == 1 && c->w.cols < 40)
			continue;
		clock_fmt_hms(replica_wall(c->u->replica, 0) + (uint64_t)t, clock, sizeof clock);
		grid_textf(c->g, row, col, 8, STYLE_DIM, "%.8s", clock);
	}
}

/* "^----v" below the columns in which the board was throttled. */
static void
throttle_row(struct chart *c, int row, const struct gauge_throttle *all, size_t n)
{
	const int64_t end = c->w.from + (int64_t)c->w.slice * c->w.cols;

	grid_text(c->g, row, c->plot.col - 1 - AXIS, AXIS, STYLE_WARN, " capped");
	for (size_t k = 0; k < n; k++) {
		const int64_t to = all[k].to != 0 ? (int64_t)all[k].to : end - 1;
		int from = gauge_view_column(&c->w, all[k].from), last;

		if (to < c->w.from || (int64_t)all[k].from >= end)
			continue;
		last = to < end ? gauge_view_column(&c->w, (uint64_t)to) : c->w.cols - 1;
		for (int i = from < 0 ? 0 : from; i <= last; i++) {
			const bool first = i == from;
			const bool stop = all[k].to != 0 && i == last && to < end;

			grid_text(c->g, row, c->plot.col + i, 1, STYLE_WARN,
			    first ? c->unicode ? "\u25b2" : "^" :
			    stop ? c->unicode ? "\u25bc" : "v" : c->unicode ? "\u2500" : "-");
		}
	}
}

double
gauge_slope(const struct gauge_frame *f, const struct replica_gauge *x)
{
	double n = 0, st = 0, sv = 0, stt = 0, stv = 0;

	for (size_t i = LIMIT_GAUGE_HISTORY - f->samples; i < LIMIT_GAUGE_HISTORY; i++) {
		const uint64_t before = f->t[LIMIT_GAUGE_HISTORY - 1] - f->t[i];
		const double t = -(double)before / (60.0 * (double)NS_PER_S), v = x->history[i];

		if (isnan(v) || t < -1)
			continue;
		n++;
		st += t;
		sv += v;
		stt += t * t;
		stv += t * v;
	}
	/* ten samples at least: less is noise */
	return n >= 10 && n * stt - st * st > 0 ? (n * stv - st * sv) / (n * stt - st * st) :
	    (double)NAN;
}

/* "soc 71.5 C  last 10:00, a column 8 s  +0.4/min  8.5 below passive 80" */
static void
heading(struct chart *c, const struct gauge_frame *f, struct grid_rect r,
    const struct replica_gauge *x)
{
	const double slope = gauge_slope(f, x), v = gauge_view_now(c->u, f, x).v;
	const char *said = gauge_says(c->u, x->id), *name;
	char span[24], text[32];
	double limit, lo = NAN, hi = NAN, mean;
	int col = r.col + 1;

	fmt_clock(c->w.slice * (uint64_t)c->w.cols, span, sizeof span);
	fmt_value(v, x->unit, text, sizeof text);
	col += grid_textf(c->g, r.row, col, r.cols - 1, STYLE_TITLE, "%s %s", x->name, text);
	col += grid_textf(c->g, r.row, col, r.col + r.cols - col, STYLE_DIM,
	    "  last %s, a column %.3g s", span, (double)c->w.slice / 1e9);
	if (gauge_past_bounds(c->u, f, x, &lo, &hi, &mean)) {
		fmt_value(mean, x->unit, text, sizeof text);
		col += grid_textf(c->g, r.row, col, r.col + r.cols - col, STYLE_DIM, ", mean %s",
		    text);
	}
	if (strcmp(x->unit, "C") == 0 && !isnan(slope) && !c->u->gauges->paused)
		col += grid_textf(c->g, r.row, col, r.col + r.cols - col, STYLE_NORMAL,
		    "  %+.1f/min", fabs(slope) < 0.05 ? 0.0 : slope);
	name = gauge_limit_name(x, v, &limit);
	if (name != NULL && !isnan(v)) {
		fmt_value(fabs(limit - v), x->unit, text, sizeof text);
		col += grid_textf(c->g, r.row, col, r.col + r.cols - col,
		    v >= limit ? STYLE_ALARM : STYLE_NORMAL, "  %s %s ", text,
		    v >= limit ? "over" : "below");
		fmt_value(limit, x->unit, text, sizeof text);
		col += grid_textf(c->g, r.row, col, r.col + r.cols - col, STYLE_NORMAL, "%s %s",
		    name, text);
	}
	col += 2;
	/* half a path says nothing */
	if (said == NULL && x->source != NULL && (int)strlen(x->source) <= r.col + r.cols - col)
		grid_text(c->g, r.row, col, r.col + r.cols - col, STYLE_DIM, x->source);
	else if (said != NULL && r.col + r.cols - col > 12)
		(void)wrap_cut(c->g, r.row, col, r.col + r.cols - col, STYLE_DIM, said);
}

static void
cursor_column(struct chart *c)
{
	const int i = c->u->gauges->cursor != 0 ? gauge_view_column(&c->w, c->u->gauges->cursor) :
	    -1;

	for (int row = 0; i >= 0 && row < c->plot.rows; row++) {
		const int at = c->plot.row + row, col = c->plot.col + i;
		const struct grid_rect v = grid_visible(c->g);
		const struct grid_cell *cell = grid_at(c->g, at + v.row, col + v.col);

		if (cell == NULL || cell->ch == 0 || cell->ch == ' ')
			grid_text(c->g, at, col, 1, STYLE_FOCUS, c->unicode ? "\u2502" : "!");
		else
			grid_restyle(c->g, (struct grid_rect){ at, col, 1, 1 }, STYLE_SELECT);
	}
}

void
gauge_chart_draw(struct ui *u, struct grid *g, struct grid_rect r, const struct gauge_frame *f,
    const struct replica_gauge *x)
{
	struct gauge_throttle throttle[THROTTLES];
	const size_t n = gauge_throttles(f, x->from, throttle, THROTTLES);
	const int below = n != 0 && r.rows >= 7 ? 2 : 1;
	struct chart c = { .u = u, .g = g, .unicode = unicode(u), .plot = { r.row + 1,
		r.col + AXIS + 1, r.rows - 1 - below, r.cols - AXIS - 2 } };
	const double limit = ui_gauge_limit(x);

	if (c.plot.cols < 8 || c.plot.rows < 2)
		return;
	c.w = gauge_view_window(u, f, c.plot.cols);
	gauge_view_columns(&c.w, f, x, c.value);
	gauge_past_want(u, f, &c.w);
	gauge_past_fill(u, f, &c.w, x, c.value);
	heading(&c, f, r, x);
	if (!scale(&c, x)) {
		grid_text(g, r.row + 1, r.col + AXIS + 1, c.plot.cols, STYLE_DIM,
		    "no values in this time");
		return;
	}
	limit_lines(&c, x);
	for (int i = 0; i < c.w.cols; i++)
		column(&c, i, limit > 0 ? limit : (double)NAN);
	axis(&c, x);
	if (below == 2)
		throttle_row(&c, r.row + r.rows - 2, throttle, n);
	clock_row(&c, r.row + r.rows - 1);
	cursor_column(&c);
}

void
gauge_chart_events(struct ui *u, struct grid *g, struct grid_rect r, const struct gauge_frame *f,
    const char *from)
{
	struct gauge_throttle throttle[THROTTLES];
	const size_t n = gauge_throttles(f, from, throttle, THROTTLES);
	const int said = gauge_says_draw(u, g, (struct grid_rect){ r.row, r.col, r.rows / 2,
		r.cols });

	r.row += said;
	r.rows -= said;
	grid_textf(g, r.row, r.col + 1, r.cols - 1, STYLE_TITLE,
	    "throttles, newest first: %zu in the history", n);
	if (n == 0)
		grid_text(g, r.row + 1, r.col + 1, r.cols - 1, STYLE_DIM,
		    "none: no cooling device in force, no clock capped, no word of the firmware");
	for (size_t i = 0; i < n && (int)i + 1 < r.rows; i++) {
		char text[200];

		gauge_throttle_text(u, &throttle[n - 1 - i], text, sizeof text);
		grid_textf(g, r.row + 1 + (int)i, r.col + 1, r.cols - 1,
		    throttle[n - 1 - i].to == 0 ? STYLE_WARN : STYLE_NORMAL, "%s %s",
		    unicode(u) ? "\u25b2" : "^", text);
	}
}
