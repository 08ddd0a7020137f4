/* test_pprof_stacks.c - stacks after filters and diff, what merges them, their error bars. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pprof/encode.h"
#include "pprof/profile_load.h"
#include "pprof/stacks.h"
#include "pprof/top.h"

/* leak at one of two lines, called by main; shift moves all addresses, as a rebuild does. */
static struct pprof_profile *
profile(int64_t first, int64_t second, uint64_t shift, int64_t rate)
{
	struct encode *w = encode_new(1 << 20);
	struct pprof_profile *p = NULL;
	struct buf b;
	uint64_t leak, top, loc[3];
	struct encode_label size = { .key = "bytes", .num = 1024 };

	encode_type(w, "alloc_objects", "count");
	encode_type(w, "alloc_space", "bytes");
	encode_type(w, "inuse_objects", "count");
	encode_type(w, "inuse_space", "bytes");
	encode_period(w, "space", "bytes", rate);
	leak = encode_function(w, "main.leak", "leak.go", 5);
	top = encode_function(w, "main.main", "main.go", 5);
	loc[0] = encode_location(w, 0x10 + shift, &(struct encode_line){ leak, 10 }, 1);
	loc[1] = encode_location(w, 0x20 + shift, &(struct encode_line){ leak, 11 }, 1);
	loc[2] = encode_location(w, 0x30 + shift, &(struct encode_line){ top, 30 }, 1);
	for (int i = 0; i < 2; i++) {
		int64_t n = i == 0 ? first : second;
		int64_t v[4] = { 2 * n, 2 * n * 1024, n, n * 1024 };

		encode_sample(w, (const uint64_t[]){ loc[i], loc[2] }, 2, v, 4, &size, 1);
	}
	buf_init(&b, 1 << 20);
	assert_int_equal(encode_finish(w, true, &b, NULL), ERR_OK);
	assert_int_equal(pprof_decode(&p, b.data, b.len, 0, "test", NULL), ERR_OK);
	encode_free(w);
	buf_fini(&b);
	return p;
}

static struct stacks *
made(const struct pprof_profile *p, const struct pprof_profile *base, const struct top_options *o)
{
	struct err_msg why = { .code = ERR_OK };
	struct stacks *s = NULL;

	if (stacks_make(&s, p, "now", base, "base", o, &why) != ERR_OK)
		fail_msg("%s: %s", why.what, why.why);
	return s;
}

static void
test_identity(void **state)
{
	struct pprof_profile *a = profile(1, 2, 0, 1), *b = profile(3, 4, 0x5000, 1);
	struct top_options o;
	struct stacks *s;

	(void)state;
	top_defaults(&o);
	s = made(b, a, &o);
	assert_int_equal(s->stack_count, 1);            /* two lines of one function */
	assert_int_equal(s->stack[0].now, 7 * 1024);
	assert_int_equal(s->stack[0].was, 3 * 1024);
	assert_int_equal(s->stack[0].count, 2);
	assert_string_equal(s->frame[s->of[s->stack[0].first]].name, "main.main");
	assert_int_equal(s->value[2], 7);               /* inuse_objects of the source */
	assert_false(s->sampled);
	stacks_free(s);
	o.granularity = TOP_LINES;
	s = made(b, a, &o);
	assert_int_equal(s->stack_count, 2);            /* moved addresses do not matter */
	assert_int_equal(s->stack[1].now - s->stack[1].was, 2 * 1024);
	assert_string_equal(s->frame[s->of[s->stack[1].first + 1]].name, "main.leak leak.go:11");
	stacks_free(s);
	o.filter.focus = "nothing";
	s = made(b, a, &o);
	assert_int_equal(s->stack_count, 0);
	assert_int_equal(s->total, 3 * 1024);           /* of the base, before the filter */
	stacks_free(s);
	pprof_free(a);
	pprof_free(b);
}

static void
test_error_bars(void **state)
{
	struct pprof_profile *a = profile(1000, 0, 0, 524288), *b = profile(3000, 0, 0, 524288);
	struct top_options o;
	struct stacks *s;
	double one;

	(void)state;
	top_defaults(&o);
	s = made(a, NULL, &o);
	assert_true(s->sampled);
	/* small objects: variance is value x rate */
	one = s->stack[0].variance / (1000.0 * 1024 * 524288);
	assert_true(one > 0.99 && one < 1.01);
	stacks_free(s);
	s = made(b, a, &o);
	/* 4000 allocated, 2000 of them freed in between: 6000 objects decide the error */
	one = s->stack[0].variance / (6000.0 * 1024 * 524288);
	assert_true(one > 0.99 && one < 1.01);
	stacks_free(s);
	pprof_free(a);
	pprof_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_error_bars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
