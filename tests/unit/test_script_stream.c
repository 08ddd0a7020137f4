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
			stream_expect_start(&s, &e, literal("[READY]"), false, 0);
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

/* ---- escapes and every way to cut the bytes */

static const char coloured[] =
    "\x1b]0;a title\x07\x1b[?2004hboot \x1b[31mfa\x1b[1;33mil\x1b[0med\x1b[K 12\x1b[m3 end\r\n"
    "\x1b(Bnext \x1bP1;2|data\x1b\\[RE\x1b[2JADY]\x1b[?2004l\r\n";

struct want { const char *rx; unsigned flags; const char *text; };

static void
plain_of(const struct stream *s, uint64_t from, uint64_t to, char *out)
{
	struct strip strip = { 0 };
	const char *p;
	size_t n = stream_piece(s, from, to, &p);

	while (n != 0) {
		size_t skipped;
		const size_t plain = strip_next(&strip, p, n, &skipped);

		memcpy(out, p + skipped, plain);
		out += plain;
		p += skipped + plain;
		n -= skipped + plain;
	}
	*out = '\0';
}

/* Cut before byte a and before byte b. */
static uint64_t
match_cut(const struct want *w, size_t a, size_t b, char *text)
{
	const size_t n = sizeof coloured - 1, cut[4] = { 0, a, b, n };
	struct stream_expect e;
	struct stream s;
	struct rx *rx = NULL;
	uint64_t at;

	assert_int_equal(rx_compile(&(struct rx_source){ w->rx, strlen(w->rx), w->flags }, 1, &rx,
			     NULL), ERR_OK);
	stream_init(&s, 1, "main");
	stream_feed(&s, 0, "", 0);
	stream_expect_start(&s, &e, rx, true, 0);
	for (int i = 0; i < 3; i++)
		if (cut[i + 1] > cut[i])
			stream_feed(&s, cut[i], coloured + cut[i], cut[i + 1] - cut[i]);
	assert_true(e.decided || rx_run_end(e.run, false));
	at = rx_run_match(e.run)->slot[0];
	plain_of(&s, at, rx_run_match(e.run)->slot[1], text);
	stream_expect_end(&e);
	stream_fini(&s);
	return at;
}

static void
test_every_cut(void **state)
{
	static const struct want wants[] = {
		{ "failed 123", RX_LITERAL, "failed 123" },
		{ "[READY]", RX_LITERAL, "[READY]" },
		{ "^boot [^\\r]*$", 0, "boot failed 123 end" },
		{ "next \\[R\\w+", 0, "next [READY" },
		{ "\\d+", 0, "123" },
	};
	const size_t n = sizeof coloured - 1;
	char text[sizeof coloured];

	(void)state;
	for (size_t i = 0; i < sizeof wants / sizeof wants[0]; i++) {
		const uint64_t at = match_cut(&wants[i], 0, 0, text);

		assert_string_equal(text, wants[i].text);
		for (size_t a = 0; a <= n; a++)
			for (size_t b = a; b <= n; b++) {
				assert_int_equal(match_cut(&wants[i], a, b, text), at);
				assert_string_equal(text, wants[i].text);
			}
	}
}

/* Escapes that are none hide no text. */
static void
test_broken_escapes(void **state)
{
	static const struct { const char *in, *out; } rows[] = {
		{ "a\x1b[12\nb", "a\nb" }, { "\x1b]no end\r\nlog", "\r\nlog" }, { "\x1b\x1b[mx", "x" },
		{ "\x1b\nx", "\nx" }, { "\x1b[\x1b[1mx", "x" }, { "\x1b]t\x1b[mx", "x" }, { "x\x1b", "x" },
		{ "\x1b M", "" }, { "\x1bMup", "up" },
	};
	char out[64], block[STRIP_TEXT_MAX + 40] = "\x1b]";
	struct stream s;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		stream_init(&s, 1, "main");
		feed(&s, rows[i].in);
		plain_of(&s, 0, UINT64_MAX, out);
		assert_string_equal(out, rows[i].out);
		stream_fini(&s);
	}
	memset(block + 2, 'y', STRIP_TEXT_MAX);
	memcpy(block + 2 + STRIP_TEXT_MAX, "text again", 11);
	stream_init(&s, 1, "main");
	feed(&s, block);
	plain_of(&s, 0, UINT64_MAX, out);
	assert_non_null(strstr(out, "text again"));
	stream_fini(&s);
}

/* One that watches sees what a reader consumes before it comes. */
static void
test_watch(void **state)
{
	struct stream_expect e;
	struct stream s;

	(void)state;
	stream_init(&s, 1, "main");
	feed(&s, "old panic: ");
	stream_expect_start(&s, &e, literal("panic: "), true, stream_end(&s));
	e.all = true;
	stream_consume(&s, 1000);
	feed(&s, "AT\r\r\nOK\r\n");
	assert_false(e.decided);
	feed(&s, "panic: x");
	assert_true(e.decided);
	stream_expect_end(&e);
	stream_fini(&s);
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
	stream_expect_start(&s, &e, literal("end"), true, 0);
	for (int i = 0; i < 50; i++) {
		stream_feed(&s, stream_end(&s), block, 100000);
		assert_true(s.window.cap <= 4 * LIMIT_EXPECT_WINDOW);
	}
	feed(&s, "e");
	feed(&s, "nd");
	assert_true(e.decided);
	assert_int_equal(rx_run_match(e.run)->slot[0], 5000000);
	assert_int_equal(s.dropped, 5000003 - LIMIT_EXPECT_WINDOW);
	assert_int_equal(s.passed, 0);
	stream_consume(&s, stream_end(&s));             /* no later wait has missed them */
	assert_int_equal(s.passed, s.dropped);
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
	stream_expect_start(&s, &e, literal("OK"), false, 0);
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
	stream_expect_start(&s, &e, literal("cd"), false, 0);
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
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_broken_escapes),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_subscription),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
