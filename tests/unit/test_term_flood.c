/* test_term_flood.c - random bytes, endless shapes and resizes: nothing breaks, nothing grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/ring.h"
#include "grid/draw.h"
#include "grid/width.h"
#include "term/emulator.h"
#include "term/gate.h"

/* The heap of the code under test, counted; each piece has its size in front. */
static size_t live, peak;

static void *
counted_resize(void *p, size_t size)
{
	size_t *old = p != NULL ? (size_t *)p - 2 : NULL,
	       *mem = realloc(old, size + 2 * sizeof *mem);

	assert_non_null(mem);
	if (old != NULL)
		live -= mem[0];
	mem[0] = size;
	live += size;
	peak = live > peak ? live : peak;
	return mem + 2;
}

static void *
counted_alloc(size_t size)
{
	return counted_resize(NULL, size);
}

static void
counted_release(void *p)
{
	live -= ((size_t *)p)[-2];
	free((size_t *)p - 2);
}

static int
count_heap(void **state)
{
	static const struct mem_ops ops = { counted_alloc, counted_resize, counted_release };

	(void)state;
	live = peak = 0;
	mem_set_ops(&ops);
	return 0;
}

static int
heap_is_empty(void **state)
{
	(void)state;
	mem_set_ops(NULL);
	return live == 0 ? 0 : -1;
}

static uint32_t
next(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

static void
check_drawing(const struct term *t, struct grid *g)
{
	const struct term_info i = term_info(t);

	assert_int_equal(i.answer_bytes, 0);
	assert_in_range(i.cursor_row, 0, i.rows - 1);
	assert_in_range(i.cursor_col, 0, i.cols - 1);
	assert_true(i.scrollback_bytes <= TERM_SCROLLBACK_DEFAULT);
	term_draw(t, g, grid_area(g), 3);
	for (int row = 0; row < grid_rows(g); row++)
		for (int col = 0; col < grid_cols(g); col++) {
			uint32_t cp[GRID_CLUSTER_MAX];
			const size_t n = grid_chars(g, grid_at(g, row, col), cp);

			for (size_t k = 0; k < n; k++)
				assert_in_range(grid_width(cp[k]), k == 0, k == 0 ? 2 : 0);
		}
}

/* Noise of a wrong baud rate, mixed with the starts of sequences; resized by replay on the way. */
static void
noise(uint32_t seed, size_t total)
{
	static const char *const bait[] = { "\033[", "\033]", "\033[?", "\033[1;99r", "\033[99L",
		"\033[4h", "\033(0", "\033[?1049h", "\u4e2d", "\u0301", "\033[99b", "\033M",
		"\033P", "\033[38;2;", "\r\n", "\033[?7l" };
	enum { KEPT = 8 << 10 };
	struct term *t = term_new(24, 80);
	struct grid *g = grid_new(30, 100);
	unsigned char *replay = mem_alloc(KEPT);
	struct ring raw;
	uint32_t x = seed;

	ring_init(&raw, KEPT);
	for (size_t done = 0, step = 0; done < total; step++) {
		unsigned char b[700];
		const size_t n = 1 + next(&x) % (sizeof b - 16);
		size_t len = 0;

		while (len < n) {
			const uint32_t r = next(&x);
			const char *s = bait[r >> 4 & 15];

			if ((r & 15) == 0) {
				memcpy(b + len, s, strlen(s));
				len += strlen(s);
			} else {
				b[len++] = (unsigned char)(r >> 8);
			}
		}
		term_feed(t, b, len);
		ring_put(&raw, b, len);
		done += len;
		if (step % 64 == 63) {
			const size_t kept = ring_copy(&raw, ring_first(&raw), replay, KEPT);
			const uint32_t r = next(&x);

			check_drawing(t, g);
			term_resize(t, (int)(r % 60), (int)(r >> 8) % 200, replay, kept);
			check_drawing(t, g);
		}
	}
	ring_fini(&raw);
	mem_free(replay);
	grid_free(g);
	term_free(t);
}

static void
random_bytes(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 3; seed++)
		noise(seed * 0x9e3779b9, 700000);
}

/* Each shape for a megabyte: the heap stays within a megabyte of what the screen and a full
 * scrollback take. */
static void
endless(const char *head, const char *unit)
{
	enum { SCROLLBACK = 256 << 10, TOTAL = 1 << 20 };
	struct term *t = term_new(24, 80);
	struct buf chunk;
	size_t before;

	term_scrollback_limit(t, SCROLLBACK);
	buf_init(&chunk, 1 << 20);
	while (chunk.len < 64 << 10)
		assert_int_equal(buf_add_str(&chunk, unit), ERR_OK);
	before = live;
	peak = live;
	term_feed(t, head, strlen(head));
	for (size_t n = 0; n < TOTAL; n += chunk.len)
		term_feed(t, chunk.data, chunk.len);
	assert_true(peak - before <= 3 * SCROLLBACK + (1 << 20));
	assert_true(term_info(t).scrollback_bytes <= SCROLLBACK);
	buf_fini(&chunk);
	term_free(t);
}

static void
endless_shapes(void **state)
{
	static const char *const shape[][2] = {
		{ "", "x" },                            /* a line without an end */
		{ "", "\n" },
		{ "", "y\r\n" },
		{ "e", "\u0301" },                      /* half a million marks on one letter */
		{ "e", "\u0301\a" },
		{ "\033[", "1;" },
		{ "\033[", "9" },
		{ "\033]0;", "t" },
		{ "", "\033]0;title\a" },
		{ "\033P", "q" },
		{ "", "\033" },
		{ "", "\033[4h\u4e2d" },
		{ "", "\033[?1049h\033[?1049l" },
		{ "", "\xff" },
		{ "", "\xe2" },
		{ "", "\033c" },
		{ "", "\033[1;31;44m\u4e2de\u0301\u0301\u0301\u0301\u0301\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof shape / sizeof shape[0]; i++)
		endless(shape[i][0], shape[i][1]);
}

static void
many_resizes(void **state)
{
	struct term *t = term_new(24, 80);
	size_t after_first = 0;
	uint32_t x = 7;

	(void)state;
	for (int i = 0; i < 500; i++) {
		const uint32_t r = next(&x);

		term_resize(t, (int)(r % 70), (int)(r >> 8) % 220,
		    "\033[9rline\r\nline\033[2;2H\u4e2d", 24);
		term_resize(t, 24, 80, "x\r\n", 3);
		if (i == 0)
			after_first = live;
		assert_true(live <= after_first + 4096);
	}
	term_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_bytes, count_heap, heap_is_empty),
		cmocka_unit_test_setup_teardown(endless_shapes, count_heap, heap_is_empty),
		cmocka_unit_test_setup_teardown(many_resizes, count_heap, heap_is_empty),
	};

	return cmocka_run_group_tests_name("term_flood", tests, NULL, NULL);
}
