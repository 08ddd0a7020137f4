/* test_pprof_units.c - scaling, labels and percentages against what Go prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pprof/units.h"

static void
test_labels(void **state)
{
	static const struct { int64_t v; const char *from, *to, *want; } rows[] = {
		{ 0, "bytes", "minimum", "0" },
		{ 1, "bytes", "minimum", "1B" },
		{ 1536, "bytes", "auto", "1.50kB" },
		{ 1536, "bytes", "MB", "0" },
		{ 15360, "bytes", "MB", "0.01MB" },
		{ -156660, "bytes", "kB", "-152.99kB" },
		{ 1048576, "bytes", "minimum", "1MB" },
		{ INT64_MAX, "bytes", "auto", "8192PB" },
		{ 1500, "nanoseconds", "auto", "1.50us" },
		{ 90000000000, "nanoseconds", "auto", "90s" },
		{ 7200, "s", "auto", "2hrs" },
		{ 5, "count", "minimum", "5" },
		{ 5, "count", "count", "5" },
		{ 5, "widgets", "widgets", "5widgets" },
		{ 2048, "KB", "mb", "2MB" },
		{ 3, "bytes", "bogus", "3B" },
		{ 12, "ms", "bogus", "0.01s" },
		{ 2500, "milliGCU", "auto", "2.50GCU" },
	};
	char out[UNITS_LABEL_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		units_label(
		    rows[i].v, slice_of(rows[i].from), slice_of(rows[i].to), out, sizeof(out));
		assert_string_equal(out, rows[i].want);
	}
}

static void
test_percentages(void **state)
{
	static const struct { int64_t v, total; const char *want; } rows[] = {
		{ 0, 0, "    0%" }, { 0, 5, "    0%" }, { 5, 0, "    0%" }, { 1, 3, "33.33%" },
		{ -1, 3, "33.33%" }, { 3, 3, "  100%" }, { 99949, 100000, "99.95%" },
		{ 99960, 100000, "  100%" }, { 10006, 10000, "100.06%" }, { 1, 200, "  0.5%" },
		{ 1, 100000, "0.001%" }, { 1, 10000000, "1e-05%" }, { 999, 100000, "    1%" },
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		units_percent(rows[i].v, rows[i].total, out, sizeof(out));
		assert_string_equal(out, rows[i].want);
	}
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_true(units_round(2.5) > 2.9 && units_round(-2.5) < -2.9);
	assert_true(units_round(2.49) < 2.1 && units_round(0.49999999999999994) < 0.1);
	assert_true(units_int(1e30) == INT64_MIN && units_int(-1e30) == INT64_MIN);
	assert_true(units_int(-9223372036854775808.0) == INT64_MIN);
	assert_true(units_int(-1.9) == -1);
	assert_true(units_compatible(slice_of("bytes"), slice_of("MB")));
	assert_true(units_compatible(slice_of("count"), slice_of("count")));
	assert_false(units_compatible(slice_of("bytes"), slice_of("ms")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_percentages),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
