/* test_term_emulator.c - what a board drew, as cells: text, colours, scrollback, rebuild. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "grid/draw.h"
#include "grid/dump.h"
#include "grid/width.h"
#include "term/emulator.h"

static void
say(struct term *t, const char *s)
{
	term_feed(t, s, strlen(s));
}

/* The drawing of t in a grid of rows x cols, scrolled back. */
static void
shows(const struct term *t, int rows, int cols, size_t back, enum grid_form form, const char *want)
{
	struct grid *g = grid_new(rows, cols);
	struct buf b;

	term_draw(t, g, grid_area(g), back);
	buf_init(&b, 1 << 20);
	assert_int_equal(grid_dump(g, form, &b), ERR_OK);
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
	grid_free(g);
}

static void
line_is(const struct term *t, size_t line, const char *want)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	assert_int_equal(term_row_text(t, line, &b), ERR_OK);
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
}

static void
text_and_cursor(void **state)
{
	struct term *t = term_new(4, 10);
	int row, col;

	(void)state;
	say(t, "ab\r\n\033[3;4Hx\u00e9\033[1A\033[D!");
	shows(t, 4, 10, 0, GRID_TEXT, "ab\n    !\n   x\u00e9\n\n");
	assert_int_equal(term_info(t).cursor_row, 1);
	assert_int_equal(term_info(t).cursor_col, 5);
	assert_true(term_cursor(t, (struct grid_rect){ 2, 3, 4, 10 }, 0, &row, &col));
	assert_true(row == 3 && col == 8);
	assert_true(term_cursor(t, (struct grid_rect){ 2, 3, 3, 10 }, 0, &row, &col));
	assert_true(row == 2 && col == 8);
	assert_false(term_cursor(t, (struct grid_rect){ 2, 3, 2, 10 }, 0, &row, &col));
	assert_false(term_cursor(t, (struct grid_rect){ 2, 3, 4, 5 }, 0, &row, &col));
	say(t, "\033[?25l");
	assert_false(term_cursor(t, (struct grid_rect){ 0, 0, 4, 10 }, 0, &row, &col));
	say(t, "\033[4;10Hzz"); /* the cursor waits behind the last column */
	assert_true(term_info(t).cursor_col < 10);
	line_is(t, term_lines(t) - 1, "z");
	term_free(t);
	term_free(NULL);
}

static void
colours(void **state)
{
	struct term *t = term_new(3, 8);
	struct grid *g = grid_new(3, 8);

	(void)state;
	say(t, "a\033[31mb\033[1;38;5;200;44mc\033[0;7md\033[0;38;2;255;0;0me\033[38;2;8;8;8;"
	       "4mf\033[m \033[41m \033[m");
	term_draw(t, g, grid_area(g), 0);
	assert_int_equal(grid_at(g, 0, 0)->style, STYLE_NORMAL);
	assert_int_equal(grid_at(g, 0, 1)->style, style_raw(1, -1, 0));
	assert_int_equal(grid_at(g, 0, 2)->style, style_raw(200, 4, STYLE_BOLD));
	assert_int_equal(grid_at(g, 0, 3)->style, style_raw(-1, -1, STYLE_REVERSE));
	assert_int_equal(grid_at(g, 0, 4)->style, style_raw(196, -1, 0));
	assert_int_equal(grid_at(g, 0, 5)->style, style_raw(232, -1, STYLE_UNDERLINE));
	assert_int_equal(grid_at(g, 0, 6)->style, STYLE_NORMAL);
	assert_int_equal(grid_at(g, 0, 7)->style, style_raw(-1, 1, 0));
	say(t, "\r\n\n\n");                             /* the same from the scrollback */
	grid_clear(g);
	term_draw(t, g, grid_area(g), 1);
	assert_int_equal(grid_at(g, 0, 2)->style, style_raw(200, 4, STYLE_BOLD));
	assert_int_equal(grid_at(g, 0, 7)->style, style_raw(-1, 1, 0));
	grid_free(g);
	term_free(t);
}

static void
scrolling_back(void **state)
{
	struct term *t = term_new(3, 10);

	(void)state;
	for (int i = 0; i < 10; i++) {
		char line[32];

		assert_true(snprintf(line, sizeof line, "%sline %d", i > 0 ? "\r\n" : "", i) > 0);
		say(t, line);
	}
	assert_int_equal(term_lines(t), 10);
	line_is(t, 0, "line 0");
	line_is(t, 9, "line 9");
	line_is(t, 10, "");
	shows(t, 3, 10, 0, GRID_TEXT, "line 7\nline 8\nline 9\n");
	shows(t, 3, 10, 2, GRID_TEXT, "line 5\nline 6\nline 7\n");
	shows(t, 3, 10, 7, GRID_TEXT, "line 0\nline 1\nline 2\n");
	shows(t, 3, 10, 9, GRID_TEXT, "\n\nline 0\n");
	shows(t, 3, 10, SIZE_MAX, GRID_TEXT, "\n\n\n");
	shows(t, 5, 4, 0, GRID_TEXT, "line\nline\nline\nline\nline\n");
	shows(t, 1, 10, 1, GRID_TEXT, "line 8\n");
	say(t, "\033[?1049h\033[Hfull screen\r\n1\r\n2\r\n3");
	assert_true(term_info(t).alt);
	assert_int_equal(term_lines(t), 10);            /* a full-screen program leaves no lines */
	say(t, "\033[?1049l");
	assert_false(term_info(t).alt);
	shows(t, 3, 10, 0, GRID_TEXT, "line 7\nline 8\nline 9\n");
	term_free(t);
}

static void
drawing_is_cut(void **state)
{
	struct term *t = term_new(3, 10);
	struct grid *g = grid_new(4, 8);
	struct buf b;

	(void)state;
	say(t, "0123456789ab\u4e2d\u4e2d\u4e2dc");
	grid_fill(g, (struct grid_rect){ 0, 0, 4, 8 }, 0, '#');
	term_draw(t, g, (struct grid_rect){ 1, 2, 3, 5 }, 0);
	term_draw(t, g, (struct grid_rect){ 3, 7, 9, 9 }, 0);
	buf_init(&b, 1000);
	assert_int_equal(grid_dump(g, GRID_TEXT, &b), ERR_OK);
	assert_string_equal(buf_str(&b), "########\n##01234#\n##ab\u4e2d #\n##\n");
	term_draw(t, g, (struct grid_rect){ INT32_MIN, 0, 3, 3 }, 0);
	term_draw(t, g, (struct grid_rect){ INT32_MAX, INT32_MAX, 3, 3 }, 0);
	buf_fini(&b);
	grid_free(g);
	term_free(t);
}

static void
marks_and_wide(void **state)
{
	struct term *t = term_new(3, 8);

	(void)state;
	say(t, "e\u0301\u4e2dx\r\n\u202ea\r\n\n\n");
	line_is(t, 0, "e\u0301\u4e2dx");
	line_is(t, 1, "a");
	shows(t, 3, 8, 2, GRID_TEXT, "e\u0301\u4e2dx\na\n\n");
	say(t, "\033[3;8H\u4e2d");                      /* no room: the next line */
	line_is(t, term_lines(t) - 1, "\u4e2d");
	term_free(t);
}

/* In the big blocks of one kind one code point in many is enough. */
static bool
passed_over(uint32_t cp)
{
	if (cp > 0x3200 && cp < 0xff00)
		return cp % 97 != 0;
	return cp > 0x20000 && cp < 0xe0000 ? cp % 997 != 0 : cp > 0xe0200 && cp % 997 != 0;
}

/* For every code point: it is drawn exactly as wide as libvterm thinks, however its bytes arrive;
 * what libvterm joins to the cell before is known to the gate, or its cap on marks fails. */
static void
widths_of_all_characters(void **state)
{
	struct term *t = term_new(2, 8);
	struct grid *g = grid_new(2, 8);
	long replaced = 0;

	(void)state;
	for (uint32_t cp = 0xa0; cp < 0x110000; cp++) {
		char s[16] = "\r\033[Ka";
		uint32_t back[GRID_CLUSTER_MAX];
		size_t len;
		int cols;

		if (grid_width(cp) < 0 || passed_over(cp))
			continue;
		len = utf8_encode(cp, s + 5);
		term_feed(t, s, 5);
		term_feed(t, s + 5, len);
		cols = term_info(t).cursor_col - 1;
		term_feed(t, s, 5 + len);
		assert_int_equal(term_info(t).cursor_col - 1, cols);
		if (cols == 0) {
			assert_true(grid_width(cp) == 0 || cp == 0x6de || cp == 0x1734 ||
				    cp == 0x302e || cp == 0x302f);
			continue;
		}
		say(t, "z");
		term_draw(t, g, grid_area(g), 0);
		assert_int_equal(grid_at(g, 0, 1 + cols)->ch, 'z');
		assert_int_equal(
		    (grid_at(g, 0, 1)->ch & GRID_WIDE) != 0, cols == 2 && grid_width(cp) == 2);
		if (grid_width(cp) != cols) {
			assert_int_equal(grid_chars(g, grid_at(g, 0, 1), back), 1);
			assert_int_equal(back[0], 0xfffd);
			replaced++;
		}
	}
	assert_in_range(replaced, 1, 4000);
	grid_free(g);
	term_free(t);
}

static void
line_drawing(void **state)
{
	struct term *t = term_new(2, 8);

	(void)state;
	say(t, "\033(0lqk\033(B-q\u00e9");
	shows(t, 2, 8, 0, GRID_TEXT, "\u250c\u2500\u2510-q\u00e9\n\n");
	term_free(t);
}

static void
rebuild(void **state)
{
	static const char raw[] = "one\r\ntwo\r\nthree\r\n\033[1mfour";
	struct term *t = term_new(2, 20);
	char *big;

	(void)state;
	say(t, raw);
	shows(t, 2, 20, 0, GRID_TEXT, "three\nfour\n");
	term_resize(t, 3, 4, raw, sizeof raw - 1);
	shows(t, 3, 4, 0, GRID_TEXT, "thre\ne\nfour\n");
	line_is(t, 0, "one");
	assert_int_equal(term_info(t).rows, 3);
	term_resize(t, 0, -7, raw, sizeof raw - 1);
	assert_int_equal(term_info(t).rows, TERM_SIDE_MIN);
	assert_int_equal(term_info(t).cols, TERM_SIDE_MIN);
	term_resize(t, 100000, 1001, NULL, 0);
	assert_int_equal(term_info(t).rows, TERM_SIDE_MAX);
	assert_int_equal(term_info(t).cols, TERM_SIDE_MAX);
	big = mem_alloc(TERM_REPLAY_MAX + 6);           /* only the last of it is fed */
	memset(big, 'x', TERM_REPLAY_MAX + 6);
	memcpy(big, "early", 5);
	big[5] = '\n';
	for (size_t over = 0; over <= 6; over++) {
		term_resize(t, 2, 1000, big, TERM_REPLAY_MAX - 1 + over);
		line_is(t, 0, &"early\0\0"[over > 0 ? over - 1 : 0]);
	}
	mem_free(big);
	term_free(t);
}

static void
bell_and_modes(void **state)
{
	struct term *t = term_new(2, 20);

	(void)state;
	assert_false(term_bell(t));
	say(t, "\a\a");
	term_resize(t, 3, 20, "\a", 1);
	assert_true(term_bell(t));
	assert_false(term_bell(t));
	term_resize(t, 3, 21, "\a\033[?1h\033=\033[?1049h", 17);
	assert_false(term_bell(t));
	assert_true(term_info(t).app_cursor && term_info(t).app_keypad && term_info(t).alt);
	term_resize(t, 3, 21, NULL, 0);
	assert_false(term_info(t).app_cursor || term_info(t).app_keypad || term_info(t).alt);
	term_free(t);
}

/* Ten thousand questions of every kind: no answer waits in the emulation. */
static void
nothing_is_answered(void **state)
{
	struct term *t = term_new(24, 80);

	(void)state;
	for (int i = 0; i < 10000; i++)
		say(t, "\033[c\033[>c\033[5n\033[6n\033[?6n\033Z\005\033[0x\033P$qm\033\\\033[?25$"
		       "p\033]10;?\a\033[21t"
		       "\x9b"
		       "6n\xc2\x9b"
		       "6n\033[?1004h\033[>q");
	assert_int_equal(term_info(t).answer_bytes, 0);
	term_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_cursor),
		cmocka_unit_test(colours),
		cmocka_unit_test(scrolling_back),
		cmocka_unit_test(drawing_is_cut),
		cmocka_unit_test(marks_and_wide),
		cmocka_unit_test(widths_of_all_characters),
		cmocka_unit_test(line_drawing),
		cmocka_unit_test(rebuild),
		cmocka_unit_test(bell_and_modes),
		cmocka_unit_test(nothing_is_answered),
	};

	return cmocka_run_group_tests_name("term_emulator", tests, NULL, NULL);
}
