/* test_grid_cells.c - cells, wide pairs, clusters, views, differences and dumps of a grid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "grid/draw.h"
#include "grid/dump.h"

static struct grid *
fresh(int rows, int cols)
{
	return grid_new(rows, cols);
}

static void
holds(const struct grid *g, enum grid_form form, const char *want)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(grid_dump(g, form, &b), ERR_OK);
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
}

/* No half of a wide character alone, no control character, whatever was drawn. */
static void
sane(const struct grid *g)
{
	for (int r = 0; r < grid_rows(g); r++)
		for (int c = 0; c < grid_cols(g); c++) {
			const struct grid_cell *at = grid_at(g, r, c), *next = grid_at(g, r, c + 1);
			uint32_t cp[GRID_CLUSTER_MAX];
			const size_t n = grid_chars(g, at, cp);

			assert_int_equal((at->ch & GRID_WIDE) != 0,
			    next != NULL && (next->ch & GRID_TAIL) != 0);
			assert_true(n <= GRID_CLUSTER_MAX);
			for (size_t i = 0; i < n; i++)
				assert_true(cp[i] >= 0x20 && (cp[i] < 0x7f || cp[i] > 0x9f));
		}
	assert_int_equal(grid_at(g, 0, 0)->ch & GRID_TAIL, 0);
}

static void
sizes(void **state)
{
	struct grid *g = fresh(0, -5);

	(void)state;
	assert_int_equal(sizeof(struct grid_cell), 8);
	assert_int_equal(grid_rows(g), 1);
	assert_int_equal(grid_cols(g), 1);
	grid_resize(g, GRID_SIDE_MAX, 3);
	assert_int_equal(grid_rows(g), GRID_SIDE_MAX);
	grid_resize(g, GRID_SIDE_MAX + 1, GRID_SIDE_MAX - 1);
	assert_int_equal(grid_rows(g), GRID_SIDE_MAX);
	assert_int_equal(grid_cols(g), GRID_SIDE_MAX - 1);
	assert_null(grid_at(g, -1, 0));
	assert_null(grid_at(g, 0, GRID_SIDE_MAX - 1));
	assert_null(grid_at(g, GRID_SIDE_MAX, 0));
	grid_free(g);
	grid_free(NULL);
}

static void
wide_pairs(void **state)
{
	static const uint32_t han = 0x4e2d, a = 'a';
	struct grid *g = fresh(1, 6);

	(void)state;
	grid_put(g, 0, 1, 0, &han, 1, 2);
	holds(g, GRID_TEXT, " \u4e2d\n");
	grid_put(g, 0, 2, 0, &a, 1, 1);                 /* over the second half */
	holds(g, GRID_TEXT, "  a\n");
	grid_put(g, 0, 1, 0, &han, 1, 2);
	grid_put(g, 0, 1, 0, &a, 1, 1);                 /* over the first half */
	holds(g, GRID_TEXT, " a\n");
	grid_put(g, 0, 1, 0, &han, 1, 2);
	grid_put(g, 0, 3, 0, &han, 1, 2);
	grid_put(g, 0, 2, 0, &han, 1, 2);               /* across two */
	holds(g, GRID_TEXT, "  \u4e2d\n");
	sane(g);
	grid_put(g, 0, 5, 0, &han, 1, 2); /* half out on the right, then on the left */
	grid_put(g, 0, -1, 0, &han, 1, 2);
	holds(g, GRID_TEXT, "  \u4e2d\n");
	sane(g);
	grid_put(g, 0, INT32_MAX, 0, &han, 1, 2);
	grid_put(g, INT32_MIN, INT32_MIN, 0, &han, 1, 2);
	sane(g);
	grid_free(g);
}

static void
clusters_are_swept(void **state)
{
	static const uint32_t marked[10] = { 'e', 0x301, 0x302, 0x303, 0x304, 0x305, 0x306, 0x307,
		0x308, 0x309 };
	struct grid *g = fresh(4, 10);
	uint32_t cp[GRID_CLUSTER_MAX];

	(void)state;
	for (int i = 0; i < 100000; i++) /* 40 cells: the store must be used again and again */
		grid_put(g, i % 4, i / 4 % 10, 0, marked, 2 + (size_t)i % 9, 1);
	grid_put(g, 2, 3, 0, marked, 10, 1);
	assert_int_equal(grid_chars(g, grid_at(g, 2, 3), cp), GRID_CLUSTER_MAX);
	assert_memory_equal(cp, marked, sizeof cp);
	grid_put(g, 2, 4, 0, marked, 2, 1);
	assert_int_equal(grid_chars(g, grid_at(g, 2, 4), cp), 2);
	sane(g);
	grid_free(g);
}

static void
views(void **state)
{
	struct grid *g = fresh(5, 10);
	struct grid_view all, inner;

	(void)state;
	all = grid_enter(g, (struct grid_rect){ 1, 2, 3, 5 });
	grid_text(g, 0, 0, -1, STYLE_OK, "abcdefgh");
	grid_text(g, 2, 3, -1, STYLE_OK, "xyz");
	grid_text(g, 3, 0, -1, STYLE_OK, "below");
	grid_text(g, -1, 0, -1, STYLE_OK, "above");
	inner = grid_enter(g, (struct grid_rect){ 1, -1, 9, 3 }); /* reaches out on three sides */
	assert_int_equal(grid_area(g).cols, 3);
	assert_int_equal(grid_visible(g).col, 1);
	assert_int_equal(grid_visible(g).rows, 2);
	grid_text(g, 0, 0, -1, STYLE_OK, "123456");
	grid_leave(g, inner);
	grid_text(g, 1, 3, -1, STYLE_OK, "\u4e2d\u4e2d");
	grid_leave(g, all);
	holds(g, GRID_TEXT, "\n  abcde\n  23 \u4e2d\n     xy\n\n");
	holds(g, GRID_LETTERS, "\n..ooooo\n..oo.oo\n.....oo\n\n");
	grid_free(g);
}

static void
far_views(void **state)
{
	const struct grid_rect far = { INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX };
	const struct grid_rect huge = { INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX };
	const struct grid_rect minus = { 0, 0, -1, -1 };
	struct grid *g = fresh(3, 3);

	(void)state;
	grid_fill(g, far, 0, 'x');
	grid_fill(g, huge, 0, 'x');
	grid_fill(g, minus, 0, 'x');
	grid_box(g, far, 0, GRID_ASCII);
	grid_box(g, huge, 0, GRID_ASCII);
	holds(g, GRID_TEXT, "\n\n\n");
	grid_enter(g, far);
	grid_enter(g, huge);
	grid_enter(g, minus);
	grid_text(g, 0, 0, -1, 0, "text");
	grid_fill(g, (struct grid_rect){ -100, -100, INT32_MAX, INT32_MAX }, 0, 'y');
	holds(g, GRID_TEXT, "\n\n\n");
	grid_clear(g);                                  /* leaves the views */
	grid_fill(g, (struct grid_rect){ -1, -1, INT32_MAX, INT32_MAX }, 0, 'z');
	holds(g, GRID_TEXT, "zzz\nzzz\nzzz\n");
	grid_free(g);
}

static void
differences(void **state)
{
	struct grid *a = fresh(3, 8), *b = fresh(3, 8), *small = fresh(2, 8);
	struct grid_span s = { 0, 0, 0 };

	(void)state;
	assert_false(grid_diff_next(a, b, &s));
	grid_text(a, 0, 1, -1, 0, "ab\u4e2d");
	grid_text(a, 0, 7, -1, 0, "z");
	grid_text(a, 2, 0, -1, 0, "e\u0301");
	assert_true(grid_diff_next(a, b, &s));
	assert_true(s.row == 0 && s.col == 1 && s.n == 4);
	assert_true(grid_diff_next(a, b, &s));
	assert_true(s.row == 0 && s.col == 7 && s.n == 1);
	assert_true(grid_diff_next(a, b, &s));
	assert_true(s.row == 2 && s.col == 0 && s.n == 1);
	assert_false(grid_diff_next(a, b, &s));
	grid_copy(b, a);
	s = (struct grid_span){ 0, 0, 0 };
	assert_false(grid_diff_next(a, b, &s));
	grid_text(b, 2, 0, -1, 0, "e\u0302");           /* the same cluster number, other marks */
	assert_true(grid_diff_next(a, b, &s));
	assert_int_equal(s.row, 2);
	grid_copy(b, a);
	grid_set_style(b, 0, 4, STYLE_ALARM);           /* the second half of the wide one */
	s = (struct grid_span){ 0, 0, 0 };
	assert_true(grid_diff_next(a, b, &s));
	assert_true(s.row == 0 && s.col == 3 && s.n == 2);
	assert_false(grid_diff_next(a, b, &s));
	s = (struct grid_span){ 0, 0, 0 };
	for (int row = 0; row < 3; row++) {             /* another size: everything */
		assert_true(grid_diff_next(a, small, &s));
		assert_true(s.row == row && s.col == 0 && s.n == 8);
	}
	assert_false(grid_diff_next(a, small, &s));
	grid_copy(small, a);
	s = (struct grid_span){ 0, 0, 0 };
	assert_false(grid_diff_next(a, small, &s));
	grid_free(a);
	grid_free(b);
	grid_free(small);
}

static void
styles(void **state)
{
	const uint32_t raw = style_raw(200, -1, STYLE_BOLD | STYLE_REVERSE);
	struct grid *g = fresh(1, 6);

	(void)state;
	assert_int_equal(style_raw(-1, -1, 0), STYLE_NORMAL);
	assert_int_equal(style_fg(raw), 200);
	assert_int_equal(style_bg(raw), -1);
	assert_int_equal(style_bg(style_raw(-1, 0, 0)), 0);
	assert_int_equal(style_fg(STYLE_ALARM), -1);
	assert_int_equal(style_id(STYLE_ALARM | STYLE_BOLD), STYLE_ALARM);
	assert_int_equal(style_id(raw), STYLE_NORMAL);
	assert_int_equal(style_id(0xff), STYLE_NORMAL);
	assert_string_equal(style_name(STYLE_NORMAL), "normal");
	assert_string_equal(style_name(STYLE_REMOVED), "removed");
	assert_string_equal(style_name(STYLE_MARK), "mark");
	for (unsigned i = 0; i < STYLE_COUNT; i++)      /* the letters tell them apart */
		for (unsigned k = 0; k < i; k++) {
			assert_int_not_equal(style_letter(i), style_letter(k));
			assert_string_not_equal(
			    style_name((enum style)i), style_name((enum style)k));
		}
	grid_text(g, 0, 0, -1, STYLE_ALARM | STYLE_BOLD, "!");
	grid_text(g, 0, 2, -1, raw, "r");
	grid_text(g, 0, 4, -1, style_raw(1, 2, 0), "r");
	holds(g, GRID_LETTERS, "A.R.r\n");
	grid_free(g);
}

static void
random_drawing_stays_sane(void **state)
{
	struct grid *g = fresh(6, 12), *before = fresh(6, 12);
	uint32_t x = 12345;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		static const char *const text[] = { "\u4e2d\u6587", "abc", "e\u0301\u0302x",
			"\033[2J\a\x7f", "\xff\xc3", "\u202e\u200dq", "\u0301",
			"\U0001f600-\U0001f600" };
		int r, c;

		x = x * 1664525 + 1013904223;
		r = (int)(x >> 8 & 15) - 4;
		c = (int)(x >> 12 & 31) - 8;
		grid_copy(before, g);
		if ((x >> 28) == 0)
			grid_fill(
			    g, (struct grid_rect){ r, c, 2, 3 }, 0, x >> 27 & 1 ? 0x4e2d : '#');
		else
			grid_text(g, r, c, (int)(x >> 17 & 15) - 1, x >> 5 & 7, text[x >> 20 & 7]);
		if (i % 16 == 0)
			sane(g);
		for (struct grid_span s = { 0, 0, 0 }; grid_diff_next(g, before, &s);)
			assert_true(s.n > 0 && s.col >= 0 && s.col + s.n <= 12);
	}
	grid_free(g);
	grid_free(before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(wide_pairs),
		cmocka_unit_test(clusters_are_swept),
		cmocka_unit_test(views),
		cmocka_unit_test(far_views),
		cmocka_unit_test(differences),
		cmocka_unit_test(styles),
		cmocka_unit_test(random_drawing_stays_sane),
	};

	return cmocka_run_group_tests_name("grid_cells", tests, NULL, NULL);
}
