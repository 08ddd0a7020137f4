/* test_script_stream.c - windows, cursors, matches that do not depend on pieces, lines, gaps,
 * limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "script/stream.h"

static struct rx *
literal(const char *text)
{
	struct rx *rx = NULL;

	assert_int_equal(
	    rx_compile(&(struct rx_source){ text, strlen(text), RX_LITERAL }, 1, &rx, NULL),
	    ERR_OK);
	return rx;
}

static void
feed(struct stream *s, const char *text)
{
	stream_feed(s, s->started ? stream_end(s) : 0, text, strlen(text));
}

/* A match is where it is, whether the text came before or after the wait began, and in whatever
 * pieces. */
static void
test_pieces(void **state)
{
	static const char text[] = "boot v1.2\r\n[REA[READY]\r\nrest";
	const size_t n = sizeof text - 1;

	(void)state;
	for (size_t start = 0; start <= n; start++)
		for (size_t piece = 1; piece < n; piece += 3) {
			struct stream s;
			struct stream_expect e;
			const char *p;

			stream_init(&s, 1, "main");
			stream_feed(&s, 0, text, start);
			stream_expect_start(&s, &e, literal("[READY]"));
			for (size_t at = start; at < n; at += piece)
				stream_feed(&s, at, text + at, at + piece > n ? n - at : piece);
			assert_true(e.decided);
			assert_int_equal(rx_run_match(e.run)->slot[0], 15);
			stream_consume(&s, rx_run_match(e.run)->slot[1]);
			stream_expect_end(&e);
			assert_int_equal(stream_piece(&s, s.cursor, UINT64_MAX, &p), 6);
			assert_memory_equal(p, "\r\nrest", 6);
			stream_fini(&s);
		}
}

static void
test_window(void **state)
{
	char *block = mem_alloc(LIMIT_EXPECT_WINDOW + 1);

	(void)state;
	memset(block, 'x', LIMIT_EXPECT_WINDOW + 1);
	for (size_t n = LIMIT_EXPECT_WINDOW - 1; n <= LIMIT_EXPECT_WINDOW + 1; n++) {
		struct stream s;
		const char *p;

		stream_init(&s, 1, "main");
		stream_feed(&s, 0, block, n);
		assert_int_equal(s.dropped, n > LIMIT_EXPECT_WINDOW ? 1 : 0);
		assert_int_equal(stream_piece(&s, s.cursor, UINT64_MAX, &p),
		    n > LIMIT_EXPECT_WINDOW ? n - 1 : n);
		stream_fini(&s);
	}
	mem_free(block);
}

/* A match is found behind any amount of other text, with bounded memory. */
static void
test_long(void **state)
{
	struct stream s;
	struct stream_expect e;
	char *block = mem_alloc(100000);

	(void)state;
	memset(block, 'x', 100000);
	stream_init(&s, 1, "main");
	stream_expect_start(&s, &e, literal("end"));
	for (int i = 0; i < 50; i++) {
		stream_feed(&s, stream_end(&s), block, 100000);
		assert_true(s.window.cap <= 4 * LIMIT_EXPECT_WINDOW);
	}
	feed(&s, "e");
	feed(&s, "nd");
	assert_true(e.decided);
	assert_int_equal(rx_run_match(e.run)->slot[0], 5000000);
	assert_int_equal(s.dropped, 5000003 - LIMIT_EXPECT_WINDOW);
	stream_expect_end(&e);
	stream_expect_end(&e);
	stream_fini(&s);
	mem_free(block);
}

/* What was consumed before it came is not matched. */
static void
test_ahead(void **state)
{
	struct stream s;
	struct stream_expect e;

	(void)state;
	stream_init(&s, 1, "main");
	feed(&s, "AT\r");
	stream_consume(&s, 12);
	stream_expect_start(&s, &e, literal("OK"));
	feed(&s, "\r\nOK\r\n..");
	assert_false(e.decided);
	feed(&s, ".OK");
	assert_true(e.decided);
	assert_int_equal(rx_run_match(e.run)->slot[0], 12);
	stream_expect_end(&e);
	stream_fini(&s);
}

static void
test_gap(void **state)
{
	struct stream s;
	struct stream_expect e;

	(void)state;
	stream_init(&s, 1, "main");
	stream_feed(&s, 1000, "abc", 3);
	assert_int_equal(s.dropped, 0);
	stream_expect_start(&s, &e, literal("cd"));
	stream_feed(&s, 1001, "bc", 2);                 /* seen already */
	assert_int_equal(stream_end(&s), 1003);
	stream_feed(&s, 1010, "d", 1);
	assert_int_equal(s.dropped, 7);
	assert_false(e.decided);
	stream_feed(&s, 1010, "dcd", 3);
	assert_true(e.decided);
	assert_int_equal(rx_run_match(e.run)->slot[0], 1011);
	stream_expect_end(&e);
	stream_fini(&s);
}

static void
test_line(void **state)
{
	struct stream s;
	const char *p;
	size_t n;

	(void)state;
	stream_init(&s, 1, "main");
	feed(&s, "one\r\ntwo\n\nth");
	assert_true(stream_line(&s, &p, &n));
	assert_int_equal(n, 3);
	assert_memory_equal(p, "one", 3);
	assert_true(stream_line(&s, &p, &n));
	assert_memory_equal(p, "two", 3);
	assert_true(stream_line(&s, &p, &n));
	assert_int_equal(n, 0);
	assert_false(stream_line(&s, &p, &n));
	feed(&s, "ree\r\n");
	assert_true(stream_line(&s, &p, &n));
	assert_int_equal(n, 5);
	assert_memory_equal(p, "three", 5);
	stream_fini(&s);
}

struct seen { char text[200]; size_t longest; unsigned lines; };

static void
on_line(void *arg, const char *p, size_t n)
{
	struct seen *k = arg;
	const size_t have = strlen(k->text);

	k->lines++;
	if (n > k->longest)
		k->longest = n;
	if (n < 20)
		snprintf(k->text + have, sizeof k->text - have, "%.*s,", (int)n, p);
}

static void
test_subscription(void **state)
{
	struct seen k = { .text = "" };
	struct stream_sub sub = { .line = on_line, .arg = &k };
	struct stream s;
	char *block;

	(void)state;
	stream_init(&s, 1, "main");
	stream_subscribe(&s, &sub);
	feed(&s, "one\r\ntwo\nthr");
	feed(&s, "ee\r");
	feed(&s, "\n\n");
	assert_string_equal(k.text, "one,two,three,,");
	block = mem_alloc(LIMIT_LINE + 1);
	memset(block, 'y', LIMIT_LINE + 1);
	for (size_t n = LIMIT_LINE - 1; n <= LIMIT_LINE + 1; n++) {
		k = (struct seen){ .text = "" };
		stream_feed(&s, stream_end(&s), block, n / 2);
		stream_feed(&s, stream_end(&s), block, n - n / 2);
		feed(&s, "\n");
		assert_true(k.longest <= LIMIT_LINE);
		assert_int_equal(k.lines, n > LIMIT_LINE ? 2 : 1);
	}
	stream_unsubscribe(&sub);
	feed(&s, "gone\n");
	assert_int_equal(k.lines, 2);
	mem_free(block);
	stream_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_subscription),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
