/* test_text_lines.c - line ends of every kind, at every split, and the longest line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "text/lines.h"

struct got { struct buf text; int count, soft; uint64_t last_offset; const char *input; };

static void
on_line(void *arg, const struct lines_line *l)
{
	struct got *g = arg;

	g->count++;
	g->soft += l->soft;
	if (g->input != NULL)           /* the offsets point at the text */
		assert_memory_equal(g->input + l->offset, l->text, l->n);
	assert_int_equal(l->end - l->offset, l->n);
	assert_true(l->offset >= g->last_offset);
	g->last_offset = l->offset;
	(void)buf_add_byte(&g->text, '<');
	(void)buf_add(&g->text, l->text, l->n);
	(void)buf_add_byte(&g->text, '>');
}

static const struct { const char *in, *out; } cases[] = {
	{ "a\nb\n", "<a><b>" },
	{ "a\r\nb\r\n", "<a><b>" },
	{ "a\rb\r", "<a><b>" },
	{ "AT\r\r\nOK\r\n", "<AT><OK>" },
	{ "\n\n", "<><>" },
	{ "a\r\n\r\nb\n", "<a><><b>" },
	{ "a\n\rb\n", "<a><><b>" },
	{ "no end", "" },
	{ "a\r\r\r\nb\n", "<a><b>" },
};

static void
test_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const size_t n = strlen(cases[i].in);

		for (size_t a = 0; a <= n; a++)
			for (size_t b = a; b <= n; b++) {
				struct got g = { .input = cases[i].in };
				struct lines s;

				buf_init(&g.text, 4096);
				lines_init(&s, 100, 0);
				lines_feed(&s, cases[i].in, a, on_line, &g);
				lines_feed(&s, cases[i].in + a, b - a, on_line, &g);
				lines_feed(&s, cases[i].in + b, n - b, on_line, &g);
				assert_string_equal(buf_str(&g.text), cases[i].out);
				lines_fini(&s);
				buf_fini(&g.text);
			}
	}
}

static void
one_length(size_t n, int pieces)
{
	struct got g = { .count = 0 };
	struct lines s;
	char *line = mem_alloc(n + 1);

	memset(line, 'x', n);
	line[n] = '\n';
	for (size_t step = 1; step <= n + 1; step += n / 3) {
		g = (struct got){ .input = line };
		buf_init(&g.text, 4 * (size_t)LIMIT_LINE);
		lines_init(&s, LIMIT_LINE, 0);
		for (size_t at = 0; at < n + 1; at += step)
			lines_feed(&s, line + at, at + step < n + 1 ? step : n + 1 - at, on_line,
			    &g);
		assert_int_equal(g.count, pieces);
		assert_int_equal(g.soft, pieces - 1);
		assert_int_equal(g.text.len, n + 2 * (size_t)pieces);
		lines_fini(&s);
		buf_fini(&g.text);
	}
	mem_free(line);
}

static void
test_longest_line(void **state)
{
	(void)state;
	one_length(LIMIT_LINE - 1, 1);
	one_length(LIMIT_LINE, 1);
	one_length(LIMIT_LINE + 1, 2);
	one_length(2 * LIMIT_LINE + 1, 3);
}

static void
test_flush_and_reset(void **state)
{
	struct got g = { .count = 0 };
	struct lines s;

	(void)state;
	buf_init(&g.text, 100);
	lines_init(&s, 100, 7);
	lines_feed(&s, "ab", 2, on_line, &g);
	lines_flush(&s, on_line, &g);
	lines_flush(&s, on_line, &g);
	assert_string_equal(buf_str(&g.text), "<ab>");
	assert_int_equal(g.last_offset, 7);
	lines_feed(&s, "cd", 2, on_line, &g);
	lines_reset(&s, 1000);
	lines_feed(&s, "e\n", 2, on_line, &g);
	assert_string_equal(buf_str(&g.text), "<ab><e>");
	assert_int_equal(g.last_offset, 1000);
	lines_fini(&s);
	buf_fini(&g.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_longest_line),
		cmocka_unit_test(test_flush_and_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
