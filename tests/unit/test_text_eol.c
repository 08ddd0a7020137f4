/* test_text_eol.c - byte maps: each word of ours and of tio, both ways; what is no word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "text/eol.h"

static void
maps(const char *words, enum eol_way way, const char *in, const char *want)
{
	struct eol e;
	struct err_msg why;
	struct buf out;

	eol_init(&e);
	assert_int_equal(eol_parse(&e, words, &why), ERR_OK);
	buf_init(&out, 256);
	assert_int_equal(eol_map(&e, way, in, strlen(in), &out), ERR_OK);
	assert_string_equal(buf_str(&out), want);
	buf_fini(&out);
}

static void
test_words(void **state)
{
	static const struct {
		const char *words;
		enum eol_way way;
		const char *in, *want;
	} rows[] = {
		{ "", EOL_IN, "a\r\n", "a\r\n" },
		{ "none", EOL_OUT, "a\r\n", "a\r\n" },
		{ "in:cr=lf", EOL_IN, "a\r", "a\n" },
		{ "in:cr=lf", EOL_OUT, "a\r", "a\r" },
		{ "ICRNL", EOL_IN, "a\r", "a\n" },
		{ "IGNCR", EOL_IN, "a\r\n", "a\n" },
		{ "INLCR", EOL_IN, "a\n", "a\r" },
		{ "INLCRNL", EOL_IN, "a\n", "a\r\n" },
		{ "ICRCRNL", EOL_IN, "a\r", "a\r\n" },
		{ "IFFESCC", EOL_IN, "\f", "\033c" },
		{ "IMSB2LSB", EOL_IN, "\x82\x01", "A\x80" },
		{ "OCRNL", EOL_OUT, "a\r", "a\n" },
		{ "ODELBS", EOL_OUT, "\x7f", "\b" },
		{ "ONLCRNL", EOL_OUT, "a\n", "a\r\n" },
		{ "ONLCR", EOL_OUT, "a\n", "a\r\n" },
		{ "OLTU", EOL_OUT, "at+csq", "AT+CSQ" },
		{ "OIGNCR", EOL_OUT, "a\r\n", "a\n" },
		{ "in:del=bs out:bs=del", EOL_IN, "\x7f", "\b" },
		{ "in:del=bs, out:bs=del", EOL_OUT, "\b", "\x7f" },
		{ "in:\\x41=\\x42", EOL_IN, "AB", "BB" },
		{ "out:cr=lf,out:lf=crlf", EOL_OUT, "\r\n", "\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		maps(rows[i].words, rows[i].way, rows[i].in, rows[i].want);
}

static void
test_faults(void **state)
{
	static const char *const bad[] = { "x", "in:", "in:cr", "in:cr=", "in:foo=lf", "up:cr=lf",
		"in:\\xg1=lf", "in:nul=break", "ICRNL OOPS" };
	struct eol e;
	struct err_msg why;
	char many[EOL_TEXT_MAX + 1];

	(void)state;
	eol_init(&e);
	assert_int_equal(eol_parse(&e, "in:cr=lf", &why), ERR_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(eol_parse(&e, bad[i], &why), ERR_USAGE);
	memset(many, ' ', sizeof many - 1);
	many[sizeof many - 1] = '\0';
	assert_int_equal(eol_parse(&e, many, &why), ERR_USAGE);
	assert_string_equal(e.text, "in:cr=lf");
	assert_true(eol_ends_line(&e, '\r') && eol_ends_line(&e, '\n'));
	assert_int_equal(eol_parse(&e, "in:lf=none ONULBRK", &why), ERR_OK);
	assert_false(eol_ends_line(&e, '\n'));
	assert_true(e.breaks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
