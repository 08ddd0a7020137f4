/* linetext.c - one console line as cells. */
#include "ui/linetext.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "grid/width.h"

enum { PARAMS = 16 };

/* The pen while a line is rendered. */
struct pen {
	struct linetext *t;
	int at;
	int fg, bg;
	uint32_t attrs;
};

void
linetext_init(struct linetext *t)
{
	t->cell = mem_zero(LINETEXT_MAX, sizeof *t->cell);
	t->n = t->cursor = 0;
}

void
linetext_fini(struct linetext *t)
{
	mem_free(t->cell);
	t->cell = NULL;
}

/* ---- cells */

static void
blank(struct linetext *t, int from, int to)
{
	for (int i = from; i < to && i < LINETEXT_MAX; i++)
		t->cell[i] = (struct linetext_cell){ .cp = { ' ' }, .n = 1, .width = 1 };
}

static void
put(struct pen *p, uint32_t cp)
{
	struct linetext *t = p->t;
	const int width = grid_width(cp);

	if (width < 0 || grid_hidden(cp))
		return;
	if (width == 0) {
		struct linetext_cell *c = p->at > 0 ? &t->cell[p->at - 1] : NULL;

		if (c != NULL && c->n == 0 && p->at > 1)
			c--;
		if (c != NULL && c->n != 0 && c->n <= LINETEXT_MARKS)
			c->cp[c->n++] = cp;
		return;
	}
	if (p->at + width > LINETEXT_MAX)
		return;
	if (p->at > t->n)
		blank(t, t->n, p->at);
	t->cell[p->at] = (struct linetext_cell){ .cp = { cp }, .n = 1, .width = (uint8_t)width,
		.style = style_raw(p->fg, p->bg, p->attrs) };
	if (width == 2)
		t->cell[p->at + 1] = (struct linetext_cell){ .width = 0 };
	p->at += width;
	if (p->at > t->n)
		t->n = p->at;
}

static void
erase(struct pen *p, int mode)
{
	struct linetext *t = p->t;

	if (mode == 0 && p->at < t->n)
		t->n = p->at;
	else if (mode == 1)
		blank(t, 0, p->at + 1 < t->n ? p->at + 1 : t->n);
	else if (mode == 2)
		t->n = 0;
}

static void
shift(struct pen *p, int by)
{
	struct linetext *t = p->t;
	const int tail = t->n - p->at;

	if (tail <= 0)
		return;
	if (by < 0) {
		by = -by < tail ? -by : tail;
		memmove(t->cell + p->at, t->cell + p->at + by,
		    (size_t)(tail - by) * sizeof *t->cell);
		t->n -= by;
		return;
	}
	by = by < LINETEXT_MAX - t->n ? by : LINETEXT_MAX - t->n;
	memmove(t->cell + p->at + by, t->cell + p->at, (size_t)tail * sizeof *t->cell);
	blank(t, p->at, p->at + by);
	t->n += by;
}

/* ---- sequences */

/* 38;5;N and 38;2;R;G;B; returns how many numbers were used behind the 38. */
static int
sgr_colour(const int *v, int n, int *out)
{
	if (n >= 2 && v[0] == 5) {
		*out = v[1] & 0xff;
		return 2;
	}
	if (n >= 4 && v[0] == 2) {
		*out = 16 + v[1] * 6 / 256 % 6 * 36 + v[2] * 6 / 256 % 6 * 6 + v[3] * 6 / 256 % 6;
		return 4;
	}
	return n;
}

static void
sgr_one(struct pen *p, int v)
{
	static const struct { int code; uint32_t set, clear; } attrs[] = {
		{ 1, STYLE_BOLD, 0 }, { 3, STYLE_ITALIC, 0 }, { 4, STYLE_UNDERLINE, 0 },
		{ 5, STYLE_BLINK, 0 },
		{ 7, STYLE_REVERSE, 0 }, { 9, STYLE_STRIKE, 0 }, { 22, 0, STYLE_BOLD },
		{ 23, 0, STYLE_ITALIC },
		{ 24, 0, STYLE_UNDERLINE }, { 25, 0, STYLE_BLINK }, { 27, 0, STYLE_REVERSE },
		{ 29, 0, STYLE_STRIKE },
	};

	for (size_t i = 0; i < sizeof attrs / sizeof attrs[0]; i++)
		if (attrs[i].code == v)
			p->attrs = (p->attrs | attrs[i].set) & ~attrs[i].clear;
	if (v >= 30 && v <= 37)
		p->fg = v - 30;
	else if (v >= 40 && v <= 47)
		p->bg = v - 40;
	else if (v >= 90 && v <= 97)
		p->fg = v - 82;
	else if (v >= 100 && v <= 107)
		p->bg = v - 92;
}

static void
sgr(struct pen *p, const int *v, int n)
{
	for (int i = 0; i < n; i++) {
		if (v[i] == 0) {
			p->attrs = 0;
			p->fg = p->bg = -1;
		} else if (v[i] == 38) {
			i += sgr_colour(v + i + 1, n - i - 1, &p->fg);
		} else if (v[i] == 48) {
			i += sgr_colour(v + i + 1, n - i - 1, &p->bg);
		} else if (v[i] == 39) {
			p->fg = -1;
		} else if (v[i] == 49) {
			p->bg = -1;
		} else {
			sgr_one(p, v[i]);
		}
	}
}

static void
move(struct pen *p, int to)
{
	p->at = to < 0 ? 0 : to > LINETEXT_MAX ? LINETEXT_MAX : to;
}

static void
csi(struct pen *p, char final, const int *v, int n)
{
	const int one = v[0] > 0 ? v[0] : 1;

	switch (final) {
	case 'm': sgr(p, v, n); break;
	case 'K': erase(p, v[0]); break;
	case 'J': erase(p, v[0] == 0 ? 0 : 3); break;
	case 'C': move(p, p->at + one); break;
	case 'D': move(p, p->at - one); break;
	case 'G': case '`': move(p, one - 1); break;
	case 'P': shift(p, -one); break;
	case '@': shift(p, one); break;
	default: break;
	}
}

/* p[0] is behind "ESC [". Returns the bytes used. */
static size_t
read_csi(struct pen *pen, const char *p, size_t n)
{
	int v[PARAMS] = { 0 }, count = 1;
	size_t i = 0;

	for (; i < n && (unsigned char)p[i] >= 0x20 && (unsigned char)p[i] < 0x40; i++) {
		if (p[i] >= '0' && p[i] <= '9') {
			if (v[count - 1] < 10000)
				v[count - 1] = v[count - 1] * 10 + (p[i] - '0');
		} else if ((p[i] == ';' || p[i] == ':') && count < PARAMS) {
			count++;
		}
	}
	if (i == n)
		return n;
	if (p[0] < '<' || p[0] > '?')
		csi(pen, p[i], v, count);
	return i + 1;
}

/* A string sequence up to BEL or ESC \. */
static size_t
skip_string(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\a')
			return i + 1;
		if (p[i] == '\033')
			return i + 1 < n && p[i + 1] == '\\' ? i + 2 : i;
	}
	return n;
}

/* p[0] is ESC. */
static size_t
escape(struct pen *pen, const char *p, size_t n)
{
	if (n < 2)
		return n;
	if (p[1] == '[')
		return 2 + read_csi(pen, p + 2, n - 2);
	if (strchr("]PX^_", p[1]) != NULL)
		return 2 + skip_string(p + 2, n - 2);
	if (strchr("()*+#%", p[1]) != NULL)
		return n < 3 ? n : 3;
	return 2;
}

static void
control(struct pen *p, char c)
{
	if (c == '\r')
		p->at = 0;
	else if (c == '\b')
		move(p, p->at - 1);
	else if (c == '\t')
		move(p, (p->at / 8 + 1) * 8);
}

void
linetext_render(struct linetext *t, const char *p, size_t n)
{
	struct pen pen = { .t = t, .fg = -1, .bg = -1 };

	t->n = 0;
	for (size_t i = 0; i < n;) {
		uint32_t cp = (unsigned char)p[i];
		size_t len = 1;

		if (cp == 033) {
			i += escape(&pen, p + i, n - i);
			continue;
		}
		if (cp < 0x20 || cp == 0x7f) {
			control(&pen, p[i]);
		} else {
			len = utf8_decode(p + i, n - i, &cp);
			put(&pen, cp);
			len = len != 0 ? len : 1;
		}
		i += len;
	}
	t->cursor = pen.at;
	if (t->cursor > t->n)
		blank(t, t->n, t->cursor);
}

/* What is not printable, by its number. */
static void
put_code(struct pen *p, unsigned char c)
{
	static const char digit[] = "0123456789abcdef";

	p->fg = 6;
	put(p, '[');
	put(p, (uint32_t)digit[c >> 4]);
	put(p, (uint32_t)digit[c & 15]);
	put(p, ']');
	p->fg = -1;
}

void
linetext_show(struct linetext *t, const char *p, size_t n)
{
	struct pen pen = { .t = t, .fg = -1, .bg = -1 };

	t->n = 0;
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		const size_t len = utf8_decode(p + i, n - i, &cp);
		const bool good = len != 0 && cp >= 0x20 && (cp < 0x7f || cp > 0x9f) &&
		    grid_width(cp) > 0 && !grid_hidden(cp);

		for (size_t k = 0; !good && k < (len != 0 ? len : 1); k++)
			put_code(&pen, (unsigned char)p[i + k]);
		if (good)
			put(&pen, cp);
		i += len != 0 ? len : 1;
	}
	t->cursor = pen.at;
}

/* ---- wrapped rows */

/* Where row k + 1 begins, when row k begins at `from`. A wide character is not cut. */
static int
row_end(const struct linetext *t, int from, int width)
{
	int end = from + width;

	if (end >= t->n)
		return t->n;
	if (t->cell[end].n == 0 && end > from + 1)
		end--;
	return end;
}

int
linetext_rows(const struct linetext *t, int width)
{
	int rows = 0;

	for (int at = 0; at < t->n; at = row_end(t, at, width))
		rows++;
	return rows != 0 ? rows : 1;
}

int
linetext_draw(const struct linetext *t, struct grid *g, int k, int row, int col, int width)
{
	int from = 0, end;

	while (k-- > 0)
		from = row_end(t, from, width);
	end = row_end(t, from, width);
	for (int i = from; i < end; i++)
		if (t->cell[i].n != 0)
			grid_put(g, row, col + i - from, t->cell[i].style, t->cell[i].cp,
			    t->cell[i].n, t->cell[i].width);
	if (t->cursor < from || (t->cursor >= end && end != t->n) || t->cursor - from > width)
		return -1;
	return col + (t->cursor - from < width ? t->cursor - from : width - 1);
}

void
linetext_plain(const struct linetext *t, struct buf *out, uint32_t *offset)
{
	const size_t start = out->len;

	for (int i = 0; i < t->n; i++) {
		if (offset != NULL)
			offset[i] = (uint32_t)(out->len - start);
		for (int k = 0; k < t->cell[i].n; k++) {
			char utf8[4];

			(void)buf_add(out, utf8, utf8_encode(t->cell[i].cp[k], utf8));
		}
	}
	if (offset != NULL)
		offset[t->n] = (uint32_t)(out->len - start);
}
