/* test_core_cause.c - errors that come from elsewhere: what is kept of them, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "core/cause.h"

static void
test_fields(void **state)
{
	static const char text[] = "{\"code\":\"no_card\",\"msg\":\"slot 3\",\"slot\":3,"
	    "\"ok\":true,\"bus\":[1],\"o\":{\"x\":1},\"n\":null,\"cause\":{\"code\":\"io\"}}";
	json_t *c = cause_read(text);

	(void)state;
	assert_string_equal(json_get_str(c, "code", ""), "no_card");
	assert_int_equal(json_get_int(c, "slot", 0), 3);
	assert_true(json_get_bool(c, "ok", false));
	assert_null(json_object_get(c, "bus"));
	assert_null(json_object_get(c, "o"));
	assert_null(json_object_get(c, "n"));
	assert_string_equal(json_get_str(json_object_get(c, "cause"), "code", ""), "io");
	json_decref(c);
	assert_null(cause_read(NULL));
	assert_null(cause_read(""));
	assert_null(cause_read("[1]"));
	assert_null(cause_read("{\"msg\":\"no code\"}"));
	assert_null(cause_read("{\"code\":7}"));
	assert_null(cause_read("{ not json"));
}

static void
test_bounds(void **state)
{
	json_t *o = json_object(), *deep = o, *c;
	char key[16], *trace = mem_alloc(20001);
	size_t depth = 0;

	(void)state;
	memset(trace, 'x', 20000);
	for (size_t i = 50; i < 20000; i += 51)
		trace[i] = '\n';
	trace[20000] = '\0';
	json_put_str(o, "code", "io");
	json_put_str(o, "trace", trace);
	json_put_str(o, "msg", trace);
	for (int i = 0; i < 100; i++) {
		(void)snprintf(key, sizeof key, "f%d", i);
		json_put_int(o, key, i);
	}
	for (int i = 0; i < 50; i++) {
		json_t *next = json_pack("{s:s}", "code", "io");

		json_put(deep, "cause", next);
		deep = next;
	}
	c = cause_copy(o);
	assert_true(json_object_size(c) <= CAUSE_FIELDS + 1);
	assert_true(strlen(json_get_str(c, "trace", "")) <= CAUSE_TRACE);
	assert_true(strlen(json_get_str(c, "trace", "")) > CAUSE_TRACE / 2);
	assert_null(strstr(json_get_str(c, "trace", ""), "\n\n"));
	assert_true(strlen(json_get_str(c, "msg", "")) <= CAUSE_TEXT);
	for (const json_t *k = c; k != NULL; k = json_object_get(k, "cause"))
		depth++;
	assert_int_equal(depth, CAUSE_DEPTH);
	json_decref(c);
	json_decref(o);
	mem_free(trace);
}

static void
test_format(void **state)
{
	static const char text[] = "{\"code\":\"verify\",\"msg\":\"no\",\"where\":\"a.lua:3\","
	    "\"plugin\":\"cam\",\"what\":\"service cam.s\",\"trace\":\"T1\","
	    "\"cause\":{\"code\":\"io\"}}";
	json_t *c = cause_read(text);
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	cause_format(c, &b);
	assert_string_equal(buf_str(&b),
	    "caused by cam, service cam.s: a.lua:3: verify: no\nT1\ncaused by: io: \n");
	buf_clear(&b);
	cause_format(NULL, &b);
	assert_int_equal(b.len, 0);
	buf_fini(&b);
	json_decref(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
