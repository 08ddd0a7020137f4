/* at_result.c - the last AT answer or macro run as a card. */
#include "ui/at_result.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/pane_box.h"

enum { BAR = 16 };

/* ---- keeping it */

static void
forget_last(struct ui_at_result *a)
{
	for (int i = 0; i < UI_AT_LAST; i++) {
		mem_free(a->last[i]);
		a->last[i] = NULL;
	}
}

void
at_result_fini(struct ui_at_result *a)
{
	forget_last(a);
	mem_free(a->command);
	mem_free(a->code);
	mem_free(a->text);
	mem_free(a->repeat);
	json_decref(a->card);
	json_decref(a->run);
	memset(a, 0, sizeof *a);
}

/* The value that the next one of the same kind is compared with. */
static void
push_last(struct ui_at_result *a)
{
	const json_t *row = json_array_get(json_object_get(a->card, "fields"), 0);
	const size_t n = a->text != NULL ? strcspn(a->text, "\n") : 0;
	char *value = NULL;

	if (row != NULL)
		value = mem_fmt("%s%s%s", json_get_str(row, "text", "-"),
		    json_get_str(row, "unit", NULL) != NULL ? " " : "",
		    json_get_str(row, "unit", ""));
	else if (n != 0)
		value = mem_strn(a->text, n);
	if (value == NULL)
		return;
	mem_free(a->last[UI_AT_LAST - 1]);
	memmove(a->last + 1, a->last, (UI_AT_LAST - 1) * sizeof *a->last);
	a->last[0] = value;
}

static void
begin(struct ui *u, const char *title)
{
	struct ui_at_result *a = &u->at;

	if (a->command != NULL && strcmp(a->command, title) == 0)
		push_last(a);
	else
		forget_last(a);
	mem_free(a->command);
	mem_free(a->code);
	mem_free(a->text);
	json_decref(a->card);
	a->command = mem_str(title);
	a->code = a->text = NULL;
	a->card = NULL;
	a->t = replica_time(u->replica, u->mono);
}

static void
set_repeat(struct ui_at_result *a, const char *verb, const char *what)
{
	struct buf line;

	buf_init(&line, 16 << 10);
	(void)buf_add_fmt(&line, "%s ", verb);
	command_quote(what, &line);
	mem_free(a->repeat);
	a->repeat = mem_str(buf_str(&line));
	buf_fini(&line);
}

static char *
join(const json_t *lines, const char *last)
{
	struct buf text;
	const json_t *line;
	char *out;
	size_t i;

	buf_init(&text, 256 << 10);
	json_array_foreach(lines, i, line)
		if (json_is_string(line))
			(void)buf_add_fmt(&text, "%.2000s\n", json_string_value(line));
	(void)buf_add_str(&text, last);
	out = mem_str(buf_str(&text));
	buf_fini(&text);
	return out;
}

static void
answered(struct ui *u, const json_t *result, bool typed)
{
	struct ui_at_result *a = &u->at;
	const char *command = json_get_str(result, "command", "AT");

	if (json_object_get(result, "run") != NULL || json_object_get(result, "by") != NULL)
		return;                 /* a step of a macro, which has a card; a script's own */
	begin(u, command);
	json_decref(a->run);
	a->run = NULL;
	set_repeat(a, "at.send", command);
	a->code = mem_str(json_get_str(result, "code", "?"));
	a->text = join(json_object_get(result, "lines"), json_get_str(result, "result", ""));
	a->ms = json_get_num(result, "ms", 0);
	if (u->overlay == NULL)
		ui_say(u, UI_INFO, "%s%s: %s, %.0f ms; %sa shows it", typed ? "typed " : "",
		    a->command, a->code, a->ms, ui_live(u) ? "^T " : "");
}

bool
at_result_running(const struct ui *u)
{
	return strcmp(json_get_str(u->at.run, "state", ""), "running") == 0;
}

static void
run_ended(struct ui *u, const json_t *run)
{
	struct ui_at_result *a = &u->at;
	const json_t *card = json_object_get(run, "card");
	const char *why = json_get_str(json_object_get(card, "error"), "why", "");

	a->card = json_incref((json_t *)(uintptr_t)card);
	a->code = mem_str(json_get_str(run, "state", "?"));
	a->text = join(json_object_get(card, "raw"), why);
	a->ms = json_get_num(card, "ms", 0);
	if (u->overlay == NULL)
		ui_say(u, strcmp(a->code, "ok") == 0 ? UI_INFO : UI_WARN,
		    "%s: %s%s%.200s; %sa shows it", a->command, a->code,
		    why[0] != '\0' ? ": " : " ", why[0] != '\0' ? why :
		    json_get_str(card, "verdict", ""), ui_live(u) ? "^T " : "");
}

static void
ran(struct ui *u, const json_t *run)
{
	struct ui_at_result *a = &u->at;
	const bool fresh = json_get_int(a->run, "run", 0) != json_get_int(run, "run", 0);

	if (fresh) {
		begin(u, json_get_str(run, "title", "macro"));
		set_repeat(a, "macro.run", json_get_str(run, "macro", ""));
	}
	json_decref(a->run);
	a->run = json_deep_copy(run);
	if (!at_result_running(u) && a->code == NULL)
		run_ended(u, run);
}

/* A command that may take long says so, and how it gets on. */
static void
began(struct ui *u, const json_t *b)
{
	const int64_t ms = json_get_int(b, "timeout_ms", 0);
	const char *command = json_get_str(b, "command", "AT");

	if (json_object_get(b, "by") != NULL)
		return;
	if (ms > 8000)
		ui_say(u, UI_INFO, "%s: up to %lld s; at.cancel ends it", command,
		    (long long)ms / 1000);
	else if (json_object_get(b, "lines") != NULL)
		ui_say(u, UI_INFO, "%s: %lld lines, %.100s", command,
		    (long long)json_get_int(b, "lines", 0), json_get_str(b, "last", ""));
}

void
at_result_news(struct ui *u, const struct replica_news *n)
{
	if (n->at_begin != NULL)
		began(u, n->at_begin);
	if (n->at != NULL)
		answered(u, n->at, json_get_bool(n->at, "typed", false));
	if (n->run != NULL)
		ran(u, n->run);
	if (n->record != NULL)
		u->at.recording = json_get_bool(n->record, "on", false);
}

bool
at_result_review(struct ui *u, const char *line, const json_t *result)
{
	struct ui_at_result *a = &u->at;

	if (strncmp(line, "macro.record", 12) != 0)
		return false;
	if (json_object_get(result, "file") == NULL) {
		ui_say(u, UI_INFO, "recording: every AT command, typed or sent, becomes a step");
		return true;
	}
	begin(u, json_get_str(result, "file", "macro"));
	json_decref(a->run);
	a->run = NULL;
	set_repeat(a, "macro.run", json_get_str(result, "name", "recorded"));
	a->code = mem_fmt("%lld steps", (long long)json_get_int(result, "steps", 0));
	a->text = mem_str(json_get_str(result, "text", ""));
	a->ms = 0;
	ui_say(u, UI_INFO, "%lld steps written to %s; ^R in the AT card runs it",
	    (long long)json_get_int(result, "steps", 0), json_get_str(result, "file", "?"));
	return true;
}

/* ---- drawing */

/* A row of the card's middle; false when there is no more room. */
struct page { struct grid *g; struct grid_rect r; int row, end; };

static bool
room(const struct page *p)
{
	return p->row < p->end;
}

static int
cell(struct page *p, int col, int width, uint32_t style, const char *text)
{
	const int left = p->r.col + p->r.cols - 2 - col;

	if (left > 0)
		(void)grid_text(p->g, p->row, col, width < left ? width : left, style, text);
	return col + width;
}

static int
widest(const json_t *rows, const char *key, int least, int most)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const int n = (int)strlen(json_get_str(row, key, ""));

		least = n > least ? n : least;
	}
	return least < most ? least : most;
}

static void
draw_bar(struct page *p, int col, double part)
{
	char bar[BAR + 3] = "[................]";
	const int full = (int)(part * BAR + 0.5);

	for (int i = 0; i < full && i < BAR; i++)
		bar[1 + i] = '#';
	if (p->r.col + p->r.cols - 2 - col >= BAR + 2)
		(void)cell(p, col, BAR + 2, STYLE_NORMAL, bar);
}

/* rssi  21   -71 dBm  good      [##########......] */
static void
draw_field(struct page *p, const json_t *f, const int width[4])
{
	const char *raw = json_get_str(f, "raw", ""), *text = json_get_str(f, "text", "-");
	const json_t *bar = json_object_get(f, "bar");
	char value[160];
	int col = p->r.col + 2;

	snprintf(value, sizeof value, "%s%s%s", text, json_get_str(f, "unit", NULL) != NULL ?
	    " " : "", json_get_str(f, "unit", ""));
	col = cell(p, col, width[0] + 2, STYLE_DIM, json_get_str(f, "name", "?"));
	if (width[1] != 0)
		col = cell(p, col, width[1] + 2, STYLE_DIM, strcmp(raw, text) == 0 ? "" : raw);
	col = cell(p, col, width[2] + 2, STYLE_NORMAL, value);
	col = cell(p, col, width[3] + 2, STYLE_NORMAL, json_get_str(f, "word", ""));
	if (bar != NULL)
		draw_bar(p, col, json_number_value(bar));
	p->row++;
}

static bool
raw_differs(const json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (strcmp(json_get_str(row, "raw", ""), json_get_str(row, "text", "")) != 0 &&
		    strlen(json_get_str(row, "raw", "")) <= 8)
			return true;
	return false;
}

static void
draw_fields(struct page *p, const json_t *rows)
{
	const int width[4] = { widest(rows, "name", 4, 14), raw_differs(rows) ?
	    widest(rows, "raw", 2, 8) : 0, widest(rows, "text", 4, 24) +
	    (widest(rows, "unit", 0, 8) != 0 ? 1 + widest(rows, "unit", 0, 8) : 0),
	    widest(rows, "word", 0, 20) };
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (room(p))
			draw_field(p, row, width);
}

struct state_row { const char *word, *mark; uint32_t style; };

static void
draw_step(struct page *p, const json_t *s)
{
	static const struct state_row states[] = {
		{ "ok", ".", STYLE_NORMAL }, { "running", ">", STYLE_NORMAL },
		{ "failed", "x", STYLE_ALARM }, { "skipped", "-", STYLE_DIM },
	};
	const char *state = json_get_str(s, "state", "?"), *why = json_get_str(s, "why", NULL);
	const struct state_row *r = &states[3];
	char ms[32] = "";

	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].word, state) == 0)
			r = &states[i];
	if (json_object_get(s, "ms") != NULL)
		clock_fmt_span((uint64_t)json_get_int(s, "ms", 0) * NS_PER_MS, ms, sizeof ms);
	grid_textf(p->g, p->row++, p->r.col + 2, p->r.cols - 4, r->style, "%s %-8s %-40.200s %s",
	    r->mark, state, json_get_str(s, "name", "?"), ms);
	if (why != NULL && room(p))
		grid_textf(p->g, p->row++, p->r.col + 13, p->r.cols - 15, r->style, "%s", why);
}

/* The newest steps that fit. */
static void
draw_steps(struct page *p, const json_t *steps)
{
	const size_t n = json_array_size(steps);
	const int rows = p->end - p->row;
	size_t first = rows > 1 && n > (size_t)rows - 1 ? n - (size_t)(rows - 1) : 0;

	for (; first < n && room(p); first++)
		draw_step(p, json_array_get(steps, first));
}

static void
draw_text(struct page *p, const char *label, const char *text)
{
	struct slice rest = slice_of(text);

	while (rest.n != 0 && room(p)) {
		const struct slice line = slice_cut(rest, '\n', &rest);
		const int col = cell(p, p->r.col + 2, label[0] != '\0' ? 6 : 0, STYLE_DIM, label);

		grid_text_n(p->g, p->row++, col, p->r.col + p->r.cols - 2 - col, STYLE_NORMAL,
		    line.p, line.n);
		label = label[0] != '\0' ? " " : "";
	}
}

static void
draw_last(struct ui *u, struct page *p)
{
	const struct ui_at_result *a = &u->at;
	int col = p->r.col + 2;

	if (a->last[0] == NULL || p->r.rows < 5)
		return;
	p->row = p->r.row + p->r.rows - 2;
	col += grid_text(p->g, p->row, col, p->r.cols - 4, STYLE_DIM, "before: ");
	for (int i = 0; i < UI_AT_LAST && a->last[i] != NULL; i++)
		col += grid_textf(p->g, p->row, col, p->r.col + p->r.cols - 2 - col, STYLE_DIM,
		    "%.30s  ", a->last[i]);
}

static void
draw_body(struct ui *u, struct page *p)
{
	const struct ui_at_result *a = &u->at;
	const json_t *steps = json_object_get(a->run, "steps");
	const char *verdict = json_get_str(a->card, "verdict", NULL);

	if (a->raw || a->run == NULL) {
		draw_text(p, a->run != NULL ? "raw" : "", a->text != NULL ? a->text : "");
		return;
	}
	if (a->card == NULL || strcmp(json_get_str(a->card, "result", ""), "ok") != 0) {
		draw_steps(p, steps);
		return;
	}
	draw_fields(p, json_object_get(a->card, "fields"));
	if (verdict != NULL && room(p))
		draw_text(p, "says", verdict);
	if (a->text != NULL && room(p))
		draw_text(p, "raw", a->text);
}

void
at_result_draw(struct ui *u, struct grid *g, struct grid_rect r)
{
	const struct ui_at_result *a = &u->at;
	const bool running = at_result_running(u);
	struct page p = { g, r, r.row + 1, r.row + r.rows - 1 - (a->last[0] != NULL) };
	char right[96], when[16], took[32];

	if (running)
		clock_fmt_span(replica_time(u->replica, u->mono) -
		    (uint64_t)json_get_int(a->run, "began", 0), took, sizeof took);
	else
		clock_fmt_span((uint64_t)(a->ms * (double)NS_PER_MS), took, sizeof took);
	clock_fmt_hms(replica_wall(u->replica, a->t), when, sizeof when);
	snprintf(right, sizeof right, "%s  %s  %.20s", when, took, running ? "running" :
	    a->code != NULL ? a->code : "?");
	pane_popup(u, g, r, a->command, right, running ? "^X cancel  Esc" :
	    r.cols >= 60 ? "^R repeat  ^W raw  ^Y yank  Esc" : "^R ^W ^Y Esc");
	draw_body(u, &p);
	draw_last(u, &p);
}

/* ---- keys */

void
at_result_yank(struct ui *u)
{
	const struct ui_at_result *a = &u->at;
	struct buf text;
	char said[160];
	json_t *f;
	size_t i;

	if (a->text == NULL)
		return;
	buf_init(&text, 256 << 10);
	json_array_foreach(json_object_get(a->card, "fields"), i, f)
		(void)buf_add_fmt(&text, "%s\t%s\t%s\t%s\n", json_get_str(f, "name", "?"),
		    json_get_str(f, "text", "-"), json_get_str(f, "unit", ""),
		    json_get_str(f, "word", ""));
	(void)buf_add_str(&text, a->text);
	u->ops->yank(u->arg, buf_str(&text), text.len, false, said, sizeof said);
	ui_say(u, UI_INFO, "yanked the result, %s", said);
	buf_fini(&text);
}

void
at_result_repeat(struct ui *u)
{
	if (u->at.repeat != NULL && !at_result_running(u))
		ui_run_line(u, u->at.repeat);
}
