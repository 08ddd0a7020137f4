/* gauge_procs.c - a list of processes that is read only while it is looked at. */
#include "ui/gauge_procs.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "ui/fmt.h"
#include "ui/gauge_ask.h"
#include "ui/pane_box.h"
#include "ui/prompt.h"

static const uint64_t PAGE_EVERY = 2 * NS_PER_S, SMALL_EVERY = 20 * NS_PER_S,
		      FURTHER_EVERY = 10 * NS_PER_S;    /* it may be a serial line */

static const char *const orders[] = { "rss", "cpu", "threads", "pid", "name" };
enum { ORDERS = sizeof orders / sizeof orders[0], TOP = 200, FEW = 4 };

static bool
serial(const struct ui *u)
{
	const char *link = u->replica->gauge_link;

	return link != NULL && (strncmp(link, "serial:", 7) == 0 ||
	    strncmp(link, "console:", 8) == 0);
}

static void
ask(struct ui *u, bool page)
{
	const struct gauge_view *v = u->gauges;
	struct buf line;

	buf_init(&line, 512);
	(void)buf_add_fmt(&line, "gauge.processes sort=%s top=%d", page ? orders[v->order] : "rss",
	    page ? TOP : FEW);
	if (page && v->filter[0] != '\0') {
		(void)buf_add_str(&line, " filter=");
		command_quote(v->filter, &line);
	}
	if (v->one && v->from[0] != '\0') {
		(void)buf_add_str(&line, " from=");
		command_quote(v->from, &line);
	}
	gauge_ask(u, GAUGE_ASK_PROCESSES, buf_str(&line), !page || serial(u) ? SMALL_EVERY :
	    v->one && v->from[0] != '\0' ? FURTHER_EVERY : PAGE_EVERY);
	buf_fini(&line);
}

static const json_t *
rows_of(const struct ui *u)
{
	const char *why;

	return json_object_get(gauge_answer(u, GAUGE_ASK_PROCESSES, &why), "rows");
}

/* The selection stays on its process while the list moves below it. */
static size_t
selected(const struct ui *u)
{
	const json_t *rows = rows_of(u), *x;
	const size_t n = json_array_size(rows);
	size_t i;

	json_array_foreach(rows, i, x)
		if (json_get_int(x, "pid", 0) == u->gauges->pid)
			return i;
	return u->gauges->at < n ? u->gauges->at : n != 0 ? n - 1 : 0;
}

static void
select_row(struct ui *u, size_t at)
{
	u->gauges->at = at;
	u->gauges->pid = json_get_int(json_array_get(rows_of(u), at), "pid", 0);
}

/* The number of the watched process, from the source of its gauges: "/proc/812 (app)"; 0. */
static int64_t
watched(const struct ui *u)
{
	const struct replica_gauge *g = replica_gauge(u->replica, "proc.rss");
	const char *at = g != NULL && g->missing == NULL && g->source != NULL ?
	    strstr(g->source, "proc/") : NULL;
	const struct slice number = at != NULL ? slice_make(at + 5, strspn(at + 5, "0123456789")) :
	    slice_of("");
	uint64_t pid;

	return slice_u64(number, INT64_MAX, &pid) ? (int64_t)pid : 0;
}

static void
draw_one(struct ui *u, struct grid *g, struct grid_rect r, int row, const json_t *x, bool sel)
{
	const bool own = json_get_int(x, "pid", 0) == watched(u);
	const double used = json_get_num(x, "cpu", (double)NAN);
	char rss[24], cpu[24];

	fmt_value(json_get_num(x, "rss", (double)NAN), "B", rss, sizeof rss);
	fmt_value(used, "%", cpu, sizeof cpu);
	grid_textf(g, row, r.col, r.cols, sel ? STYLE_SELECT : own ? STYLE_TITLE : STYLE_NORMAL,
	    "%c%7lld %7s %4lld %5s  %s %s%-.31s%s", own ? '*' : ' ',
	    (long long)json_get_int(x, "pid", 0), rss, (long long)json_get_int(x, "threads", 0),
	    cpu, json_get_str(x, "state", "?"), json_object_get(x, "rss") != NULL &&
	    json_is_null(json_object_get(x, "rss")) ? "[" : "", json_get_str(x, "name", ""),
	    json_is_null(json_object_get(x, "rss")) ? "]" : "");
}

static void
heading(struct ui *u, struct grid *g, struct grid_rect r, const json_t *answer, const char *why)
{
	const struct gauge_view *v = u->gauges;

	grid_textf(g, r.row, r.col, r.cols, STYLE_TITLE, " %7s %7s %4s %5s  S NAME", "PID", "RSS",
	    "THR", "CPU");
	if (r.cols >= 76)
		grid_textf(g, r.row, r.col + 40, r.cols - 40, STYLE_DIM,
		    "%lld of %lld by %s%s%.20s", (long long)json_get_int(answer, "match", 0),
		    (long long)json_get_int(answer, "all", 0), orders[v->order],
		    v->filter[0] != '\0' ? ", filter: " : "", v->filter);
	if (why != NULL)
		grid_textf(g, r.row + 1, r.col + 1, r.cols - 1, STYLE_DIM, "none: %s", why);
	else if (answer == NULL)
		grid_text(g, r.row + 1, r.col + 1, r.cols - 1, STYLE_DIM, "asking ...");
}

void
gauge_procs_draw(struct ui *u, struct grid *g, struct grid_rect r)
{
	const char *why;
	const json_t *answer, *rows;
	size_t top, sel, n;
	const size_t height = r.rows > 1 ? (size_t)r.rows - 1 : 0;

	ask(u, true);
	answer = gauge_answer(u, GAUGE_ASK_PROCESSES, &why);
	rows = rows_of(u);
	n = json_array_size(rows);
	sel = selected(u);
	top = height != 0 && sel >= height ? sel - height + 1 : 0;
	heading(u, g, r, answer, why);
	for (size_t i = top; i < n && i - top < height && why == NULL; i++)
		draw_one(u, g, r, r.row + 1 + (int)(i - top), json_array_get(rows, i), i == sel);
}

void
gauge_procs_few(struct ui *u, struct grid *g, struct grid_rect r)
{
	const json_t *rows;
	const char *why;

	if (r.rows < 3 || serial(u))
		return;
	ask(u, false);
	(void)gauge_answer(u, GAUGE_ASK_PROCESSES, &why);
	rows = rows_of(u);
	if (why != NULL || json_array_size(rows) == 0)
		return;
	grid_textf(g, r.row + 1, r.col, r.cols, STYLE_TITLE, " %7s %7s %4s %5s  S NAME", "PID",
	    "RSS", "THR", "CPU");
	for (int i = 0; i + 2 < r.rows && (size_t)i < json_array_size(rows); i++)
		draw_one(u, g, r, r.row + 2 + i, json_array_get(rows, (size_t)i), false);
}

void
gauge_procs_move(struct ui *u, long by)
{
	const long n = (long)json_array_size(rows_of(u)), at = (long)selected(u);

	if (n != 0)
		select_row(u, (size_t)(by == LONG_MIN ? 0 : by == LONG_MAX || by >= n - at ? n - 1 :
		    at + by < 0 ? 0 : at + by));
}

static unsigned
namesakes(const json_t *rows, const char *name)
{
	const json_t *x;
	unsigned k = 0;
	size_t i;

	json_array_foreach(rows, i, x)
		k += strcmp(json_get_str(x, "name", ""), name) == 0;
	return k;
}

void
gauge_procs_enter(struct ui *u)
{
	const json_t *rows = rows_of(u), *x = json_array_get(rows, selected(u));
	const char *name = json_get_str(x, "name", "");
	const bool further = u->gauges->one && u->gauges->from[0] != '\0';
	uint64_t number;
	struct buf line;

	if (x == NULL)
		return;
	buf_init(&line, 256);
	(void)buf_add_str(&line, "gauge.pid ");
	if ((namesakes(rows, name) == 1 || further) && name[0] != '\0' &&
	    !slice_u64(slice_of(name), UINT64_MAX, &number)) {
		command_quote(name, &line);
	} else {
		(void)buf_add_fmt(&line, "%lld", (long long)json_get_int(x, "pid", 0));
	}
	ui_run_line(u, buf_str(&line));
	gauge_ask_again(u, GAUGE_ASK_ADVICE);
	buf_fini(&line);
}

bool
gauge_procs_find(struct ui *u, const char *text, bool backward)
{
	const json_t *rows = rows_of(u);
	const size_t n = json_array_size(rows);

	for (size_t i = 1; i <= n; i++) {
		const size_t at = (selected(u) + (backward ? n - i : i)) % n;
		const json_t *x = json_array_get(rows, at);
		char pid[24];

		snprintf(pid, sizeof pid, "%lld", (long long)json_get_int(x, "pid", 0));
		if (pane_match(json_get_str(x, "name", ""), text) || strcmp(pid, text) == 0) {
			select_row(u, at);
			return true;
		}
	}
	return false;
}

size_t
gauge_procs_yank(struct ui *u, struct buf *out)
{
	const json_t *rows = rows_of(u), *x;
	size_t i;

	json_array_foreach(rows, i, x)
		(void)buf_add_fmt(out, "%lld\t%lld\t%lld\t%s\n",
		    (long long)json_get_int(x, "pid", 0), (long long)json_get_int(x, "rss", 0),
		    (long long)json_get_int(x, "threads", 0), json_get_str(x, "name", ""));
	return json_array_size(rows);
}

bool
gauge_procs_answer(struct ui *u, const char *line)
{
	static const char command[] = "gauge.pid ";
	const char *what = line + sizeof command - 1;

	if (strncmp(line, command, sizeof command - 1) != 0)
		return false;
	if (strspn(what, "0123456789") == strlen(what))
		ui_say(u, UI_INFO, "watching process %.20s", what);
	else
		ui_say(u, UI_INFO, "watching %.40s, and what is started by that name after it",
		    what);
	return true;
}

/* ---- commands */

static void
run_sort(struct command_call *c)
{
	struct ui *u = c->ctx;
	const char *by = json_get_str(c->args, "by", "");
	struct err_msg why;
	unsigned k = (u->gauges->order + 1) % ORDERS;

	for (unsigned i = 0; i < ORDERS && by[0] != '\0'; i++)
		if (strcmp(orders[i], by) == 0)
			k = i;
	if (by[0] != '\0' && strcmp(orders[k], by) != 0) {
		(void)err_set(&why, ERR_USAGE, "sort", "rss cpu threads pid name",
		    "no order: %.20s", by);
		command_fail(c, &why);
		return;
	}
	u->gauges->order = k;
	ui_say(u, UI_INFO, "processes by %s", orders[k]);
	command_done(c, NULL);
}

static void
run_filter(struct command_call *c)
{
	struct ui *u = c->ctx;
	const char *text = json_get_str(c->args, "text", NULL);

	if (text != NULL)
		snprintf(u->gauges->filter, sizeof u->gauges->filter, "%s", text);
	else
		prompt_open(u, "processes whose name or number has", "view.board.processes.filter",
		    u->gauges->filter);
	command_done(c, NULL);
}

#define ARGS(array, ...) static const struct command_arg array[] = { __VA_ARGS__, { .name = NULL } }

ARGS(args_sort, { "by", ARG_WORD, 0, NULL, "rss cpu threads pid name; else the next" });
ARGS(args_filter, { "text", ARG_WORD, 0, NULL, "part of a name or number; without it asks" });

const struct command gauge_procs_commands[] = {
	{ "view.board.processes.filter", "which processes are listed", args_filter, COMMAND_VIEW,
	    run_filter },
	{ "view.board.processes.sort", "order of the list of processes", args_sort, COMMAND_VIEW,
	    run_sort },
	{ .name = NULL },
};
