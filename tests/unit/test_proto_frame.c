/* test_proto_frame.c - frames cut at every byte, broken ones, and their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "proto/frame.h"

static void
sample(struct buf *b)
{
	buf_init(b, 1 << 20);
	assert_int_equal(frame_put(b, 'H', "{}", 2), ERR_OK);
	assert_int_equal(frame_put_bytes(b, 0x01020304, UINT64_C(0x1122334455667788), UINT64_MAX, "a\0b", 3), ERR_OK);
	assert_int_equal(frame_put_input(b, UINT32_MAX, "", 0), ERR_OK);
	assert_int_equal(frame_put(b, 'G', NULL, 0), ERR_OK);
}

static void
check_one(int i, const struct frame *f)
{
	uint32_t stream;
	uint64_t offset, t;
	const char *p;
	size_t n;

	assert_int_equal(f->type, "HBIG"[i]);
	if (i == 0)
		assert_true(f->n == 2 && memcmp(f->p, "{}", 2) == 0);
	if (i == 1) {
		assert_int_equal(frame_get_bytes(f, &stream, &offset, &t, &p, &n), ERR_OK);
		assert_true(stream == 0x01020304 && offset == UINT64_C(0x1122334455667788) && t == UINT64_MAX);
		assert_true(n == 3 && memcmp(p, "a\0b", 3) == 0);
	}
	if (i == 2) {
		assert_int_equal(frame_get_input(f, &stream, &p, &n), ERR_OK);
		assert_true(stream == UINT32_MAX && n == 0);
		assert_int_equal(frame_get_bytes(f, &stream, &offset, &t, &p, &n), ERR_PROTO);
	}
	if (i == 3) {
		assert_int_equal(f->n, 0);
		assert_int_equal(frame_get_input(f, &stream, &p, &n), ERR_PROTO);
	}
}

static void
split(void **state)
{
	struct buf whole;

	(void)state;
	sample(&whole);
	for (size_t cut = 0; cut <= whole.len; cut++) {
		struct buf in;
		struct frame f;
		size_t at = 0;
		int seen = 0;

		buf_init(&in, 1 << 20);
		for (int part = 0; part < 2; part++) {
			enum err e;

			(void)buf_add(&in, whole.data + (part == 0 ? 0 : cut), part == 0 ? cut : whole.len - cut);
			while ((e = frame_next(&in, &at, &f, NULL)) == ERR_OK)
				check_one(seen++, &f);
			assert_int_equal(e, ERR_NOTHING);
			assert_true(at <= in.len);
		}
		assert_int_equal(seen, 4);
		assert_int_equal(at, whole.len);
		buf_fini(&in);
	}
	buf_fini(&whole);
}

struct bad_row { const char *p; size_t n; enum err want; };

static void
broken(void **state)
{
	static const struct bad_row rows[] = {
		{ "\0\0\0\0H", 5, ERR_PROTO }, { "\xff\xff\xff\xffH", 5, ERR_PROTO }, { "\x01\0\0\0X", 5, ERR_PROTO },
		{ "\x01\0\0\0\0", 5, ERR_PROTO }, { "\x02\0\x40\0H", 5, ERR_PROTO },    /* LIMIT_FRAME + 2 */
		{ "\x01\0\x40\0H", 5, ERR_NOTHING }, { "\x01\0\0\0", 4, ERR_NOTHING }, { "", 0, ERR_NOTHING },
		{ "\x01\0\0\0H", 5, ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err_msg why;
		struct frame f;
		struct buf in;
		size_t at = 0;

		buf_init(&in, 100);
		(void)buf_add(&in, rows[i].p, rows[i].n);
		assert_int_equal(frame_next(&in, &at, &f, &why), rows[i].want);
		assert_true(rows[i].want == ERR_OK || at == 0);
		buf_fini(&in);
	}
}

static void
limits(void **state)
{
	char *p = mem_zero(LIMIT_FRAME + 1, 1);

	(void)state;
	for (size_t n = LIMIT_FRAME - 1; n <= LIMIT_FRAME + 1; n++) {
		struct frame f;
		struct buf b;
		size_t at = 0;

		buf_init(&b, LIMIT_FRAME + 100);
		assert_int_equal(frame_put(&b, 'R', p, n), n <= LIMIT_FRAME ? ERR_OK : ERR_LIMIT);
		if (n <= LIMIT_FRAME) {
			assert_int_equal(frame_next(&b, &at, &f, NULL), ERR_OK);
			assert_int_equal(f.n, n);
		}
		buf_clear(&b);
		assert_int_equal(frame_put_bytes(&b, 1, 1, 1, p, n - 20), n <= LIMIT_FRAME ? ERR_OK : ERR_LIMIT);
		buf_clear(&b);
		assert_int_equal(frame_put_input(&b, 1, p, n - 4), n <= LIMIT_FRAME ? ERR_OK : ERR_LIMIT);
		buf_fini(&b);
		buf_init(&b, n);        /* the head needs five bytes more: nothing of it may stay */
		assert_int_equal(frame_put(&b, 'R', p, n), ERR_LIMIT);
		assert_int_equal(b.len, 0);
		buf_fini(&b);
	}
	mem_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split), cmocka_unit_test(broken), cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
