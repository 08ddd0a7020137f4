/* profile_table.c - rows of functions: what each had, has and how sure that is. */
#include "ui/profile_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/fmt.h"
#include "ui/pane_box.h"
#include "ui/profile_ask.h"

struct column {
	const char *head, *one;         /* of a comparison; of one profile, NULL: not there */
	int  width, from;               /* from: columns the table must have */
	unsigned sort;                  /* of profile_sorts; 99: none */
	void (*text)(const struct profile_view *v, const struct profile_row *r, char *out,
	    size_t size);
};

uint32_t
profile_style(double delta)
{
	return delta > 0 ? STYLE_ADDED : delta < 0 ? STYLE_REMOVED : STYLE_NORMAL;
}

/* "encoding/json.(*decodeState).value" is "json.(*decodeState).value" where room is short. */
const char *
profile_short(const char *name)
{
	const char *slash = NULL;

	for (const char *p = name; *p != '\0' && *p != '(' && *p != '['; p++)
		if (*p == '/')
			slash = p;
	return slash != NULL ? slash + 1 : name;
}

/* A change of less than two standard deviations is told as such: by colour and by "?". */
static bool
noise(const struct profile_row *r)
{
	return isfinite(r->sd) && r->sd > 0 && fabs(r->flat) < 2 * r->sd;
}

static void
delta_text(const struct profile_view *v, const struct profile_row *r, char *out, size_t size)
{
	fmt_signed(r->flat, v->unit, out, size);
}

static void
error_text(const struct profile_view *v, const struct profile_row *r, char *out, size_t size)
{
	char text[32];

	if (!isfinite(r->sd) || r->sd <= 0) {
		snprintf(out, size, "- ");
		return;
	}
	fmt_sample(r->sd, v->unit, text, sizeof text);
	snprintf(out, size, "%s%s", text, v->diff && noise(r) ? "?" : " ");
}

static void
flat_a_text(const struct profile_view *v, const struct profile_row *r, char *out, size_t size)
{
	fmt_sample(r->flat_a, v->unit, out, size);
}

static void
flat_b_text(const struct profile_view *v, const struct profile_row *r, char *out, size_t size)
{
	fmt_sample(r->flat_b, v->unit, out, size);
}

static void
cum_text(const struct profile_view *v, const struct profile_row *r, char *out, size_t size)
{
	fmt_signed(r->cum, v->unit, out, size);
}

static void
cum_b_text(const struct profile_view *v, const struct profile_row *r, char *out, size_t size)
{
	fmt_sample(r->cum_b, v->unit, out, size);
}

static void
growth_text(const struct profile_view *v, const struct profile_row *r, char *out, size_t size)
{
	const double percent = r->flat_a != 0 ? 100 * r->flat / fabs(r->flat_a) : 0;

	(void)v;
	if (r->flat_a == 0)
		snprintf(out, size, "%s", r->flat_b != 0 ? "new" : "");
	else if (r->flat_b == 0)
		snprintf(out, size, "gone");
	else if (fabs(percent) >= 1000)
		snprintf(out, size, "x%.0f", r->flat_b / r->flat_a);
	else
		snprintf(out, size, "%+.0f%%", percent);
}

static void
share_text(const struct profile_view *v, const struct profile_row *r, char *out, size_t size)
{
	const double whole = v->whole > 0 ? v->whole : 0;

	if (whole > 0)
		snprintf(out, size, "%.1f%%", 100 * r->flat_b / whole);
	else
		snprintf(out, size, "-");
}

static const struct column columns[] = {
	{ "delta", NULL, 8, 0, 0, delta_text },
	{ "+-", "+-", 8, 70, 5, error_text },
	{ "flat A", NULL, 8, 100, 99, flat_a_text },
	{ "flat B", "flat", 8, 50, 2, flat_b_text },
	{ NULL, "share", 7, 60, 99, share_text },
	{ "cum", NULL, 9, 78, 3, cum_text },
	{ "cum B", "cum", 8, 110, 4, cum_b_text },
	{ "growth", NULL, 7, 60, 1, growth_text },
};

static bool
shown(const struct profile_view *v, const struct column *c, int cols)
{
	if ((v->diff ? c->head : c->one) == NULL)
		return false;
	return cols >= c->from || (!v->diff && c->text == cum_b_text);
}

static void
draw_head(const struct profile_view *v, struct grid *g, struct grid_rect r)
{
	int col = 0;

	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		const struct column *c = &columns[i];
		char text[24];

		if (!shown(v, c, r.cols))
			continue;
		snprintf(text, sizeof text, "%s%s", v->diff ? c->head : c->one,
		    c->sort == v->sort ? "v" : "");
		col += grid_textf(g, r.row, r.col + col, r.cols - col, STYLE_DIM, "%*s ", c->width,
		    text);
	}
	grid_textf(g, r.row, r.col + col + 1, r.cols - col - 1, STYLE_DIM, "function%s",
	    strcmp(profile_sorts[v->sort], "name") == 0 ? "v" : "");
}

static void
draw_row(const struct profile_view *v, struct grid *g, struct grid_rect r, int at,
    const struct profile_row *x, bool keys)
{
	const bool chosen = v->chosen != NULL && strcmp(v->chosen, x->name) == 0;
	int col = 0;

	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		const struct column *c = &columns[i];
		char text[32];

		if (!shown(v, c, r.cols))
			continue;
		c->text(v, x, text, sizeof text);
		col += grid_textf(g, at, r.col + col, r.cols - col,
		    c->text == delta_text ? (noise(x) ? STYLE_DIM : profile_style(x->flat)) :
		    c->text == error_text ? STYLE_DIM : STYLE_NORMAL, "%*s ", c->width, text);
	}
	col += 1;
	grid_text(g, at, r.col + col, r.cols - col, v->found != NULL &&
	    pane_match(x->name, v->found) ? STYLE_MATCH : STYLE_NORMAL, r.cols - col >
	    (int)strlen(x->name) ? x->name : profile_short(x->name));
	if (chosen && keys)
		grid_restyle(g, (struct grid_rect){ at, r.col, 1, r.cols }, STYLE_SELECT);
	else if (chosen)
		grid_text(g, at, r.col + col - 1, 1, STYLE_FOCUS, ">");
}

/* What is not listed, and how much that is: nothing is trimmed silently. */
static void
draw_hidden(const struct profile_view *v, struct grid *g, struct grid_rect r)
{
	char cut[32], most[32], sum[32], text[200] = "";
	const int64_t hidden = v->small + v->beyond + v->other_way;
	int n = snprintf(text, sizeof text, " row %zu of %zu", v->rows != 0 ? v->at + 1 : 0,
	    v->rows);

	fmt_sample(v->cutoff, v->unit, cut, sizeof cut);
	fmt_sample(v->hidden_max, v->unit, most, sizeof most);
	fmt_signed(v->hidden_delta, v->unit, sum, sizeof sum);
	if (hidden == 0)
		n += snprintf(text + n, sizeof text - (size_t)n, ", none hidden");
	else if (isnan(v->cutoff))
		n += snprintf(text + n, sizeof text - (size_t)n, ", hidden: %lld",
		    (long long)hidden);
	else
		n += snprintf(text + n, sizeof text - (size_t)n,
		    ", hidden %lld: sum %s, max %s%s%s",
		    (long long)hidden, sum, most, v->small != 0 ? ", below " : "",
		    v->small != 0 ? cut : "");
	if (v->unmatched != 0)
		snprintf(text + n, sizeof text - (size_t)n, ", filtered %lld",
		    (long long)v->unmatched);
	grid_text(g, r.row + r.rows - 1, r.col, r.cols, STYLE_DIM, text);
}

void
profile_table_draw(struct ui *u, struct grid *g, struct grid_rect r, bool keys)
{
	struct profile_view *v = u->profile;
	const int height = r.rows - 2;

	if (r.rows < 3 || r.cols < 10)
		return;
	draw_head(v, g, r);
	if (v->at < v->top)
		v->top = v->at;
	if (v->at >= v->top + (size_t)height)
		v->top = v->at - (size_t)height + 1;
	if (v->top + (size_t)height > v->rows)
		v->top = v->rows > (size_t)height ? v->rows - (size_t)height : 0;
	for (size_t i = v->top; i < v->rows && (int)(i - v->top) < height; i++)
		draw_row(v, g, r, r.row + 1 + (int)(i - v->top), &v->row[i], keys);
	if (v->rows == 0)
		grid_text(g, r.row + 1, r.col + 1, r.cols - 1, STYLE_DIM, v->all == 0 ?
		    "no stacks are left: u takes the last step back" :
		    "no row passes: = shows both ways, f changes the filter, u goes back");
	draw_hidden(v, g, r);
}
