/* profile_icicle.c - the icicle: roots on top, boxes as wide as their share, a sign in each. */
#include "ui/profile_icicle.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/fmt.h"
#include "ui/pane_box.h"
#include "ui/profile_ask.h"
#include "ui/profile_table.h"

static int
column(const struct profile_view *v, double x, int cols)
{
	const double part = v->box_w > 0 ? x / v->box_w : 0;

	return part <= 0 || isnan(part) ? 0 : part >= 1 ? cols : (int)floor(part * cols + 0.5);
}

static bool
chosen(const struct profile_view *v, const struct profile_box *b)
{
	return b->name != NULL && v->chosen != NULL && strcmp(b->name, v->chosen) == 0;
}

/* Sign before name before number; what does not fit goes from the end. */
static void
label(const struct profile_view *v, const struct profile_box *b, int room, char *out, size_t size)
{
	const double d = b->b - b->a;
	char value[32], name[256];
	int n;

	if (b->name == NULL) {
		snprintf(out, size, "(%lld more)", (long long)b->more);
		return;
	}
	if (v->diff)
		fmt_signed(d, v->unit, value, sizeof value);
	else
		fmt_sample(b->b, v->unit, value, sizeof value);
	n = snprintf(name, sizeof name, "%s%.200s", !v->diff ? "" : d > 0 ? "+" : d < 0 ? "-" : "=",
	    profile_short(b->name));
	n = grid_text_width(name, (size_t)(n < 255 ? n : 255));
	if (room - n > (int)strlen(value))
		snprintf(out, size, "%s%*s", name, room - n, value);
	else
		snprintf(out, size, "%s", name);
}

static void
draw_box(const struct ui *u, struct grid *g, int row, int col, int width,
    const struct profile_box *b)
{
	const struct profile_view *v = u->profile;
	const struct grid_glyphs *gl = grid_glyphs(u->set);
	uint32_t style = b->name == NULL ? STYLE_DIM : v->diff ? profile_style(b->b - b->a) :
	    STYLE_NORMAL;
	char text[400];

	if (v->found != NULL && b->name != NULL && pane_match(b->name, v->found))
		style = STYLE_MATCH;
	label(v, b, width - 1, text, sizeof text);
	grid_put(g, row, col, STYLE_LINE, &gl->v, 1, 1);
	if (width > 1)
		grid_text(g, row, col + 1, width - 1, style, text);
	if (!chosen(v, b))
		return;
	/* the box that has the keys in reverse, its like elsewhere underlined */
	if (b == &v->box[v->box_at])
		grid_restyle(g, (struct grid_rect){ row, col + (width > 1), 1,
		    width - (width > 1) }, STYLE_SELECT);
	else
		grid_restyle(g, (struct grid_rect){ row, col + (width > 1), 1,
		    width - (width > 1) }, style | STYLE_UNDERLINE | STYLE_BOLD);
}

/* The title: what is the root, how wide a column is, what is seen of how much. */
static void
draw_rule(const struct ui *u, struct grid *g, struct grid_rect r, bool keys)
{
	static const char *const onlys[] = { "", "growth only, ", "shrink only, " };
	const struct profile_view *v = u->profile;
	char left[160], right[160], value[32];
	const char *root = "all";

	for (size_t i = 0; i < v->steps; i++)
		if (strcmp(v->step[i].word, "zoom") == 0 || strcmp(v->step[i].word, "focus") == 0) {
			const char *semicolon = strrchr(v->step[i].text, ';');

			root = semicolon != NULL ? semicolon + 1 : v->step[i].text;
		}
	if (v->diff)
		fmt_signed(v->box_b - v->box_a, v->unit, value, sizeof value);
	else
		fmt_sample(v->box_b, v->unit, value, sizeof value);
	snprintf(left, sizeof left, "icicle: %swidth = %s", onlys[v->only],
	    !v->diff ? v->type_shown : v->total_width ? "max(A, B)" : "change");
	snprintf(right, sizeof right, "%.60s %s%s", profile_short(root), value,
	    v->box_top > 0 || v->depth > v->box_top + r.rows - 1 ? "  more rows" : "");
	pane_rule(g, r.row, r.col, r.cols, keys ? STYLE_FOCUS : STYLE_LINE, ui_set(u, keys), left,
	    right);
}

static void
scroll_to(struct profile_view *v, int height)
{
	const int depth = v->box_at < v->boxes ? v->box[v->box_at].depth : 0;

	if (depth < v->box_top)
		v->box_top = depth;
	if (depth >= v->box_top + height)
		v->box_top = depth - height + 1;
	if (v->box_top > 0 && v->box_top + height > v->depth)
		v->box_top = v->depth > height ? v->depth - height : 0;
}

void
profile_icicle_draw(struct ui *u, struct grid *g, struct grid_rect r, bool keys)
{
	struct profile_view *v = u->profile;
	const struct grid_glyphs *gl = grid_glyphs(u->set);
	const int height = r.rows - 1, cols = r.cols - 1;

	if (height < 1 || cols < 4)
		return;
	scroll_to(v, height);
	draw_rule(u, g, r, keys);
	if (!v->has_box || v->boxes == 0) {
		grid_text(g, r.row + 1, r.col + 1, cols, STYLE_DIM, !v->has_box ? "loading ..." :
		    "no stack changed this way: = shows both ways, W another width, u goes back");
		return;
	}
	for (size_t i = 0; i < v->boxes; i++) {
		const struct profile_box *b = &v->box[i];
		const int row = b->depth - v->box_top, from = column(v, b->x, cols), to = column(v,
		    b->x + b->w, cols);

		if (row < 0 || row >= height || to <= from)
			continue;
		draw_box(u, g, r.row + 1 + row, r.col + from, to - from, b);
		grid_put(g, r.row + 1 + row, r.col + to, STYLE_LINE, &gl->v, 1, 1);
	}
}

/* ---- keys */

static void
take(struct ui *u, size_t box)
{
	struct profile_view *v = u->profile;

	v->box_at = box;
	if (v->box[box].name != NULL)
		profile_choose(u, v->box[box].name);
}

void
profile_icicle_move(struct ui *u, long by)
{
	struct profile_view *v = u->profile;
	size_t best = v->box_at;

	if (v->boxes == 0)
		return;
	for (long i = by < -64 ? -64 : by; i < 0; i++)
		if (v->box[best].parent >= 0)
			best = (size_t)v->box[best].parent;
	/* children stand behind their parent, the widest first */
	for (long left = by > 64 ? 64 : by; left > 0; left--) {
		size_t i = best + 1;

		while (i < v->boxes && v->box[i].parent != (int)best)
			i++;
		if (i == v->boxes || v->box[i].name == NULL)
			break;
		best = i;
	}
	take(u, best);
}

void
profile_icicle_side(struct ui *u, int by)
{
	struct profile_view *v = u->profile;
	const int depth = v->box_at < v->boxes ? v->box[v->box_at].depth : 0;
	const long step = by < 0 ? -1 : 1;

	for (long i = (long)v->box_at + step; i >= 0 && i < (long)v->boxes; i += step)
		if (v->box[i].depth == depth && v->box[i].name != NULL) {
			take(u, (size_t)i);
			return;
		}
}

/* The zoom there is, unless a focus came after it; *focused: one did. */
static const char *
last_zoom(const struct profile_view *v, bool *focused)
{
	*focused = false;
	for (size_t i = v->steps; i-- > 0;) {
		if (strcmp(v->step[i].word, "zoom") == 0)
			return v->step[i].text;
		if (strcmp(v->step[i].word, "focus") == 0) {
			*focused = true;
			return NULL;
		}
	}
	return NULL;
}

/* "a;b;c": the way to the box, behind the zoom there is, whose last name is the first row. */
static void
add_way(const struct profile_view *v, const char *old, struct buf *path)
{
	const char *names[256], *last = old != NULL ? strrchr(old, ';') : NULL;
	size_t n = 0;

	for (int i = (int)v->box_at; i >= 0 && n < 256; i = v->box[i].parent)
		names[n++] = v->box[i].name;
	if (last != NULL)
		(void)buf_add(path, old, (size_t)(last - old));
	while (n-- > 0)
		(void)buf_add_fmt(path, "%s%s", path->len != 0 ? ";" : "", names[n]);
}

void
profile_icicle_enter(struct ui *u)
{
	const struct profile_view *v = u->profile;
	const char *old;
	struct buf path;
	bool focused;

	if (v->box_at >= v->boxes || v->box[v->box_at].name == NULL)
		return;
	old = last_zoom(v, &focused);
	if (focused) {                  /* there is no way from the root: focus deeper */
		profile_narrow(u, "focus", v->box[v->box_at].name);
		return;
	}
	buf_init(&path, 32 << 10);
	add_way(v, old, &path);
	if (old == NULL || strcmp(old, buf_str(&path)) != 0)
		profile_narrow(u, "zoom", buf_str(&path));
	buf_fini(&path);
}
