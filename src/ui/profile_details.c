/* profile_details.c - the chosen function: numbers, callers, callees, lines of source, stacks. */
#include "ui/profile_details.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/fmt.h"
#include "ui/pane_box.h"
#include "ui/profile_list.h"
#include "ui/profile_table.h"

static void __attribute__((format(printf, 3, 4)))
add(struct profile_view *v, uint32_t style, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (v->texts == PROFILE_LINES)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	v->text[v->texts++] = (struct profile_line){ mem_str(text), style };
}

static const struct profile_row *
chosen_row(const struct profile_view *v)
{
	for (size_t i = 0; i < v->rows; i++)
		if (v->chosen != NULL && strcmp(v->row[i].name, v->chosen) == 0)
			return &v->row[i];
	return NULL;
}

/* "+604K +-12K" */
static void
change(const struct profile_view *v, double a, double b, double sd, char *out, size_t size)
{
	char d[32], e[32];

	if (v->diff)
		fmt_signed(b - a, v->unit, d, sizeof d);
	else
		fmt_sample(b, v->unit, d, sizeof d);
	if (isfinite(sd) && sd > 0) {
		fmt_sample(sd, v->unit, e, sizeof e);
		snprintf(out, size, "%.24s +-%.24s", d, e);
	} else {
		snprintf(out, size, "%s", d);
	}
}

static void
add_numbers(struct profile_view *v, const json_t *d, const struct profile_row *r)
{
	const double fa = d != NULL ? json_get_num(d, "flat_a", 0) : r->flat_a,
	    fb = d != NULL ? json_get_num(d, "flat_b", 0) : r->flat_b,
	    ca = d != NULL ? json_get_num(d, "cum_a", 0) : r->cum_a,
	    cb = d != NULL ? json_get_num(d, "cum_b", 0) : r->cum_b;
	char flat[64], cum[64], a[32], b[32];

	change(v, fa, fb, json_get_num(d, "sd", NAN), flat, sizeof flat);
	change(v, ca, cb, json_get_num(d, "sd_cum", NAN), cum, sizeof cum);
	fmt_sample(fa, v->unit, a, sizeof a);
	fmt_sample(fb, v->unit, b, sizeof b);
	if (v->diff)
		add(v, STYLE_NORMAL, "%s flat, %s cum   flat in A %s, in B %s%s", flat, cum, a, b,
		    fa == 0 && fb != 0 ? ": new in B" : fb == 0 && fa != 0 ? ": gone since A" : "");
	else
		add(v, STYLE_NORMAL, "%s flat, %s cum", flat, cum);
}

/* "callers  app.upload 91%  app.poll 9%" */
static void
add_calls(struct profile_view *v, const char *word, const json_t *list)
{
	double whole = 0;
	char text[900];
	const json_t *o;
	size_t i, n;

	json_array_foreach(list, i, o)
		whole += fabs(json_get_num(o, "b", 0) - (v->diff ? json_get_num(o, "a", 0) : 0));
	n = (size_t)snprintf(text, sizeof text, "%-8s", word);
	json_array_foreach(list, i, o) {
		const double d = json_get_num(o, "b", 0) - (v->diff ? json_get_num(o, "a", 0) : 0);

		if (n + 120 > sizeof text)
			break;
		n += (size_t)snprintf(text + n, sizeof text - n, " %s%.80s %.0f%% ",
		    v->diff && d < 0 ? "-" : v->diff && d > 0 ? "+" : "",
		    profile_short(json_get_str(o, "name", "?")), whole > 0 ? 100 * fabs(d) / whole :
		    0);
	}
	add(v, STYLE_NORMAL, "%s%s", text, i == 0 ? " none" : "");
}

static const json_t *
line_of(const json_t *lines, int64_t number)
{
	const json_t *o;
	size_t i;

	json_array_foreach(lines, i, o)
		if (json_get_int(o, "line", 0) == number)
			return o;
	return NULL;
}

static void
line_value(const struct profile_view *v, const json_t *o, char *out, size_t size)
{
	const double a = json_get_num(o, "cum_a", 0), b = json_get_num(o, "cum_b", 0);

	out[0] = '\0';
	if (o != NULL && v->diff)
		fmt_signed(b - a, v->unit, out, size);
	else if (o != NULL)
		fmt_sample(b, v->unit, out, size);
}

static void
add_source(struct profile_view *v, const json_t *d)
{
	const json_t *lines = json_object_get(d, "lines"), *source = json_object_get(d, "source"),
	    *o;
	const char *file = json_get_str(d, "file", "");
	char value[32];
	size_t i;

	if (source == NULL) {
		json_array_foreach(lines, i, o) {
			line_value(v, o, value, sizeof value);
			add(v, STYLE_NORMAL, "%10s  %.200s:%lld", value, json_get_str(o, "file",
			    file), (long long)json_get_int(o, "line", 0));
		}
		add(v, STYLE_DIM, file[0] != '\0' ?
		    "source: not found (set profile.source_root to see lines)" :
		    "source: the profile names no file");
		return;
	}
	add(v, STYLE_DIM, "source %.300s", json_get_str(source, "path", ""));
	json_array_foreach(json_object_get(source, "lines"), i, o) {
		const json_t *hot = line_of(lines, json_get_int(o, "line", 0));

		line_value(v, hot, value, sizeof value);
		add(v, hot != NULL ? STYLE_NORMAL : STYLE_DIM, "%10s %6lld  %.300s", value,
		    (long long)json_get_int(o, "line", 0), json_get_str(o, "text", ""));
	}
}

static void
add_stacks(struct profile_view *v, const json_t *d)
{
	const json_t *stacks = json_object_get(d, "stacks"), *o, *f;
	const int64_t all = json_get_int(d, "stacks_all", 0);
	char value[64];
	size_t i, j;

	add(v, STYLE_DIM, "stacks through it: %lld%s", (long long)all,
	    all > (int64_t)json_array_size(stacks) ? ", the largest" : "");
	json_array_foreach(stacks, i, o) {
		const json_t *frames = json_object_get(o, "frames");

		change(v, json_get_num(o, "a", 0), json_get_num(o, "b", 0), json_get_num(o, "sd",
		    NAN), value, sizeof value);
		add(v, profile_style(v->diff ? json_get_num(o, "b", 0) - json_get_num(o, "a", 0) :
		    0), "%s", value);
		json_array_foreach(frames, j, f)
			add(v, STYLE_NORMAL, "  %.300s", json_string_value(f));
	}
}

enum { HISTORY_WIDTH = 20, HISTORY_COL = 9 };

/* A line with room for the sparkline, and what the ranking says of the function. */
static void
add_history(struct ui *u)
{
	struct profile_view *v = u->profile;
	const char *words = "";
	double points[64];

	if (v->chosen == NULL || profile_series(u, v->chosen, points, 64, &words) < 2)
		return;
	v->history = v->texts;
	add(v, STYLE_NORMAL, "history  %*s  %s", HISTORY_WIDTH, "", words);
}

static void
make_lines(struct ui *u)
{
	struct profile_view *v = u->profile;
	const struct profile_row *r = chosen_row(v);
	const json_t *d = v->detail;

	for (size_t i = 0; i < v->texts; i++)
		mem_free(v->text[i].text);
	v->texts = v->history = 0;
	if (d != NULL && v->chosen != NULL && strcmp(json_get_str(d, "name", ""), v->chosen) != 0)
		d = NULL;
	if (d != NULL || r != NULL) {
		add_numbers(v, d, r);
		add_history(u);
	}
	if (d == NULL)
		return;
	add_calls(v, "callers", json_object_get(d, "callers"));
	add_calls(v, "callees", json_object_get(d, "callees"));
	add_source(v, d);
	add_stacks(v, d);
}

static void
draw_history(struct ui *u, struct grid *g, struct grid_rect r, size_t height)
{
	const struct profile_view *v = u->profile;
	const char *words;
	double points[64];
	size_t n;

	if (v->history == 0 || v->history < v->text_top || v->history >= v->text_top + height)
		return;
	n = profile_series(u, v->chosen, points, 64, &words);
	grid_spark(g, r.row + 1 + (int)(v->history - v->text_top), r.col + 1 + HISTORY_COL,
	    HISTORY_WIDTH, &(struct grid_spark){ points, n, NAN, NAN, NAN, u->set, STYLE_BAR });
}

void
profile_details_draw(struct ui *u, struct grid *g, struct grid_rect r, bool keys)
{
	struct profile_view *v = u->profile;
	const size_t height = r.rows > 1 ? (size_t)r.rows - 1 : 0;
	char head[200], right[40] = "";

	make_lines(u);
	if (v->text_top + height > v->texts)
		v->text_top = v->texts > height ? v->texts - height : 0;
	if (height != 0 && v->texts > height)
		snprintf(right, sizeof right, "%zu-%zu of %zu", v->text_top + 1,
		    v->text_top + height, v->texts);
	snprintf(head, sizeof head, "details %.150s", v->chosen != NULL ? r.cols > 60 ? v->chosen :
	    profile_short(v->chosen) : "");
	pane_rule(g, r.row, r.col, r.cols, keys ? STYLE_FOCUS : STYLE_LINE, ui_set(u, keys), head,
	    right);
	for (size_t i = 0; i < height && v->text_top + i < v->texts; i++)
		grid_text(g, r.row + 1 + (int)i, r.col + 1, r.cols - 1,
		    v->text[v->text_top + i].style, v->text[v->text_top + i].text);
	draw_history(u, g, r, height);
}
