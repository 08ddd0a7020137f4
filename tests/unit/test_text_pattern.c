/* test_text_pattern.c - literals, expressions, limits, and matches across pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "text/pattern.h"

static struct pattern *
make(const char *text, unsigned flags)
{
	struct pattern *p;
	struct err_msg why;

	assert_int_equal(pattern_new(text, strlen(text), flags, &p, &why), ERR_OK);
	return p;
}

static void
test_find(void **state)
{
	static const struct { const char *pattern, *hay; unsigned flags; int start, end; } cases[] =
	    {
		{ "login:", "Debian\r\nhost login: ", 0, 13, 19 },
		{ "LOGIN:", "Debian\r\nhost login: ", PATTERN_ICASE, 13, 19 },
		{ "a.c", "abc", 0, 0, 3 },
		{ "a.c", "abc a.c", PATTERN_LITERAL, 4, 7 },
		{ "^b+$", "a\nbbb\nc", 0, 2, 5 },
		{ "x", "abc", 0, -1, -1 },
		{ "\\d+", "abc 1234", 0, 4, 8 },
		{ "A.B", "xa.b", PATTERN_LITERAL | PATTERN_ICASE, 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pattern *p = make(cases[i].pattern, cases[i].flags);
		struct pattern_match m;
		const enum pattern_found f = pattern_find(p, cases[i].hay, strlen(cases[i].hay), 0,
		    &m);

		assert_int_equal(f, cases[i].start >= 0 ? PATTERN_YES : PATTERN_NO);
		if (f == PATTERN_YES) {
			assert_int_equal(m.span[0].start, cases[i].start);
			assert_int_equal(m.span[0].end, cases[i].end);
		}
		pattern_free(p);
	}
}

static void
test_groups_and_from(void **state)
{
	struct pattern *p = make("(\\w+)=(\\d+)(x)?", 0);
	struct pattern_match m;
	const char *hay = "a=1 bb=22";

	(void)state;
	assert_int_equal(pattern_find(p, hay, strlen(hay), 1, &m), PATTERN_YES);
	assert_int_equal(m.span[1].start, 4);
	assert_int_equal(m.span[2].start, 7);
	assert_int_equal(m.span[2].end, 9);
	assert_int_equal(pattern_find(p, hay, strlen(hay), 9, &m), PATTERN_NO);
	assert_int_equal(pattern_find(p, hay, strlen(hay), 10, &m), PATTERN_NO);
	pattern_free(p);
}

static void
test_refused(void **state)
{
	struct pattern *p;
	struct err_msg why;
	char longest[LIMIT_PATTERN + 2];

	(void)state;
	assert_int_equal(pattern_new("a(b", 3, 0, &p, &why), ERR_FORMAT);
	assert_non_null(strstr(why.why, "character"));
	assert_null(p);
	assert_int_equal(pattern_new("", 0, 0, &p, &why), ERR_USAGE);
	memset(longest, 'a', sizeof longest);
	for (size_t n = LIMIT_PATTERN - 1; n <= LIMIT_PATTERN + 1; n++) {
		assert_int_equal(pattern_new(longest, n, 0, &p, &why), n <= LIMIT_PATTERN ? ERR_OK
		    : ERR_LIMIT);
		pattern_free(p);
	}
}

/* A pattern that would take for ever gives up. */
static void
test_gives_up(void **state)
{
	struct pattern *p = make("(a+)+$", 0);
	struct pattern_match m;
	char hay[64];

	(void)state;
	memset(hay, 'a', sizeof hay);
	hay[sizeof hay - 1] = 'b';
	assert_int_equal(pattern_find(p, hay, sizeof hay, 0, &m), PATTERN_GAVE_UP);
	pattern_free(p);
}

static void
test_stream_every_split(void **state)
{
	static const char *const patterns[] = { "login:", "lo+gin:", "(?<=host )log", "l\\w+:" };
	const char *text = "noise looo host login: tail";
	const size_t n = strlen(text);

	(void)state;
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct pattern *p = make(patterns[i], 0);
		struct pattern_match whole;

		assert_int_equal(pattern_find(p, text, n, 0, &whole), PATTERN_YES);
		for (size_t step = 1; step <= n; step++) {
			struct pattern_stream s;
			struct pattern_match m;
			enum pattern_found f = PATTERN_NO;

			pattern_stream_init(&s, p, 500);
			for (size_t at = 0; at < n && f == PATTERN_NO; at += step)
				f = pattern_stream_feed(&s, text + at, at + step < n ? step
				    : n - at, &m);
			assert_int_equal(f, PATTERN_YES);
			assert_int_equal(s.at + m.span[0].start, 500 + whole.span[0].start);
			pattern_stream_fini(&s);
		}
		pattern_free(p);
	}
}

static void
test_stream_finds_all(void **state)
{
	struct pattern *p = make("ab", 0);
	struct pattern_stream s;
	struct pattern_match m;

	(void)state;
	pattern_stream_init(&s, p, 0);
	assert_int_equal(pattern_stream_feed(&s, "xabyabz", 7, &m), PATTERN_YES);
	assert_int_equal(m.span[0].start, 1);
	assert_int_equal(pattern_stream_feed(&s, "", 0, &m), PATTERN_YES);
	assert_int_equal(s.at + m.span[0].start, 4);
	assert_int_equal(pattern_stream_feed(&s, "", 0, &m), PATTERN_NO);
	assert_int_equal(pattern_stream_feed(&s, "a", 1, &m), PATTERN_NO);
	assert_int_equal(pattern_stream_feed(&s, "b", 1, &m), PATTERN_YES);
	assert_int_equal(s.at + m.span[0].start, 7);
	pattern_stream_fini(&s);
	pattern_free(p);
}

/* 8 MB in small pieces: memory stays within the window, and the time is not quadratic. */
static void
test_stream_is_linear(void **state)
{
	static const char *const patterns[] = { "login: ", "l.*gin: $" };

	(void)state;
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct pattern *p = make(patterns[i], 0);
		struct pattern_stream s;
		struct pattern_match m;
		const clock_t start = clock();

		pattern_stream_init(&s, p, 0);
		for (int k = 0; k < 100000; k++)
			assert_int_equal(pattern_stream_feed(&s,
			    "[    0.000000] lost in noise, long line of a boot log that goes on and on, 80 \n", 80, &m),
			    PATTERN_NO);
		assert_true(s.keep.cap <= 4 * (size_t)LIMIT_EXPECT_WINDOW + 4096);
		assert_int_equal(pattern_stream_feed(&s, "login: ", 7, &m), PATTERN_YES);
		assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
		pattern_stream_fini(&s);
		pattern_free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_groups_and_from),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_stream_every_split),
		cmocka_unit_test(test_stream_finds_all),
		cmocka_unit_test(test_stream_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
