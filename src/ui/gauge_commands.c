/* gauge_commands.c - the view.board.* commands: pause, span, cursor, alarms, export. */
#include "ui/gauge_commands.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "ui/fmt.h"
#include "ui/gauge_form.h"
#include "ui/gauge_lines.h"
#include "ui/gauge_past.h"
#include "ui/gauge_procs.h"
#include "ui/gauge_says.h"
#include "ui/gauge_table.h"
#include "ui/history.h"
#include "ui/prompt.h"
#include "ui/streamfind.h"

static void
refuse(struct command_call *c, const char *text, const char *next)
{
	struct err_msg why;

	(void)err_set(&why, ERR_USAGE, "board", next, "%s", text);
	command_fail(c, &why);
}

static void
run_pause(struct command_call *c)
{
	struct ui *u = c->ctx;

	gauge_view_pause(u, !u->gauges->paused);
	ui_say(u, UI_INFO, u->gauges->paused ?
	    "the picture stands; sampling goes on. Space: on" : "the picture follows again");
	command_done(c, NULL);
}

/* ---- span */

static const uint64_t spans[] = { 30 * NS_PER_S, 60 * NS_PER_S, 120 * NS_PER_S, 300 * NS_PER_S,
	600 * NS_PER_S, 1800 * NS_PER_S, 3600 * NS_PER_S, 7200 * NS_PER_S, 21600 * NS_PER_S,
	43200 * NS_PER_S, 86400 * NS_PER_S, 172800 * NS_PER_S };
enum { SPANS = sizeof spans / sizeof spans[0] };

/* Of the samples themselves; what is older comes as slices. */
static uint64_t
of_samples(const struct ui *u)
{
	return u->replica->gauge_every * LIMIT_GAUGE_HISTORY;
}

/* Longer: up to a step that holds all the bench still knows. */
static uint64_t
longer(const struct ui *u, uint64_t now)
{
	const uint64_t raw = of_samples(u);

	if (now >= raw && now >= gauge_past_kept(u))
		return now == raw ? 0 : now;
	for (int i = 0; i < SPANS; i++)
		if (spans[i] > now)
			return now < raw && spans[i] >= raw ? 0 : spans[i];
	return now == raw ? 0 : now;
}

static uint64_t
shorter(const struct ui *u, uint64_t now)
{
	const uint64_t raw = of_samples(u), least = u->replica->gauge_every * 16;

	for (int i = SPANS - 1; i >= 0; i--)
		if (spans[i] < now && spans[i] >= least)
			return now > raw && spans[i] <= raw ? 0 : spans[i];
	return now == raw ? 0 : now;
}

static uint64_t
next_span(const struct ui *u, bool more)
{
	const uint64_t now = u->gauges->span != 0 ? u->gauges->span : of_samples(u);

	return more ? longer(u, now) : shorter(u, now);
}

static uint64_t
everything(const struct ui *u)
{
	const uint64_t kept = gauge_past_kept(u);

	for (int i = 0; i < SPANS && kept > of_samples(u); i++)
		if (spans[i] >= kept)
			return spans[i];
	return kept > of_samples(u) ? spans[SPANS - 1] : 0;
}

static void
run_span(struct command_call *c)
{
	struct ui *u = c->ctx;
	const char *text = json_get_str(c->args, "span", "");
	uint64_t span = 0;
	char said[24];

	if (strcmp(text, "longer") == 0 || strcmp(text, "shorter") == 0) {
		span = next_span(u, text[0] == 'l');
	} else if (strcmp(text, "all") == 0) {
		span = everything(u);
	} else if (strcmp(text, "samples") != 0 && (!slice_duration(slice_of(text), &span) ||
	    span < NS_PER_S)) {
		refuse(c, "not a span", "longer, shorter, all, samples, or a time such as 5m");
		return;
	}
	u->gauges->span = span;
	u->zoom = true;
	fmt_clock(span, said, sizeof said);
	ui_say(u, UI_INFO, "the last %s%s", span != 0 ? said : "600 samples",
	    span > of_samples(u) ? ": 10 s and minutes, the most of each column" : "");
	command_done(c, NULL);
}

/* ---- cursor */

static uint64_t
cursor_to(const struct ui *u, const struct gauge_frame *f, const char *to)
{
	const struct gauge_window w = gauge_view_window(u, f, u->cols > 12 ? u->cols - 12 : 1);
	const uint64_t newest = f->t[LIMIT_GAUGE_HISTORY - 1],
	    sample = f->t[LIMIT_GAUGE_HISTORY - f->samples],
	    left = w.from > 0 ? (uint64_t)w.from : f->every,
	    oldest = u->gauges->span > of_samples(u) && left < sample ? left : sample,
	    at = u->gauges->cursor != 0 ? u->gauges->cursor : newest;

	if (strcmp(to, "left") == 0)
		return at > oldest + w.slice ? at - w.slice : oldest;
	return strcmp(to, "right") == 0 && at + w.slice < newest ? at + w.slice : 0;
}

static void
run_cursor(struct command_call *c)
{
	struct ui *u = c->ctx;
	const struct gauge_frame f = gauge_view_frame(u);

	u->zoom = true;
	if (f.samples != 0)
		u->gauges->cursor = cursor_to(u, &f, json_get_str(c->args, "to", ""));
	command_done(c, NULL);
}

void
gauge_enter(struct ui *u)
{
	struct streamview *s;
	const uint64_t at = u->gauges->cursor;
	char clock[16];

	if (gauge_overview(u)) {
		gauge_procs_enter(u);
		return;
	}
	if (!u->zoom || at == 0) {
		u->zoom = true;
		return;
	}
	u->focus = PANE_CONSOLE;
	u->zoom = false;
	s = ui_scrollback(u);
	if (s == NULL)
		return;
	streamview_goto(s, at);
	clock_fmt_hms(replica_wall(u->replica, at), clock, sizeof clock);
	ui_say(u, UI_INFO, "the console at %.8s", clock);
}

bool
gauge_back(struct ui *u)
{
	struct gauge_view *v = u->gauges;

	if (gauge_overview(u)) {
		v->page = GAUGE_PAGE_TABLE;
		return true;
	}
	if (v->cursor == 0 && !v->events)
		return false;
	if (v->cursor != 0)
		v->cursor = 0;
	else
		v->events = false;
	return true;
}

/* ---- rows */

static const struct replica_gauge *
chosen(struct command_call *c, const struct gauge_frame *f)
{
	const char *id = json_get_str(c->args, "gauge", "");

	for (size_t i = 0; i < f->n && id[0] != '\0'; i++)
		if (strcmp(f->g[i].id, id) == 0)
			return &f->g[i];
	return id[0] != '\0' ? NULL : gauge_table_chosen(c->ctx, f);
}

static void
run_alarm(struct command_call *c)
{
	struct ui *u = c->ctx;
	const struct gauge_frame f = gauge_view_frame(u);
	const struct replica_gauge *g = chosen(c, &f);

	if (g == NULL) {
		refuse(c, "there is no such gauge", "gauge.list names them");
		return;
	}
	if (!u->zoom && u->layout.kind == LAYOUT_FULL && json_get_str(c->args, "gauge", NULL) ==
	    NULL) {
		/* rows of the small pane stand for several gauges */
		u->zoom = true;
		ui_say(u, UI_INFO, "choose the gauge, then A");
	} else {
		gauge_form_open(u, g);
	}
	command_done(c, NULL);
}

static void
run_hide(struct command_call *c)
{
	struct ui *u = c->ctx;
	const struct gauge_frame f = gauge_view_frame(u);
	const struct replica_gauge *g = chosen(c, &f);

	u->zoom = true;
	if (g == NULL)
		refuse(c, "there is no such gauge", "gauge.list names them");
	else if (!gauge_view_hide(u, g->id))
		refuse(c, "so many cannot be hidden", "view.board.show shows all again");
	else
		command_done(c, NULL);
}

static void
run_show(struct command_call *c)
{
	gauge_view_show_all(c->ctx);
	command_done(c, NULL);
}

static void
run_source(struct command_call *c)
{
	struct ui *u = c->ctx;

	if (!gauge_view_next_source(u))
		ui_say(u, UI_INFO, "one source; `gauge.source` adds more, beside one another");
	u->board_row = 0;
	command_done(c, NULL);
}

static void
run_throttles(struct command_call *c)
{
	struct ui *u = c->ctx;

	u->zoom = true;
	u->gauges->events = !u->gauges->events;
	command_done(c, NULL);
	if (u->gauges->events)
		gauge_says_ask(u);
}

/* ---- pages, advice */

static void
run_page(struct command_call *c)
{
	static const char *const pages[GAUGE_PAGES] = { "gauges", "overview" };
	struct ui *u = c->ctx;
	const char *to = json_get_str(c->args, "page", "");
	int page = 0;

	while (page < GAUGE_PAGES && strcmp(pages[page], to) != 0)
		page++;
	if (to[0] != '\0' && page == GAUGE_PAGES) {
		refuse(c, "no such page", "gauges, overview");
		return;
	}
	u->gauges->page = to[0] != '\0' ? (enum gauge_page)page :
	    gauge_overview(u) ? GAUGE_PAGE_TABLE : GAUGE_PAGE_OVERVIEW;
	u->zoom = true;
	u->focus = PANE_BOARD;
	command_done(c, NULL);
}

static void
run_advice(struct command_call *c)
{
	struct ui *u = c->ctx;
	char text[200], said[160];

	gauge_lines_ask(u);
	if (!gauge_lines_advice(u, text, sizeof text)) {
		ui_say(u, UI_INFO, "no advice yet; `gauge.advise` tells why");
	} else {
		u->ops->yank(u->arg, text, strlen(text), false, said, sizeof said);
		ui_say(u, UI_INFO, "yanked %s, %s", text, said);
	}
	command_done(c, NULL);
}

/* ---- export: what is shown, written by the bench */

static void
export_line(const struct ui *u, const char *file, struct buf *line)
{
	const struct gauge_frame f = gauge_view_frame(u);
	const struct replica_gauge *rows[LIMIT_GAUGES];
	const size_t n = gauge_table_rows(u, &f, rows);
	struct buf ids;

	buf_init(&ids, 30 << 10);
	(void)buf_add_str(line, "gauge.export ");
	command_quote(file, line);
	if (u->gauges->span != 0)
		(void)buf_add_fmt(line, " last=%.0fs", (double)u->gauges->span / 1e9);
	if (u->gauges->paused && f.samples != 0)
		(void)buf_add_fmt(line, " until=%.3fs",
		    (double)f.t[LIMIT_GAUGE_HISTORY - 1] / 1e9);
	for (size_t i = 0; i < n && u->gauges->hidden_n != 0; i++)
		(void)buf_add_fmt(&ids, "%s%s", i == 0 ? "" : ",", rows[i]->id);
	if (ids.len != 0) {
		(void)buf_add_str(line, " gauges=");
		command_quote(buf_str(&ids), line);
	}
	buf_fini(&ids);
}

static void
run_export(struct command_call *c)
{
	struct ui *u = c->ctx;
	const char *file = json_get_str(c->args, "file", "");
	const bool asks = file[0] == '\0';
	struct buf line;

	buf_init(&line, 60 << 10);
	export_line(u, file, &line);
	command_done(c, NULL);          /* `file` is gone with it */
	if (asks)
		prompt_open(u, "export to (.csv .json .svg)", "view.board.export", "gauges.csv");
	else
		ui_run_line(u, buf_str(&line));
	buf_fini(&line);
}

#define ARGS(array, ...) static const struct command_arg array[] = { __VA_ARGS__, { .name = NULL } }

ARGS(args_span, { "span", ARG_WORD, ARG_MUST, NULL,
	"longer, shorter, all, samples, or a time: 5m" });
ARGS(args_to, { "to", ARG_WORD, ARG_MUST, NULL, "left right now" });
ARGS(args_gauge, { "gauge", ARG_WORD, 0, NULL, "its id; else the selected one" });
ARGS(args_export, { "file", ARG_WORD, 0, NULL, "without it asks" });

ARGS(args_page, { "page", ARG_WORD, 0, NULL, "gauges or overview; else the other one" });

const struct command gauge_commands[] = {
	{ "view.board.advice", "copy the advice for a Go program: a line to paste", NULL,
	    COMMAND_VIEW, run_advice },
	{ "view.board.alarm", "edit the limits of a gauge", args_gauge, COMMAND_VIEW, run_alarm },
	{ "view.board.cursor", "another moment: all rows show it", args_to, COMMAND_VIEW,
	    run_cursor },
	{ "view.board.export", "write what is shown to a file", args_export, COMMAND_VIEW,
	    run_export },
	{ "view.board.hide", "leave a gauge out", args_gauge, COMMAND_VIEW, run_hide },
	{ "view.board.page", "gauges, or the overview with the processes", args_page, COMMAND_VIEW,
	    run_page },
	{ "view.board.pause", "the picture stands, or follows", NULL, COMMAND_VIEW, run_pause },
	{ "view.board.show", "show all gauges again", NULL, COMMAND_VIEW, run_show },
	{ "view.board.source", "all sources, or one after the other", NULL, COMMAND_VIEW,
	    run_source },
	{ "view.board.span", "how much time the history shows", args_span, COMMAND_VIEW,
	    run_span },
	{ "view.board.throttles", "what the rules say, and throttles; or the chart", NULL,
	    COMMAND_VIEW, run_throttles },
	{ .name = NULL },
};
