/* test_grid_draw.c - text, lines, bars and sparklines, compared as dumps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "grid/draw.h"
#include "grid/dump.h"

static void
holds(const struct grid *g, const char *want)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(grid_dump(g, GRID_TEXT, &b), ERR_OK);
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
}

static void
text_table(void **state)
{
	static const struct { int col, max; const char *in; int used; const char *row;
	} t[] = {
		{ 0, -1, "hello", 5, "hello\n" }, { 0, -1, "", 0, "\n" },
		{ 2, 3, "hello", 3, "  hel\n" }, { 0, 0, "hello", 0, "\n" },
		{ -2, -1, "hello", 5, "llo\n" }, { 6, -1, "hello", 4, "      hell\n" },
		{ 10, -1, "hello", 0, "\n" }, { 0, 99, "0123456789abc", 10, "0123456789\n" },
		{ 0, -1, "a\u4e2db", 4, "a\u4e2db\n" },
		{ 0, 2, "a\u4e2db", 2, "a\n" }, /* half a wide one is a blank */
		{ 0, 3, "a\u4e2db", 3, "a\u4e2d\n" }, { 9, -1, "\u4e2d", 1, "\n" },
		{ -1, -1, "\u4e2db", 3, " b\n" }, { 0, -1, "e\u0301x", 2, "e\u0301x\n" },
		{ 0, -1, "\u0301x", 1, "x\n" }, /* a mark without a base */
		{ 0, -1, "a\tb", 3, "a b\n" }, { 0, -1, "a\nb\r", 4, "a?b?\n" },
		{ 0, -1, "\033[31m", 5, "?[31m\n" },
		{ 0, -1, "\x7f\xc2\x9b", 2, "??\n" }, /* DEL, C1 CSI in UTF-8 */
		{ 0, -1, "a\xff\x80z", 4, "a\ufffd\ufffdz\n" },
		{ 0, -1, "\xed\xa0\x80", 3, "\ufffd\ufffd\ufffd\n" },
		{ 0, -1, "a\xc3", 2, "a\ufffd\n" },
		{ 0, -1, "a\u202eb\u2066c\u200dd\ufe0f", 4,
		    "abcd\n" }, /* what would reorder a row */
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct grid *g = grid_new(1, 10);

		assert_int_equal(
		    grid_text(g, 0, t[i].col, t[i].max, STYLE_NORMAL, t[i].in), t[i].used);
		holds(g, t[i].row);
		grid_free(g);
	}
}

static void
marks_are_capped(void **state)
{
	char text[2001] = "e";
	struct grid *g = grid_new(1, 4);
	uint32_t cp[GRID_CLUSTER_MAX];

	(void)state;
	for (int i = 0; i < 999; i++)
		memcpy(text + 1 + 2 * i, "\u0301", 2);
	text[1999] = 'x';
	assert_int_equal(grid_text(g, 0, 0, -1, 0, text), 2);
	assert_int_equal(grid_chars(g, grid_at(g, 0, 0), cp), GRID_CLUSTER_MAX);
	assert_int_equal(grid_chars(g, grid_at(g, 0, 1), cp), 1);
	assert_int_equal(cp[0], 'x');
	grid_free(g);
}

static void
formats(void **state)
{
	struct grid *g = grid_new(2, 2048);
	char big[3000];

	(void)state;
	assert_int_equal(grid_textf(g, 0, 0, -1, 0, "%3d%% %s", 61, "mem"), 8);
	grid_resize(g, 2, 2048);
	memset(big, 'a', sizeof big);
	memcpy(big + 1021, "\u20ac", 3);                /* the cut falls into this character */
	big[sizeof big - 1] = '\0';
	assert_int_equal(grid_textf(g, 0, 0, -1, 0, "%s", big), 1021);
	assert_int_equal(
	    grid_text_width("a\u4e2de\u0301\t\xff", strlen("a\u4e2de\u0301\t\xff")), 6);
	grid_free(g);
}

static void
shapes(void **state)
{
	struct grid *g = grid_new(5, 12);

	(void)state;
	grid_box(g, (struct grid_rect){ 0, 0, 5, 12 }, STYLE_LINE, GRID_ASCII);
	grid_box(g, (struct grid_rect){ 1, 2, 3, 6 }, STYLE_FOCUS, GRID_UNICODE);
	grid_hline(g, 2, 9, 9, STYLE_LINE, GRID_ASCII_FOCUS);
	grid_vline(g, 1, 9, 2, STYLE_LINE, GRID_UNICODE);
	holds(g, "+----------+\n| \u250c\u2500\u2500\u2500\u2500\u2510 \u2502 |\n| \u2502    "
		 "\u2502 \u2502==\n"
		 "| \u2514\u2500\u2500\u2500\u2500\u2518   |\n+----------+\n");
	grid_clear(g);
	grid_box(g, (struct grid_rect){ 0, 0, 1, 1 }, 0, GRID_ASCII);
	grid_box(g, (struct grid_rect){ 2, 0, 1, 3 }, 0, GRID_ASCII);
	grid_box(g, (struct grid_rect){ 4, 0, 0, 3 }, 0, GRID_ASCII);
	grid_fill(g, (struct grid_rect){ 3, 0, 1, 5 }, 0, 0x4e2d);
	grid_fill(g, (struct grid_rect){ 3, 6, 1, 2 }, 0, 0x1b);
	holds(g, "+\n\n+-+\n\u4e2d\u4e2d  ??\n\n");
	assert_ptr_equal(grid_glyphs(GRID_ASCII), grid_glyphs((enum grid_set)99));
	grid_free(g);
}

static void
restyle(void **state)
{
	struct grid *g = grid_new(1, 6);
	struct buf b;

	(void)state;
	grid_text(g, 0, 0, -1, STYLE_OK, "a\u4e2db");
	grid_restyle(g, (struct grid_rect){ -3, 1, 9, 3 }, STYLE_SELECT);
	buf_init(&b, 100);
	assert_int_equal(grid_dump(g, GRID_LETTERS, &b), ERR_OK);
	assert_int_equal(grid_dump(g, GRID_TEXT, &b), ERR_OK);
	assert_string_equal(buf_str(&b), "oSSS\na\u4e2db\n");
	buf_fini(&b);
	grid_free(g);
}

static void
bars(void **state)
{
	static const struct { int width; double fraction, mark; const char *row; } t[] = {
		{ 12, 0.61, NAN, "[######....]\n" },            /* the mock-ups of the screen */
		{ 12, 0.39, -1, "[####......]\n" },
		{ 12, 0.08, NAN, "[#.........]\n" },
		{ 12, 0.715, 0.7, "[#######|..]\n" },
		{ 12, 0.55, 0.95, "[######...|]\n" },
		{ 12, 0, 0, "[|.........]\n" },
		{ 12, 1, 1, "[#########|]\n" },
		{ 12, 7, 9, "[#########|]\n" },
		{ 12, -7, NAN, "[..........]\n" },
		{ 12, NAN, NAN, "[          ]\n" },             /* missing is not 0 */
		{ 12, INFINITY, NAN, "[##########]\n" },
		{ 3, 1, NAN, "[#]\n" },
		{ 2, 1, NAN, "\n" },
		{ -5, 1, NAN, "\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct grid *g = grid_new(1, 12);

		grid_bar(g, 0, 0, t[i].width, t[i].fraction, t[i].mark, STYLE_BAR);
		holds(g, t[i].row);
		grid_free(g);
	}
}

static void
sparks(void **state)
{
	static const double v[] = { 0, 1, NAN, 3, 4, 5, 6, 7 };
	struct grid_spark s = { v, 8, 0, 7, NAN, GRID_ASCII, STYLE_BAR };
	struct grid *g = grid_new(1, 10);

	(void)state;
	grid_spark(g, 0, 0, 10, &s);
	holds(g, "  .: =+*##\n"); /* newest right; a gap; the lowest is not blank */
	grid_clear(g);
	grid_spark(g, 0, 0, 4, &s);
	holds(g, "+*##\n");
	s.min = s.max = NAN;
	grid_spark(g, 0, 0, 4, &s);
	holds(g, ".-+#\n");
	s.warn = 5;
	grid_spark(g, 0, 0, 4, &s);
	holds(g, ".-**\n");
	assert_int_equal(grid_at(g, 0, 3)->style, STYLE_WARN);
	s.set = GRID_UNICODE;
	s.min = 0;
	s.max = 7;
	s.warn = NAN;
	grid_clear(g);
	grid_spark(g, 0, 1, 8, &s);
	holds(g, " \u2581\u2582 \u2584\u2585\u2586\u2587\u2588\n");
	s.n = 0;
	s.values = NULL;
	grid_spark(g, 0, 0, 10, &s);
	holds(g, "\n");
	grid_spark(g, 0, 0, INT32_MAX, &s);
	grid_spark(g, 0, 0, -1, &s);
	grid_free(g);
}

static void
flat_and_infinite_sparks(void **state)
{
	static const double same[] = { 5, 5 }, odd[] = { -INFINITY, INFINITY, NAN, 1e308, -1e308 };
	struct grid_spark s = { same, 2, NAN, NAN, NAN, GRID_ASCII, STYLE_BAR };
	struct grid *g = grid_new(1, 5);

	(void)state;
	grid_spark(g, 0, 0, 2, &s);
	holds(g, "==\n");
	s.values = odd;
	s.n = 5;
	grid_spark(g, 0, 0, 5, &s);
	assert_int_equal(grid_at(g, 0, 0)->ch, 0);
	assert_int_equal(grid_at(g, 0, 2)->ch, 0);
	assert_int_not_equal(grid_at(g, 0, 3)->ch, 0);
	grid_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_table),
		cmocka_unit_test(marks_are_capped),
		cmocka_unit_test(formats),
		cmocka_unit_test(shapes),
		cmocka_unit_test(restyle),
		cmocka_unit_test(bars),
		cmocka_unit_test(sparks),
		cmocka_unit_test(flat_and_infinite_sparks),
	};

	return cmocka_run_group_tests_name("grid_draw", tests, NULL, NULL);
}
