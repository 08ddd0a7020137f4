/* test_gauge_parts.c - parsers, history rings, rules and the judgement of temperatures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "gauge/procfs.h"
#include "gauge/rules.h"
#include "gauge/series.h"
#include "gauge/source_thermal.h"
#include "gauge/table.h"
#include "gauge/user_limits.h"

static void
pid_stat_with_brackets(void **state)
{
	struct procfs_pid p;

	(void)state;
	assert_true(procfs_pid_stat(
	    "7 (a) b) c) R 1 7 7 0 -1 0 0 0 0 0 30 12 0 0 20 0 3 0 4242 1 2\n", &p));
	assert_string_equal(p.comm, "a) b) c");
	assert_int_equal(p.state, 'R');
	assert_int_equal(p.cpu_ticks, 42);
	assert_int_equal(p.starttime, 4242);
	assert_false(procfs_pid_stat("7 (a) R 1 7 7 0 -1 0 0 0 0 0 30 12 0 0 20 0 3 0", &p));
	assert_false(procfs_pid_stat("7 )a( R", &p));
	assert_false(procfs_pid_stat("", &p));
	assert_false(procfs_pid_stat("7 (a) R 1 7 7 0 -1 0 0 0 0 0 -3 12 0 0 20 0 3 0 9", &p));
}

static void
stat_lines_by_number(void **state)
{
	struct procfs_stat s;

	(void)state;
	assert_true(procfs_stat(
	    "cpu  10 0 5 85 0 0 0 0 9 9\ncpu0 5 0 5 40 0 0 0 0\ncpu3 5 0 0 45 0 0 0 0\nintr 1\n",
	    &s));
	assert_int_equal(s.total.all, 100);
	assert_int_equal(s.total.busy, 15);
	assert_int_equal(s.seen, 2);
	assert_true(s.cpu[0].there);
	assert_false(s.cpu[1].there);
	assert_true(s.cpu[3].there);
	/* A cut line is left out, a CPU past the shown ones counts as seen. */
	assert_true(procfs_stat("cpu  1 2 3 4\ncpu64 1 2 3 4\ncpu1 1 2 3", &s));
	assert_int_equal(s.seen, 1);
	assert_false(s.cpu[1].there);
	assert_false(procfs_stat("cpu  1 2\n", &s));
	assert_false(procfs_stat("intr 1\n", &s));
	assert_true(procfs_stat("cpu  1 2 3 4\ncpu2 1 2 3 4\n", &s));
	assert_false(s.cpu[0].there || s.cpu[1].there);     /* what was there before is not */
	assert_int_equal(s.end, 3);
	/* 21 digits do not fit: the line ends there. */
	assert_false(procfs_stat("cpu 111111111111111111111 1 1 1\n", &s));
}

static void
small_files(void **state)
{
	int64_t m[MEM_FIELDS], f[STATUS_FIELDS];
	double load[3], up;
	uint64_t total;

	(void)state;
	procfs_meminfo(
	    "MemTotal: 100 kB\nActive(file): 7 kB\nMemFree: x kB\nSwapTotal:0 kB\nSlab: 5", m);
	assert_int_equal(m[MEM_TOTAL], 100);
	assert_int_equal(m[MEM_ACTIVE_FILE], 7);
	assert_int_equal(m[MEM_FREE], -1);
	assert_int_equal(m[MEM_SWAP_TOTAL], 0);
	assert_int_equal(m[MEM_SLAB], 5);
	assert_int_equal(m[MEM_AVAILABLE], -1);
	procfs_status("Name:\tVmRSS:\nVmRSS:\t  12 kB\nThreads:\t3\n", f);
	assert_int_equal(f[STATUS_VMRSS], 12);
	assert_int_equal(f[STATUS_THREADS], 3);
	assert_int_equal(f[STATUS_ANON], -1);
	assert_true(procfs_loadavg("0.10 0.20 0.30 1/2 3\n", load));
	assert_true(fabs(load[2] - 0.3) < 1e-9);
	assert_false(procfs_loadavg("0.10 0.20", load));
	assert_true(procfs_uptime("12.5 1.0\n", &up));
	assert_false(procfs_uptime("", &up));
	assert_true(procfs_psi_some(
	    "some avg10=0.00 avg60=0.00 avg300=0.00 total=77\nfull total=1\n", &total));
	assert_int_equal(total, 77);
	assert_false(procfs_psi_some("full avg10=0.00 total=77\n", &total));
}

static void
ring_at_its_limit(void **state)
{
	struct series s;
	const size_t cap = LIMIT_GAUGE_HISTORY;

	(void)state;
	series_init(&s, cap);
	for (size_t i = 0; i < cap + 1; i++) {
		const double v[2] = { (double)i, i % 2 != 0 ? (double)NAN : -(double)i };

		series_put(&s, i * 10, v, 2);
		assert_int_equal(s.count, i < cap ? i + 1 : cap);
		assert_int_equal(series_time(&s, 0), i < cap ? 0 : 10);
	}
	assert_int_equal(series_time(&s, cap - 1), cap * 10);
	assert_true(fabs(series_at(&s, 0, 0) - 1) < 1e-9);
	assert_true(isnan(series_at(&s, 1, 0)));
	assert_true(fabs(series_min(&s, 0) - 1) < 1e-9);
	assert_true(fabs(series_max(&s, 0) - (double)cap) < 1e-9);
	assert_true(fabs(series_max(&s, 1) + 2) < 1e-9);
	assert_true(isnan(series_at(&s, 0, cap)));
	assert_true(isnan(series_at(&s, 2, 0)));
	series_fini(&s);
}

static void
late_gauge_has_gaps_before(void **state)
{
	struct series s;
	const double a[1] = { 1 }, b[2] = { 2, 20 };

	(void)state;
	series_init(&s, 4);
	series_put(&s, 1, a, 1);
	series_put(&s, 2, b, 2);
	assert_true(isnan(series_at(&s, 1, 0)));
	assert_true(fabs(series_now(&s, 1) - 20) < 1e-9);
	series_put(&s, 3, a, 1);
	assert_true(isnan(series_now(&s, 1)));
	series_clear_gauge(&s, 0);
	assert_true(isnan(series_max(&s, 0)));
	series_fini(&s);
}

struct heard { int n; struct gauge_alarm last; };

static void
on_alarm(void *arg, const struct gauge_alarm *a)
{
	struct heard *h = arg;

	h->n++;
	h->last = *a;
}

static void
rules_hold_and_let_go(void **state)
{
	struct gauge_table t;
	struct rules r;
	struct heard h = { 0 };
	struct gauge_def d = table_def("temp.soc", "temp", "soc", "C", 100, "x");
	static const struct {
		double v;
		int n;
		enum gauge_level level;
		const char *text;
	} step[] = {
		{ 69.9, 0, GAUGE_CLEAR, NULL },
		{ 71, 0, GAUGE_CLEAR, NULL }, { 71.2, 0, GAUGE_CLEAR, NULL },
		{ 71.5, 1, GAUGE_WARN, "soc 71.5 C is above warn 70 C" },
		{ 69, 1, GAUGE_WARN, NULL },            /* within the slack of 2 degrees */
		{ 67, 1, GAUGE_WARN, NULL }, { 70, 1, GAUGE_WARN, NULL },
		{ (double)NAN, 1, GAUGE_WARN, NULL },
		{ 92, 1, GAUGE_WARN, NULL }, { 92, 1, GAUGE_WARN, NULL },
		{ 92, 2, GAUGE_CRIT, "soc 92 C is above crit 90 C" },
		{ 60, 2, GAUGE_CRIT, NULL }, { 60, 2, GAUGE_CRIT, NULL },
		{ 60, 3, GAUGE_CLEAR, "soc 60 C is below warn 70 C again" },
	};

	(void)state;
	d.warn = 70;
	d.crit = 90;
	table_init(&t);
	rules_init(&r, 2 * NS_PER_S);
	assert_int_equal(table_add(&t, &d), 0);
	rules_defs(&r, &t);
	for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
		t.v[0] = step[i].v;
		rules_check(&r, &t, (i + 1) * NS_PER_S, on_alarm, &h);
		assert_int_equal(h.n, step[i].n);
		if (step[i].text != NULL) {
			assert_int_equal(h.last.level, step[i].level);
			assert_string_equal(h.last.text, step[i].text);
		}
	}
	rules_fini(&r);
	table_fini(&t);
}

/* To and fro between warn and crit is over warn all the time; a lower bound; a limit taken away. */
static void
rules_of_every_kind(void **state)
{
	static const struct { double v; int n; enum gauge_level level; const char *text; } step[] = {
		{ 89, 0, GAUGE_CLEAR, NULL }, { 91, 0, GAUGE_CLEAR, NULL },
		{ 89, 1, GAUGE_WARN, "soc 89 C is above warn 70 C" },
		{ 91, 1, GAUGE_WARN, NULL }, { 87, 1, GAUGE_WARN, NULL },
		{ 91, 1, GAUGE_WARN, NULL }, { 91, 1, GAUGE_WARN, NULL },
		{ 91, 2, GAUGE_CRIT, "soc 91 C is above crit 90 C" },
		{ 80, 2, GAUGE_CRIT, NULL }, { 80, 2, GAUGE_CRIT, NULL },
		{ 80, 3, GAUGE_WARN, "soc 80 C is above warn 70 C" },
	};
	struct gauge_table t;
	struct rules r;
	struct heard h = { 0 };
	struct gauge_def d = table_def("temp.soc", "temp", "soc", "C", 100, "x");
	uint64_t now = 0;

	(void)state;
	d.warn = 70;
	d.crit = 90;
	table_init(&t);
	rules_init(&r, 2 * NS_PER_S);
	assert_int_equal(table_add(&t, &d), 0);
	rules_defs(&r, &t);
	for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
		t.v[0] = step[i].v;
		rules_check(&r, &t, now += NS_PER_S, on_alarm, &h);
		assert_int_equal(h.n, step[i].n);
		if (step[i].text != NULL)
			assert_string_equal(h.last.text, step[i].text);
	}
	t.def[0].warn = t.def[0].crit = (double)NAN;
	rules_defs(&r, &t);
	for (int i = 0; i < 3; i++)
		rules_check(&r, &t, now += NS_PER_S, on_alarm, &h);
	assert_int_equal(h.n, 4);
	assert_string_equal(h.last.text, "soc 80 C has no limit any more");
	t.def[0].below = true;
	t.def[0].crit = 10;
	t.def[0].hold = 0;
	rules_defs(&r, &t);
	t.v[0] = 9;
	rules_check(&r, &t, now += NS_PER_S, on_alarm, &h);
	assert_string_equal(h.last.text, "soc 9 C is below crit 10 C");
	t.v[0] = 11;                    /* within the slack */
	rules_check(&r, &t, now += NS_PER_S, on_alarm, &h);
	assert_int_equal(h.n, 5);
	t.v[0] = 13;
	rules_check(&r, &t, now += NS_PER_S, on_alarm, &h);
	assert_string_equal(h.last.text, "soc 13 C is above crit 10 C again");
	rules_fini(&r);
	table_fini(&t);
}

static void
limits_in_words(void **state)
{
	struct user_limits l = { .n = 0 };
	struct gauge_table t;
	struct gauge_def d = table_def("mem.avail", "mem", "avail", "B", 1e9, "x");
	struct err_msg why;
	const uint64_t hold = 5 * NS_PER_S;

	(void)state;
	d.warn = 5;
	table_init(&t);
	assert_int_equal(table_add(&t, &d), 0);
	assert_int_equal(user_limits_set(&l, "mem.avail", "<200M", "<50M", &hold, &why), ERR_OK);
	user_limits_apply(&l, &t);
	assert_true(t.def[0].below && fabs(t.def[0].warn - 200 * 1048576.0) < 1);
	assert_true(fabs(t.def[0].crit - 50 * 1048576.0) < 1 && fabs(t.def[0].hold - 5) < 1e-9);
	/* one of them alone stays of the same kind; the other kind drops what was */
	assert_int_equal(user_limits_set(&l, "mem.avail", NULL, "<60M", NULL, &why), ERR_OK);
	user_limits_apply(&l, &t);
	assert_true(t.def[0].below && fabs(t.def[0].warn - 200 * 1048576.0) < 1);
	assert_int_equal(user_limits_set(&l, "mem.avail", NULL, "900M", NULL, &why), ERR_OK);
	user_limits_apply(&l, &t);
	assert_true(!t.def[0].below && isnan(t.def[0].warn));
	assert_int_equal(user_limits_set(&l, "mem.avail", "<1", "2", NULL, &why), ERR_USAGE);
	assert_int_equal(user_limits_set(&l, "mem.avail", "<1", "<2", NULL, &why), ERR_USAGE);
	assert_int_equal(user_limits_set(&l, "mem.avail", "many", NULL, NULL, &why), ERR_USAGE);
	table_fini(&t);
}

/* The table of research/gauges.md 1.4, row by row: an error is never a number. */
static void
errors_and_lies(void **state)
{
	static const struct {
		int error;
		int64_t raw;
		const char *type, *why;         /* NULL: believed */
	} row[] = {
		{ EAGAIN, 0, "cv0", "off" },
		{ ENODATA, 0, "x", "no data" },
		{ EINVAL, 0, "x", "off" },
		{ EIO, 0, "x", "no data" },
		{ ENXIO, 0, "x", "no data" },
		{ ENOENT, 0, "x", "gone" },
		{ ENODEV, 0, "x", "gone" },
		{ EACCES, 0, "x", "not readable" },
		{ EMFILE, 0, "x", "" },
		{ 0, 0, "x", "suspect" },
		{ 0, -256000, "GPU-therm", "off" },
		{ 0, 100000, "PMIC-Die", "constant" },
		{ 0, 100000, "cpu", NULL },
		{ 0, -650788984, "x", "out of range" },
		{ 0, -40000, "x", "limit" },
		{ 0, 125000, "x", "limit" },
		{ 0, 123000, "x", "limit" },
		{ 0, 127000, "x", "limit" },
		{ 0, 65261000, "x", "out of range" },
		{ 0, 71, "x", "whole degrees" },
		{ 0, -12, "x", "whole degrees" },
		{ 0, 45123, "x", NULL },
		{ 0, -12500, "x", NULL },
		{ 0, 126999, "x", NULL },
		{ 0, INT64_MIN, "x", "out of range" },
		{ 0, INT64_MAX, "x", "out of range" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct sensor_past past = { .has = false };
		const struct sensor_reading r = { .error = row[i].error, .raw = row[i].raw };
		char why[GAUGE_WHY_MAX] = "";
		const double v = thermal_judge(&r, row[i].type, &past, NS_PER_S, why, sizeof why);

		if (row[i].why == NULL) {
			assert_true(fabs(v - (double)row[i].raw / 1000) < 1e-9);
			continue;
		}
		assert_true(isnan(v));
		assert_non_null(strstr(why, row[i].why));
		assert_true(why[0] != '\0');
	}
}

static void
a_jump_must_be_said_twice(void **state)
{
	static const struct {
		int64_t raw;
		bool believed;
	} row[] = {
		{ 50000, true }, { 85000, false }, { 50500, true },     /* a lone 85 degrees */
		{ 85000, false }, { 86000, true },                      /* said again: true */
		{ 40000, false }, { 85000, true }, { 0, false }, { 0, false },  /* from 85 to 0? */
		{ 85000, true },
	};
	struct sensor_past past = { .has = false };

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		const struct sensor_reading r = { .raw = row[i].raw };
		char why[GAUGE_WHY_MAX] = "";

		assert_int_equal(
		    !isnan(thermal_judge(&r, "x", &past, (i + 1) * NS_PER_S, why, sizeof why)),
		    row[i].believed);
	}
}

static void
table_at_its_limit(void **state)
{
	struct gauge_table t;
	const struct gauge_def d = table_def("a", "b", "c", "", 1, "s\n\033[2J");

	(void)state;
	assert_string_equal(d.source, "s??[2J");
	table_init(&t);
	for (unsigned i = 0; i < LIMIT_GAUGES; i++)
		assert_int_equal(table_add(&t, &d), (int)i);
	assert_int_equal(table_add(&t, &d), -1);
	table_value(&t, -1, 3);
	table_missing(&t, -1, "x");
	assert_int_equal(table_find(&t, "a"), 0);
	assert_int_equal(table_find(&t, "zz"), -1);
	table_fini(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pid_stat_with_brackets),
		cmocka_unit_test(stat_lines_by_number),
		cmocka_unit_test(small_files),
		cmocka_unit_test(ring_at_its_limit),
		cmocka_unit_test(late_gauge_has_gaps_before),
		cmocka_unit_test(rules_hold_and_let_go),
		cmocka_unit_test(rules_of_every_kind),
		cmocka_unit_test(limits_in_words),
		cmocka_unit_test(errors_and_lies),
		cmocka_unit_test(a_jump_must_be_said_twice),
		cmocka_unit_test(table_at_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
