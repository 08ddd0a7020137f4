/* test_gauge_past.c - tiers of history: what is folded, what a gap is, bounds of memory, columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/past.h"

static bool
near(float a, double b)
{
	return fabs((double)a - b) < 1e-3;
}

static void
put(struct tiers *t, double seconds, double a, double b)
{
	const double v[2] = { a, b };

	tiers_put(t, (uint64_t)(seconds * 1e9), v, 2);
}

/* A second each: slices of 10 s have the least, mean and most of ten, minutes those of sixty. */
static void
folded(void **state)
{
	struct tiers t;
	struct tier_value v;

	(void)state;
	tiers_init(&t);
	for (int i = 0; i < 185; i++)
		put(&t, i, i, i < 60 ? (double)NAN : 5);
	assert_true(t.tier[0].first == 0 && t.tier[0].next == 18);
	v = tiers_at(&t, 0, 0, 3);
	assert_true(near(v.min, 30) && near(v.mean, 34.5) && near(v.max, 39));
	assert_true(isnan(tiers_at(&t, 0, 0, 18).mean));        /* it still fills */
	assert_true(isnan(tiers_at(&t, 0, 1, 5).mean));         /* a gap is a gap */
	assert_true(near(tiers_at(&t, 0, 1, 6).mean, 5));
	assert_true(isnan(tiers_at(&t, 0, 2, 6).mean));
	v = tiers_at(&t, 1, 0, 1);
	assert_true(near(v.min, 60) && near(v.mean, 89.5) && near(v.max, 119));
	assert_true(isnan(tiers_at(&t, 1, 1, 0).mean));
	tiers_clear_gauge(&t, 0);
	assert_true(isnan(tiers_at(&t, 1, 0, 1).mean) && near(tiers_at(&t, 0, 1, 6).mean, 5));
	tiers_fini(&t);
}

/* A board that slept for minutes, then for a week. */
static void
sleeps(void **state)
{
	struct tiers t;

	(void)state;
	tiers_init(&t);
	for (int i = 0; i < 30; i++)
		put(&t, i, 1, 1);
	put(&t, 205, 2, 2);
	put(&t, 310, 3, 3);
	assert_true(near(tiers_at(&t, 0, 0, 2).mean, 1));
	for (uint64_t i = 3; i < 20; i++)
		assert_true(isnan(tiers_at(&t, 0, 0, i).mean));
	assert_true(near(tiers_at(&t, 0, 0, 20).mean, 2));
	assert_true(near(tiers_at(&t, 1, 0, 0).mean, 1) && isnan(tiers_at(&t, 1, 0, 1).mean));
	assert_true(near(tiers_at(&t, 1, 0, 3).mean, 2));
	put(&t, 310 + 7 * 86400, 4, 4);
	put(&t, 410 + 7 * 86400, 4, 4);
	assert_true(t.tier[0].next - t.tier[0].first <= t.tier[0].cap);
	assert_true(t.tier[1].next - t.tier[1].first <= t.tier[1].cap);
	for (uint64_t i = t.tier[0].first; i + 12 < t.tier[0].next; i++)
		assert_true(isnan(tiers_at(&t, 0, 0, i).mean));
	assert_true(near(tiers_at(&t, 1, 0, t.tier[1].next - 1).mean, 4));
	tiers_fini(&t);
}

/* After days no slice older than what is kept is told, and none of it is an old value. */
static void
bounded(void **state)
{
	struct tiers t;
	uint64_t slice;

	(void)state;
	tiers_init(&t);
	for (int i = 0; i < 3 * 86400; i += 5)
		put(&t, i, i, i < 86400 ? 7 : (double)NAN);
	assert_true(t.tier[0].next - t.tier[0].first == t.tier[0].cap);
	assert_true(t.tier[1].next - t.tier[1].first == t.tier[1].cap);
	slice = t.tier[1].first;
	assert_true(isnan(tiers_at(&t, 1, 0, slice - 1).mean));
	assert_true(near(tiers_at(&t, 1, 0, slice).min, (double)slice * 60));
	assert_true(isnan(tiers_at(&t, 0, 1, t.tier[0].next - 1).mean));
	assert_true(isnan(tiers_at(&t, 1, 1, t.tier[1].next - 1).mean));
	tiers_fini(&t);
}

/* Columns: days from minutes, hours from 10 s, the newest from the samples; nothing twice. */
static void
columns(void **state)
{
	struct series s;
	struct tiers t;
	struct past_point *p;
	size_t n, ups = 0;
	json_t *o;

	(void)state;
	series_init(&s, 600);
	tiers_init(&t);
	for (int i = 0; i < 4 * 3600; i++) {
		const double v = i == 1000 ? 99 : i >= 7000 && i < 9000 ? (double)NAN : 40;

		series_put(&s, (uint64_t)i * NS_PER_S, &v, 1);
		tiers_put(&t, (uint64_t)i * NS_PER_S, &v, 1);
	}
	p = past_points(&s, &t, 0, 4 * 3600 * NS_PER_S, &n);
	for (size_t i = 1; i < n; i++)
		ups += p[i].t >= p[i - 1].t + p[i - 1].span;
	assert_int_equal(ups, n - 1);
	assert_int_equal(p[0].tier, 1);
	assert_int_equal(p[n - 1].tier, -1);
	o = past_columns(&s, &t, 0, p, n, 0, 240 * NS_PER_S, 60);
	assert_int_equal(json_array_size(json_object_get(o, "max")), 60);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(o, "max"), 4)), 99);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(o, "max"), 5)), 40);
	assert_true(json_is_null(json_array_get(json_object_get(o, "max"), 32)));
	assert_int_equal(json_integer_value(json_array_get(json_object_get(o, "max"), 59)), 40);
	assert_int_equal(json_get_int(o, "min", 0), 40);
	json_decref(o);
	/* fine columns over coarse slices have no holes */
	o = past_columns(&s, &t, 0, p, n, 0, 20 * NS_PER_S, 300);
	for (size_t i = 0; i < 300; i++)
		assert_true(json_is_number(json_array_get(json_object_get(o, "max"), i)));
	json_decref(o);
	assert_null(past_columns(&s, &t, 3, p, n, 0, 20 * NS_PER_S, 300));
	mem_free(p);
	tiers_fini(&t);
	series_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folded), cmocka_unit_test(sleeps), cmocka_unit_test(bounded),
		cmocka_unit_test(columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
