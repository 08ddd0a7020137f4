/* test_worker_profiles.c - the worker's requests: parameters, results, what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "worker/grab.h"
#include "worker/profiles.h"
#include "worker/reports.h"

static json_t *
request(const char *key, const char *name)
{
	const char *root = getenv("srcdir");
	char *path = mem_fmt("%s/tests/data/pprof/%s", root != NULL ? root : ".", name);
	json_t *o = json_object();

	json_put_str(o, key, path);
	mem_free(path);
	return o;
}

static void
with(json_t *o, const char *key, const char *name)
{
	json_t *other = request(key, name);

	(void)json_object_update(o, other);
	json_decref(other);
}

static void
refused(enum err (*run)(const json_t *, json_t **, struct err_msg *), json_t *params, enum err want)
{
	struct err_msg why = { .code = ERR_OK };
	json_t *result = NULL;

	assert_int_equal(run(params, &result, &why), want);
	assert_int_equal(why.code, want);
	assert_null(result);
	json_decref(params);
}

static void
test_top(void **state)
{
	json_t *params = request("now", "heap-b.pb.gz"), *result = NULL;
	const json_t *rows, *row;
	struct err_msg why;

	(void)state;
	with(params, "diff_base", "heap-a.pb.gz");
	json_put_bool(params, "text", true);
	assert_int_equal(reports_top(params, &result, &why), ERR_OK);
	rows = json_object_get(result, "rows");
	assert_int_equal(json_array_size(rows), 36);
	row = json_array_get(rows, 0);
	assert_string_equal(json_get_str(row, "name", ""), "hash/crc32.slicingMakeTable");
	assert_int_equal(json_get_int(row, "flat", 0), 8192);
	assert_string_equal(json_get_str(row, "flat_text", ""), "8kB");
	assert_string_equal(json_get_str(json_array_get(rows, 1), "inline", ""), "(inline)");
	assert_string_equal(json_get_str(result, "type", ""), "inuse_space");
	assert_string_equal(json_get_str(result, "unit", ""), "bytes");
	assert_true(json_array_size(json_object_get(result, "header")) >= 4);
	assert_non_null(strstr(json_get_str(result, "text", ""), "      flat  flat%   sum%"));
	json_decref(result);
	json_decref(params);
}

static void
test_top_refuses(void **state)
{
	json_t *o;

	(void)state;
	refused(reports_top, json_object(), ERR_USAGE);
	refused(reports_top, request("now", "absent"), ERR_NOENT);
	refused(reports_top, request("now", "heap-b.txt"), ERR_FORMAT);
	o = request("now", "heap-b.pb.gz");
	with(o, "base", "heap-a.pb.gz");
	with(o, "diff_base", "heap-a.pb.gz");
	refused(reports_top, o, ERR_USAGE);
	o = request("now", "heap-b.pb.gz");
	json_put_bool(o, "normalize", true);
	refused(reports_top, o, ERR_USAGE);
	o = request("now", "heap-b.pb.gz");
	json_put_int(o, "limit_bytes", 100);
	refused(reports_top, o, ERR_LIMIT);
}

/* Every report, alone and against a base, as JSON and as text, with and without filters. */
static void
test_reports(void **state)
{
	static const char *const names[] = { "tree", "peek", "list", "traces", "tags", "raw",
		"comments" };

	(void)state;
	for (size_t i = 0; i < 8 * sizeof(names) / sizeof(names[0]); i++) {
		json_t *params = request("now", "heap-a.pb.gz"), *result = NULL, *base;
		struct err_msg why = { .code = ERR_OK };

		base = request("base", "heap-b.pb.gz");
		if ((i & 1) != 0)
			json_put_str(params, "diff_base", json_get_str(base, "base", ""));
		json_decref(base);
		json_put_str(params, "report", names[i / 8]);
		json_put_str(params, "pattern", "main|runtime");
		json_put_bool(params, "json", (i & 2) != 0);
		if ((i & 4) != 0) {
			json_put_str(params, "hide", "sync");
			json_put_str(params, "tagroot", "bytes");
			json_put_str(params, "tagignore", "bytes=1kb:");
		}
		if (reports_any(params, &result, &why) != ERR_OK && why.code != ERR_LIMIT)
			fail_msg("%s: %s: %s", names[i / 8], why.what, why.why);
		json_decref(result);
		json_decref(params);
	}
	refused(reports_any, json_object(), ERR_USAGE);
}

static void
test_info(void **state)
{
	json_t *params = request("file", "heap-b.pb.gz"), *result = NULL;
	struct err_msg why;

	(void)state;
	assert_int_equal(profiles_info(params, &result, &why), ERR_OK);
	assert_int_equal(json_array_size(json_object_get(result, "types")), 4);
	assert_string_equal(json_get_str(result, "period_type", ""), "space");
	assert_true(json_get_int(result, "samples", 0) > 50);
	json_decref(result);
	json_decref(params);
	refused(profiles_info, json_object(), ERR_USAGE);
}

static void
test_fetch_refuses(void **state)
{
	json_t *o = request("out", "never");

	(void)state;
	json_put_str(o, "url", "file:///etc/passwd");
	refused(grab_fetch, o, ERR_USAGE);
	o = json_object();
	json_put_str(o, "url", "http://127.0.0.1:1/");
	refused(grab_fetch, o, ERR_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_top_refuses),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_fetch_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
