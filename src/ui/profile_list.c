/* profile_list.c - the list pages of the profile pane: snapshots, leaks, goroutines. */
#include "ui/profile_list.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/fmt.h"
#include "ui/pane_box.h"
#include "ui/profile_ask.h"
#include "ui/profile_table.h"

enum { POINTS_MAX = 400 };

/* What each page asks, which member of the answer are its rows, and how they look. */
struct page {
	const char *line, *rows, *empty;
	void (*head)(struct ui *u, struct grid *g, struct grid_rect r, const json_t *answer);
	int  head_rows;
	void (*row)(struct ui *u, struct grid *g, int at, struct grid_rect r, const json_t *o);
	/* below the list, about the selected row; NULL: nothing */
	void (*foot)(struct ui *u, struct grid *g, struct grid_rect r, const json_t *o);
	int  foot_rows;
};

static const struct page pages[PROFILE_PAGES];

bool
profile_snapshots(const struct ui *u)
{
	return u->focus == PANE_PROFILE && u->profile->page == PROFILE_SHOTS && (u->zoom ||
	    u->layout.kind != LAYOUT_FULL);
}

static const json_t *
rows_of(const struct profile_view *v, enum profile_page page)
{
	const json_t *a = v->list[page].answer;

	return pages[page].rows != NULL ? json_object_get(a, pages[page].rows) : a;
}

static const json_t *
selected(const struct profile_view *v)
{
	return json_array_get(rows_of(v, v->page), v->list[v->page].row);
}

/* ---- snapshots */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static bool
is_side(const struct replica_side *s, const json_t *shot)
{
	return s->path != NULL && strcmp(s->path, json_get_str(shot, "path", "")) == 0;
}

static char
letter(const struct ui *u, const json_t *shot)
{
	const struct replica_profile *p = &u->replica->profile;
	const bool a = is_side(&p->a, shot), b = is_side(&p->b, shot);

	return a && b ? '*' : a ? 'A' : b ? 'B' : ' ';
}

/* The one before it of the same kind, or NULL. */
static const json_t *
before(const json_t *shots, size_t i)
{
	const char *kind = json_get_str(json_array_get(shots, i), "kind", "");

	while (i-- > 0)
		if (strcmp(json_get_str(json_array_get(shots, i), "kind", ""), kind) == 0)
			return json_array_get(shots, i);
	return NULL;
}

/* The strip: totals of B's kind over time, A and B below where they stand. */
static void
shots_head(struct ui *u, struct grid *g, struct grid_rect r, const json_t *answer)
{
	const json_t *o, *now = json_array_get(answer, u->profile->list[PROFILE_SHOTS].row);
	const char *kind = json_get_str(now, "kind", "heap");
	double value[POINTS_MAX];
	char marks[POINTS_MAX];
	size_t i, n = 0;
	const int width = r.cols - 12 < POINTS_MAX ? r.cols - 12 : POINTS_MAX;

	json_array_foreach(answer, i, o) {
		if (strcmp(json_get_str(o, "kind", ""), kind) != 0)
			continue;
		if (n == POINTS_MAX) {
			n--;
			memmove(value, value + 1, n * sizeof *value);
			memmove(marks, marks + 1, n);
		}
		value[n] = json_get_num(o, "total", NAN);
		marks[n++] = o == now && letter(u, o) == ' ' ? '^' : letter(u, o);
	}
	grid_textf(g, r.row, r.col + 1, 9, STYLE_DIM, "%s", kind);
	if (width < 1 || n == 0)
		return;
	grid_spark(g, r.row, r.col + 11, width, &(struct grid_spark){ value, n, NAN, NAN, NAN,
	    u->set, STYLE_BAR });
	for (i = n > (size_t)width ? n - (size_t)width : 0; i < n; i++) {
		const char text[2] = { marks[i], '\0' };

		grid_text(g, r.row + 1, r.col + 11 + width - (int)(n - i), 1, STYLE_TITLE, text);
	}
	grid_text(g, r.row + 2, r.col, r.cols, STYLE_DIM, "      id  time      kind             "
	    "total    change  source");
}

static void
shots_row(struct ui *u, struct grid *g, int at, struct grid_rect r, const json_t *o)
{
	const json_t *rows = rows_of(u->profile, PROFILE_SHOTS), *old;
	const char *unit = json_get_str(o, "unit", "");
	const double total = json_get_num(o, "total", NAN);
	char when[16], value[32], change[32] = "";
	size_t i = 0;

	while (i < json_array_size(rows) && json_array_get(rows, i) != o)
		i++;
	old = before(rows, i);
	clock_fmt_hms((uint64_t)json_get_int(o, "wall", 0), when, sizeof when);
	fmt_sample(total, unit, value, sizeof value);
	if (json_get_str(o, "cut", "")[0] != '\0' && strcmp(json_get_str(o, "cut", ""),
	    "first") != 0)
		snprintf(change, sizeof change, "%.20s", json_get_str(o, "cut", ""));
	else if (old != NULL)
		fmt_signed(total - json_get_num(old, "total", NAN), unit, change, sizeof change);
	grid_textf(g, at, r.col, r.cols, STYLE_NORMAL,
	    "  %c %4lld  %-8s  %-12.12s %9s %9s  %.200s%s",
	    letter(u, o), (long long)json_get_int(o, "id", 0), when, json_get_str(o, "kind", ""),
	    value, change, json_get_str(o, "source", base_name(json_get_str(o, "path", ""))),
	    json_get_bool(o, "kept", true) ? "" : "  (values only: the file is gone)");
}

static void
shots_foot(struct ui *u, struct grid *g, struct grid_rect r, const json_t *o)
{
	const char *cut = json_get_str(o, "cut_text", "");

	(void)u;
	grid_textf(g, r.row, r.col + 1, r.cols - 1, STYLE_DIM, "%s%s", json_object_get(o,
	    "bundle") != NULL ? "of a bundle: " : "", json_get_str(o, "path", ""));
	if (cut[0] != '\0' && r.rows > 1)
		grid_textf(g, r.row + 1, r.col + 1, r.cols - 1, STYLE_WARN, "! %s", cut);
}

void
profile_list_choose(struct ui *u, const char *slot)
{
	const json_t *o = u->profile->page == PROFILE_SHOTS ? selected(u->profile) : NULL;
	char line[64];

	if (o == NULL) {
		ui_say(u, UI_WARN, "no snapshot is selected: c lists them");
		return;
	}
	snprintf(line, sizeof line, "profile.%s #%lld", slot, (long long)json_get_int(o, "id", 0));
	ui_run_line(u, line);
}

static void
compare_with_before(struct ui *u)
{
	const json_t *rows = rows_of(u->profile, PROFILE_SHOTS), *o = selected(u->profile),
	    *old = before(rows, u->profile->list[PROFILE_SHOTS].row);
	char line[96];

	if (o == NULL)
		return;
	if (old != NULL)
		snprintf(line, sizeof line, "profile.load #%lld #%lld", (long long)json_get_int(old,
		    "id", 0), (long long)json_get_int(o, "id", 0));
	else
		snprintf(line, sizeof line, "profile.b #%lld", (long long)json_get_int(o, "id", 0));
	u->profile->page = PROFILE_COMPARE;
	ui_run_line(u, line);
}

/* ---- leaks */

static size_t
points_of(const json_t *o, double *out, size_t max)
{
	const json_t *points = json_object_get(o, "points");
	const size_t n = json_array_size(points), from = n > max ? n - max : 0;

	for (size_t i = from; i < n; i++)
		out[i - from] = json_number_value(json_array_get(points, i));
	return n - from;
}

/* A sentence in as many rows as it needs, cut at words; the rows used. */
static int
wrapped(struct grid *g, int row, struct grid_rect r, uint32_t style, const char *text)
{
	const size_t cols = r.cols > 10 ? (size_t)r.cols - 2 : 8;
	int at = row;

	while (*text != '\0' && at < r.row + r.rows) {
		size_t n = strlen(text), cut;

		for (cut = n < cols ? n : cols; cut < n && cut > 0 && text[cut] != ' ';)
			cut--;
		cut = cut == 0 ? (n < cols ? n : cols) : cut;
		grid_text_n(g, at++, r.col + 1, r.cols - 1, style, text, cut);
		for (text += cut; *text == ' ';)
			text++;
	}
	return at - row;
}

static uint32_t
verdict_style(const char *word)
{
	return strcmp(word, "leak") == 0 ? STYLE_ALARM : strcmp(word, "suspect") == 0 ? STYLE_WARN :
	    STYLE_DIM;
}

static void
leaks_head(struct ui *u, struct grid *g, struct grid_rect r, const json_t *answer)
{
	char span[32];

	(void)u;
	clock_fmt_span((uint64_t)(json_get_num(answer, "seconds", 0) * (double)NS_PER_S), span,
	    sizeof span);
	grid_textf(g, r.row, r.col + 1, r.cols - 1, STYLE_NORMAL,
	    "%s   %lld snapshots over %s   %lld leaks, %lld suspects of %lld stacks",
	    json_get_str(answer, "type", ""), (long long)json_get_int(answer, "used", 0), span,
	    (long long)json_get_int(answer, "leaks", 0), (long long)json_get_int(answer, "suspects",
	    0), (long long)json_get_int(answer, "stacks", 0));
	grid_text(g, r.row + 1, r.col, r.cols, STYLE_DIM, r.cols >= 110 ?
	    "  verdict                  growth                      slope  history"
	    "               function" :
	    "  verdict                  growth  history   function");
}

static void
leaks_row(struct ui *u, struct grid *g, int at, struct grid_rect r, const json_t *o)
{
	const char *verdict = json_get_str(o, "verdict", "");
	const bool wide = r.cols >= 110;
	const int width = wide ? 20 : 8;
	double points[64];
	size_t n = points_of(o, points, 64);
	int col = r.col + 2;

	/* a word and a mark: "! leak" */
	grid_textf(g, at, col, 9, verdict_style(verdict), "%s%-8.8s", strcmp(verdict, "leak") == 0 ?
	    "!" : strcmp(verdict, "suspect") == 0 ? "?" : " ", verdict);
	col += 9;
	col += grid_textf(g, at, col, 22, STYLE_NORMAL, "%21.21s ", json_get_str(o, "growth_text",
	    ""));
	if (wide)
		col += grid_textf(g, at, col, 27, STYLE_NORMAL, "%25.25s  ", json_get_str(o,
		    "slope_text", ""));
	if (n != 0)
		grid_spark(g, at, col + 1, width, &(struct grid_spark){ points, n, NAN, NAN, NAN,
		    u->set, STYLE_BAR });
	col += width + 2;
	grid_text(g, at, col + 1, r.cols - col - 1, STYLE_NORMAL, json_get_str(o, "name", "?"));
}

static void
leaks_foot(struct ui *u, struct grid *g, struct grid_rect r, const json_t *o)
{
	const json_t *frames = json_object_get(o, "frames"), *f;
	size_t i;
	int at = r.row;

	(void)u;
	at += wrapped(g, at, r, STYLE_NORMAL, json_get_str(o, "text", ""));
	grid_textf(g, at++, r.col + 1, r.cols - 1, STYLE_DIM, "%s, rule \"more than 1 MiB\": %s, "
	    "confidence %.3f", json_get_str(o, "shape", ""), json_get_str(o, "rule", ""),
	    json_get_num(o, "confidence", 0));
	json_array_foreach(frames, i, f) {
		if (at >= r.row + r.rows)
			break;
		grid_textf(g, at++, r.col + 1, r.cols - 1, STYLE_NORMAL, "  %.120s  %.200s:%lld",
		    json_get_str(f, "function", ""), base_name(json_get_str(f, "file", "")),
		    (long long)json_get_int(f, "line", 0));
	}
}

size_t
profile_series(struct ui *u, const char *function, double *out, size_t max, const char **words)
{
	const json_t *rows = rows_of(u->profile, PROFILE_LEAKS), *o;
	double points[64];
	size_t i, n = 0, best = 0;

	json_array_foreach(rows, i, o) {
		if (strcmp(json_get_str(o, "name", ""), function) != 0)
			continue;
		n = points_of(o, points, max < 64 ? max : 64);
		if (best == 0) {
			*words = json_get_str(o, "text", "");
			memset(out, 0, max * sizeof *out);
			best = n;
		}
		for (size_t j = 0; j < n && j < best; j++)      /* the stacks of one function */
			out[j] += points[j];
	}
	return best;
}

/* ---- goroutines */

static void
goroutines_head(struct ui *u, struct grid *g, struct grid_rect r, const json_t *answer)
{
	(void)u;
	grid_textf(g, r.row, r.col + 1, r.cols - 1, STYLE_NORMAL, "%lld goroutines%s   %s",
	    (long long)json_get_int(answer, "total", 0), json_get_bool(answer, "truncated", false) ?
	    " (the dump was cut)" : "", json_get_str(answer, "headline", ""));
	grid_text(g, r.row + 1, r.col, r.cols, STYLE_DIM,
	    "     count  change    age  state             function");
}

static void
age_text(const json_t *o, char *out, size_t size)
{
	const long long m = json_get_int(o, "max_minutes", 0);

	if (m >= 60)
		snprintf(out, size, "%lldh%02lldm", m / 60, m % 60);
	else
		snprintf(out, size, m > 0 ? "%lldm" : "-", m);
}

static void
goroutines_row(struct ui *u, struct grid *g, int at, struct grid_rect r, const json_t *o)
{
	const int64_t growth = json_get_int(o, "growth", 0);
	const bool flagged = json_array_size(json_object_get(o, "rules")) != 0;
	const bool two = json_get_int(u->profile->list[PROFILE_GOROUTINES].answer, "dumps", 1) > 1;
	char change[24] = "", age[24];
	int col = r.col + 2;

	age_text(o, age, sizeof age);
	if (two)
		snprintf(change, sizeof change, growth != 0 ? "%+lld" : "=", (long long)growth);
	grid_text(g, at, col, 1, STYLE_ALARM, flagged ? "!" : " ");
	col += 1 + grid_textf(g, at, col + 1, r.cols - 3, growth > 0 ? STYLE_ADDED : growth < 0 ?
	    STYLE_REMOVED : STYLE_NORMAL, "%7lld %7s ", (long long)json_get_int(o, "count", 0),
	    change);
	col += grid_textf(g, at, col, r.cols - col, STYLE_NORMAL, "%6s  %-16.16s  ", age,
	    json_get_str(o, "state", ""));
	grid_textf(g, at, col, r.cols - col, STYLE_NORMAL, "%s", json_get_str(o, "function",
	    json_get_str(o, "name", "?")));
}

static void
goroutines_foot(struct ui *u, struct grid *g, struct grid_rect r, const json_t *o)
{
	const json_t *rules = json_object_get(o, "rules"), *frames = json_object_get(o, "frames"),
	    *f;
	int at = r.row;
	size_t i;

	(void)u;
	json_array_foreach(rules, i, f)
		if (at < r.row + r.rows)
			grid_textf(g, at++, r.col + 1, r.cols - 1, STYLE_ALARM, "! %s: %s",
			    json_get_str(f, "rule", ""), json_get_str(f, "text", ""));
	at += wrapped(g, at, r, STYLE_NORMAL, json_get_str(o, "text", ""));
	if (at < r.row + r.rows && json_get_str(o, "look", NULL) != NULL)
		grid_textf(g, at++, r.col + 1, r.cols - 1, STYLE_DIM, "look at: %s",
		    json_get_str(o, "look", ""));
	if (at < r.row + r.rows && json_get_str(o, "creator", NULL) != NULL)
		grid_textf(g, at++, r.col + 1, r.cols - 1, STYLE_DIM, "created by %s  %s:%lld",
		    json_get_str(o, "creator", ""), base_name(json_get_str(o, "creator_file", "")),
		    (long long)json_get_int(o, "creator_line", 0));
	json_array_foreach(frames, i, f)
		if (at < r.row + r.rows)
			grid_textf(g, at++, r.col + 1, r.cols - 1, STYLE_NORMAL,
			    "  %.120s  %.200s:%lld",
			    json_get_str(f, "function", ""), base_name(json_get_str(f, "file", "")),
			    (long long)json_get_int(f, "line", 0));
}

/* ---- all of them */

static const struct page pages[PROFILE_PAGES] = {
	[PROFILE_SHOTS] = { "profile.list limit=400", NULL,
	    "no snapshot yet: S takes one, watch.start URL takes them regularly", shots_head, 3,
	    shots_row, shots_foot, 2 },
	[PROFILE_LEAKS] = { "profile.leaks limit=50 points=on", "rows",
	    "nothing grows", leaks_head, 2, leaks_row, leaks_foot, 6 },
	[PROFILE_GOROUTINES] = { "profile.goroutines limit=200", "groups",
	    "no goroutines", goroutines_head, 2, goroutines_row, goroutines_foot, 8 },
};

/* Leaks are ranked among snapshots of the kind that is compared. */
static char *
line_of(const struct ui *u, enum profile_page page)
{
	const char *type = u->replica->profile.type;
	const bool goroutines = type != NULL && strncmp(type, "goroutine", 9) == 0;

	return mem_fmt("%s%s", pages[page].line, page == PROFILE_LEAKS && goroutines ?
	    " kind=goroutine" : "");
}

/* The answer is asked for again when the timeline has changed, at most once at a time. */
static void
want(struct ui *u, enum profile_page page)
{
	struct profile_list *l = &u->profile->list[page];
	char *line;

	if (l->asked)
		return;
	line = line_of(u, page);
	if (l->asked_at == u->replica->shots + 1 && l->line != NULL && strcmp(l->line, line) == 0) {
		mem_free(line);
		return;
	}
	mem_free(l->line);
	l->line = line;
	l->asked = true;
	l->asked_at = u->replica->shots + 1;
	u->ops->command(u->arg, line);
}

void
profile_list_want_series(struct ui *u)
{
	want(u, PROFILE_LEAKS);
}

bool
profile_list_answer(struct ui *u, const char *line, const json_t *result,
    const struct err_msg *err)
{
	for (int i = PROFILE_SHOTS; i < PROFILE_PAGES; i++) {
		struct profile_list *l = &u->profile->list[i];
		char text[512];
		bool follow;

		if (!l->asked || strcmp(l->line, line) != 0)
			continue;
		l->asked = false;
		if (err != NULL) {
			err_format(err, text, sizeof text);
			profile_keep(&l->error, text);
			return true;
		}
		profile_keep(&l->error, NULL);
		/* the newest stays chosen */
		follow = i == PROFILE_SHOTS && (l->answer == NULL || l->row + 1 == l->rows);
		json_decref(l->answer);
		l->answer = json_incref((json_t *)(uintptr_t)result);
		l->rows = json_array_size(rows_of(u->profile, (enum profile_page)i));
		if (follow || l->row >= l->rows)
			l->row = l->rows != 0 ? l->rows - 1 : 0;
		return true;
	}
	return false;
}

static void
draw_rows(struct ui *u, struct grid *g, struct grid_rect r)
{
	struct profile_list *l = &u->profile->list[u->profile->page];
	const struct page *p = &pages[u->profile->page];
	const json_t *rows = rows_of(u->profile, u->profile->page);
	const size_t height = r.rows > 0 ? (size_t)r.rows : 0;

	if (l->row < l->top)
		l->top = l->row;
	if (height != 0 && l->row >= l->top + height)
		l->top = l->row - height + 1;
	for (size_t i = l->top; i < l->rows && i - l->top < height; i++) {
		const int at = r.row + (int)(i - l->top);

		p->row(u, g, at, r, json_array_get(rows, i));
		if (i == l->row)
			grid_restyle(g, (struct grid_rect){ at, r.col, 1, r.cols }, STYLE_SELECT);
	}
}

void
profile_list_draw(struct ui *u, struct grid *g, struct grid_rect r)
{
	const enum profile_page page = u->profile->page;
	struct profile_list *l = &u->profile->list[page];
	const struct page *p = &pages[page];
	const int head = r.rows >= 8 ? p->head_rows : 0,
	    foot = r.rows >= 16 ? p->foot_rows + (r.rows > 30 ? 4 : 0) + 1 : 0;

	want(u, page);
	if (l->error != NULL)
		grid_textf(g, r.row + r.rows - 1, r.col + 1, r.cols - 1, l->answer != NULL ?
		    STYLE_WARN : STYLE_NORMAL, "%s %s", l->answer != NULL ? "x older rows:" : "",
		    l->error);
	if (l->answer == NULL) {
		if (l->error == NULL)
			grid_text(g, r.row, r.col + 1, r.cols - 1, STYLE_DIM, "loading ...");
		return;
	}
	if (l->rows == 0) {
		grid_text(g, r.row, r.col + 1, r.cols - 1, STYLE_DIM, p->empty);
		return;
	}
	if (head != 0)
		p->head(u, g, r, l->answer);
	draw_rows(u, g, (struct grid_rect){ r.row + head, r.col, r.rows - head - foot, r.cols });
	if (foot != 0) {
		char right[40];

		snprintf(right, sizeof right, "%zu of %zu", l->row + 1, l->rows);
		pane_rule(g, r.row + r.rows - foot, r.col, r.cols, STYLE_LINE, u->set, "selected",
		    right);
		p->foot(u, g, (struct grid_rect){ r.row + r.rows - foot + 1, r.col, foot - 1,
		    r.cols }, selected(u->profile));
	}
}

void
profile_list_move(struct ui *u, long by)
{
	struct profile_list *l = &u->profile->list[u->profile->page];
	const long n = (long)l->rows, at = (long)l->row;

	if (n != 0)
		l->row = (size_t)(by == LONG_MIN ? 0 : by == LONG_MAX || by >= n - at ? n - 1 :
		    at + by < 0 ? 0 : at + by);
}

void
profile_list_enter(struct ui *u)
{
	const json_t *o = selected(u->profile);

	if (o == NULL)
		return;
	if (u->profile->page == PROFILE_SHOTS) {
		compare_with_before(u);
		return;
	}
	if (u->profile->page == PROFILE_LEAKS)
		u->profile->page = PROFILE_COMPARE;
	profile_choose(u, json_get_str(o, "name", json_get_str(o, "function", "")));
}
