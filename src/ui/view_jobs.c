/* view_jobs.c - the jobs pane: list, progress, log; a job on a pty is a terminal. */
#include "ui/view_jobs.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/fmt.h"
#include "ui/history.h"
#include "ui/pane.h"
#include "ui/streamfind.h"
#include "ui/ui_streams.h"
#include "ui/wrap.h"

static const uint64_t STALLED_NS = 5 * NS_PER_S;

static char
mark_of(const struct replica_job *j)
{
	return ".>x"[j->state == JOB_RUNNING ? 1 : j->state == JOB_OK ? 0 : 2];
}

static uint32_t
style_of(const struct replica_job *j)
{
	return j->state == JOB_RUNNING ? STYLE_TITLE : j->state == JOB_OK ? STYLE_NORMAL :
	    STYLE_ALARM;
}

/* "ok 3.1 s", "83%  0:04", "failed", "exit 74". */
static void
state_text(const struct ui *u, const struct replica_job *j, bool wide, char *out, size_t size)
{
	const uint64_t now = replica_time(u->replica, u->mono);
	const uint64_t took = (j->ended != 0 ? j->ended : now) - j->started;
	char span[24];

	if (j->state == JOB_RUNNING) {
		fmt_clock(took, span, sizeof span);
		if (isfinite(j->percent))
			snprintf(out, size, "%3.0f%% %s", j->percent, span);
		else
			snprintf(out, size, "%s%s", wide ? "running " : "", span);
		return;
	}
	clock_fmt_span(took, span, sizeof span);
	if (j->state == JOB_OK)
		snprintf(out, size, "ok %s", span);
	else if (j->state == JOB_FAILED && wide && !j->has_signal)
		snprintf(out, size, "failed, exit %lld", (long long)j->exit);
	else
		snprintf(out, size, "%s", replica_job_word(j->state));
}

static void
draw_row(const struct ui *u, struct grid *g, int at, int cols, const struct replica_job *j,
    bool chosen)
{
	const char *name = j->name;
	char state[40];
	int room;

	state_text(u, j, cols >= 44, state, sizeof state);
	room = cols - 4 - (int)strlen(state) - 1;
	grid_textf(g, at, 1, 1, style_of(j), "%c", mark_of(j));
	/* its own name says more than what kind of thing it is */
	if ((int)strlen(name) > room && strchr(name, ' ') != NULL &&
	    (strncmp(name, "macro ", 6) == 0 || strncmp(name, "workflow ", 9) == 0))
		name = strchr(name, ' ') + 1;
	(void)wrap_cut(g, at, 3, room > 0 ? room : 0, style_of(j), name);
	grid_text(g, at, cols - (int)strlen(state) - 1, (int)strlen(state), style_of(j), state);
	if (chosen)
		grid_restyle(g, (struct grid_rect){ at, 0, 1, cols }, STYLE_SELECT);
}

/* The stage and how far that is. */
static void
draw_bar(struct grid *g, int at, int cols, const struct replica_job *j)
{
	const int word = j->stage != NULL && j->stage[0] != '\0' && cols >= 22 ?
	    cols >= 30 ? 8 : 7 : 0;

	if (word != 0)
		grid_text(g, at, 1, word - 1, STYLE_NORMAL, j->stage);
	grid_bar(g, at, 1 + word, cols - 2 - word, j->percent / 100, NAN, STYLE_BAR);
}

/* How long its tool has told nothing; 0: not for long. */
static uint64_t
stalled(const struct ui *u, const struct replica_job *j, uint64_t *since)
{
	const uint64_t now = replica_time(u->replica, u->mono);

	*since = j->state == JOB_RUNNING && j->moved != 0 && now > j->moved ? now - j->moved : 0;
	return *since > STALLED_NS ? *since : 0;
}

/* Bytes, rate and time left: in fixed columns where there is room, else close together; in the
 * narrowest the time left is told from the time so far by its minus. */
static void
rate_text(const struct replica_job *j, const char *of, uint64_t since, int room, char out[96])
{
	const double eta = isfinite(j->eta) ? j->eta - (double)since / 1e9 : NAN;
	char rate[16], left[24] = "";

	bytes_fmt_short(isfinite(j->rate) ? (int64_t)j->rate : 0, rate, sizeof rate);
	if (isfinite(eta))
		fmt_clock(eta > 0 ? (uint64_t)(eta * 1e9) : 0, left, sizeof left);
	for (unsigned i = 0; i < 3; i++) {
		const char *word = left[0] != '\0' && i < 2 ? " left" : "";

		snprintf(out, 96, "%*s %*s/s %s%s%s", i == 0 ? 13 : 0, of, i == 0 ? 6 : 0, rate,
		    left[0] != '\0' && i == 2 ? "-" : "", left, word);
		if ((int)strlen(out) <= room)
			return;
	}
}

/* A tool that tells nothing for a while has no rate, whatever it had. */
static void
draw_numbers(const struct ui *u, struct grid *g, int at, int cols, const struct replica_job *j)
{
	char done[16], total[16], of[40], span[24], line[96];
	uint64_t since;
	const uint64_t still = stalled(u, j, &since);

	bytes_fmt_short((int64_t)j->done, done, sizeof done);
	bytes_fmt_short(isfinite(j->total) ? (int64_t)j->total : 0, total, sizeof total);
	snprintf(of, sizeof of, "%s%s%s", done, isfinite(j->total) ? "/" : "",
	    isfinite(j->total) ? total : "");
	rate_text(j, of, since, cols - 2, line);
	if (still != 0) {
		fmt_clock(still, span, sizeof span);
		snprintf(line, sizeof line, "%s stalled %s", of, span);
	}
	grid_text(g, at, 1, cols - 2, still != 0 ? STYLE_WARN : STYLE_NORMAL, line);
}

/* How many rows it took; unknown length has no bar. */
static int
draw_progress(const struct ui *u, struct grid *g, int at, int cols, const struct replica_job *j)
{
	int rows = 0;

	if (isfinite(j->percent)) {
		draw_bar(g, at, cols, j);
		rows++;
	}
	if (isfinite(j->done)) {
		draw_numbers(u, g, at + rows, cols, j);
		rows++;
	} else if (j->stage != NULL && !isfinite(j->percent)) {
		grid_text(g, at + rows, 1, cols - 2, STYLE_NORMAL, j->stage);
		rows++;
	}
	return rows;
}

/* The tool's last words, unless they are its own bar: that stands above them already. */
static bool
has_words(const struct replica_job *j)
{
	return j->last != NULL && j->last[0] != '\0' && !(isfinite(j->percent) &&
	    (strchr(j->last, '%') != NULL || strstr(j->last, "===") != NULL ||
	    strstr(j->last, "###") != NULL));
}

/* The running ones first, each with its progress; then the others, newest first. */
static void
draw_small(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct replica *p = u->replica;
	const struct replica_job *chosen = u->focus == PANE_JOBS ? ui_job(u) : NULL;
	int at = 0;

	for (size_t i = p->jobs; i-- > 0 && at < r.rows;)
		if (p->job[i]->state == JOB_RUNNING) {
			draw_row(u, g, at++, r.cols, p->job[i], p->job[i] == chosen);
			if (at < r.rows)
				at += draw_progress(u, g, at, r.cols, p->job[i]);
			if (at < r.rows && has_words(p->job[i]))
				grid_text(g, at++, 3, r.cols - 4, STYLE_DIM, p->job[i]->last);
		}
	for (size_t i = p->jobs; i-- > 0 && at < r.rows;)
		if (p->job[i]->state != JOB_RUNNING)
			draw_row(u, g, at++, r.cols, p->job[i], p->job[i] == chosen);
	if (p->jobs == 0) {
		grid_text(g, 0, 1, r.cols - 1, STYLE_DIM, "no jobs yet");
		grid_text(g, 1, 1, r.cols - 1, STYLE_DIM,
		    r.cols >= 40 ? ": job.run -- make   F flash   w workflow" :
		    ": job.run -- make");
	}
}

/* ---- zoomed: the list at the left or above, the chosen job's log */

static int
draw_facts(struct ui *u, struct grid *g, struct grid_rect r, const struct replica_job *j)
{
	int at = 0;

	if (r.rows < 8)
		return 0;
	grid_text(g, at++, 1, r.cols - 1, STYLE_NORMAL, j->argv != NULL ? j->argv : "");
	at += draw_progress(u, g, at, r.cols < 60 ? r.cols : 60, j);
	if (j->err_why != NULL)
		grid_textf(g, at++, 1, r.cols - 1, STYLE_ALARM, "x %s: %s", j->err_what != NULL ?
		    j->err_what : j->name,
		    j->err_why);
	if (j->err_next != NULL)
		grid_textf(g, at++, 1, r.cols - 1, STYLE_KEY, "  %s", j->err_next);
	grid_hline(g, at++, 0, r.cols, STYLE_LINE, u->set);
	return at;
}

/* A debugger wraps its lines where we do. */
static void
tell_size(struct ui *u, struct replica_job *j, struct grid_rect r)
{
	char line[80];

	if (!j->pty || j->state != JOB_RUNNING || u->observe || r.rows < 2 || r.cols < 10 ||
	    (j->told_rows == r.rows && j->told_cols == r.cols))
		return;
	j->told_rows = r.rows;
	j->told_cols = r.cols;
	snprintf(line, sizeof line, "job.size %lld %d %d", (long long)j->id, r.rows, r.cols);
	u->ops->command(u->arg, line);
}

static void
draw_log(struct ui *u, struct grid *g, struct grid_rect r, struct replica_job *j)
{
	struct streamview_look look = { .times = STREAMVIEW_NO_TIMES, .set = u->set,
	    .wall = u->replica->started_wall };
	struct streamview *v = ui_view(u, &j->stream, j->pty);
	const struct grid_view old = grid_enter(g, r);
	const int used = u->terminal ? 0 : draw_facts(u, g, r, j);
	int row, col;

	if (u->terminal)
		tell_size(u, j, r);
	look.live = u->terminal || (v->follow && j->pty && j->state == JOB_RUNNING);
	streamview_draw(v, g, (struct grid_rect){ used, 0, r.rows - used, r.cols }, &look, &row,
	    &col);
	grid_leave(g, old);
	if (u->terminal && u->focus == PANE_JOBS && row >= 0) {
		u->cursor_row = r.row + row;
		u->cursor_col = r.col + col;
	}
}

static void
draw_list(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct grid_view old = grid_enter(g, r);
	const struct replica *p = u->replica;
	const struct replica_job *chosen = ui_job(u);
	size_t at = 0, skip;

	for (size_t i = p->jobs; i-- > 0 && p->job[i] != chosen;)
		at++;
	skip = at >= (size_t)r.rows ? at - (size_t)r.rows + 1 : 0;
	at = 0;
	for (size_t i = p->jobs; i-- > 0; at++)
		if (at >= skip && (int)(at - skip) < r.rows)
			draw_row(u, g, (int)(at - skip), r.cols, p->job[i], p->job[i] == chosen);
	grid_leave(g, old);
}

static void
draw_big(struct ui *u, struct grid *g, struct grid_rect r)
{
	struct replica_job *j = ui_job(u);
	const bool beside = r.cols >= 60;
	const int side = r.cols * 3 / 8, above = r.rows / 3;

	if (j == NULL) {
		const struct grid_view old = grid_enter(g, r);

		draw_small(u, g, r);
		grid_leave(g, old);
		return;
	}
	if (u->terminal || u->log || (!beside && r.rows < 9)) {
		draw_log(u, g, r, j);
	} else if (beside) {
		draw_list(u, g, (struct grid_rect){ r.row, r.col, r.rows, side });
		grid_vline(g, r.row, r.col + side, r.rows, STYLE_LINE, u->set);
		draw_log(u, g, (struct grid_rect){ r.row, r.col + side + 1, r.rows,
		    r.cols - side - 1 }, j);
	} else {
		draw_list(u, g, (struct grid_rect){ r.row, r.col, above, r.cols });
		grid_hline(g, r.row + above, r.col, r.cols, STYLE_LINE, u->set);
		draw_log(u, g, (struct grid_rect){ r.row + above + 1, r.col, r.rows - above - 1,
		    r.cols }, j);
	}
}

static void
draw(struct ui *u, struct grid *g, struct grid_rect r, bool big)
{
	struct grid_view old;

	if (big) {
		draw_big(u, g, r);
		return;
	}
	old = grid_enter(g, r);
	draw_small(u, g, r);
	grid_leave(g, old);
}

static void
title(struct ui *u, char *left, size_t left_size, char *right, size_t right_size)
{
	const struct replica_job *j = ui_job(u);
	size_t running = 0;

	for (size_t i = 0; i < u->replica->jobs; i++)
		running += u->replica->job[i]->state == JOB_RUNNING;
	if ((u->zoom || u->terminal) && j != NULL)
		snprintf(left, left_size, "job %lld %.60s%s%.20s", (long long)j->id, j->name,
		    j->by != NULL ? "  by " : "",
		    j->by != NULL ? j->by : "");
	if (u->terminal)
		snprintf(right, right_size, "LIVE  %s Esc leaves", u->keymap.prefix);
	else if (running != 0)
		snprintf(right, right_size, "%zu running", running);
}

static void
digest(struct ui *u, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = u->replica->jobs; i-- > 0;) {
		const struct replica_job *j = u->replica->job[i];
		char state[40];

		if (j->state == JOB_OK || j->state == JOB_KILLED)
			continue;
		state_text(u, j, false, state, sizeof state);
		snprintf(out, size, "%.12s %s", j->name, state);
		return;
	}
}

static void
move(struct ui *u, long by)
{
	const struct replica *p = u->replica;
	const struct replica_job *now = ui_job(u);
	long n = (long)p->jobs, at = 0;

	if (u->log && ui_current_view(u) != NULL) {
		streamview_move(ui_current_view(u), by);
		return;
	}
	if (now == NULL)
		return;
	while (at < n && p->job[n - 1 - at] != now)
		at++;
	at = by == LONG_MIN ? 0 : by == LONG_MAX || by >= n - at ? n - 1 : at + by < 0 ? 0 :
	    at + by;
	u->job = p->job[n - 1 - at]->id;
}

static void
enter(struct ui *u)
{
	const struct replica_job *j = ui_job(u);

	if (j == NULL)
		return;
	u->job = j->id;
	u->zoom = true;
	if (j->pty && j->state == JOB_RUNNING)
		u->terminal = true;
	else
		u->log = true;
}

void
view_jobs_open(struct ui *u, int64_t id)
{
	if (replica_job(u->replica, id) == NULL)
		return;
	u->job = id;
	u->focus = PANE_JOBS;
	enter(u);
}

static bool
back(struct ui *u)
{
	const bool had = u->log;

	u->log = false;
	if (had && ui_current_view(u) != NULL)
		streamview_follow(ui_current_view(u));
	return had;
}

static bool
find(struct ui *u, const char *text, bool next, bool backward)
{
	struct streamview *v = ui_current_view(u);
	struct err_msg why;

	if (v == NULL)
		return false;
	u->zoom = u->log = true;
	if (!next && streamview_find(v, text, &why) != ERR_OK) {
		ui_say_err(u, &why);
		return true;
	}
	if (v->follow)
		streamview_hold(v);
	return streamview_find_next(v, backward);
}

static size_t
yank(struct ui *u, struct buf *out)
{
	struct streamview *v = ui_current_view(u);

	if (v == NULL)
		return 0;
	if (!v->selecting) {
		v->selecting = true;
		v->anchor = v->first;
		v->cur = v->first + v->lines - 1;
	}
	return streamview_yank(v, out);
}

const struct pane_ops view_jobs_ops = {
	.name = "Jobs", .tab = "Job", .keys = KEYS_JOBS,
	.title = title, .draw = draw, .digest = digest, .move = move, .enter = enter, .back = back,
	.find = find,
	.yank = yank,
};
