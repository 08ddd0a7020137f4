/* test_base_memory.c - buffers at their ceilings, rings around their end, maps against a naive one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/ring.h"

static void
ceiling(size_t limit)
{
	char *p = mem_zero(limit + 1, 1);
	struct buf b;

	for (size_t n = limit - 1; n <= limit + 1; n++) {
		buf_init(&b, limit);
		assert_int_equal(buf_add(&b, p, n), n <= limit ? ERR_OK : ERR_LIMIT);
		assert_int_equal(b.len, n <= limit ? n : 0);
		assert_int_equal(buf_add(&b, p, limit - b.len), ERR_OK);
		assert_int_equal(buf_add_byte(&b, 'x'), ERR_LIMIT);
		assert_int_equal(buf_add_fmt(&b, "%d", 7), ERR_LIMIT);
		assert_int_equal(buf_add(&b, p, 0), ERR_OK);
		assert_int_equal(b.len, limit);
		assert_int_equal(b.data[limit], 0);
		assert_int_equal(buf_reserve(&b, SIZE_MAX), ERR_LIMIT);
		buf_fini(&b);
	}
	mem_free(p);
}

static void
buf_ceilings(void **state)
{
	struct buf b;

	(void)state;
	ceiling(1);
	ceiling(2);
	ceiling(127);
	ceiling(128);
	ceiling(LIMIT_AT_COMMAND);
	ceiling(LIMIT_LINE);
	ceiling(LIMIT_FRAME);
	buf_init(&b, 0);
	assert_int_equal(buf_add(&b, "", 0), ERR_OK);
	assert_int_equal(buf_add_byte(&b, 'x'), ERR_LIMIT);
	buf_fini(&b);
}

static void
buf_bytewise(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_string_equal(buf_str(&b), "");
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(buf_add_byte(&b, (char)('a' + i % 26)), ERR_OK);
		assert_int_equal(strlen(b.data), i + 1);
		assert_in_range(b.cap, b.len + 1, 1001);
	}
	buf_eat(&b, 27);
	assert_int_equal(b.len, 973);
	assert_int_equal(b.data[0], 'b');
	buf_eat(&b, 5000);
	assert_int_equal(b.len, 0);
	buf_eat(&b, 1);
	assert_int_equal(buf_add_fmt(&b, "%s-%05d", "x", 42), ERR_OK);
	assert_int_equal(buf_add_str(&b, "!"), ERR_OK);
	char *taken = buf_take(&b);

	assert_string_equal(taken, "x-00042!");
	mem_free(taken);
	taken = buf_take(&b);
	assert_string_equal(taken, "");
	mem_free(taken);
	buf_fini(&b);
}

static int allow;               /* allocations that still succeed */

static void *
poor_resize(void *p, size_t n)
{
	return allow-- > 0 ? realloc(p, n) : NULL;
}

static void *
poor_alloc(size_t n)
{
	return allow-- > 0 ? malloc(n) : NULL;
}

static void
no_memory(void **state)
{
	static const struct mem_ops poor = { .alloc = poor_alloc, .resize = poor_resize, .release = free };
	struct hmap m;
	struct buf b;
	bool fresh;

	(void)state;
	mem_set_ops(&poor);
	allow = 1;
	buf_init(&b, 10000);
	assert_int_equal(buf_add_str(&b, "kept"), ERR_OK);
	assert_int_equal(buf_reserve(&b, 5000), ERR_MEMORY);
	assert_string_equal(buf_str(&b), "kept");
	buf_fini(&b);
	allow = 1;
	hmap_init(&m);
	for (uint64_t k = 1; k <= 48; k++)
		*hmap_at(&m, k, &fresh) = k;
	assert_null(hmap_at(&m, 49, &fresh));
	for (uint64_t k = 1, v; k <= 48; k++)
		assert_true(hmap_get(&m, k, &v) && v == k);
	hmap_fini(&m);
	mem_set_ops(NULL);
}

/* Random puts, by copy and in place, against an array that keeps all. */
/* What is put in front stands before the rest; past the ring's size the newest go. */
static void
ring_front(void **state)
{
	unsigned char got[64];
	struct ring r;

	(void)state;
	ring_init(&r, 64);
	ring_restart(&r, 1000);
	for (unsigned i = 0; i < 30; i++)
		ring_put(&r, &(unsigned char){ (unsigned char)(1000 + i) }, 1);
	assert_int_equal(ring_first(&r), 1000);
	for (unsigned at = 1000; at > 900; at -= 10) {
		unsigned char ten[10];

		for (unsigned i = 0; i < 10; i++)
			ten[i] = (unsigned char)(at - 10 + i);
		ring_put_front(&r, ten, 10);
		assert_int_equal(ring_first(&r), at - 10);
		assert_int_equal(r.end, at - 10 + 64 < 1030 ? at - 10 + 64 : 1030);
		assert_int_equal(ring_copy(&r, at - 10, got, 64), r.end - at + 10);
		for (unsigned i = 0; i < r.end - at + 10; i++)
			assert_int_equal(got[i], (unsigned char)(at - 10 + i));
	}
	for (unsigned i = 0; i < 100; i++)      /* and behind it again */
		ring_put(&r, &(unsigned char){ (unsigned char)i }, 1);
	assert_int_equal(ring_first(&r), r.end - 64);
	ring_restart(&r, 5);
	ring_put(&r, "x", 1);
	ring_put_front(&r, "123456", 6);        /* there is nothing before 0 */
	assert_int_equal(ring_first(&r), 5);
	ring_fini(&r);
}

static void
ring_random(void **state)
{
	enum { CAP = 256, TOTAL = 200000 };
	unsigned char *all = mem_alloc(TOTAL + 2000), back[CAP];
	struct ring r;

	(void)state;
	for (size_t i = 0; i < TOTAL + 2000; i++)
		all[i] = (unsigned char)(i * 31 + i / 251);
	ring_init(&r, 200);
	assert_int_equal(r.cap, CAP);
	srand(1);
	while (r.end < TOTAL) {
		const unsigned char *p;
		unsigned char *to;
		size_t n = (size_t)rand() % (rand() % 16 == 0 ? 1500 : 90);
		uint64_t first;

		if (rand() % 2 == 0) {
			ring_put(&r, all + r.end, n);
		} else {
			const size_t room = ring_room(&r, &to);

			assert_in_range(room, 1, CAP);
			n = n < room ? n : room;
			memcpy(to, all + r.end, n);
			ring_advance(&r, n);
		}
		first = ring_first(&r);
		assert_int_equal(first, r.end > CAP ? r.end - CAP : 0);
		assert_int_equal(ring_copy(&r, first, back, sizeof back), r.end - first);
		assert_memory_equal(back, all + first, r.end - first);
		assert_int_equal(ring_peek(&r, r.end, &p), 0);
		assert_int_equal(ring_peek(&r, r.end + 1, &p), 0);
		assert_int_equal(first != 0 ? ring_peek(&r, first - 1, &p) : 0, 0);
	}
	ring_fini(&r);
	mem_free(all);
}

/* Offsets beyond 32 bits and at the very end of a power of two. */
static void
ring_offsets(void **state)
{
	char back[8];
	struct ring r;

	(void)state;
	ring_init(&r, 64);
	r.end = UINT64_C(0x1fffffffe);
	ring_put(&r, "abcd", 4);
	assert_int_equal(r.end, UINT64_C(0x200000002));
	assert_int_equal(ring_copy(&r, UINT64_C(0x1fffffffe), back, 8), 4);
	assert_memory_equal(back, "abcd", 4);
	for (size_t n = 63; n <= 65; n++) {
		char piece[65], out[65];

		memset(piece, (int)n, sizeof piece);
		ring_put(&r, piece, n);
		assert_int_equal(ring_copy(&r, ring_first(&r), out, sizeof out), 64);
	}
	ring_fini(&r);
}

static uint64_t
next(uint64_t *s)
{
	*s = *s * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return *s >> 20;
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* 100 000 keys, with repeats, against a sorted array. */
static void
map_large(void **state)
{
	enum { N = 100000 };
	uint64_t *keys = mem_alloc(N * sizeof *keys), s = 7, v, distinct = 0;
	struct hmap m;
	bool fresh;

	(void)state;
	hmap_init(&m);
	assert_false(hmap_get(&m, 0, &v) || hmap_get(&m, 5, &v));
	for (size_t i = 0; i < N; i++) {
		keys[i] = i % 3 == 0 ? next(&s) % 5000 : i % 3 == 1 ? i << 32 : next(&s);
		*hmap_at(&m, keys[i], &fresh) += 1;
		distinct += fresh;
	}
	qsort(keys, N, sizeof *keys, by_value);
	for (size_t i = 0, run; i < N; i += run) {
		for (run = 1; i + run < N && keys[i + run] == keys[i]; run++)
			;
		assert_true(hmap_get(&m, keys[i], &v));
		assert_int_equal(v, run);
		distinct--;
	}
	assert_int_equal(distinct, 0);
	for (size_t i = 0; i < N; i++) {
		const uint64_t k = next(&s);

		assert_int_equal(hmap_get(&m, k, &v), bsearch(&k, keys, N, sizeof k, by_value) != NULL);
	}
	hmap_fini(&m);
	mem_free(keys);
}

static void
map_zero(void **state)
{
	struct hmap m;
	uint64_t v;
	bool fresh;

	(void)state;
	hmap_init(&m);
	*hmap_at(&m, 0, &fresh) = 9;
	assert_true(fresh);
	assert_int_equal(*hmap_at(&m, 0, &fresh), 9);
	assert_false(fresh);
	assert_true(hmap_get(&m, 0, &v) && v == 9);
	*hmap_at(&m, UINT64_MAX, &fresh) = 8;
	assert_true(hmap_get(&m, UINT64_MAX, &v) && v == 8);
	hmap_fini(&m);
}

/* Every length, seed and single bit counts; nothing outside the bytes is read. */
static void
hashes(void **state)
{
	uint64_t seen[201];

	(void)state;
	for (size_t n = 0; n <= 200; n++) {
		unsigned char *p = mem_zero(n + 1, 1), *exactly = mem_dup(p, n);

		seen[n] = hash_bytes(exactly, n, 1);
		assert_int_equal(seen[n], hash_bytes(p, n, 1));
		assert_int_not_equal(seen[n], hash_bytes(p, n, 2));
		for (size_t k = 0; k < n; k++)
			assert_int_not_equal(seen[k], seen[n]);
		for (size_t bit = 0; bit < n * 8; bit++) {
			exactly[bit / 8] ^= (unsigned char)(1u << bit % 8);
			assert_int_not_equal(hash_bytes(exactly, n, 1), seen[n]);
			exactly[bit / 8] ^= (unsigned char)(1u << bit % 8);
		}
		mem_free(p);
		mem_free(exactly);
	}
	assert_int_not_equal(hash_mix(1, 2), hash_mix(2, 1));
}

struct thing { int n; struct list node; };

static void
lists(void **state)
{
	struct thing t[5];
	struct list head;
	int sum = 0;

	(void)state;
	list_init(&head);
	assert_true(list_empty(&head));
	for (int i = 0; i < 5; i++) {
		t[i].n = i;
		list_add_tail(&head, &t[i].node);
	}
	LIST_EACH_SAFE(it, &head)
		if (LIST_ENTRY(it, struct thing, node)->n % 2 == 0)
			list_del(it);
	LIST_EACH(it, &head)
		sum = sum * 10 + LIST_ENTRY(it, struct thing, node)->n;
	assert_int_equal(sum, 13);
	list_del(&t[0].node);           /* alone already */
	assert_int_equal(LIST_ENTRY(head.next, struct thing, node)->n, 1);
}

static void
strings(void **state)
{
	char *s = mem_fmt("%d-%s", 5, "x"), *t = mem_strn("abcdef", 3);

	(void)state;
	assert_string_equal(s, "5-x");
	assert_string_equal(t, "abc");
	assert_null(mem_str(NULL));
	mem_free(s);
	mem_free(t);
	mem_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_ceilings), cmocka_unit_test(buf_bytewise), cmocka_unit_test(no_memory),
		cmocka_unit_test(ring_front), cmocka_unit_test(ring_random), cmocka_unit_test(ring_offsets), cmocka_unit_test(map_large),
		cmocka_unit_test(map_zero), cmocka_unit_test(hashes), cmocka_unit_test(lists),
		cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
