/* test_pprof_top.c - sums, totals, trimming, marks and the four ways to take a base off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pprof/encode.h"
#include "pprof/profile_load.h"
#include "pprof/report.h"

/*
 * Three functions: main -> work -> leak. Locations: 1 leak at its line 10, 2 work with leak inlined
 * into it, 3 main, 4 work alone. bytes tells heap buckets of one stack apart.
 */
struct row {
	int64_t value;
	int64_t bytes;
	uint64_t loc[4];                /* leaf first, ended by 0 */
};

static struct pprof_profile *
profile(const struct row *row, size_t n, const char *unit)
{
	struct encode *w = encode_new(1 << 20);
	struct pprof_profile *p = NULL;
	struct buf b;
	uint64_t leak, work, top;

	encode_type(w, "inuse_space", unit);
	encode_period(w, "space", "bytes", 1);
	leak = encode_function(w, "main.leak", "/src/./leak.go", 5);
	work = encode_function(w, "main.work", "/src/work.go", 5);
	top = encode_function(w, "main.main", "/src/main.go", 5);
	encode_location(w, 0x10, &(struct encode_line){ leak, 10 }, 1);
	encode_location(w, 0x20, (const struct encode_line[]){ { leak, 11 }, { work, 20 } }, 2);
	encode_location(w, 0x30, &(struct encode_line){ top, 30 }, 1);
	encode_location(w, 0x40, &(struct encode_line){ work, 21 }, 1);
	for (size_t i = 0; i < n; i++) {
		struct encode_label l = { .key = "bytes", .num = row[i].bytes };
		size_t locs = 0;

		while (locs < 4 && row[i].loc[locs] != 0)
			locs++;
		encode_sample(w, row[i].loc, locs, &row[i].value, 1, &l, row[i].bytes != 0);
	}
	buf_init(&b, 1 << 20);
	assert_int_equal(encode_finish(w, true, &b, NULL), ERR_OK);
	assert_int_equal(pprof_decode(&p, b.data, b.len, 0, "test", NULL), ERR_OK);
	encode_free(w);
	buf_fini(&b);
	return p;
}

static struct top_report *
report(const struct pprof_profile *p, const struct pprof_profile *base, const struct top_options *o)
{
	struct top_report *r = NULL;
	struct err_msg why = { .code = ERR_OK };

	if (top_make(&r, p, "now", base, "base", o, &why) != ERR_OK)
		fail_msg("%s: %s", why.what, why.why);
	return r;
}

static void
expect(const struct top_report *r, uint32_t i, const char *name, int64_t flat, int64_t cum)
{
	assert_true(i < r->row_count);
	assert_string_equal(r->row[i].name, name);
	assert_int_equal(r->row[i].flat, flat);
	assert_int_equal(r->row[i].cum, cum);
}

static const struct row before[] = {
	{ 1000, 64, { 1, 4, 3 } }, { 500, 128, { 1, 4, 3 } }, { 200, 0, { 4, 3 } },
};
static const struct row after[] = {
	{ 3000, 64, { 1, 4, 3 } },
	{ 400, 128, { 1, 4, 3 } },
	{ 200, 0, { 4, 3 } },
	{ 700, 0, { 2, 3 } },
};

static void
test_plain(void **state)
{
	struct pprof_profile *p = profile(after, 4, "bytes");
	struct top_options o;
	struct top_report *r;
	struct buf b;

	(void)state;
	top_defaults(&o);
	r = report(p, NULL, &o);
	assert_int_equal(r->total, 4300);
	assert_int_equal(r->row_count, 3);
	expect(r, 0, "main.leak", 4100, 4100);
	expect(r, 1, "main.work", 200, 4300);
	expect(r, 2, "main.main", 0, 4300);
	/* one edge, inlined only at times */
	assert_int_equal(r->row[0].mark, TOP_MARK_NONE);
	buf_init(&b, 1 << 16);
	assert_int_equal(report_text(r, &b), ERR_OK);
	assert_string_equal(buf_str(&b),
	    "Type: inuse_space\n"
	    "Showing nodes accounting for 4300B, 100% of 4300B total\n"
	    "      flat  flat%   sum%        cum   cum%\n"
	    "     4100B 95.35% 95.35%      4100B 95.35%  main.leak\n"
	    "      200B  4.65%   100%      4300B   100%  main.work\n"
	    "         0     0%   100%      4300B   100%  main.main\n");
	buf_fini(&b);
	top_free(r);
	pprof_free(p);
}

static void
test_marks(void **state)
{
	static const struct row inlined[] = { { 700, 0, { 2, 3 } } };
	static const struct row both[] = { { 700, 0, { 2, 3 } }, { 300, 0, { 1, 3 } } };
	struct top_options o;
	struct pprof_profile *p;
	struct top_report *r;

	(void)state;
	top_defaults(&o);
	p = profile(inlined, 1, "bytes");
	r = report(p, NULL, &o);
	expect(r, 0, "main.leak", 700, 700);
	assert_int_equal(r->row[0].mark, TOP_MARK_INLINE);
	top_free(r);
	pprof_free(p);
	p = profile(both, 2, "bytes");
	r = report(p, NULL, &o);
	expect(r, 0, "main.leak", 1000, 1000);
	assert_int_equal(r->row[0].mark, TOP_MARK_PARTIAL);
	top_free(r);
	pprof_free(p);
}

static void
test_diff(void **state)
{
	struct pprof_profile *p = profile(after, 4, "bytes"), *base = profile(before, 3, "bytes");
	struct top_options o;
	struct top_report *r;

	(void)state;
	top_defaults(&o);
	o.base_mode = TOP_BASE_DIFF;
	r = report(p, base, &o);
	assert_int_equal(r->total, 1700);       /* the base's */
	expect(r, 0, "main.leak", 2600, 2600);
	top_free(r);
	o.base_mode = TOP_BASE_SUBTRACT;
	r = report(p, base, &o);
	assert_int_equal(r->total, 2000 + 100 + 700);   /* of what changed, by stack and size */
	expect(r, 0, "main.leak", 2600, 2600);
	expect(r, 1, "main.main", 0, 2600);
	top_free(r);
	o.normalize = true;
	o.base_mode = TOP_BASE_DIFF;
	r = report(p, base, &o);
	/* each value x 1700/4300, rounded: 1186 + 158 + 277 = 1621; 79 */
	expect(r, 0, "main.leak", 1621 - 1500, 1621 - 1500);
	expect(r, 1, "main.work", 79 - 200, 1700 - 1700 + 0);
	top_free(r);
	pprof_free(p);
	pprof_free(base);
}

static void
test_self_is_nothing(void **state)
{
	struct pprof_profile *p = profile(after, 4, "bytes"), *same = profile(after, 4, "bytes");
	struct top_options o;
	struct top_report *r;

	(void)state;
	top_defaults(&o);
	for (int mode = TOP_BASE_DIFF; mode <= TOP_BASE_SUBTRACT; mode++) {
		o.base_mode = (enum top_base)mode;
		r = report(p, same, &o);
		assert_int_equal(r->row_count, 0);
		assert_int_equal(r->total, mode == TOP_BASE_DIFF ? 4300 : 0);
		top_free(r);
	}
	pprof_free(p);
	pprof_free(same);
}

static void
test_units_differ(void **state)
{
	static const struct row one[] = { { 3, 0, { 1, 3 } } }, two[] = { { 1024, 0, { 1, 3 } } };
	struct pprof_profile *p = profile(one, 1, "kilobytes"), *base = profile(two, 1, "bytes");
	struct pprof_profile *time = profile(two, 1, "ms");
	struct top_options o;
	struct top_report *r = NULL;
	struct err_msg why;

	(void)state;
	top_defaults(&o);
	r = report(p, base, &o);
	assert_string_equal(r->unit, "bytes");
	expect(r, 0, "main.leak", 2048, 2048);
	top_free(r);
	assert_int_equal(top_make(&r, p, "now", time, "base", &o, &why), ERR_USAGE);
	pprof_free(p);
	pprof_free(base);
	pprof_free(time);
}

static void
test_rows_and_order(void **state)
{
	struct pprof_profile *p = profile(after, 4, "bytes"), *base = profile(before, 3, "bytes");
	struct top_options o;
	struct top_report *r;

	(void)state;
	top_defaults(&o);
	o.cum = true;
	r = report(p, NULL, &o);
	expect(r, 0, "main.main", 0, 4300);
	expect(r, 1, "main.work", 200, 4300);
	top_free(r);
	o.cum = false;
	o.node_count = 1;
	r = report(p, NULL, &o);
	assert_int_equal(r->row_count, 1);
	assert_int_equal(r->candidates, 3);
	top_free(r);
	o.node_count = 0;
	o.node_fraction = 0.99;
	r = report(p, NULL, &o);
	assert_int_equal(r->dropped, 1);
	top_free(r);
	o.node_fraction = 0.005;
	o.granularity = TOP_LINES;
	r = report(p, NULL, &o);
	expect(r, 0, "main.leak /src/leak.go:10", 3400, 3400);
	assert_int_equal(r->row[0].line, 10);
	top_free(r);
	o.granularity = TOP_FILES;
	r = report(p, NULL, &o);
	expect(r, 0, "/src/leak.go", 4100, 4100);
	top_free(r);
	o.granularity = TOP_ADDRESSES;
	r = report(p, NULL, &o);
	expect(r, 0, "0000000000000010 main.leak /src/leak.go:10", 3400, 3400);
	top_free(r);
	o.granularity = TOP_FUNCTIONS;
	o.drop_negative = true;
	r = report(base, p, &o);
	for (uint32_t i = 0; i < r->row_count; i++)
		assert_true(r->row[i].flat >= 0);
	top_free(r);
	pprof_free(p);
	pprof_free(base);
}

/* Recursion counts once in cum; sums pass 2^53 without rounding. */
static void
test_recursion_and_large(void **state)
{
	static const struct row rows[] = {
		{ INT64_C(9007199254740993), 0, { 1, 1, 1, 3 } }, { 2, 0, { 3, 1, 3 } },
	};
	struct pprof_profile *p = profile(rows, 2, "count");
	struct top_options o;
	struct top_report *r;

	(void)state;
	top_defaults(&o);
	o.node_fraction = 0;
	r = report(p, NULL, &o);
	expect(r, 0, "main.leak", INT64_C(9007199254740993), INT64_C(9007199254740995));
	expect(r, 1, "main.main", 2, INT64_C(9007199254740995));
	top_free(r);
	pprof_free(p);
}

/* What a file says never reaches the terminal as it is. */
static void
test_hostile_names(void **state)
{
	struct encode *w = encode_new(1 << 20);
	struct pprof_profile *p = NULL;
	struct top_options o;
	struct top_report *r;
	int64_t value = 5;
	uint64_t f, l;
	struct buf b;

	(void)state;
	encode_type(w, "x\x1b[2J", "u\x1bu\nv");
	f = encode_function(w, "evil\x1b]0;t\x07\nfake row", "f", 1);
	l = encode_location(w, 1, &(struct encode_line){ f, 1 }, 1);
	encode_sample(w, &l, 1, &value, 1, NULL, 0);
	encode_comment(w, "c\x9b" "31m");
	buf_init(&b, 1 << 20);
	assert_int_equal(encode_finish(w, false, &b, NULL), ERR_OK);
	assert_int_equal(pprof_decode(&p, b.data, b.len, 0, "test", NULL), ERR_OK);
	top_defaults(&o);
	r = report(p, NULL, &o);
	buf_clear(&b);
	assert_int_equal(report_text(r, &b), ERR_OK);
	for (size_t i = 0; i < b.len; i++)
		assert_true(b.data[i] == '\n' || (b.data[i] >= ' ' && b.data[i] < 127));
	assert_non_null(strstr(buf_str(&b), "evil\\x1b]0;t\\x07\\x0afake row\n"));
	top_free(r);
	pprof_free(p);
	encode_free(w);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_self_is_nothing),
		cmocka_unit_test(test_units_differ),
		cmocka_unit_test(test_rows_and_order),
		cmocka_unit_test(test_recursion_and_large),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
