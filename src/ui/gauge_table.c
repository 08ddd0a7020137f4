/* gauge_table.c - the zoomed board pane. */
#include "ui/gauge_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "ui/fmt.h"
#include "ui/gauge_bar.h"
#include "ui/gauge_chart.h"
#include "ui/gauge_spark.h"

/* Widths of the columns for one width of the pane. */
struct columns { int name, bar, spark, limit; };

enum { WIDE = 100, NUMBERS = 3 * 9, MARK = 2 };

static struct columns
columns_of(const struct ui *u, int cols)
{
	const struct gauge_frame f = gauge_view_frame(u);
	const char *all[GAUGE_SOURCES_MAX];
	const int more = !u->gauges->one && gauge_view_sources(&f, all) > 1 ? 8 : 0;
	struct columns c = { .name = (cols >= WIDE ? 18 : 12) + more };

	c.bar = cols >= WIDE ? 24 : cols >= 70 ? 22 - more : cols >= 50 ? 12 - more : 0;
	c.limit = cols >= WIDE ? 26 : cols >= 70 ? 11 : 0;
	c.spark = cols >= WIDE ? cols - 1 - c.name - c.bar - 1 - NUMBERS - 2 - c.limit - MARK : 0;
	if (c.spark > GAUGE_COLUMNS_MAX)
		c.spark = GAUGE_COLUMNS_MAX;
	return c;
}

/* Memory, heat and clocks first: a low screen shows no more. What has nothing to show says so below
 * what has. */
enum { PLACE_FIRST, PLACE_HEAT, PLACE_REST, PLACE_MISSING, PLACES };

static int
place_of(const struct replica_gauge *g)
{
	static const char *const first[] = { "mem.used", "mem.avail", "mem.anon", "mem.file",
		"mem.slab" };
	const char *id = gauge_base_id(g);

	if (g->missing != NULL)
		return PLACE_MISSING;
	if (strcmp(g->group, "temp") == 0 || strcmp(g->group, "freq") == 0)
		return PLACE_HEAT;
	for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
		if (strcmp(id, first[i]) == 0)
			return PLACE_FIRST;
	return PLACE_REST;
}

size_t
gauge_table_rows(const struct ui *u, const struct gauge_frame *f, const struct replica_gauge **out)
{
	size_t n = 0;

	for (int place = 0; place < PLACES; place++)
		for (size_t i = 0; i < f->n; i++)
			if (place_of(&f->g[i]) == place && !gauge_view_hidden(u, &f->g[i]))
				out[n++] = &f->g[i];
	return n;
}

const struct replica_gauge *
gauge_table_chosen(const struct ui *u, const struct gauge_frame *f)
{
	const struct replica_gauge *rows[LIMIT_GAUGES];
	const size_t n = gauge_table_rows(u, f, rows);

	return n == 0 ? NULL : rows[u->board_row < n ? u->board_row : n - 1];
}

/* "passive 80", with room "8.7 below passive 80". */
static void
limit_text(const struct replica_gauge *x, double v, int room, char *out, size_t size)
{
	char of[16], by[16];
	double limit;
	const char *name = gauge_limit_name(x, v, &limit);

	out[0] = '\0';
	if (name == NULL)
		return;
	fmt_value(limit, x->unit, of, sizeof of);
	fmt_value(fabs(limit - v), x->unit, by, sizeof by);
	if (room >= 24 && isfinite(v) && strcmp(x->unit, "C") == 0)
		snprintf(out, size, "%.1f %s %s %.0f", fabs(limit - v),
		    v >= limit ? "over" : "below", name, limit);
	else if (room >= 24 && isfinite(v))
		snprintf(out, size, "%s %s %s %s", by, v >= limit ? "over" : "below", name, of);
	else if (strcmp(x->unit, "C") == 0)
		snprintf(out, size, "%.0f %s", limit, name);
	else
		snprintf(out, size, "%s %s", of, name);
}

/* PSS and USS are read seldom: how long ago stands where they have no limit. */
static void
read_text(const struct ui *u, const struct gauge_frame *f, const struct replica_gauge *x,
    char *out, size_t size)
{
	const char *id = gauge_base_id(x);
	const struct replica_gauge *age = strcmp(id, "proc.pss") == 0 ||
	    strcmp(id, "proc.uss") == 0 ? gauge_of(f, x->from, "proc.pss.age") : NULL;
	const double s = age != NULL ? gauge_view_now(u, f, age).v : (double)NAN;

	if (out[0] == '\0' && s >= 1)
		snprintf(out, size, "%.0f s ago", s);
}

static void
draw_numbers(struct ui *u, struct grid *g, int row, int col, int cols,
    const struct gauge_frame *f, const struct replica_gauge *x, bool stale)
{
	const struct gauge_now now = gauge_view_now(u, f, x);
	const bool old = stale || now.age != 0;
	const struct columns c = columns_of(u, cols);
	/* without room for all of it and the mark, the highest is left out */
	const bool all = col + NUMBERS + MARK <= cols;
	char v[24], min[24], max[24], limit[48], age[24] = "";
	double lo, hi;

	gauge_view_bounds(u, f, x, &lo, &hi);
	fmt_value(now.v, x->unit, v, sizeof v);
	fmt_value(lo, x->unit, min, sizeof min);
	fmt_value(hi, x->unit, max, sizeof max);
	limit_text(x, now.v, c.limit, limit, sizeof limit);
	read_text(u, f, x, limit, sizeof limit);
	if (now.age != 0)
		fmt_clock(now.age, age, sizeof age);
	grid_textf(g, row, col, cols - col, gauge_style(x, old), " %8s", v);
	grid_textf(g, row, col + 9, cols - col - 9, old ? STYLE_STALE : STYLE_NORMAL,
	    all ? " %8s %8s" : " %8s", min, max);
	if (now.age != 0)
		grid_textf(g, row, col + NUMBERS + 1, cols - col - NUMBERS - 1, STYLE_STALE,
		    "%s ago", age);
	else
		grid_textf(g, row, col + NUMBERS + 1, c.limit, gauge_style(x, old), "%s", limit);
	grid_textf(g, row, cols - MARK, 1, gauge_style(x, old), "%c", gauge_mark(x, old));
}

/* Of one source alone its gauges need not say whose they are. */
static const char *
short_name(const struct ui *u, const struct replica_gauge *x)
{
	const size_t n = strlen(x->from);
	const bool is = u->gauges->one && n != 0 && strncmp(x->name, x->from, n) == 0;

	return is && x->name[n] == ' ' ? x->name + n + 1 : x->name;
}

static void
draw_row(struct ui *u, struct grid *g, int row, int cols, const struct gauge_frame *f,
    const struct replica_gauge *x, bool stale)
{
	const struct columns c = columns_of(u, cols);
	const double v = gauge_view_now(u, f, x).v;
	int col = 1;

	grid_textf(g, row, col, c.name, STYLE_NORMAL, "%.*s", c.name - 1, short_name(u, x));
	col += c.name;
	if (x->missing != NULL && u->gauges->cursor == 0) {
		grid_textf(g, row, col, cols - col, STYLE_DIM, "none: %s", x->missing);
		return;
	}
	if (c.bar != 0 && isfinite(gauge_top(x)))
		gauge_bar(u, g, row, col, c.bar, f, x, v, stale);
	else if (c.bar != 0 && c.spark == 0 && strcmp(x->unit, "s") != 0)
		gauge_spark(u, g, row, col, c.bar, f, x, stale);
	col += c.bar;
	if (c.spark > 8 && strcmp(x->unit, "s") != 0)
		gauge_spark(u, g, row, col + 1, c.spark, f, x, stale);
	col += c.spark > 0 ? c.spark + 1 : 0;
	draw_numbers(u, g, row, col, cols, f, x, stale);
}

/* "[all] local pi4": the sources, s goes to the next. */
static void
draw_tabs(struct ui *u, struct grid *g, int row, int cols, const struct gauge_frame *f)
{
	const struct gauge_view *v = u->gauges;
	const char *all[GAUGE_SOURCES_MAX];
	const size_t n = gauge_view_sources(f, all);
	int col = 1;

	col += grid_text(g, row, col, cols, v->one ? STYLE_DIM : STYLE_FOCUS, v->one ? "s: all " :
	    "s:[all]");
	for (size_t i = 0; i < n; i++) {
		const bool here = v->one && strcmp(v->from, all[i]) == 0;

		col += grid_textf(g, row, col, cols - col, here ? STYLE_FOCUS : STYLE_DIM,
		    here ? "[%s]" : " %s ", all[i][0] != '\0' ? all[i] : "own");
	}
}

static void
draw_header(struct ui *u, struct grid *g, int row, int cols, const struct gauge_frame *f)
{
	const struct columns c = columns_of(u, cols);
	const int col = 1 + c.name + c.bar + (c.spark > 0 ? c.spark + 1 : 0);
	const char *all[GAUGE_SOURCES_MAX];
	char clock[16], span[24];

	if (u->gauges->cursor != 0) {
		clock_fmt_hms(replica_wall(u->replica, u->gauges->cursor), clock, sizeof clock);
		grid_textf(g, row, 1, c.name + c.bar, STYLE_FOCUS, "at %.8s%s", clock,
		    cols >= 60 ? "  Enter: console there, Esc: now" : "");
	} else if (gauge_view_sources(f, all) > 1) {
		draw_tabs(u, g, row, c.name + c.bar, f);
	} else if (u->gauges->hidden_n != 0) {
		grid_textf(g, row, 1, c.name + c.bar, STYLE_DIM, "%zu hidden, X shows",
		    u->gauges->hidden_n);
	}
	if (c.spark > 8) {
		const struct gauge_window w = gauge_view_window(u, f, c.spark);

		fmt_clock(w.slice * (uint64_t)w.cols, span, sizeof span);
		grid_textf(g, row, 1 + c.name + c.bar + 1, c.spark, STYLE_DIM, "last %s", span);
	}
	if (cols >= 50)
		grid_textf(g, row, col, cols - col, STYLE_DIM, " %8s %8s %8s  limit", "now", "min",
		    col + NUMBERS + MARK <= cols ? "max" : "");
}

void
gauge_table_draw(struct ui *u, struct grid *g, struct grid_rect r, bool stale)
{
	const struct gauge_frame f = gauge_view_frame(u);
	const struct replica_gauge *rows[LIMIT_GAUGES];
	const size_t n = gauge_table_rows(u, &f, rows);
	const int most = r.rows >= 30 ? r.rows / 2 : r.rows * 2 / 5;
	const int spare = r.rows - 1 - (int)n;
	const int chart = r.rows < 14 ? 0 : spare > most ? spare : most;
	const int height = r.rows - chart - 1;
	size_t top;

	u->board_shown = n;
	if (u->board_row >= n)
		u->board_row = n != 0 ? n - 1 : 0;
	top = height > 0 && u->board_row >= (size_t)height ? u->board_row - (size_t)height + 1 : 0;
	draw_header(u, g, r.row, r.cols, &f);
	for (size_t i = top; i < n && (int)(i - top) < height; i++) {
		const int row = r.row + 1 + (int)(i - top);

		draw_row(u, g, row, r.cols, &f, rows[i], stale);
		if (i == u->board_row)
			grid_text(g, row, r.col, 1, STYLE_FOCUS, ">");
	}
	if (chart == 0 || n == 0)
		return;
	r = (struct grid_rect){ r.row + r.rows - chart, r.col, chart, r.cols };
	if (u->gauges->events)
		gauge_chart_events(u, g, r, &f, gauge_table_chosen(u, &f)->from);
	else
		gauge_chart_draw(u, g, r, &f, rows[u->board_row]);
}
