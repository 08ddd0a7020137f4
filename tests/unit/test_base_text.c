/* test_base_text.c - errors, slices and their numbers, UTF-8 and the text of times and sizes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/nearest.h"
#include "base/slice.h"
#include "base/utf8.h"

/* RFC 4648, 10, and every length back. */
static void
base64(void **state)
{
	static const char *const bad[] = { "Zg=", "Zg", "Z===", "Zm9v=m9v", "Zm 9", "Zg=x", "====" };
	unsigned char all[256];
	struct buf out, back;

	(void)state;
	buf_init(&out, 1000);
	buf_init(&back, 1000);
	assert_int_equal(base64_put(&out, "foobarfo", 8), ERR_OK);
	assert_string_equal(buf_str(&out), "Zm9vYmFyZm8=");
	for (size_t n = 0; n <= sizeof all; n++) {
		for (size_t i = 0; i < n; i++)
			all[i] = (unsigned char)(i * 7 + n);
		buf_clear(&out);
		buf_clear(&back);
		assert_int_equal(base64_put(&out, all, n), ERR_OK);
		assert_true(base64_get(&back, slice_make(buf_str(&out), out.len)));
		assert_int_equal(back.len, n);
		assert_memory_equal(buf_str(&back), all, n);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(base64_get(&back, slice_of(bad[i])));
	buf_fini(&out);
	buf_fini(&back);
}

static void
errors_format(void **state)
{
	struct err_msg m;
	char out[900], tiny[8];

	(void)state;
	assert_int_equal(err_set(&m, ERR_BUSY, "ttyX", "end it", "held by %d", 12), ERR_BUSY);
	err_format(&m, out, sizeof out);
	assert_string_equal(out, "ttyX: held by 12; end it");
	(void)err_set(&m, ERR_IO, NULL, NULL, "gone");
	err_format(&m, out, sizeof out);
	assert_string_equal(out, "gone");
	(void)err_set(&m, ERR_IO, "abcdefgh", NULL, "gone");
	err_format(&m, tiny, sizeof tiny);
	assert_string_equal(tiny, "abcdefg");
	assert_int_equal(err_set(NULL, ERR_IO, "x", "y", "z"), ERR_IO);
	assert_int_equal(err_errno(&m, EACCES, "f", "opening"), ERR_DENIED);
	assert_string_equal(m.why, "opening: Permission denied");
	assert_int_equal(err_errno(NULL, ENOENT, "f", "opening"), ERR_NOENT);
	assert_int_equal(err_errno(NULL, EBUSY, "f", "x"), ERR_BUSY);
	assert_int_equal(err_errno(NULL, 99999, "f", "x"), ERR_IO);
}

/* The fields hold their maxima and are always ended; a message may be given its own text back. */
static void
errors_long(void **state)
{
	char *longer = mem_alloc(5000);
	struct err_msg m;

	(void)state;
	memset(longer, 'a', 4999);
	longer[4999] = '\0';
	(void)err_set(&m, ERR_IO, longer, longer, "%s", longer);
	assert_int_equal(strlen(m.what), ERR_WHAT_MAX - 1);
	assert_int_equal(strlen(m.why), ERR_WHY_MAX - 1);
	assert_int_equal(strlen(m.next), ERR_NEXT_MAX - 1);
	mem_free(longer);
	(void)err_set(&m, ERR_IO, "the thing", "do this", "first");
	(void)err_set(&m, ERR_CONFIG, m.what, m.next, "second");
	assert_string_equal(m.what, "the thing");
	assert_string_equal(m.next, "do this");
	assert_string_equal(m.why, "second");
}

static void
errors_words(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_COUNT; i++) {
		assert_int_equal(err_from_word(err_word((enum err)i)), i);
		assert_in_range(err_exit_status((enum err)i), 0, 130);
		assert_true(i == ERR_OK || err_exit_status((enum err)i) != 0);
	}
	assert_int_equal(err_from_word("no such word"), ERR_INFRA);
	assert_int_equal(err_from_word(NULL), ERR_INFRA);
	assert_string_equal(err_word((enum err)ERR_COUNT), "infra");
	assert_int_equal(err_exit_status((enum err)-1), 3);
	assert_int_equal(err_exit_status(ERR_DEADLINE), 124);
}

static void
slices_cut(void **state)
{
	struct slice rest, a = slice_of(" \t one  two\r\n"), none = slice_make(NULL, 0);

	(void)state;
	assert_true(slice_is(slice_trim(a), "one  two"));
	assert_true(slice_is(slice_word(&a), "one"));
	assert_true(slice_is(slice_word(&a), "two"));
	assert_int_equal(slice_word(&a).n, 0);
	assert_true(slice_is(slice_cut(slice_of("a=b=c"), '=', &rest), "a"));
	assert_true(slice_is(rest, "b=c"));
	assert_true(slice_is(slice_cut(slice_of("abc"), '=', &rest), "abc"));
	assert_int_equal(rest.n, 0);
	assert_true(slice_starts(slice_of("abc"), "ab") && !slice_starts(slice_of("a"), "ab"));
	assert_true(slice_ends(slice_of("abc"), "bc") && !slice_ends(slice_of("c"), "bc"));
	assert_int_equal(slice_skip(slice_of("abc"), 9).n, 0);
	assert_int_equal(slice_find(slice_of("abcabd"), slice_of("abd")), 3);
	assert_int_equal(slice_find(slice_of("ab"), slice_of("abc")), -1);
	assert_int_equal(slice_find(slice_of("ab"), none), 0);
	assert_true(slice_eq(none, slice_of("")) && slice_eq(none, slice_of(NULL)));
	assert_true(slice_starts(none, "") && slice_ends(none, ""));
	assert_int_equal(slice_trim(none).n + slice_word(&none).n + slice_skip(none, 4).n, 0);
	assert_int_equal(slice_cut(none, 'x', &rest).n, 0);
}

static void
integers(void **state)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "0x1", "1.0",
		"18446744073709551616", "99999999999999999999999", "1a", "-1" };
	uint64_t u;
	int64_t i;

	(void)state;
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
		assert_false(slice_u64(slice_of(bad[k]), UINT64_MAX, &u));
	assert_true(slice_u64(slice_of("18446744073709551615"), UINT64_MAX, &u) && u == UINT64_MAX);
	assert_true(slice_u64(slice_of("000256"), 256, &u) && u == 256);
	assert_false(slice_u64(slice_of("257"), 256, &u));
	assert_true(slice_i64(slice_of("-9223372036854775808"), &i) && i == INT64_MIN);
	assert_true(slice_i64(slice_of("9223372036854775807"), &i) && i == INT64_MAX);
	assert_false(slice_i64(slice_of("9223372036854775808"), &i));
	assert_false(slice_i64(slice_of("-9223372036854775809"), &i));
	assert_false(slice_i64(slice_of("--1"), &i) || slice_i64(slice_of("-"), &i));
	assert_true(slice_hex(slice_of("0xfFfFfFfFfFfFfFfF"), &u) && u == UINT64_MAX);
	assert_false(slice_hex(slice_of("11112222333344445"), &u));
	assert_false(slice_hex(slice_of("0x"), &u) || slice_hex(slice_of("12g"), &u));
}

static void
reals(void **state)
{
	static const char *const bad[] = { "", ".", "-", "1e", "1e999", "nan", "inf", "0x1p3",
		"1,5", "1 ", "1e-999", "1.2.3" };
	double v;

	(void)state;
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
		assert_false(slice_f64(slice_of(bad[k]), &v));
	assert_true(slice_f64(slice_of("-1.5e3"), &v));
	assert_true(v < -1499.9 && v > -1500.1);
	for (size_t n = 1; n < 70; n++) {       /* not ended by NUL: nothing behind it is looked at */
		char *p = mem_alloc(n);

		memset(p, '1', n);
		assert_int_equal(slice_f64(slice_make(p, n), &v), n < 64);
		mem_free(p);
	}
	assert_true(slice_f64(slice_make("12345", 2), &v));
	assert_true(v > 11.9 && v < 12.1);
}

struct amount { const char *text; uint64_t want; };

static void
amounts(void **state)
{
	static const struct amount spans[] = { { "500ms", 500000000 }, { "2s", 2000000000 },
		{ "10m", UINT64_C(600000000000) }, { "1h", UINT64_C(3600000000000) }, { "3", 3000000000 },
		{ "1.5s", 1500000000 }, { "7ns", 7 }, { "7us", 7000 }, { "2min", UINT64_C(120000000000) },
		{ "0", 0 } };
	static const struct amount sizes[] = { { "512", 512 }, { "4K", 4096 }, { "1M", 1048576 },
		{ "2G", UINT64_C(2147483648) }, { "1.5KiB", 1536 }, { "3B", 3 }, { "2MB", 2097152 } };
	static const char *const bad[] = { "", "s", "-1s", "1 s", "1x", "1e3", "1ss", "99999999h",
		"9999999999G", "1..5s", "nan", "9300000000000000000" };
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
		assert_true(slice_duration(slice_of(spans[i].text), &v) && v == spans[i].want);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		assert_true(slice_bytes(slice_of(sizes[i].text), &v) && v == sizes[i].want);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(slice_duration(slice_of(bad[i]), &v));
		assert_false(slice_bytes(slice_of(bad[i]), &v));
	}
}

struct utf8_row { const char *p; size_t n, len; uint32_t cp; };

/* RFC 3629, section 4: the borders of each row of its grammar, and what lies just outside. */
static void
utf8_table(void **state)
{
	static const struct utf8_row rows[] = {
		{ "\x00", 1, 1, 0 }, { "\x7f", 1, 1, 0x7f }, { "\x80", 1, 0, 0xfffd }, { "\xbf", 1, 0, 0xfffd },
		{ "\xc0\x80", 2, 0, 0xfffd }, { "\xc1\xbf", 2, 0, 0xfffd }, { "\xc2\x80", 2, 2, 0x80 },
		{ "\xdf\xbf", 2, 2, 0x7ff }, { "\xc2", 1, 0, 0xfffd }, { "\xc2\x7f", 2, 0, 0xfffd },
		{ "\xc2\xc0", 2, 0, 0xfffd }, { "\xe0\x9f\xbf", 3, 0, 0xfffd }, { "\xe0\xa0\x80", 3, 3, 0x800 },
		{ "\xed\x9f\xbf", 3, 3, 0xd7ff }, { "\xed\xa0\x80", 3, 0, 0xfffd }, { "\xed\xbf\xbf", 3, 0, 0xfffd },
		{ "\xee\x80\x80", 3, 3, 0xe000 }, { "\xef\xbf\xbf", 3, 3, 0xffff }, { "\xe1\x80", 2, 0, 0xfffd },
		{ "\xe1\x80\x41", 3, 0, 0xfffd }, { "\xf0\x8f\xbf\xbf", 4, 0, 0xfffd },
		{ "\xf0\x90\x80\x80", 4, 4, 0x10000 }, { "\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff },
		{ "\xf4\x90\x80\x80", 4, 0, 0xfffd }, { "\xf5\x80\x80\x80", 4, 0, 0xfffd },
		{ "\xff", 1, 0, 0xfffd }, { "\xfe", 1, 0, 0xfffd }, { "\xf0\x90\x80", 3, 0, 0xfffd },
		{ "a\xff", 2, 1, 'a' }, { "", 0, 0, 0xfffd },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *exactly = mem_dup(rows[i].p, rows[i].n);  /* so that a read too far is seen */
		uint32_t cp;

		assert_int_equal(utf8_decode(exactly, rows[i].n, &cp), rows[i].len);
		assert_int_equal(cp, rows[i].cp);
		mem_free(exactly);
	}
}

static void
utf8_all(void **state)
{
	char out[4];
	uint32_t cp;

	(void)state;
	for (uint32_t c = 0; c < 0x110100; c++) {
		const size_t n = utf8_encode(c, out);

		if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_int_equal(utf8_decode(out, n, &cp), n);
		assert_int_equal(cp, c);
	}
	assert_int_equal(utf8_encode(UINT32_MAX, out), 0);
}

static void
escapes(const char *p, size_t n, int lines, const char *want)
{
	struct buf b;

	buf_init(&b, 1000);
	assert_int_equal(utf8_escape(&b, p, n, lines), ERR_OK);
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
}

static void
utf8_escaped(void **state)
{
	struct buf b;

	(void)state;
	escapes("a\033[1m\n\t\r", 8, 1, "a\\x1b[1m\n\t\\x0d");
	escapes("a\n\t", 3, 0, "a\\x0a\\x09");
	escapes("\xc2\x9b" "5n", 4, 1, "\\xc2\\x9b5n");         /* C1 CSI */
	escapes("\xc3\xa9\xff\x7f", 4, 1, "\xc3\xa9\\xff\\x7f");
	escapes("\xed\xa0\x80", 3, 1, "\\xed\\xa0\\x80");
	escapes("a\0b", 3, 1, "a\\x00b");
	escapes("", 0, 1, "");
	assert_true(utf8_valid("\xc3\xa9", 2) && !utf8_valid("\xc3", 1) && utf8_valid("", 0));
	buf_init(&b, 3);
	assert_int_equal(utf8_escape(&b, "ab\001", 3, 1), ERR_LIMIT);
	buf_fini(&b);
}

struct text_row { uint64_t v; const char *want; };

static void
times(void **state)
{
	static const struct text_row spans[] = { { 0, "0 ms" }, { 38 * NS_PER_MS, "38 ms" },
		{ 1300 * NS_PER_MS, "1.3 s" }, { 99 * NS_PER_MS, "99 ms" }, { 100 * NS_PER_MS, "0.1 s" },
		{ 480 * NS_PER_S, "8 min" }, { 7200 * NS_PER_S, "2 h" } };
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
		clock_fmt_span(spans[i].v, out, sizeof out);
		assert_string_equal(out, spans[i].want);
	}
	clock_fmt_since(UINT64_C(12031999999), out, sizeof out);
	assert_string_equal(out, "[   12.031]");
	clock_fmt_iso(UINT64_C(1795269787123456789), out, sizeof out);
	assert_string_equal(out, "2026-11-21T14:03:07.123Z");
	clock_fmt_iso(UINT64_MAX, out, sizeof out);
	assert_true(strlen(out) > 0);
	(void)setenv("TZ", "UTC", 1);
	clock_fmt_hms(UINT64_C(1795269787123456789), out, sizeof out);
	assert_string_equal(out, "14:03:07");
	clock_fmt_since(UINT64_MAX, out, 4);
	assert_int_equal(strlen(out), 3);
}

static void
sizes_short(void **state)
{
	static const struct text_row rows[] = { { 0, "0" }, { 812, "812" }, { 999, "999" }, { 1000, "1.0K" },
		{ 1229, "1.2K" }, { 10188, "9.9K" }, { 10190, "10K" }, { 6815744, "6.5M" },
		{ INT64_MAX, "8.0E" } };
	char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bytes_fmt_short((int64_t)rows[i].v, out, sizeof out);
		assert_string_equal(out, rows[i].want);
	}
	for (unsigned k = 0; k < 63; k++)
		for (int d = -600; d <= 600; d += 3)
			for (int sign = -1; sign <= 1; sign += 2) {
				bytes_fmt_short(sign * ((INT64_C(1) << k) + d), out, sizeof out);
				assert_in_range(strlen(out), 1, 5);
			}
	bytes_fmt_short(INT64_MIN, out, sizeof out);
	assert_string_equal(out, "-8.0E");
}

static const char *
meant(const char *word)
{
	static const char *const words[] = { "console", "console.send", "consoles.list", "flash", "ls",
		"--json", "--bench", "snapshot", "reset", "test", "do" };
	struct nearest n;

	nearest_begin(&n, word);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		nearest_offer(&n, words[i]);
	return nearest_of(&n);
}

static void
nearest_words(void **state)
{
	static const struct { const char *given, *meant; } rows[] = {
		{ "consol", "console" }, { "flsh", "flash" }, { "falsh", "flash" }, { "--jsn", "--json" },
		{ "tets", "test" }, { "console.sned", "console.send" }, { "snap", "snapshot" },
		{ "con", NULL }, { "sl", NULL }, { "", NULL }, { "x", NULL },
		{ "nonsense", NULL }, { "reset", "reset" }, { "send", "console.send" },
		{ "list", "consoles.list" },
		{ "a-word-that-is-longer-than-the-forty-letters-that-are-looked-at", NULL },
	};
	struct nearest n;
	char out[24];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got = meant(rows[i].given);

		if (rows[i].meant == NULL)
			assert_null(got);
		else
			assert_string_equal(got, rows[i].meant);
	}
	nearest_begin(&n, "consol");
	assert_string_equal(nearest_advice(&n, "vise help", out, sizeof out), "vise help");
	nearest_offer(&n, "console");
	assert_string_equal(nearest_advice(&n, NULL, out, sizeof out), "did you mean console?");
	assert_string_equal(nearest_advice(&n, "vise help", out, sizeof out), "did you mean console? v");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_format), cmocka_unit_test(errors_long), cmocka_unit_test(errors_words),
		cmocka_unit_test(slices_cut), cmocka_unit_test(integers), cmocka_unit_test(reals),
		cmocka_unit_test(amounts), cmocka_unit_test(utf8_table), cmocka_unit_test(utf8_all),
		cmocka_unit_test(base64), cmocka_unit_test(utf8_escaped), cmocka_unit_test(times), cmocka_unit_test(sizes_short),
		cmocka_unit_test(nearest_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
