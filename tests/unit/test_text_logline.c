/* test_text_logline.c - log lines of the loggers people use, laid out; broken ones left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "text/logline.h"

static const struct { const char *line, *want; } rows[] = {
	/* zap */
	{ "{\"level\":\"info\",\"ts\":1732175001.25,\"caller\":\"app/main.go:12\","
	  "\"msg\":\"listening on :8080\",\"trace_id\":\"4bf92f35\"}",
	  "07:43:21.250 INFO  listening on :8080  caller=app/main.go:12 trace_id=4bf92f35" },
	/* zerolog */
	{ "{\"level\":\"error\",\"error\":\"no \\\"such\\\" file\",\"time\":\"2026-11-21T08:00:01Z\","
	  "\"message\":\"open failed\"}",
	  "08:00:01 ERROR open failed  error=\"no \"such\" file\"" },
	/* slog */
	{ "{\"time\":\"2026-11-21T08:00:01.123456789+02:00\",\"level\":\"WARN\",\"msg\":\"slow\","
	  "\"request_id\":\"r-1\",\"took\":1250000,\"g\":{\"a\":[1,2],\"b\":\"x y\"}}",
	  "08:00:01.123 WARN  slow  request_id=r-1 took=1250000 g={\"a\":[1,2],\"b\":\"x y\"}" },
	/* logrus, behind a prefix; a line break in a message stays in the line */
	{ "Nov 21 app[12]: {\"level\":\"debug\",\"msg\":\"a\\nb\\u00e4\\ud83d\\ude00\",\"n\":null}",
	  "Nov 21 app[12]: DEBUG a b\xc3\xa4\xf0\x9f\x98\x80  n=null" },
	/* pino */
	{ "{\"level\":30,\"time\":1732175001250,\"msg\":\"ok\"}", "07:43:21.250 INFO  ok" },
	/* logfmt: slog's TextHandler, logrus */
	{ "time=2026-11-21T08:00:01.000Z level=INFO msg=\"hello world\" id=7",
	  "08:00:01.000 INFO  hello world  id=7" },
	{ "level=info msg=ok", "INFO  ok" },
};

static const char *const left_alone[] = {
	"", "{", "}", "{}", "{\"a\":1}", "{\"level\":\"info\",\"msg\":\"x\"", "{\"level\":\"info\"",
	"{\"msg\":\"x\",}", "{\"msg\":\"x\" \"y\":1}", "{\"msg\":[1,2}}", "{\"msg\":\"x\\\"}",
	"plain text", "a=1 b=2", "level=info without message", "msg=\"open", "{msg:1}",
	"rx {1,2} done }", "{\"msg\":\"x\"} trailing",
};

static void
test_laid_out(void **state)
{
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_init(&b, 4096);
		assert_true(logline_layout(rows[i].line, strlen(rows[i].line), &b));
		assert_string_equal(buf_str(&b), rows[i].want);
		buf_fini(&b);
	}
}

static void
test_left_alone(void **state)
{
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof left_alone / sizeof left_alone[0]; i++) {
		buf_init(&b, 4096);
		assert_false(logline_layout(left_alone[i], strlen(left_alone[i]), &b));
		assert_int_equal(b.len, 0);
		buf_fini(&b);
	}
}

static void
test_hostile(void **state)
{
	static const char parts[] = "{}[]\":,\\u0d8 msgevl=1a";
	char line[300];
	uint32_t seed = 9;
	struct buf b;

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		size_t n = 0;

		while (n < sizeof line) {
			seed = seed * 1664525 + 1013904223;
			line[n++] = parts[(seed >> 20) % (sizeof parts - 1)];
		}
		n = (seed >> 8) % sizeof line;
		memcpy(line, "{\"msg\":", 7);
		line[n] = '}';
		buf_init(&b, 8192);
		(void)logline_layout(line, n + 1, &b);
		buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_laid_out), cmocka_unit_test(test_left_alone),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
