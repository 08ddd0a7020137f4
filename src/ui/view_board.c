/* view_board.c - the board pane: bars, numbers, history; old is marked, missing is said. */
#include "ui/view_board.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "ui/fmt.h"
#include "ui/gauge_bar.h"
#include "ui/gauge_commands.h"
#include "ui/gauge_lines.h"
#include "ui/gauge_procs.h"
#include "ui/gauge_table.h"
#include "ui/pane.h"
#include "ui/pane_box.h"

enum { JOINED_MAX = 10 };

/* A row of the pane: one gauge, or those of a group that are read together. */
struct row {
	const struct replica_gauge *g[JOINED_MAX];
	int n, rank;
};

enum { ROWS_MAX = LIMIT_GAUGES, SPARK_SAMPLES = 8 };

/* Which gauges a small pane shows first. The first match decides. */
static const struct { const char *prefix; int rank; } ranks[] = {
	{ "mem.used", 1 }, { "cpu.busy", 2 }, { "load.", 3 }, { "temp.", 4 }, { "go.", 4 },
	{ "proc.", 5 }, { "freq.", 6 }, { "mem.anon", 7 }, { "mem.slab", 9 }, { "mem.avail", 12 },
	{ "mem.swap", 10 }, { "mem.", 9 }, { "psi.", 11 }, { "cpu.", 12 }, { "sys.", 13 },
	{ "power.", 13 }, { "cool.", 13 },
};

/* A gauge that has nothing to say gives its row to one that has. */
enum { NOTHING = 20 };

/* What stands in the bar of another row, or in the title, has none of its own in the small pane. */
static const char *const inside[] = { "mem.avail", "mem.buffers", "mem.cache", "self.cpu" };

static bool
has_row(const struct ui *u, const struct replica_gauge *g)
{
	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
		if (strcmp(gauge_base_id(g), inside[i]) == 0 && !ui_gauge_alarm(g))
			return false;
	return !gauge_view_hidden(u, g);
}

/* A clock that is not held back. */
static bool
idle(const struct replica_gauge *g)
{
	const size_t n = strlen(g->id);

	return strcmp(g->group, "freq") == 0 && n > 4 && strcmp(g->id + n - 4, ".cap") == 0 &&
	    !(replica_value(g) > 0);
}

/* Groups whose gauges stand in one row. */
static const char *const joined[] = { "load", "proc" };

static int
rank_of(const struct replica_gauge *g)
{
	const char *id = gauge_base_id(g);

	if (ui_gauge_alarm(g))
		return 0;
	for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++)
		if (strncmp(id, ranks[i].prefix, strlen(ranks[i].prefix)) == 0)
			return ranks[i].rank + (g->missing != NULL || idle(g) ? NOTHING : 0);
	return 8 + (g->missing != NULL ? NOTHING : 0);
}

static bool
joins(const struct row *r, const struct replica_gauge *g)
{
	bool kind = false;

	for (size_t i = 0; i < sizeof joined / sizeof joined[0]; i++)
		kind |= strcmp(g->group, joined[i]) == 0;
	return kind && r->n < JOINED_MAX && strcmp(r->g[0]->group, g->group) == 0 &&
	    strcmp(r->g[0]->from, g->from) == 0 &&
	    (g->missing == NULL) == (r->g[0]->missing == NULL);
}

/* At most `room` rows in the bench's order: those of the lowest ranks. */
static size_t
make_rows(const struct ui *u, const struct gauge_frame *f, struct row *out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct replica_gauge *g = &f->g[i];

		if (!has_row(u, g))
			continue;
		if (n != 0 && joins(&out[n - 1], g)) {
			out[n - 1].g[out[n - 1].n++] = g;
			if (rank_of(g) < out[n - 1].rank)
				out[n - 1].rank = rank_of(g);
			continue;
		}
		out[n++] = (struct row){ .g = { g }, .n = 1, .rank = rank_of(g) };
	}
	while (n > room) {
		size_t worst = 0;

		for (size_t i = 1; i < n; i++)
			if (out[i].rank >= out[worst].rank)
				worst = i;
		n--;
		memmove(out + worst, out + worst + 1, (n - worst) * sizeof *out);
	}
	return n;
}

/* What stands behind a bar: what is available of memory as a whole, a share of its parts, else the
 * value. */
static void
number(const struct ui *u, const struct gauge_frame *f, const struct replica_gauge *g, double v,
    char *out, size_t size)
{
	const struct replica_gauge *avail = strcmp(gauge_base_id(g), "mem.used") == 0 ?
	    gauge_of(f, g->from, "mem.avail") : NULL;
	char text[16];

	if (avail != NULL) {
		fmt_value(gauge_view_now(u, f, avail).v, "B", text, sizeof text);
		snprintf(out, size, "%.8s av", text);
	} else if (strcmp(g->unit, "B") == 0 && isfinite(g->max) && g->max > 0 && isfinite(v))
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

/* What of a process comes first where there is not room for all. */
static const char *const wanted[] = { "load.1", "load.5", "load.15", "proc.rss", "proc.anon",
	"proc.cpu", "proc.threads", "proc.pss", "proc.file", "proc.uss", "proc.vsize" };

static int
draw_member(struct grid *g, int row, int col, int room, const struct replica_gauge *x, bool stale)
{
	const bool load = strcmp(x->group, "load") == 0;
	char value[24], text[64];
	int n;

	fmt_value(replica_value(x), x->unit, value, sizeof value);
	n = snprintf(text, sizeof text, "%.20s%s%s ", load ? "" : second_word(x->name),
	    load ? "" : " ", value);
	return n > room + 1 ? 0 : grid_text(g, row, col, room, gauge_style(x, stale), text);
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
	if (x->g[0]->missing != NULL) {
		grid_textf(g, row, col, r.col + r.cols - col, STYLE_DIM, "none: %s",
		    x->g[0]->missing);
		return;
	}
	for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
		for (int i = 0; i < x->n; i++)
			if (strcmp(gauge_base_id(x->g[i]), wanted[k]) == 0)
				col += draw_member(g, row, col, r.col + r.cols - col - 2, x->g[i],
				    stale);
	if (stale)
		grid_text(g, row, r.col + r.cols - 2, 1, STYLE_STALE, "?");
}

/* One column stands for SPARK_SAMPLES, counted from the start of time: so the row moves on once in
 * a while, not with every sample, and costs few bytes. Returns how many values; a column shows the
 * highest. */
static size_t
columns(const struct gauge_frame *f, const struct replica_gauge *x,
    double out[LIMIT_GAUGE_HISTORY])
{
	const uint64_t every = f->every * SPARK_SAMPLES;
	uint64_t column = 0;
	size_t n = 0;

	for (size_t i = LIMIT_GAUGE_HISTORY - f->samples; i < LIMIT_GAUGE_HISTORY; i++) {
		const uint64_t at = f->t[i] / every;

		if (n != 0 && at == column) {
			if (!(x->history[i] <= out[n - 1]) && !isnan(x->history[i]))
				out[n - 1] = x->history[i];
			continue;
		}
		/* slices without a sample are blanks: time goes on in a gap as well */
		for (; n != 0 && column + 1 < at && n + 1 < LIMIT_GAUGE_HISTORY; column++)
			out[n++] = NAN;
		if (n == LIMIT_GAUGE_HISTORY)
			memmove(out, out + 1, --n * sizeof *out);
		out[n++] = x->history[i];
		column = at;
	}
	return n;
}

static void
spark(struct ui *u, struct grid *g, int row, int col, int cols, const struct replica_gauge *x,
    bool stale)
{
	const struct gauge_frame f = gauge_view_frame(u);
	double value[LIMIT_GAUGE_HISTORY];
	struct grid_spark s = { .values = value, .n = columns(&f, x, value), .min = NAN, .max = NAN,
		.warn = ui_gauge_limit(x), .set = u->set, .style = stale ? STYLE_STALE :
		STYLE_BAR };

	if (isfinite(x->max)) {
		s.min = isfinite(x->min) ? x->min : 0;
		s.max = x->max;
	}
	grid_spark(g, row, col, cols, &s);
}

/* "policy0 cap" has to be told from "policy4 cap" and from the clock itself in four columns:
 * "clk0", "cap0"; so has pressure. */
static void
short_name(const struct replica_gauge *x, bool narrow, char *out, size_t size)
{
	static const struct { const char *head, *instead; bool always; } shorter[] = {
		{ "psi ", "p.", false }, { "throttle ", "cooling ", true },
	};
	const bool policy = strncmp(x->name, "policy", 6) == 0;
	const size_t digits = policy ? strspn(x->name + 6, "0123456789") : 0;

	if (digits != 0) {
		const bool cap = strcmp(x->name + 6 + digits, " cap") == 0;

		snprintf(out, size, "%s%.*s%.20s", cap ? "cap" : narrow ? "clk" : "clock",
		    digits < 8 ? (int)digits : 8, x->name + 6,
		    cap ? "" : x->name + 6 + digits);
		return;
	}
	for (size_t i = 0; i < sizeof shorter / sizeof shorter[0]; i++) {
		const size_t n = strlen(shorter[i].head);

		if (strncmp(x->name, shorter[i].head, n) == 0 && (narrow || shorter[i].always)) {
			snprintf(out, size, "%s%s", shorter[i].instead, x->name + n);
			return;
		}
	}
	snprintf(out, size, "%s", x->name);
}

/* " mem  [######....]  61% !" and, with room, its history. */
static void
draw_one(struct ui *u, struct grid *g, struct grid_rect r, int row, const struct replica_gauge *x,
    bool stale)
{
	const struct gauge_frame frame = gauge_view_frame(u);
	const double v = replica_value(x);
	const int label = r.cols >= 36 ? 8 : 5, bar = r.cols >= 48 ? 18 : r.cols >= 27 ? 12 : 0,
	    num = 8;
	int col = r.col + 1;
	char text[24], name[32];

	short_name(x, label < 8, name, sizeof name);
	grid_textf(g, row, col, label, STYLE_NORMAL, "%.*s", label - 1, name);
	col += label;
	if (x->missing != NULL) {
		grid_textf(g, row, col, r.col + r.cols - col, STYLE_DIM, "none: %s", x->missing);
		return;
	}
	if (isfinite(gauge_top(x)) && bar != 0)
		gauge_bar(u, g, row, col, bar, &frame, x, v, stale);
	else if (bar != 0 && strcmp(x->unit, "s") != 0)
		spark(u, g, row, col, bar, x, stale);
	col += bar;
	number(u, &frame, x, v, text, sizeof text);
	grid_textf(g, row, col, r.col + r.cols - col, gauge_style(x, stale),
	    strlen(text) == (size_t)num - 1 ? " %*s%c" : "%*s %c", num - 1, text,
	    gauge_mark(x, stale));
	col += num + 2;
	if (r.cols >= 48 && isfinite(gauge_top(x)))
		spark(u, g, row, col, r.col + r.cols - col - 1, x, stale);
}

static void
draw_small(struct ui *u, struct grid *g, struct grid_rect r, bool stale)
{
	const struct gauge_frame f = gauge_view_frame(u);
	struct row rows[ROWS_MAX];
	/* a wide terminal has the largest processes below the gauges */
	const int below = r.rows >= 16 && r.cols >= 48 && u->layout.kind == LAYOUT_FULL ? 6 : 0;
	const size_t n = make_rows(u, &f, rows, (size_t)(r.rows > below ? r.rows - below : 0));

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
	if (below != 0)
		gauge_procs_few(u, g, (struct grid_rect){ r.row + (int)n, r.col,
			r.rows - (int)n < below ? r.rows - (int)n : below, r.cols });
}

/* What matters in a row each, and below it the processes. */
static void
draw_overview(struct ui *u, struct grid *g, struct grid_rect r, bool stale)
{
	const int most = r.rows > 12 ? r.rows - 6 : r.rows / 2;
	const int n = gauge_lines_draw(u, g, (struct grid_rect){ r.row, r.col, most, r.cols },
	    stale);
	const int from = n + (r.rows - n > 8);

	if (r.rows - from >= 2)
		gauge_procs_draw(u, g, (struct grid_rect){ r.row + from, r.col, r.rows - from,
			r.cols });
}

static void
draw(struct ui *u, struct grid *g, struct grid_rect r, bool big)
{
	const struct grid_view old = grid_enter(g, r);
	const struct grid_rect area = { 0, 0, r.rows, r.cols };
	uint64_t age;
	const bool stale = !u->gauges->paused && replica_gauges_stale(u->replica, u->mono, &age);

	if (u->replica->gauges == 0)
		grid_text(g, 0, 1, r.cols - 1, STYLE_DIM, "no gauges yet");
	else if (big && gauge_overview(u))
		draw_overview(u, g, area, stale);
	else if (big)
		gauge_table_draw(u, g, area, stale);
	else
		draw_small(u, g, area, stale);
	grid_leave(g, old);
}

/* "over ssh:pi4, every 1 s, self 0.1 %" */
static void
title_source(struct ui *u, char *out, size_t size)
{
	const char *link = u->replica->gauge_link;
	const struct replica_gauge *self = replica_gauge(u->replica, "self.cpu");
	const double cost = self != NULL && self->missing == NULL ? replica_value(self) :
	    (double)NAN;
	size_t n = 0;

	if (link != NULL && link[0] != '\0')
		n = (size_t)snprintf(out, size, "over %.40s, ", link);
	if (n < size)
		n += (size_t)snprintf(out + n, size - n, "every %.3g s",
		    (double)u->replica->gauge_every / 1e9);
	if (!isnan(cost) && n < size)
		snprintf(out + n, size - n, ", self %.1f%%", cost);
}

/* "Raspberry Pi 4, Linux 6.1  up 3:12": without seconds, which would cost bytes for each. */
static void
title_machine(struct ui *u, char *out, size_t size)
{
	const char *machine = u->replica->gauge_machine;
	const struct replica_gauge *up = replica_gauge(u->replica, "sys.uptime");
	const double s = up != NULL && up->missing == NULL ? replica_value(up) : (double)NAN;
	size_t n;

	if (machine != NULL && machine[0] != '\0')
		n = (size_t)snprintf(out, size, "%.*s", u->cols >= 100 ? 60 : 24, machine);
	else
		n = (size_t)snprintf(out, size, "%.40s", ui_target(u));
	if ((u->cols >= 100 || u->zoom) && s >= 0 && n < size)
		snprintf(out + n, size - n, "  up %.0f:%02d", floor(s / 3600),
		    (int)(fmod(s, 3600) / 60));
}

static void
title(struct ui *u, char *left, size_t left_size, char *right, size_t right_size)
{
	const bool wide = u->cols >= 100 || u->zoom;
	uint64_t age;
	char text[24];
	size_t alarms = 0;

	for (size_t i = 0; i < u->replica->gauges; i++)
		alarms += ui_gauge_alarm(&u->replica->gauge[i]);
	title_machine(u, left, left_size);
	if (u->gauges->paused) {
		snprintf(right, right_size, "paused");
	} else if (replica_gauges_stale(u->replica, u->mono, &age)) {
		fmt_clock(age, text, sizeof text);
		if (wide)
			snprintf(right, right_size, "stale %s", text);
		else
			snprintf(left, left_size, "(stale %s)", text);
	} else if (alarms != 0 && !wide) {
		snprintf(right, right_size, "%zu !", alarms);
	} else if (wide && u->replica->gauges != 0) {
		title_source(u, right, right_size);
		if (alarms != 0) {
			const size_t n = strlen(right);

			snprintf(right + n, right_size - n, "  %zu !", alarms);
		}
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
		n = (size_t)snprintf(out, size, "mem %.0f%%", 100 * gauge_fraction(mem,
		    replica_value(mem)));
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

	if (gauge_overview(u)) {
		gauge_procs_move(u, by);
		return;
	}
	if (n == 0)
		return;
	u->board_row = (size_t)(by == LONG_MIN ? 0 : by == LONG_MAX || by >= n - at ? n - 1 :
	    at + by < 0 ? 0 : at + by);
}

static bool
find(struct ui *u, const char *text, bool next, bool backward)
{
	const struct gauge_frame f = gauge_view_frame(u);
	const struct replica_gauge *rows[LIMIT_GAUGES];
	const size_t n = gauge_table_rows(u, &f, rows);

	(void)next;
	if (gauge_overview(u))
		return gauge_procs_find(u, text, backward);
	u->zoom = true;         /* rows of the zoomed form are the gauges themselves */
	for (size_t i = 1; i <= n; i++) {
		const size_t at = (u->board_row + (backward ? n - i : i)) % n;

		if (pane_match(rows[at]->name, text) || pane_match(rows[at]->id, text)) {
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

	if (gauge_overview(u))
		return gauge_procs_yank(u, out);
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
	.title = title, .draw = draw, .digest = digest, .move = move,
	.enter = gauge_enter, .back = gauge_back,
	.find = find,
	.yank = yank,
};
