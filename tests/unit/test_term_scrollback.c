/* test_term_scrollback.c - lines kept, driven out and read back, against a simple model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "term/scrollback.h"

static size_t
make(struct grid_cell *u, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++)
		u[i] = (struct grid_cell){ 'a' + (seed + (uint32_t)i) % 26, seed };
	return n;
}

static void
keeps_order(void **state)
{
	struct grid_cell u[200];
	struct scrollback s;

	(void)state;
	scrollback_init(&s, 64 << 10);
	for (uint32_t i = 0; i < 5000; i++) {           /* many times round both rings */
		const size_t n = i * 7 % 200;

		scrollback_push(&s, u, make(u, n, i));
		assert_true(scrollback_bytes(&s) <= 64 << 10);
		assert_int_equal(scrollback_units(&s, s.lines - 1), n);
		for (size_t k = 0; k < n; k += 13)
			assert_int_equal(
			    scrollback_unit(&s, s.lines - 1, k).ch, 'a' + (i + k) % 26);
	}
	assert_true(scrollback_bytes(&s) > (64 << 10) - 2000);
	for (size_t line = 0; line < s.lines; line++) {
		const uint32_t i = (uint32_t)(5000 - s.lines + line);

		assert_int_equal(scrollback_units(&s, line), i * 7 % 200);
		if (i * 7 % 200 > 3)
			assert_int_equal(scrollback_unit(&s, line, 3).style, i);
	}
	assert_int_equal(scrollback_units(&s, s.lines), 0);
	scrollback_fini(&s);
}

static void
blanks_are_cut(void **state)
{
	struct grid_cell u[4] = { { 'a', 0 }, { 0, 0 }, { 0, 5 }, { 0, 0 } };
	struct scrollback s;

	(void)state;
	scrollback_init(&s, 0);
	scrollback_push(&s, u, 4);
	assert_int_equal(scrollback_units(&s, 0), 3);   /* a coloured blank is not blank */
	scrollback_push(&s, u + 3, 1);
	assert_int_equal(scrollback_units(&s, 1), 0);
	assert_int_equal(s.lines, 2);
	for (int i = 0; i < 100000; i++)                /* empty lines count too */
		scrollback_push(&s, NULL, 0);
	assert_int_equal(s.lines, (64 << 10) / sizeof(struct scrollback_line));
	scrollback_clear(&s);
	assert_int_equal(s.lines, 0);
	assert_int_equal(scrollback_bytes(&s), 0);
	scrollback_fini(&s);
}

static void
limits(void **state)
{
	static struct grid_cell big[20000];
	struct scrollback s;

	(void)state;
	scrollback_init(&s, 64 << 10);
	for (size_t room = 8189; room <= 8191;
	     room++) { /* 64 KiB less one line entry is 8190 units */
		scrollback_push(&s, big, make(big, room, 1));
		assert_int_equal(scrollback_units(&s, s.lines - 1), room > 8190 ? 8190 : room);
		assert_int_equal(s.lines, 1);
	}
	scrollback_push(&s, big, make(big, 20000, 2));
	assert_int_equal(scrollback_bytes(&s), 64 << 10);
	scrollback_limit(&s, 1 << 20);
	for (int i = 0; i < 20; i++)
		scrollback_push(&s, big, 5000);
	assert_int_equal(s.lines, 21);
	scrollback_limit(&s, 100 << 10);
	assert_int_equal(s.lines, 2);
	scrollback_limit(&s, 0);
	assert_int_equal(s.lines, 1);
	scrollback_push(&s, big, 3);
	assert_int_equal(scrollback_unit(&s, s.lines - 1, 2).ch, big[2].ch);
	scrollback_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_order),
		cmocka_unit_test(blanks_are_cut),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests_name("term_scrollback", tests, NULL, NULL);
}
