/* draw.c - text and the few shapes that every pane is made of. */
#include "grid/draw.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "grid/width.h"

#define ASCII_RAMPS ".:-=+*#", ".:-=+#", '*'
#define BLOCK_RAMPS "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588", \
	"\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588", 0

static const struct grid_glyphs glyphs[GRID_SET_COUNT] = {
	[GRID_ASCII] = { '-', '|', '+', '+', '+', '+', '+', '+', '+', '+', '+', ASCII_RAMPS },
	[GRID_ASCII_FOCUS] = { '=', '|', '=', '=', '=', '=', '=', '=', '=', '=', '=', ASCII_RAMPS },
	[GRID_UNICODE] = { 0x2500, 0x2502, 0x250c, 0x2510, 0x2514, 0x2518,
		0x252c, 0x2534, 0x251c, 0x2524, 0x253c, BLOCK_RAMPS },
	[GRID_UNICODE_FOCUS] = { 0x2550, 0x2551, 0x2554, 0x2557, 0x255a, 0x255d,
		0x2566, 0x2569, 0x2560, 0x2563, 0x256c, BLOCK_RAMPS },
};

const struct grid_glyphs *
grid_glyphs(enum grid_set set)
{
	return &glyphs[(size_t)set < GRID_SET_COUNT ? set : GRID_ASCII];
}

struct glyph {
	uint32_t cp[GRID_CLUSTER_MAX];
	size_t n;                       /* 0: nothing to draw */
	int width;
};

/* Takes one character with its marks from p[0..n), n > 0; returns the bytes it took. */
static size_t
next_glyph(const char *p, size_t n, struct glyph *out)
{
	uint32_t cp;
	size_t at = utf8_decode(p, n, &cp);
	const int w = at == 0 ? 1 : grid_width(cp);

	if (at == 0) {
		cp = 0xfffd;
		at = 1;
	} else if (w < 0) {
		cp = cp == '\t' ? ' ' : '?';
	}
	out->cp[0] = cp;
	out->n = w != 0;                /* a mark with no base is dropped */
	out->width = w < 0 ? 1 : w;
	while (at < n && ((unsigned char)p[at] & 0x80) != 0) {
		const size_t len = utf8_decode(p + at, n - at, &cp);

		if (len == 0 || grid_width(cp) != 0)
			break;
		if (out->n > 0 && out->n < GRID_CLUSTER_MAX && !grid_hidden(cp))
			out->cp[out->n++] = cp;
		at += len;
	}
	return at;
}

int
grid_text_n(struct grid *g, int row, int col, int max_cols, uint32_t style, const char *p, size_t n)
{
	const int64_t edge = (int64_t)grid_area(g).cols - col;
	const int64_t max = max_cols >= 0 && max_cols < edge ? max_cols : edge;
	int64_t used = 0;
	struct glyph c;

	while (n > 0 && used < max) {
		const size_t len = next_glyph(p, n, &c);

		p += len;
		n -= len;
		if (c.n == 0)
			continue;
		if (used + c.width > max) {     /* half a wide character is a blank */
			c.cp[0] = ' ';
			c.n = 1;
			c.width = 1;
		}
		grid_put(g, row, (int)(col + used), style, c.cp, c.n, c.width);
		used += c.width;
	}
	return (int)used;
}

int
grid_text(struct grid *g, int row, int col, int max_cols, uint32_t style, const char *utf8)
{
	return grid_text_n(g, row, col, max_cols, style, utf8, strlen(utf8));
}

/* Drops what a full buffer left of the last character. */
static size_t
whole(const char *p, size_t n)
{
	uint32_t cp;
	size_t back = 1;

	while (back < 4 && back < n && ((unsigned char)p[n - back] & 0xc0) == 0x80)
		back++;
	return n != 0 && utf8_decode(p + n - back, back, &cp) != back ? n - back : n;
}

int
grid_textf(struct grid *g, int row, int col, int max_cols, uint32_t style, const char *fmt, ...)
{
	char text[1024];
	size_t len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return 0;
	len = (size_t)n < sizeof text ? (size_t)n : whole(text, sizeof text - 1);
	return grid_text_n(g, row, col, max_cols, style, text, len);
}

int
grid_text_width(const char *p, size_t n)
{
	struct glyph c;
	int64_t used = 0;

	while (n > 0) {
		const size_t len = next_glyph(p, n, &c);

		used += c.n != 0 ? c.width : 0;
		p += len;
		n -= len;
	}
	return used > INT32_MAX ? INT32_MAX : (int)used;
}

/* Cuts r to what can be drawn on, so that no size given from outside costs time. */
static struct grid_rect
cut(const struct grid *g, struct grid_rect r)
{
	const struct grid_rect a = grid_visible(g);
	const int64_t bottom = (int64_t)r.row + r.rows, right = (int64_t)r.col + r.cols;
	const int64_t low = (int64_t)a.row + a.rows, far = (int64_t)a.col + a.cols;
	struct grid_rect c = { r.row > a.row ? r.row : a.row, r.col > a.col ? r.col : a.col, 0, 0 };
	const int64_t rows = (bottom < low ? bottom : low) - c.row;
	const int64_t cols = (right < far ? right : far) - c.col;

	c.rows = rows > 0 ? (int)rows : 0;
	c.cols = cols > 0 ? (int)cols : 0;
	return c;
}

void
grid_fill(struct grid *g, struct grid_rect r, uint32_t style, uint32_t cp)
{
	const int w = grid_width(cp);
	const uint32_t one = w == 1 || w == 2 ? cp : '?';
	const int step = w == 2 ? 2 : 1;

	r = cut(g, r);
	for (int i = 0; i < r.rows; i++)
		for (int k = 0; k < r.cols; k += step)
			grid_put(g, r.row + i, r.col + k, style, k + step > r.cols ? NULL : &one,
			    k + step <= r.cols, k + step > r.cols ? 1 : step);
}

void
grid_restyle(struct grid *g, struct grid_rect r, uint32_t style)
{
	r = cut(g, r);
	for (int i = 0; i < r.rows; i++)
		for (int k = 0; k < r.cols; k++)
			grid_set_style(g, r.row + i, r.col + k, style);
}

void
grid_hline(struct grid *g, int row, int col, int n, uint32_t style, enum grid_set set)
{
	grid_fill(g, (struct grid_rect){ row, col, 1, n }, style, grid_glyphs(set)->h);
}

void
grid_vline(struct grid *g, int row, int col, int n, uint32_t style, enum grid_set set)
{
	grid_fill(g, (struct grid_rect){ row, col, n, 1 }, style, grid_glyphs(set)->v);
}

void
grid_box(struct grid *g, struct grid_rect r, uint32_t style, enum grid_set set)
{
	const struct grid_glyphs *gl = grid_glyphs(set);
	int bottom, right;

	if (r.rows < 1 || r.cols < 1 || __builtin_add_overflow(r.row, r.rows - 1, &bottom) ||
	    __builtin_add_overflow(r.col, r.cols - 1, &right))
		return;
	grid_hline(g, r.row, r.col, r.cols, style, set);
	grid_hline(g, bottom, r.col, r.cols, style, set);
	grid_vline(g, r.row, r.col, r.rows, style, set);
	grid_vline(g, r.row, right, r.rows, style, set);
	grid_put(g, r.row, r.col, style, &gl->nw, 1, 1);
	grid_put(g, r.row, right, style, &gl->ne, 1, 1);
	grid_put(g, bottom, r.col, style, &gl->sw, 1, 1);
	grid_put(g, bottom, right, style, &gl->se, 1, 1);
}

void
grid_bar(struct grid *g, int row, int col, int width, double fraction, double mark, uint32_t style)
{
	const int inner = width - 2;
	const double full = isnan(fraction) || fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
	int filled, marked = -1;

	if (inner < 1 || inner > GRID_SIDE_MAX)
		return;
	filled = (int)(full * inner + 0.5);
	if (!isnan(mark) && mark >= 0)
		marked = mark >= 1 ? inner - 1 : (int)(mark * inner);
	grid_text(g, row, col, 1, STYLE_NORMAL, "[");
	for (int i = 0; i < inner; i++) {
		if (i == marked)
			grid_text(g, row, col + 1 + i, 1, STYLE_NORMAL, "|");
		else if (i < filled)
			grid_text(g, row, col + 1 + i, 1, style, "#");
		else
			grid_text(g, row, col + 1 + i, 1, STYLE_DIM, isnan(fraction) ? " " : ".");
	}
	grid_text(g, row, col + width - 1, 1, STYLE_NORMAL, "]");
}

/* The bounds that are not given, from the values. */
static void
bounds(const double *v, size_t n, double *min, double *max)
{
	double lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		if (!isfinite(v[i]))
			continue;
		lo = v[i] < lo ? v[i] : lo;
		hi = v[i] > hi ? v[i] : hi;
	}
	if (!isfinite(*min))
		*min = lo;
	if (!isfinite(*max))
		*max = hi;
}

/* Level 0..levels-1 of v; the one in the middle when there is no range. */
static int
level(double v, double min, double max, int levels)
{
	double at;

	if (!(max > min))
		return levels / 2;
	at = (v - min) / (max - min) * levels;
	return at >= levels ? levels - 1 : at > 0 ? (int)at : 0;
}

void
grid_spark(struct grid *g, int row, int col, int width, const struct grid_spark *s)
{
	const struct grid_glyphs *gl = grid_glyphs(s->set);
	const char *ramp = isnan(s->warn) ? gl->ramp : gl->ramp_warn;
	const size_t bytes = (unsigned char)ramp[0] < 0x80 ? 1 : 3;     /* each level is as long */
	const int levels = (int)(strlen(ramp) / bytes);
	double min = s->min, max = s->max;
	size_t n;

	if (width < 1 || width > GRID_SIDE_MAX)
		return;
	n = s->n < (size_t)width ? s->n : (size_t)width;
	grid_fill(g, (struct grid_rect){ row, col, 1, width - (int)n }, s->style, ' ');
	if (n == 0)
		return;
	bounds(s->values + (s->n - n), n, &min, &max);
	for (size_t i = 0; i < n; i++) {
		const double v = s->values[s->n - n + i];
		const int at = col + width - (int)n + (int)i;
		const bool over = v > s->warn;

		if (!isfinite(v))
			grid_text(g, row, at, 1, s->style, " ");
		else if (over && gl->over != 0)
			grid_put(g, row, at, STYLE_WARN, &gl->over, 1, 1);
		else
			grid_text_n(g, row, at, 1, over ? STYLE_WARN : s->style,
			    ramp + (size_t)level(v, min, max, levels) * bytes, bytes);
	}
}
