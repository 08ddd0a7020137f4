/* view_profile.c - the profile pane: the difference of two profiles, biggest growth first. */
#include "ui/view_profile.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/fmt.h"

enum sort { SORT_DELTA, SORT_FLAT_B, SORT_CUM_B, SORT_NAME, SORT_COUNT };
static const char *const sort_names[SORT_COUNT] = { "delta", "flat B", "cum B", "name" };

static const char *
unit_of(const struct replica_profile *p)
{
	return p->unit != NULL ? p->unit : "";
}

/* One profile alone is shown by its own values, not as a difference from nothing. */
static bool
single(const struct replica_profile *p)
{
	return p->a.path == NULL;
}

static int
by_number(double a, double b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int
by_delta(const void *x, const void *y)
{
	const struct replica_row *a = *(const struct replica_row *const *)x,
	    *b = *(const struct replica_row *const *)y;

	return by_number(fabs(a->flat), fabs(b->flat));
}

static int
by_flat(const void *x, const void *y)
{
	const struct replica_row *a = *(const struct replica_row *const *)x,
	    *b = *(const struct replica_row *const *)y;

	return by_number(a->flat_b, b->flat_b);
}

static int
by_cum(const void *x, const void *y)
{
	const struct replica_row *a = *(const struct replica_row *const *)x,
	    *b = *(const struct replica_row *const *)y;

	return by_number(a->cum_b, b->cum_b);
}

static int
by_name(const void *x, const void *y)
{
	const struct replica_row *a = *(const struct replica_row *const *)x,
	    *b = *(const struct replica_row *const *)y;

	return strcmp(a->name, b->name);
}

/* The rows in the chosen order: array of pointers for mem_free. */
static const struct replica_row **
sorted(const struct ui *u)
{
	static int (*const by[SORT_COUNT])(const void *, const void *) = { by_delta, by_flat,
	    by_cum, by_name };
	const struct replica_profile *p = &u->replica->profile;
	const struct replica_row **row = mem_zero(p->rows + 1, sizeof *row);

	for (size_t i = 0; i < p->rows; i++)
		row[i] = &p->row[i];
	qsort(row, p->rows, sizeof *row, by[u->profile_sort % SORT_COUNT]);
	return row;
}

/* "encoding/json.(*decodeState).value" is "json.(*decodeState).value" where room is short. */
static const char *
short_name(const char *name)
{
	const char *slash = NULL;

	for (const char *p = name; *p != '\0' && *p != '(' && *p != '['; p++)
		if (*p == '/')
			slash = p;
	return slash != NULL ? slash + 1 : name;
}

static uint32_t
delta_style(double v)
{
	return v > 0 ? STYLE_ADDED : v < 0 ? STYLE_REMOVED : STYLE_NORMAL;
}

static double
growth(const struct replica_profile *p)
{
	return single(p) ? p->b.total : p->b.total - p->a.total;
}

static void
side_text(const struct ui *u, const struct replica_side *s, const char *letter, bool full,
    char *out, size_t size)
{
	char when[16] = "", total[32];
	const char *base = s->path != NULL ? strrchr(s->path, '/') : NULL;

	if (s->path == NULL) {
		snprintf(out, size, "%s -", letter);
		return;
	}
	base = base != NULL ? base + 1 : s->path;
	if (s->time != 0)
		clock_fmt_hms(s->time, when, sizeof when);
	fmt_sample(s->total, unit_of(&u->replica->profile), total, sizeof total);
	if (full)
		snprintf(out, size, "%s %.60s %s %s", letter, base, when, total);
	else if (s->time != 0)
		snprintf(out, size, "%s %.5s", letter, when);
	else
		snprintf(out, size, "%s %.10s", letter, base);
}

static void
total_text(const struct replica_profile *p, char *out, size_t size)
{
	char text[48];

	fmt_signed(growth(p), unit_of(p), text, sizeof text);
	if (single(p))
		snprintf(out, size, "total %s", text + (text[0] == '+'));
	else if (p->a.total > 0)
		snprintf(out, size, "total %s  %+.0f%%", text, 100 * growth(p) / p->a.total);
	else
		snprintf(out, size, "total %s", text);
}

static void
draw_small(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct replica_profile *p = &u->replica->profile;
	const struct replica_row **row = sorted(u);
	char a[80], b[80], text[96];
	int at = 3;

	side_text(u, &p->a, "A", r.cols >= 70, a, sizeof a);
	side_text(u, &p->b, "B", r.cols >= 70, b, sizeof b);
	grid_textf(g, 0, 1, r.cols - 1, STYLE_NORMAL, "%s   %s", a, b);
	total_text(p, text, sizeof text);
	grid_text(g, 1, 1, r.cols - 1, delta_style(single(p) ? 0 : growth(p)), text);
	grid_hline(g, 2, 1, r.cols - 2, STYLE_LINE, u->set);
	for (size_t i = 0; i < p->rows && at < r.rows; i++, at++) {
		int col = 1;

		fmt_signed(row[i]->flat, unit_of(p), text, sizeof text);
		col += grid_textf(g, at, 1, r.cols - 1, single(p) ? STYLE_NORMAL :
		    delta_style(row[i]->flat), "%7s ",
		    single(p) ? text + (text[0] == '+') : text);
		if (r.cols >= 50) {
			fmt_sample(row[i]->flat_b, unit_of(p), text, sizeof text);
			col += grid_textf(g, at, col, r.cols - col, STYLE_NORMAL, "%7s ", text);
			fmt_sample(row[i]->cum_b, unit_of(p), text, sizeof text);
			col += grid_textf(g, at, col, r.cols - col, STYLE_NORMAL, "%7s  ", text);
		}
		grid_text(g, at, col, r.cols - col, STYLE_NORMAL, short_name(row[i]->name));
		if (u->focus == PANE_PROFILE && i == u->profile_row)
			grid_text(g, at, 0, 1, STYLE_FOCUS, ">");
	}
	mem_free(row);
}

/* ---- zoomed */

static void
draw_row(const struct ui *u, struct grid *g, int at, int cols, const struct replica_row *x,
    bool chosen)
{
	const struct replica_profile *p = &u->replica->profile;
	char d[32], a[32], b[32], c[32], pct[16];
	int col = 0;

	fmt_signed(x->flat, unit_of(p), d, sizeof d);
	fmt_sample(x->flat_a, unit_of(p), a, sizeof a);
	fmt_sample(x->flat_b, unit_of(p), b, sizeof b);
	fmt_sample(x->cum_b, unit_of(p), c, sizeof c);
	if (growth(p) != 0)
		snprintf(pct, sizeof pct, "%.1f", 100 * x->flat / fabs(growth(p)));
	else
		snprintf(pct, sizeof pct, "-");
	col += grid_textf(g, at, 0, cols, delta_style(x->flat), "%10s", d);
	if (cols >= 70)
		col += grid_textf(g, at, col, cols - col, STYLE_NORMAL, " %9s", a);
	if (cols >= 50)
		col += grid_textf(g, at, col, cols - col, STYLE_NORMAL, " %9s", b);
	if (cols >= 70)
		col += grid_textf(g, at, col, cols - col, STYLE_NORMAL, " %9s %6s", c, pct);
	grid_textf(g, at, col, cols - col, STYLE_NORMAL, "  %s%s", x->name,
	    x->inlined ? " (inline)" : "");
	if (chosen)
		grid_restyle(g, (struct grid_rect){ at, 0, 1, cols }, STYLE_SELECT);
}

static void
draw_details(struct ui *u, struct grid *g, int at, int rows, int cols, const struct replica_row *x)
{
	const struct replica_profile *p = &u->replica->profile;
	char d[32], c[32], a[32], b[32], head[200];

	snprintf(head, sizeof head, "details %.150s", x->name);
	pane_rule(g, at, 0, cols, STYLE_LINE, u->set, head, NULL);
	fmt_signed(x->flat, unit_of(p), d, sizeof d);
	fmt_signed(x->cum, unit_of(p), c, sizeof c);
	fmt_sample(x->flat_a, unit_of(p), a, sizeof a);
	fmt_sample(x->flat_b, unit_of(p), b, sizeof b);
	if (rows > 1)
		grid_textf(g, at + 1, 1, cols - 1, STYLE_NORMAL,
		    "%s flat, %s cum   flat in A %s, in B %s", d, c, a, b);
	if (rows > 2)
		grid_text(g, at + 2, 1, cols - 1, STYLE_NORMAL, x->flat_a == 0 &&
		    x->flat_b != 0 ? "A had none: new in B" :
		    x->flat_b == 0 && x->flat_a != 0 ? "B has none: gone since A" : "");
}

static void
draw_big(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct replica_profile *p = &u->replica->profile;
	const struct replica_row **row = sorted(u);
	const int details = u->details && r.rows >= 10 ? 4 : 0, head = r.rows >= 6 ? 2 : 0;
	const int height = r.rows - head - details - 1;
	size_t top;
	char a[100], b[100], total[64];

	side_text(u, &p->a, "A", true, a, sizeof a);
	side_text(u, &p->b, "B", true, b, sizeof b);
	total_text(p, total, sizeof total);
	if (u->profile_row >= p->rows)
		u->profile_row = p->rows != 0 ? p->rows - 1 : 0;
	top = height > 0 && u->profile_row >= (size_t)height ? u->profile_row - (size_t)height + 1 :
	    0;
	if (head != 0) {
		grid_textf(g, 0, 1, r.cols - 1, STYLE_NORMAL, "%s   %s   %s", a, b, total);
		grid_textf(g, 1, 0, r.cols, STYLE_DIM, r.cols >= 70 ? "%10s %9s %9s %9s %6s  %s" :
		    "%10s%.0s %9s%.0s%.0s  %s",
		    "delta", "flat A", "flat B", "cum B", "%grow", "function");
	}
	for (size_t i = top; i < p->rows && (int)(i - top) < height; i++)
		draw_row(u, g, head + (int)(i - top), r.cols, row[i], i == u->profile_row);
	if (details != 0 && p->rows != 0)
		draw_details(u, g, head + height, details, r.cols, row[u->profile_row]);
	grid_textf(g, r.rows - 1, 1, r.cols - 1, STYLE_DIM,
	    "sorted by %s   row %zu of %zu   hidden: %lld rows",
	    sort_names[u->profile_sort % SORT_COUNT], p->rows != 0 ? u->profile_row + 1 : 0,
	    p->rows,
	    (long long)p->hidden);
	mem_free(row);
}

static void
draw_none(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct replica_profile *p = &u->replica->profile;

	if (p->state != NULL && strcmp(p->state, "loading") == 0) {
		grid_text(g, 0, 1, r.cols - 1, STYLE_NORMAL, "loading ...");
	} else if (p->state != NULL && strcmp(p->state, "failed") == 0) {
		grid_textf(g, 0, 1, r.cols - 1, STYLE_ALARM, "x %s", p->error != NULL ? p->error :
		    "failed");
	} else {
		grid_text(g, 0, 1, r.cols - 1, STYLE_DIM, "no profile yet");
		grid_text(g, 1, 1, r.cols - 1, STYLE_DIM,
		    r.cols >= 44 ? ": profile.load A.pb.gz B.pb.gz compares two" :
		    ": profile.load A B");
	}
}

static void
draw(struct ui *u, struct grid *g, struct grid_rect r, bool big)
{
	const struct grid_view old = grid_enter(g, r);
	const struct replica_profile *p = &u->replica->profile;

	if (p->state == NULL || (strcmp(p->state, "ready") != 0 && p->rows == 0))
		draw_none(u, g, r);
	else if (big)
		draw_big(u, g, r);
	else
		draw_small(u, g, r);
	grid_leave(g, old);
}

static void
title(struct ui *u, char *left, size_t left_size, char *right, size_t right_size)
{
	const struct replica_profile *p = &u->replica->profile;

	if (p->state == NULL || strcmp(p->state, "none") == 0)
		return;
	snprintf(left, left_size, "%.40s", p->type != NULL ? p->type : "");
	snprintf(right, right_size, "%s", strcmp(p->state, "ready") != 0 ? p->state : single(p) ?
	    "B" : "B-A");
}

static void
digest(struct ui *u, char *out, size_t size)
{
	const struct replica_profile *p = &u->replica->profile;

	out[0] = '\0';
	if (p->state == NULL || strcmp(p->state, "ready") != 0 || single(p) || p->a.total <= 0)
		return;
	snprintf(out, size, "%s %+.0f%%", p->type != NULL ? p->type : "profile",
	    100 * growth(p) / p->a.total);
}

static void
move(struct ui *u, long by)
{
	const long n = (long)u->replica->profile.rows, at = (long)u->profile_row;

	if (n != 0)
		u->profile_row = (size_t)(by == LONG_MIN ? 0 : by == LONG_MAX ||
		    by >= n - at ? n - 1 :
		    at + by < 0 ? 0 : at + by);
}

static void
enter(struct ui *u)
{
	if (!u->zoom)
		u->zoom = true;
	else
		u->details = !u->details;
}

static bool
back(struct ui *u)
{
	const bool had = u->details;

	u->details = false;
	return had;
}

static bool
find(struct ui *u, const char *text, bool next, bool backward)
{
	const size_t n = u->replica->profile.rows;
	const struct replica_row **row = sorted(u);
	bool found = false;

	(void)next;
	for (size_t i = 1; i <= n && !found; i++) {
		const size_t at = (u->profile_row + (backward ? n - i : i)) % n;

		found = pane_match(row[at]->name, text);
		if (found)
			u->profile_row = at;
	}
	mem_free(row);
	return found;
}

static size_t
yank(struct ui *u, struct buf *out)
{
	const struct replica_row **row = sorted(u);
	size_t n = 0;

	for (; n < u->replica->profile.rows; n++)
		(void)buf_add_fmt(out, "%.0f\t%.0f\t%.0f\t%s\n", row[n]->flat, row[n]->flat_b,
		    row[n]->cum_b, row[n]->name);
	mem_free(row);
	return n;
}

const struct pane_ops view_profile_ops = {
	.name = "Profile", .tab = "Prof", .keys = KEYS_PROFILE,
	.title = title, .draw = draw, .digest = digest, .move = move, .enter = enter, .back = back,
	.find = find,
	.yank = yank,
};
