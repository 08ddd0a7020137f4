/* view_profile.c - the profile pane: its frame, its pages, and where the keys go. */
#include "ui/view_profile.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/fmt.h"
#include "ui/pane.h"
#include "ui/pane_box.h"
#include "ui/profile_ask.h"
#include "ui/profile_details.h"
#include "ui/profile_icicle.h"
#include "ui/profile_list.h"
#include "ui/profile_table.h"

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

static double
growth(const struct replica_profile *p)
{
	return single(p) ? p->b.total : p->b.total - p->a.total;
}

static bool
is(const struct replica_profile *p, const char *state)
{
	return p->state != NULL && strcmp(p->state, state) == 0;
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
	if (full && (u->cols >= 100 || s->time == 0))
		snprintf(out, size, "%s %.24s %s %s", letter, base, when, total);
	else if (full)
		snprintf(out, size, "%s %.12s %s %s", letter, base, when, total);
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

/* ---- one of three in the strip */

static void
draw_small_row(struct ui *u, struct grid *g, int at, int cols, const struct profile_row *r)
{
	const struct profile_view *v = u->profile;
	char text[48];
	int col = 1;

	if (v->diff)
		fmt_signed(r->flat, v->unit, text, sizeof text);
	else
		fmt_sample(r->flat_b, v->unit, text, sizeof text);
	col += grid_textf(g, at, 1, cols - 1, v->diff ? profile_style(r->flat) : STYLE_NORMAL,
	    "%7s ", text);
	if (cols >= 50) {
		fmt_sample(r->flat_b, v->unit, text, sizeof text);
		col += grid_textf(g, at, col, cols - col, STYLE_NORMAL, "%7s ", text);
		fmt_sample(r->cum_b, v->unit, text, sizeof text);
		col += grid_textf(g, at, col, cols - col, STYLE_NORMAL, "%7s  ", text);
	}
	grid_text(g, at, col, cols - col, STYLE_NORMAL, profile_short(r->name));
	if (u->focus == PANE_PROFILE && v->chosen != NULL && strcmp(v->chosen, r->name) == 0)
		grid_text(g, at, 0, 1, STYLE_FOCUS, ">");
}

static void
draw_small(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct replica_profile *p = &u->replica->profile;
	struct profile_view *v = u->profile;
	const size_t height = r.rows > 3 ? (size_t)r.rows - 3 : 0;
	char a[80], b[80], text[96];
	size_t top;

	profile_want(u, r.cols, -1);
	side_text(u, &p->a, "A", r.cols >= 70, a, sizeof a);
	side_text(u, &p->b, "B", r.cols >= 70, b, sizeof b);
	grid_textf(g, 0, 1, r.cols - 1, STYLE_NORMAL, "%s   %s", a, b);
	total_text(p, text, sizeof text);
	grid_text(g, 1, 1, r.cols - 1, profile_style(single(p) ? 0 : growth(p)), text);
	if (is(p, "failed"))
		grid_text(g, 2, 1, r.cols - 1, STYLE_ALARM, "x failed: old rows; z says why");
	else if (is(p, "loading"))
		grid_text(g, 2, 1, r.cols - 1, STYLE_STALE, "? loading; old rows");
	else
		grid_hline(g, 2, 1, r.cols - 2, STYLE_LINE, u->set);
	top = height != 0 && v->at >= height ? v->at - height + 1 : 0;
	for (size_t i = top; i < v->rows && i - top < height; i++)
		draw_small_row(u, g, 3 + (int)(i - top), r.cols, &v->row[i]);
}

/* ---- zoomed */

/* What stands between the user and all of the stacks; u takes it back from the right. */
static bool
steps_text(const struct profile_view *v, char *out, size_t size)
{
	static const char *const onlys[] = { "", "  growth only", "  shrink only" };
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < v->steps && n < size; i++) {
		const char *last = strrchr(v->step[i].text, ';');

		n += (size_t)snprintf(out + n, size - n, "%s%s %.60s", i != 0 ? " > " : "",
		    v->step[i].word, profile_short(last != NULL ? last + 1 : v->step[i].text));
	}
	if (n < size && v->match != NULL)
		n += (size_t)snprintf(out + n, size - n, "%srows /%.60s/", n != 0 ? "  " : "",
		    v->match);
	if (n < size)
		(void)snprintf(out + n, size - n, "%s", onlys[v->only] + (n == 0 ? 2 : 0) * (v->only
		    != PROFILE_BOTH));
	return out[0] != '\0';
}

/* Old, failed, on its way: said where the rows are, with the next key. */
static int
draw_state(struct ui *u, struct grid *g, int row, int cols)
{
	const struct replica_profile *p = &u->replica->profile;
	const struct profile_view *v = u->profile;

	if (is(p, "failed"))
		grid_textf(g, row, 1, cols - 1, STYLE_ALARM,
		    "x %s; these rows are older: S takes a "
		    "snapshot, c chooses others", p->error != NULL ? p->error : "failed");
	else if (is(p, "loading"))
		grid_text(g, row, 1, cols - 1, STYLE_STALE, "? a new profile is being read; these "
		    "rows are older");
	else if (v->error != NULL)
		grid_textf(g, row, 1, cols - 1, STYLE_ALARM, "x %s; u takes the last step back",
		    v->error);
	else if (profile_stale(u))
		grid_text(g, row, 1, cols - 1, STYLE_STALE,
		    "? working on it; these rows are older");
	else if (v->answer != NULL && json_get_str(v->answer, "warning", NULL) != NULL)
		grid_textf(g, row, 1, cols - 1, STYLE_WARN, "! %s", json_get_str(v->answer,
		    "warning", ""));
	else
		return 0;
	return 1;
}

static int
draw_head(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct replica_profile *p = &u->replica->profile;
	char a[100], b[100], total[64], steps[300];
	int at = 1;

	side_text(u, &p->a, "A", true, a, sizeof a);
	side_text(u, &p->b, "B", true, b, sizeof b);
	total_text(p, total, sizeof total);
	grid_textf(g, 0, 1, r.cols - 1, STYLE_NORMAL, "%s   %s   %s", a, b, total);
	if (steps_text(u->profile, steps, sizeof steps))
		grid_textf(g, at++, 1, r.cols - 1, STYLE_WARN, "%s   (u takes back)", steps);
	return at + draw_state(u, g, at, r.cols);
}

/* How the rows are shared: the part with the keys gets most. */
struct shares { struct grid_rect table, icicle, details; };

static struct shares
share(const struct profile_view *v, struct grid_rect r)
{
	const bool wide = r.cols >= 130;
	const int side = wide ? r.cols * 2 / 5 : 0;
	int low = r.rows * 3 / 10, details = wide ? 0 : r.rows / 4;
	struct shares s;

	if (v->part == PROFILE_ICICLE)
		low = r.rows * (wide ? 65 : 55) / 100;
	if (v->part == PROFILE_DETAILS && !wide)
		details = r.rows * 55 / 100;
	if (v->part != PROFILE_TABLE && !wide)
		low = v->part == PROFILE_ICICLE ? low : r.rows / 5, details = v->part ==
		    PROFILE_DETAILS ? details : 2;
	s.table = (struct grid_rect){ r.row, r.col, r.rows - low - details, r.cols - side - (wide ?
	    1 : 0) };
	s.icicle = (struct grid_rect){ r.row + s.table.rows, r.col, low, r.cols };
	s.details = wide ? (struct grid_rect){ r.row, r.col + r.cols - side, s.table.rows, side } :
	    (struct grid_rect){ r.row + s.table.rows + low, r.col, details, r.cols };
	return s;
}

static void
draw_one(struct ui *u, struct grid *g, struct grid_rect r)
{
	struct profile_view *v = u->profile;

	if (v->part == PROFILE_ICICLE)
		profile_icicle_draw(u, g, r, true);
	else if (v->part == PROFILE_DETAILS)
		profile_details_draw(u, g, r, true);
	else
		profile_table_draw(u, g, r, true);
}

static void
draw_compare(struct ui *u, struct grid *g, struct grid_rect r)
{
	struct profile_view *v = u->profile;
	const bool keys = u->focus == PANE_PROFILE;
	struct grid_rect body;
	struct shares s;
	int head;

	profile_want(u, r.cols, r.rows);
	head = r.rows >= 6 ? draw_head(u, g, r) : 0;
	body = (struct grid_rect){ head, 0, r.rows - head, r.cols };
	if (body.rows < 14 || body.cols < 60) {
		draw_one(u, g, body);
		return;
	}
	s = share(v, body);
	profile_table_draw(u, g, s.table, keys && v->part == PROFILE_TABLE);
	profile_icicle_draw(u, g, s.icicle, keys && v->part == PROFILE_ICICLE);
	profile_details_draw(u, g, s.details, keys && v->part == PROFILE_DETAILS);
}

static void
draw_none(struct ui *u, struct grid *g, struct grid_rect r, bool big)
{
	const struct replica_profile *p = &u->replica->profile;

	if (is(p, "loading")) {
		grid_text(g, 0, 1, r.cols - 1, STYLE_NORMAL, "loading ...");
	} else if (is(p, "failed")) {
		grid_textf(g, 0, 1, r.cols - 1, STYLE_ALARM, "x %s", p->error != NULL ? p->error :
		    "failed");
		grid_text(g, 1, 1, r.cols - 1, STYLE_DIM, big ?
		    "S takes a snapshot, c chooses other files" : "S again, c others");
	} else {
		grid_text(g, 0, 1, r.cols - 1, STYLE_DIM, "no profile yet");
		grid_text(g, 1, 1, r.cols - 1, STYLE_DIM,
		    r.cols >= 44 ? ": profile.load A.pb.gz B.pb.gz compares two" :
		    ": profile.load A B");
		if (big)
			grid_text(g, 2, 1, r.cols - 1, STYLE_DIM,
			    "S http://HOST:PORT/debug/pprof/heap?gc=1 takes a snapshot");
	}
}

static void
draw(struct ui *u, struct grid *g, struct grid_rect r, bool big)
{
	const struct grid_view old = grid_enter(g, r);
	const struct replica_profile *p = &u->replica->profile;

	if (big && u->profile->page != PROFILE_COMPARE)
		profile_list_draw(u, g, (struct grid_rect){ 0, 0, r.rows, r.cols });
	else if (p->state == NULL || (!is(p, "ready") && p->rows == 0 &&
	    (!big || u->profile->answer == NULL)))
		draw_none(u, g, r, big);
	else if (big)
		draw_compare(u, g, r);
	else
		draw_small(u, g, r);
	grid_leave(g, old);
}

static void
title(struct ui *u, char *left, size_t left_size, char *right, size_t right_size)
{
	static const char *const pages[] = { "", "snapshots", "leaks", "goroutines" };
	const struct replica_profile *p = &u->replica->profile;
	const struct profile_view *v = u->profile;

	if (u->layout.kind != LAYOUT_FULL && v->page != PROFILE_COMPARE) {
		snprintf(left, left_size, "%s", pages[v->page]);
		return;
	}
	if (p->state == NULL || is(p, "none"))
		return;
	snprintf(left, left_size, "%.40s", v->answer != NULL && v->held == NULL ?
	    json_get_str(v->answer, "type", "") : p->type != NULL ?
	    p->type : "");
	snprintf(right, right_size, "%s", !is(p, "ready") ? p->state : single(p) ? "B" : "B-A");
}

static void
digest(struct ui *u, char *out, size_t size)
{
	const struct replica_profile *p = &u->replica->profile;

	out[0] = '\0';
	if (!is(p, "ready") || single(p) || p->a.total <= 0)
		return;
	snprintf(out, size, "%s %+.0f%%", p->type != NULL ? p->type : "profile",
	    100 * growth(p) / p->a.total);
}

/* ---- keys */

static size_t
moved(size_t at, size_t n, long by)
{
	const long last = n != 0 ? (long)n - 1 : 0;

	if (by == LONG_MIN || by < -(long)at)
		return 0;
	return by == LONG_MAX || by > last - (long)at ? (size_t)last : (size_t)((long)at + by);
}

static void
move(struct ui *u, long by)
{
	struct profile_view *v = u->profile;

	if (v->page != PROFILE_COMPARE && u->layout.kind != LAYOUT_FULL) {
		profile_list_move(u, by);
	} else if (v->part == PROFILE_ICICLE && u->layout.kind != LAYOUT_FULL) {
		profile_icicle_move(u, by);
	} else if (v->part == PROFILE_DETAILS && u->layout.kind != LAYOUT_FULL) {
		v->text_top = moved(v->text_top, v->texts, by);
	} else if (v->rows != 0) {
		v->at = moved(v->at, v->rows, by);
		profile_choose(u, v->row[v->at].name);
	}
}

static void
enter(struct ui *u)
{
	struct profile_view *v = u->profile;

	if (!u->zoom)
		u->zoom = true;
	else if (v->page != PROFILE_COMPARE)
		profile_list_enter(u);
	else if (v->part == PROFILE_ICICLE)
		profile_icicle_enter(u);
	else if (v->chosen != NULL && v->part == PROFILE_TABLE)
		profile_narrow(u, "focus", v->chosen);
}

static bool
back(struct ui *u)
{
	struct profile_view *v = u->profile;

	if (!u->zoom)
		return false;
	if (v->page != PROFILE_COMPARE) {
		v->page = PROFILE_COMPARE;
		return true;
	}
	if (v->found != NULL) {
		profile_keep(&v->found, NULL);
		return true;
	}
	if (v->part != PROFILE_TABLE) {
		v->part = PROFILE_TABLE;
		return true;
	}
	return profile_widen(u);
}

static bool
find(struct ui *u, const char *text, bool next, bool backward)
{
	struct profile_view *v = u->profile;
	const size_t n = v->rows;

	(void)next;
	profile_keep(&v->found, text);
	for (size_t i = 1; i <= n; i++) {
		const size_t at = (v->at + (backward ? n - i : i)) % n;

		if (pane_match(v->row[at].name, text)) {
			v->at = at;
			profile_choose(u, v->row[at].name);
			return true;
		}
	}
	for (size_t i = 0; i < v->boxes; i++)
		if (v->box[i].name != NULL && pane_match(v->box[i].name, text)) {
			v->box_at = i;
			profile_choose(u, v->box[i].name);
			return true;
		}
	return false;
}

static size_t
yank(struct ui *u, struct buf *out)
{
	const struct profile_view *v = u->profile;
	size_t n = 0;

	if (v->part == PROFILE_DETAILS && u->zoom) {
		for (; n < v->texts; n++)
			(void)buf_add_fmt(out, "%s\n", v->text[n].text);
		return n;
	}
	for (; n < v->rows; n++)
		(void)buf_add_fmt(out, "%.0f\t%.0f\t%.0f\t%s\n", v->row[n].flat, v->row[n].flat_b,
		    v->row[n].cum_b, v->row[n].name);
	return n;
}

const struct pane_ops view_profile_ops = {
	.name = "Profile", .tab = "Prof", .keys = KEYS_PROFILE,
	.title = title, .draw = draw, .digest = digest, .move = move, .enter = enter, .back = back,
	.find = find,
	.yank = yank,
};
