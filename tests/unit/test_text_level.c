/* test_text_level.c - which lines say that they are an error, a warning, and where they say it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "text/level.h"

static void
test_levels(void **state)
{
	static const struct { const char *line; enum level level; const char *word; } rows[] = {
		{ "E (123) wifi: no ap", LEVEL_ERROR, "E" },
		{ "W (9) i2c: retry", LEVEL_WARN, "W" },
		{ "I (9) main: up", LEVEL_INFO, "I" },
		{ "D/tag: x", LEVEL_DEBUG, "D" },
		{ "[   15.1] app: E upload timeout", LEVEL_ERROR, "E" },
		{ "12:00 [W] low", LEVEL_WARN, "W" },
		{ "[00:00:01.000,000] <wrn> net: slow", LEVEL_WARN, "wrn" },
		{ "<err> x", LEVEL_ERROR, "err" },
		{ "time=1 level=warn msg=\"an error\"", LEVEL_WARN, "warn" },
		{ "{\"level\":\"error\",\"msg\":\"x\"}", LEVEL_ERROR, "error" },
		{ "2026-01-01 INFO started", LEVEL_INFO, "INFO" },
		{ "DEBUG: x", LEVEL_DEBUG, "DEBUG" },
		{ "warning: unused", LEVEL_WARN, "warning" },
		{ "panic: runtime error at 0x1", LEVEL_ERROR, "panic" },
		{ "upload failed again", LEVEL_ERROR, "failed" },
		{ "<3>disk gone", LEVEL_ERROR, "3" },
		{ "<6>disk back", LEVEL_INFO, "6" },
		{ "everything is fine", LEVEL_NONE, NULL },
		{ "terror in infomercials, debugging", LEVEL_NONE, NULL },
		{ "I have an E", LEVEL_NONE, NULL },
		{ "more information", LEVEL_NONE, NULL },
		{ "", LEVEL_NONE, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t at = 0, len = 0;
		const enum level l = level_of(rows[i].line, strlen(rows[i].line), &at, &len);

		assert_int_equal(l, rows[i].level);
		if (rows[i].word == NULL)
			continue;
		assert_true(len == strlen(rows[i].word));
		assert_memory_equal(rows[i].line + at, rows[i].word, len);
	}
}

/* Only the head of a line is read, and nothing behind its end. */
static void
test_bounds(void **state)
{
	char line[2 * LEVEL_HEAD];

	(void)state;
	memset(line, 'x', sizeof line);
	memcpy(line + LEVEL_HEAD + 1, " ERROR ", 7);
	assert_int_equal(level_of(line, sizeof line, NULL, NULL), LEVEL_NONE);
	for (size_t n = 0; n < 8; n++)
		(void)level_of("E (1) x", n < 7 ? n : 7, NULL, NULL);
	assert_int_equal(level_of("ERRO", 3, NULL, NULL), LEVEL_ERROR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
