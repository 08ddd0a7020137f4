/* test_fetch_url.c - which sources are URLs, their parts, and what of them may be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "fetch/url.h"

static void
test_is(void **state)
{
	(void)state;
	assert_true(url_is("http://h/p") && url_is("HTTPS://h") && url_is("unix:/s:/p"));
	assert_false(
	    url_is("file:///etc/passwd") || url_is("a.pb.gz") || url_is("localhost:6060/x"));
}

static void
test_parse(void **state)
{
	static const char *const bad[] = {
		"unix:",
		"unix:/run/x.sock",
		"unix::/x",
		"ftp://h/x",
		"http://h/a b",
		"http://h/a\nb",
		"",
	};
	char *socket, *url;
	struct err_msg why;

	(void)state;
	assert_int_equal(
	    url_parse("unix:/run/a:b.sock:/debug/pprof/heap?x=:/y", &socket, &url, &why), ERR_OK);
	assert_string_equal(socket, "/run/a:b.sock");
	assert_string_equal(url, "http://localhost/debug/pprof/heap?x=:/y");
	mem_free(socket);
	mem_free(url);
	assert_int_equal(url_parse("http://h:1/p", &socket, &url, &why), ERR_OK);
	assert_null(socket);
	assert_string_equal(url, "http://h:1/p");
	mem_free(url);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(url_parse(bad[i], &socket, &url, &why), ERR_USAGE);
}

static void
test_query(void **state)
{
	char *u = url_add_query("http://h/p", "gc=1"), *v = url_add_query("http://h/p?a=b", "gc=1");

	(void)state;
	assert_string_equal(u, "http://h/p?gc=1");
	assert_string_equal(v, "http://h/p?a=b&gc=1");
	mem_free(u);
	mem_free(v);
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
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
