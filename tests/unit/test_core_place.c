/* test_core_place.c - the grammar of sources: what each form means, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "core/place.h"

struct row { const char *text; enum place_kind kind; const char *path, *host, *port, *url; };

static void
same(const char *have, const char *want)
{
	if (want == NULL)
		assert_null(have);
	else
		assert_string_equal(have, want);
}

static void
test_forms(void **state)
{
	static const struct row rows[] = {
		{ "heap.pb.gz", PLACE_FILE, "heap.pb.gz", NULL, NULL, NULL },
		{ "./a:b/c", PLACE_FILE, "./a:b/c", NULL, NULL, NULL },
		{ "/var/p/heap-*.pb.gz", PLACE_PATTERN, "/var/p/heap-*.pb.gz", NULL, NULL, NULL },
		{ "http://h/p?x", PLACE_HTTP, NULL, NULL, NULL, "http://h/p?x" },
		{ "HTTPS://h", PLACE_HTTP, NULL, NULL, NULL, "HTTPS://h" },
		{ "board:6060", PLACE_HTTP, NULL, NULL, NULL, "http://board:6060" },
		{ "10.0.0.7:80/x", PLACE_HTTP, NULL, NULL, NULL, "http://10.0.0.7:80/x" },
		{ "[::1]:6060", PLACE_HTTP, NULL, NULL, NULL, "http://[::1]:6060" },
		{ ":6060", PLACE_HTTP, NULL, NULL, NULL, "http://127.0.0.1:6060" },
		{ "unix:/run/a:b.sock:/debug/pprof/heap?x=:/y", PLACE_UNIX, "/run/a:b.sock", NULL,
		    NULL, "http://localhost/debug/pprof/heap?x=:/y" },
		{ "unix:/run/x.sock", PLACE_UNIX, "/run/x.sock", NULL, NULL, "http://localhost" },
		{ "ssh:board:6060", PLACE_SSH, NULL, "board", "6060", "http://localhost:6060" },
		{ "ssh:me@b.lan:80/debug/pprof/", PLACE_SSH, NULL, "me@b.lan", "80",
		    "http://localhost:80/debug/pprof/" },
		{ "gops:1234", PLACE_GOPS, NULL, NULL, NULL, NULL },
		{ "gops:board:4000", PLACE_GOPS, NULL, "board", "4000", NULL },
		{ "pid:77", PLACE_PID, NULL, NULL, NULL, NULL },
	};
	struct err_msg why;
	struct place p;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(place_parse(rows[i].text, &p, &why), ERR_OK);
		assert_int_equal(p.kind, rows[i].kind);
		same(p.path, rows[i].path);
		same(p.host, rows[i].host);
		same(p.port, rows[i].port);
		same(p.url, rows[i].url);
		assert_int_equal(place_fetched(rows[i].text),
		    p.kind != PLACE_FILE && p.kind != PLACE_PATTERN);
		place_fini(&p);
	}
	assert_int_equal(place_parse("pid:77", &p, &why), ERR_OK);
	assert_int_equal(p.pid, 77);
	place_fini(&p);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", "unix:", "unix:nonsense", "unix::/x", "ftp://h/x",
		"http://h/a b", "http://h/a\nb", "ssh:board", "ssh:-oProxyCommand=x:80", "ssh:b:0",
		"ssh:b:70000", "gops:", "gops:x", "gops:h:1/x", "pid:", "pid:0", "pid:x", ":80/a b",
		"ssh:b c:80" };
	struct err_msg why;
	struct place p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(place_parse(bad[i], &p, &why), ERR_USAGE);
		assert_null(p.url);
	}
}

static void
url_is(const char *text, const char *profile, bool gc, const char *query, const char *want)
{
	struct err_msg why;
	struct place p;
	char *url;

	assert_int_equal(place_parse(text, &p, &why), ERR_OK);
	url = place_url(&p, profile, gc, query, &why);
	same(url, want);
	mem_free(url);
	place_fini(&p);
}

static void
test_urls(void **state)
{
	(void)state;
	url_is("h:1", NULL, false, NULL, "http://h:1/debug/pprof/heap");
	url_is("h:1/", NULL, true, NULL, "http://h:1/debug/pprof/heap?gc=1");
	url_is("http://h/debug/pprof", "goroutine", true, NULL, "http://h/debug/pprof/goroutine");
	url_is("http://h/x/debug/pprof/", "block", false, NULL, "http://h/x/debug/pprof/block");
	url_is("http://h/debug/pprof/heap?gc=0", NULL, true, NULL,
	    "http://h/debug/pprof/heap?gc=0");
	url_is("http://h/debug/pprof/heap?a=b", NULL, true, NULL,
	    "http://h/debug/pprof/heap?a=b&gc=1");
	url_is("http://h/debug/pprof/heap?a=b", "mutex", true, NULL, "http://h/debug/pprof/mutex");
	url_is("http://h/debug/pprof/goroutine", "goroutine", true, "debug=2",
	    "http://h/debug/pprof/goroutine?debug=2");
	url_is("http://h/debug/pprof/?token=x", "heap", true, NULL,
	    "http://h/debug/pprof/heap?token=x&gc=1");
	url_is("h:1", "vars", false, NULL, "http://h:1/debug/vars");
	url_is("http://h/x/debug/pprof/heap", "vars", false, NULL, "http://h/x/debug/vars");
	url_is("http://h/heap.pb.gz?v=1", "other", true, NULL, "http://h/heap.pb.gz?v=1");
	url_is("http://h/heap.pb.gz", NULL, true, NULL, "http://h/heap.pb.gz");
	url_is("http://h/heap.pb.gz", "goroutine", false, NULL, NULL);
	url_is("http://h/debug/pprofile", "heap", false, NULL, NULL);
	url_is("h:1", "trace", false, "seconds=2", "http://h:1/debug/pprof/trace?seconds=2");
	url_is("pid:1", "heap", false, NULL, NULL);
}

static void
test_profiles(void **state)
{
	static const struct { const char *text, *want; } rows[] = {
		{ "h:1", "any" }, { "h:1/debug/pprof/", "any" },
		{ "h:1/debug/pprof/mutex?x", "mutex" },
		{ "h:1/x", "other" }, { "pid:1", "any" }, { "gops:1", "any" }, { "file", "other" },
		{ "h:1/debug/pprof/0123456789012345678901234567890123", "any" },
	};
	struct err_msg why;
	struct place p;
	char name[32];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(place_parse(rows[i].text, &p, &why), ERR_OK);
		place_profile(&p, name);
		assert_string_equal(name, rows[i].want);
		place_fini(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
