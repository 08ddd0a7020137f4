/*
 * fuzz_term_screen.c - libFuzzer target for the whole emulation: board bytes, with resizes of the
 * host (0xFE rows cols) between them. Oracle: the cells drawn hold no control character and no half
 * of a wide one; cursor and scrollback keep their bounds; nothing is answered; and the screen at
 * the end is the same as that of a new emulation that is fed the same bytes in one piece. (Not
 * where combining marks are: libvterm 0.1.4 joins a mark at the right margin to its base only when
 * both come in one piece.)
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "grid/draw.h"
#include "grid/width.h"
#include "term/emulator.h"

enum { INPUT_MAX = 4096, SCROLLBACK = 64 << 10 };

#define HOLD(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_cell(const struct grid *g, int row, int col)
{
	const struct grid_cell *c = grid_at(g, row, col), *next = grid_at(g, row, col + 1);
	const int wide = (c->ch & GRID_WIDE) != 0;
	uint32_t cp[GRID_CLUSTER_MAX];
	const size_t n = grid_chars(g, c, cp);

	HOLD(wide == (next != NULL && (next->ch & GRID_TAIL) != 0));
	HOLD(n <= GRID_CLUSTER_MAX);
	if (n > 0)
		HOLD(grid_width(cp[0]) == 1 + wide);
	for (size_t i = 1; i < n; i++)
		HOLD(grid_width(cp[i]) == 0 && !grid_hidden(cp[i]));
}

static void
check(const struct term *t)
{
	const struct term_info i = term_info(t);
	struct grid *g = grid_new(i.rows, i.cols);
	struct buf b;

	HOLD(i.rows >= TERM_SIDE_MIN && i.cols >= TERM_SIDE_MIN);
	HOLD(i.cursor_row >= 0 && i.cursor_row < i.rows && i.cursor_col >= 0 &&
	     i.cursor_col < i.cols);
	HOLD(i.answer_bytes == 0 && i.scrollback_bytes <= SCROLLBACK);
	for (size_t back = 0; back < term_lines(t) + 2; back += (size_t)i.rows) {
		term_draw(t, g, grid_area(g), back);
		for (int row = 0; row < i.rows; row++)
			for (int col = 0; col < i.cols; col++)
				check_cell(g, row, col);
	}
	buf_init(&b, 1 << 20);
	HOLD(term_row_text(t, 0, &b) == ERR_OK);
	buf_fini(&b);
	grid_free(g);
}

static void
same(const struct term *a, const struct term *b)
{
	const struct term_info i = term_info(a), k = term_info(b);
	struct grid *g = grid_new(i.rows * 2, i.cols), *h = grid_new(i.rows * 2, i.cols);
	struct grid_span s = { 0, 0, 0 };

	HOLD(i.cursor_row == k.cursor_row && i.cursor_col == k.cursor_col &&
	     i.cursor_on == k.cursor_on);
	HOLD(i.alt == k.alt && i.app_cursor == k.app_cursor && i.app_keypad == k.app_keypad);
	HOLD(term_lines(a) == term_lines(b));
	term_draw(a, g, grid_area(g), 0);
	term_draw(b, h, grid_area(h), 0);
	HOLD(!grid_diff_next(g, h, &s));
	grid_free(g);
	grid_free(h);
}

static int
has_marks(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t cp;

		if (p[i] >= 0xc2 && utf8_decode((const char *)p + i, n - i, &cp) != 0 &&
		    (grid_width(cp) == 0 || cp == 0x6de || cp == 0x1734))
			return 1;
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t seen[INPUT_MAX];
	size_t n = 0;
	struct term *t, *again;

	if (size < 2 || size > sizeof seen)
		return 0;
	t = term_new(24, 80);
	term_scrollback_limit(t, SCROLLBACK);
	for (size_t i = 0, j; i < size; i = j + 3) {
		for (j = i; j < size && data[j] != 0xfe; j++)
			;
		term_feed(t, data + i, j - i);
		memcpy(seen + n, data + i, j - i);
		n += j - i;
		if (j + 2 >= size)
			break;
		term_resize(t, data[j + 1] % 60, data[j + 2] % 200, seen, n);
	}
	check(t);
	again = term_new(term_info(t).rows, term_info(t).cols);
	term_scrollback_limit(again, SCROLLBACK);
	term_feed(again, seen, n);
	if (!has_marks(seen, n))
		same(t, again);
	term_free(again);
	term_free(t);
	return 0;
}
