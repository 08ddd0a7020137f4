/* test_grid_width.c - widths of code points against hand-picked facts of Unicode 15.0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "grid/width.h"

static void
widths(void **state)
{
	static const struct { uint32_t cp; int width;
	} fact[] = {
		{ 0, -1 },
		{ 7, -1 },
		{ 0x1b, -1 },
		{ 0x1f, -1 },
		{ ' ', 1 },
		{ 'a', 1 },
		{ '~', 1 },
		{ 0x7f, -1 },
		{ 0x80, -1 },
		{ 0x9b, -1 },
		{ 0x9f, -1 },
		{ 0xa0, 1 },
		{ 0xad, 1 },
		{ 0xe9, 1 },
		{ 0x2ff, 1 },
		{ 0x300, 0 },
		{ 0x36f, 0 },
		{ 0x370, 1 },
		{ 0x488, 0 },
		{ 0x10ff, 1 },
		{ 0x1100, 2 },
		{ 0x115f, 2 },
		{ 0x1160, 0 },
		{ 0x11ff, 0 },
		{ 0x1200, 1 },
		{ 0x200b, 0 },
		{ 0x200d, 0 },
		{ 0x202e, 0 },
		{ 0x2028, 0 },
		{ 0x2066, 0 },
		{ 0x2500, 1 },
		{ 0x2588, 1 },
		{ 0x231a, 2 },
		{ 0x2e80, 2 },
		{ 0x3000, 2 },
		{ 0x303f, 1 },
		{ 0x3041, 2 },
		{ 0x302a, 0 },
		{ 0x4e00, 2 },
		{ 0x9fff, 2 },
		{ 0xac00, 2 },
		{ 0xd7a3, 2 },
		{ 0xd7ff, 1 },
		{ 0xd800, -1 },
		{ 0xdfff, -1 },
		{ 0xe000, 1 },
		{ 0xf900, 2 },
		{ 0xfe0f, 0 },
		{ 0xff01, 2 },
		{ 0xff60, 2 },
		{ 0xff61, 1 },
		{ 0xffe0, 2 },
		{ 0xfffd, 1 },
		{ 0x1f600, 2 },
		{ 0x1fae8, 2 },
		{ 0x1f6dc, 2 },
		{ 0x1d165, 1 },
		{ 0x1d167, 0 },
		{ 0x20000, 2 },
		{ 0x2fffd, 2 },
		{ 0x2fffe, 1 },
		{ 0x3fffd, 2 },
		{ 0x40000, 1 },
		{ 0xe0001, 0 },
		{ 0xe01ef, 0 },
		{ 0x10ffff, 1 },
		{ 0x110000, -1 },
		{ UINT32_MAX, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof fact / sizeof fact[0]; i++)
		if (grid_width(fact[i].cp) != fact[i].width)
			fail_msg("U+%04X: %d, not %d", (unsigned)fact[i].cp, grid_width(fact[i].cp),
			    fact[i].width);
}

/* Sums over all code points: a lost or shifted table row shows here. */
static void
totals(void **state)
{
	long count[4] = { 0 }, hidden = 0;

	(void)state;
	for (uint32_t cp = 0; cp < 0x110000; cp++) {
		count[grid_width(cp) + 1]++;
		hidden += grid_hidden(cp);
		if (grid_hidden(cp))
			assert_int_equal(grid_width(cp), 0);
	}
	assert_int_equal(count[0], 65 + 2048);
	assert_int_equal(count[1], 2401);
	assert_int_equal(count[3], 182509);
	assert_int_equal(count[0] + count[1] + count[2] + count[3], 0x110000);
	assert_int_equal(hidden, 432);
}

static void
hidden(void **state)
{
	static const uint32_t yes[] = { 0x61c, 0x200b, 0x200d, 0x200e, 0x202a, 0x202e, 0x2028,
		0x2066, 0x2069, 0xfe0f, 0xfeff, 0xe0001, 0xe0020 };
	static const uint32_t no[] = { 'a', 0x301, 0x20d0, 0x1160, 0x4e00, 0xad, 0x202f };

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		assert_true(grid_hidden(yes[i]));
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		assert_false(grid_hidden(no[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(totals),
		cmocka_unit_test(hidden),
	};

	return cmocka_run_group_tests_name("grid_width", tests, NULL, NULL);
}
