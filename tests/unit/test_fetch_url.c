/* test_fetch_url.c - which sources are URLs, their parts, and what of them may be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fetch/url.h"

static void
test_is(void **state)
{
	(void)state;
	assert_true(url_is("http://h/p") && url_is("HTTPS://h") && url_is("unix:/s:/p"));
	assert_true(url_is("localhost:6060/x") && url_is("ssh:b:1") && url_is("pid:1"));
	assert_false(url_is("file:///etc/passwd") || url_is("a.pb.gz"));
}

static void
test_seconds(void **state)
{
	(void)state;
	assert_int_equal(url_seconds("http://h/profile?debug=0&seconds=30"), 30);
	assert_int_equal(url_seconds("http://h/profile?seconds=999999999"), 0);
	assert_int_equal(url_seconds("http://h/profile"), 0);
}

static void
test_shown(void **state)
{
	char out[64], small[8];

	(void)state;
	url_shown("http://user:secret@host:1/p@q?token=abc", out, sizeof(out));
	assert_string_equal(out, "http://host:1/p@q");
	url_shown("unix:/run/x:/p?k=v", out, sizeof(out));
	assert_string_equal(out, "unix:/run/x:/p");
	url_shown("http://host/long", small, sizeof(small));
	assert_string_equal(small, "http://");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
