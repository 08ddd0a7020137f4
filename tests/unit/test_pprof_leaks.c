/* test_pprof_leaks.c - a leak is found through the noise of sampling, churn is not, and every word
 * and bar of a row is what research says. */
#include "pprof_make.h"

#include "pprof/leaks.h"
#include "pprof/stats.h"

#define S INT64_C(1000000000)
enum { RATE = 524288, MIB = 1 << 20 };

static uint64_t seed;

static double
uniform(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) / 9007199254740992.0;
}

static void
begin(uint64_t from)
{
	seed = from * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (unsigned i = 0; i < 20; i++)
		(void)uniform();
}

/* How many of so many objects are sampled: Poisson, Knuth's way, in pieces. */
static int64_t
sampled(double objects, double size)
{
	double left = objects * -expm1(-size / RATE);
	int64_t n = 0;

	while (left > 0) {
		double piece = left > 20 ? 20 : left, limit = exp(-piece), p = uniform();

		for (; p > limit; p *= uniform())
			n++;
		left -= piece;
	}
	return n;
}

static void
add(struct series *s, int64_t time, int64_t rate, const struct make_row *row, size_t rows)
{
	struct make m = { .time = time, .rate = rate, .row = row, .rows = rows };
	struct pprof_profile *p = make_profile(&m);
	struct err_msg why;

	assert_int_equal(series_add(s, p, "made", NULL, &why), ERR_OK);
	pprof_free(p);
}

static const struct leaks_row *
row_named(const struct leaks *l, unsigned stack)
{
	char name[40];

	snprintf(name, sizeof(name), "main.alloc%u", stack);
	for (uint32_t i = 0; i < l->row_count; i++) {
		const struct series_stack *k = &l->s->stack[l->row[i].stack];

		if (slice_is(series_text(l->s,
				 l->s->frame[l->s->stack_frame[k->first]].function),
			name))
			return &l->row[i];
	}
	return NULL;
}

static void
rank(struct leaks *l, const struct series *s, const char *type)
{
	struct leaks_options o;
	struct err_msg why;

	leaks_defaults(&o);
	o.type = type;
	assert_int_equal(leaks_rank(l, s, &o, &why), ERR_OK);
}

/* Stack 1 leaks 1 MiB every 30 s beside stack 2 that keeps 64 MiB and replaces all of it, stack 3
 * that allocates and forgets, and stack 4 that does nothing. 20 snapshots, Go's own rate. */
static struct series *
service(int n)
{
	struct make_row row[4] = { { 1, 4096, 0, 0 }, { 2, 4096, 0, 0 }, { 3, 512, 0, 0 },
		{ 4, 4096, 70, 70 } };
	struct series *s = series_new();

	for (int i = 0; i < n; i++) {
		int64_t grown = sampled(MIB / 4096, 4096);

		row[0].made += grown;
		row[0].kept += grown;
		row[1].kept = sampled(64 * MIB / 4096, 4096);
		row[1].made += row[1].kept;
		row[2].kept = sampled(100, 512);
		row[2].made += sampled(1e6, 512);
		add(s, (i + 1) * 30 * S, RATE, row, 4);
	}
	return s;
}

static void
test_leak_among_churn(void **state)
{
	unsigned found = 0, false_alarms = 0;

	(void)state;
	for (unsigned trial = 0; trial < 60; trial++) {
		struct series *s;
		struct leaks l;
		const struct leaks_row *r;

		begin(trial);
		s = service(20);
		rank(&l, s, NULL);
		assert_string_equal(s->type[l.type].type, "inuse_space");
		r = row_named(&l, 1);
		assert_non_null(r);
		found += r->verdict == LEAKS_LEAK && &l.row[0] == r;
		false_alarms += l.leaks - (r->verdict == LEAKS_LEAK) + l.suspects;
		if (r->verdict == LEAKS_LEAK) {
			assert_true(r->slope_low > 0 && r->slope_low < r->slope);
			assert_true(r->freed < r->allocated / 10);
		}
		r = row_named(&l, 3);
		assert_non_null(r);
		assert_int_equal(r->verdict, LEAKS_CHURN);
		assert_null(row_named(&l, 4));          /* what does not move is no row */
		leaks_fini(&l);
		series_free(s);
	}
	print_message("# 60 services of 20 snapshots: leak first in %u, false alarms %u\n", found,
	    false_alarms);
	assert_true(found >= 58);
	assert_true(false_alarms <= 2);
}

/* Two snapshots: research/pprof.md 3.2, "more than 1 MiB" alone flags a site that only replaces. */
static void
test_rule_with_its_bar(void **state)
{
	unsigned naive = 0, ours = 0, trials = 200;

	(void)state;
	for (unsigned trial = 0; trial < trials; trial++) {
		struct make_row row[1] = { { 1, 4096, 0, 0 } };
		struct series *s = series_new();
		struct leaks l;

		begin(trial);
		for (int i = 0; i < 2; i++) {
			row[0].kept = sampled(64 * MIB / 4096, 4096);
			row[0].made += row[0].kept;
			add(s, (i + 1) * 30 * S, RATE, row, 1);
		}
		rank(&l, s, NULL);
		if (l.row_count == 1) {
			naive += l.row[0].growth >= MIB;
			ours += l.row[0].rule == LEAKS_RULE_YES;
			/* theory: sqrt(2 x live x rate) is 8.2 MB */
			assert_true(l.row[0].growth_sd > 7e6 && l.row[0].growth_sd < 10e6);
		}
		leaks_fini(&l);
		series_free(s);
	}
	print_message("# churn of 64 MiB flagged: rule alone %u, with its bar %u, of %u\n", naive,
	    ours, trials);
	assert_true(naive > trials / 3);
	assert_true(ours < trials / 12);
}

static void
test_growth_bar(void **state)
{
	/* 8 MiB grow in 4 KiB objects: sd = sqrt(8 MiB x 512 KiB) = 2 MiB */
	static const struct make_row a[] = { { 1, 4096, 10, 10 } }, b[] = { { 1, 4096, 26, 26 } };
	struct series *s = series_new();
	struct leaks l;

	(void)state;
	add(s, 1 * S, RATE, a, 1);
	add(s, 31 * S, RATE, b, 1);
	rank(&l, s, "inuse_space");
	assert_true(fabs((double)l.row[0].growth - 8.4e6) < 0.1e6);
	assert_true(fabs(l.row[0].growth_sd - 2.09e6) < 0.05e6);
	assert_int_equal(l.row[0].rule, LEAKS_RULE_YES);
	assert_int_equal(l.row[0].verdict, LEAKS_SUSPECT);      /* two are no trend */
	assert_int_equal(l.row[0].point[1], l.row[0].last);
	leaks_fini(&l);
	rank(&l, s, "inuse_objects");
	assert_false(l.bytes);
	assert_int_equal(l.min_growth, LEAKS_MIN_COUNT);
	leaks_fini(&l);
	series_free(s);
}

struct curve {
	const char *name;
	int64_t kept[10];
	enum leaks_shape shape;
	enum leaks_verdict verdict;
};

/* Objects of 1 MiB, each recorded: no noise but the curve's own. */
static const struct curve curves[] = {
	{ "steady", { 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 }, LEAKS_STEADY, LEAKS_LEAK },
	{ "steady, uneven", { 1, 3, 4, 8, 9, 10, 14, 15, 18, 19 }, LEAKS_STEADY, LEAKS_LEAK },
	{ "steady, with falls", { 1, 4, 3, 7, 6, 10, 9, 14, 13, 17 }, LEAKS_STEADY, LEAKS_LEAK },
	{ "one step", { 5, 5, 5, 5, 50, 50, 50, 50, 50, 50 }, LEAKS_STEP, LEAKS_NONE },
	{ "a cache that fills", { 0, 20, 40, 60, 80, 90, 90, 90, 90, 90 }, LEAKS_PLATEAU,
	    LEAKS_NONE },
	{ "falling", { 50, 45, 41, 36, 30, 26, 20, 15, 11, 5 }, LEAKS_FALLING, LEAKS_NONE },
	{ "up and down", { 5, 40, 3, 38, 6, 41, 4, 39, 5, 12 }, LEAKS_UP_AND_DOWN, LEAKS_NONE },
	{ "back to where it was", { 5, 9, 5, 9, 5, 9, 5, 9, 5, 5 }, LEAKS_UP_AND_DOWN, LEAKS_NONE },
};

static void
test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		struct series *s = series_new();
		const struct leaks_row *r;
		struct leaks l;

		for (int t = 0; t < 10; t++) {
			struct make_row row[2] = { { 1, MIB, 100, curves[i].kept[t] },
				{ 2, 64, t, t } };

			add(s, (t + 1) * S, 1, row, 2);
		}
		rank(&l, s, NULL);
		r = row_named(&l, 1);
		if (r == NULL || r->shape != curves[i].shape || r->verdict != curves[i].verdict)
			fail_msg("%s: %s, %s", curves[i].name,
			    r == NULL ? "no row" : leaks_shape_word(r->shape),
			    r == NULL ? "" : leaks_verdict_word(r->verdict));
		r = row_named(&l, 2);
		assert_int_equal(r->verdict, LEAKS_NONE);       /* grows, but by 576 bytes */
		leaks_fini(&l);
		series_free(s);
	}
}

static void
test_runs_are_not_mixed(void **state)
{
	struct series *s = series_new();
	struct leaks_options o;
	struct leaks l;

	(void)state;
	for (int t = 0; t < 6; t++) {           /* a run that grows by 10 MiB each time */
		struct make_row row[1] = { { 1, MIB, 100 + 10 * t, 100 + 10 * t } };

		add(s, (t + 1) * S, 1, row, 1);
	}
	for (int t = 0; t < 6; t++) {           /* the next one does not */
		struct make_row row[2] = { { 1, MIB, 1, 1 }, { 2, 64, 1 + t, 1 } };

		add(s, (t + 10) * S, 1, row, 2);
	}
	rank(&l, s, NULL);
	assert_int_equal(l.segment, 1);
	assert_int_equal(l.used_count, 6);
	assert_int_equal(l.leaks, 0);
	assert_null(row_named(&l, 1));
	leaks_fini(&l);
	leaks_defaults(&o);
	o.segment = 0;
	assert_int_equal(leaks_rank(&l, s, &o, NULL), ERR_OK);
	assert_int_equal(l.leaks, 1);
	assert_true(fabs(l.row[0].slope - 10.0 * MIB) < 1);
	leaks_fini(&l);
	o.segment = 7;
	assert_int_equal(leaks_rank(&l, s, &o, NULL), ERR_NOTHING);
	series_free(s);
}

static void
test_no_evidence(void **state)
{
	static const struct make_row row[] = { { 1, MIB, 5, 5 } };
	struct series *s = series_new();
	struct leaks l;

	(void)state;
	assert_int_equal(leaks_rank(&l, s, &(struct leaks_options){ .segment = -1 }, NULL),
	    ERR_NOTHING);
	add(s, 1 * S, 1, row, 1);
	rank(&l, s, NULL);              /* one snapshot: what there is, no slope */
	assert_int_equal(l.row_count, 1);
	assert_int_equal(l.row[0].last, 5 * MIB);
	assert_int_equal(l.row[0].verdict, LEAKS_NONE);
	leaks_fini(&l);
	for (int i = 2; i < 9; i++)     /* the same again and again: no GC ran */
		add(s, i * S, 1, row, 1);
	rank(&l, s, NULL);
	assert_int_equal(l.used_count, 1);
	leaks_fini(&l);
	series_free(s);
}

static void
test_lines_off(void **state)
{
	struct series *s = series_new();
	struct leaks_options o;
	struct leaks l;

	(void)state;
	for (int t = 0; t < 6; t++) {   /* a rebuild moved the lines in the middle */
		struct make_row row[1] = { { 1, MIB, 10 + 5 * t, 10 + 5 * t } };
		struct make m = { .time = (t + 1) * S, .rate = 1, .row = row, .rows = 1,
			.line = t < 3 ? 0 : 7 };
		struct pprof_profile *p = make_profile(&m);

		assert_int_equal(series_add(s, p, "made", NULL, NULL), ERR_OK);
		pprof_free(p);
	}
	leaks_defaults(&o);
	assert_int_equal(leaks_rank(&l, s, &o, NULL), ERR_OK);
	assert_int_equal(l.row_count, 2);
	leaks_fini(&l);
	o.lines_off = true;
	assert_int_equal(leaks_rank(&l, s, &o, NULL), ERR_OK);
	assert_int_equal(l.row_count, 1);
	assert_int_equal(l.row[0].verdict, LEAKS_LEAK);
	o.only = l.row[0].id;
	leaks_fini(&l);
	assert_int_equal(leaks_rank(&l, s, &o, NULL), ERR_OK);
	assert_int_equal(l.row_count, 1);
	leaks_fini(&l);
	o.only ^= 1;
	assert_int_equal(leaks_rank(&l, s, &o, NULL), ERR_NOTHING);
	series_free(s);
}

static void
test_statistics(void **state)
{
	static const struct { double level, want; unsigned dof; } t[] = {
		{ 0.01, 31.821, 1 }, { 0.01, 2.896, 8 }, { 0.001, 4.501, 8 }, { 0.001, 3.610, 18 },
		{ 0.05, 1.645, 0 }, { 0.01, 2.326, 0 }, { 0.001, 3.160, 118 },
	};
	static const double x[] = { 0, 1, 2, 3, 4 };
	static const int64_t y[] = { 0, 2, 4, 600, 8 };
	double scratch[10];

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		double q = stats_quantile(t[i].level, t[i].dof);

		assert_true(fabs(q - t[i].want) < 0.002 * t[i].want);
		assert_true(fabs(stats_student(q, t[i].dof) + t[i].level - 1) < 1e-9);
		assert_true(fabs(stats_student(-q, t[i].dof) - t[i].level) < 1e-9);
	}
	/* one wild point does not move it */
	assert_true(fabs(stats_theil_sen(x, y, 5, scratch) - 2) < 1e-9);
	assert_true(stats_sampling(64, 1, 1) <= 0);
	assert_true(fabs(stats_sampling(64, RATE, 1) - RATE) < 100);
	assert_true(stats_sampling(64 * MIB, RATE, 1) < 1e-9);
	assert_true(fabs(stats_sampling(RATE, RATE, 0) - exp(-1) / (1 - exp(-1))) < 1e-9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statistics),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_growth_bar),
		cmocka_unit_test(test_rule_with_its_bar),
		cmocka_unit_test(test_leak_among_churn),
		cmocka_unit_test(test_runs_are_not_mixed),
		cmocka_unit_test(test_no_evidence),
		cmocka_unit_test(test_lines_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
