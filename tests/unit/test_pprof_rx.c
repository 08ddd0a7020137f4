/* test_pprof_rx.c - what of Go's regexp syntax goes through, what is refused, what is rewritten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pprof/rx.h"

static void
test_matches(void **state)
{
	static const struct { const char *pattern, *text; bool match; } row[] = {
		{ "", "anything", true },
		{ "leak", "main.leak", true },
		{ "Leak", "main.leak", false },
		{ "(?i)LEAK", "main.leak", true },
		{ "(?i:LEAK)$", "main.leak", true },
		{ "^main\\.", "main.leak", true },
		{ "^main$", "main\n", false },          /* PCRE2's own $ would match */
		{ "(?m)^main$", "x\nmain\ny", true },
		{ "a.b", "a\nb", false },
		{ "(?s)a.b", "a\nb", true },
		{ "\\s", "\v", false },                 /* RE2's \s has no vertical tab */
		{ "[\\s]", "\v", false },
		{ "\\v", "\n", false },                 /* and \v is one character */
		{ "\\v", "\v", true },
		{ "\\Qa.(*b\\E", "xa.(*by", true },
		{ "\\Q(*b", "a.(*b", true },
		{ "[[:upper:]][^[:upper:]]", "aBc", true },
		{ "[]a]+$", "]a", true },
		{ "[[]", "[", true },
		{ "(?P<name>x)y", "xy", true },
		{ "a{2,3}$", "baa", true },
		{ "a{,2}", "a{,2}", true },             /* literal in RE2 */
		{ "a{2", "a{2", true },
		{ "x*?y", "y", true },
		{ "\\x41\\x{42}", "AB", true },
		{ "\\pL\\d\\W", "\xc3\xa9" "1-", true },
		{ "\\bleak\\b", "main.leak", true },
		{ "\\Aab\\z", "ab", true },
		{ "\\101", "A", true },
		{ "\xff", "x\xff", true },              /* not UTF-8: as bytes */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct err_msg why = { .code = ERR_OK };
		struct rx *r;

		if (rx_new(&r, "focus", slice_of(row[i].pattern), &why) != ERR_OK)
			fail_msg("%s: %s", row[i].pattern, why.why);
		if (rx_match(r, slice_of(row[i].text)) != row[i].match)
			fail_msg("%s on \"%s\"", row[i].pattern, row[i].text);
		rx_free(r);
	}
}

static void
test_refused(void **state)
{
	static const struct { const char *pattern, *said;
	} row[] = {
		{ "(?=a)", "lookaround" },
		{ "(?!a)", "lookaround" },
		{ "(?<=a)b", "lookaround" },
		{ "(?<!a)b", "lookaround" },
		{ "(a)\\1", "backreference" },
		{ "a++", "repetition" },
		{ "a**", "repetition" },
		{ "(?>a)", "group" },
		{ "(?#x)", "group" },
		{ "(?R)", "group" },
		{ "(?|a)", "group" },
		{ "(*UTF)a", "verb" },
		{ "a\\Kb", "\\K" },
		{ "\\R", "escape" },
		{ "\\h", "escape" },
		{ "\\Z", "escape" },
		{ "\\g1", "escape" },
		{ "a{1001}", "1000" },
		{ "(", "missing" },
		{ "[a", "" },
		{ "*a", "" },
		{ "a\\", "" },
		{ "(?x)a", "group" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct err_msg why = { .code = ERR_OK };
		struct rx *r = NULL;

		if (rx_new(&r, "focus", slice_of(row[i].pattern), &why) != ERR_USAGE)
			fail_msg("%s was taken", row[i].pattern);
		if (strstr(why.why, row[i].said) == NULL)
			fail_msg("%s: %s", row[i].pattern, why.why);
		assert_null(r);
	}
}

/* RE2 is linear, PCRE2 is not: a pattern made to explode ends, and is known to have ended. */
static void
test_bounded(void **state)
{
	char text[64];
	struct rx *r;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(rx_new(&r, "focus", slice_of("^(a|aa|a?a)+$"), NULL), ERR_OK);
	text[sizeof(text) - 1] = 'b';
	assert_false(rx_match(r, slice_make(text, sizeof(text))));
	assert_true(rx_gave_up(r));
	rx_free(r);
	assert_false(rx_gave_up(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
