/* wrap.c - text over several rows, or cut with a sign. */
#include "ui/wrap.h"

#include <string.h>

/* The bytes of p that fit into cols; in a row that goes on below, up to a blank. */
static size_t
fit(const char *p, int cols, bool words)
{
	size_t n = 0, blank = 0;
	int width = 0;

	while (p[n] != '\0') {
		size_t one = 1;

		while (((unsigned char)p[n + one] & 0xc0) == 0x80)
			one++;
		width += grid_text_width(p + n, one);
		if (width > cols)
			return words && p[n] != ' ' && blank != 0 ? blank : n != 0 ? n : one;
		if (p[n] == ' ')
			blank = n;
		n += one;
	}
	return n;
}

static const char *
after(const char *p, size_t n)
{
	p += n;
	return p + strspn(p, " ");
}

int
wrap_rows(const char *text, int cols)
{
	int rows = 0;

	do {
		text = after(text, fit(text, cols > 0 ? cols : 1, true));
		rows++;
	} while (*text != '\0');
	return rows;
}

int
wrap_cut(struct grid *g, int row, int col, int cols, uint32_t style, const char *text)
{
	size_t n = fit(text, cols, false);
	int used;

	if (cols <= 0)
		return 0;
	if (text[n] == '\0' || cols < 8)
		return grid_text_n(g, row, col, cols, style, text, n);
	n = fit(text, cols - 3, false);
	while (n > 0 && text[n - 1] == ' ')
		n--;
	used = grid_text_n(g, row, col, cols - 3, style, text, n);
	return used + grid_text(g, row, col + used, 3, style, "...");
}

int
wrap_draw(struct grid *g, struct grid_rect r, uint32_t style, const char *text)
{
	int rows = 0;

	while (rows < r.rows && (*text != '\0' || rows == 0)) {
		const size_t n = fit(text, r.cols, true);

		if (rows + 1 == r.rows)
			(void)wrap_cut(g, r.row + rows, r.col, r.cols, style, text);
		else
			(void)grid_text_n(g, r.row + rows, r.col, r.cols, style, text, n);
		text = after(text, n);
		rows++;
	}
	return rows;
}
