/* test_gauge_advice.c - the documented GOGC rule to the integer, limits, CPUs, and the facts. */
#include "test_gauge_tree.h"

#include <math.h>

#include "base/clock.h"
#include "gauge/advice.h"
#include "gauge/advice_facts.h"

#define MIB 1048576.0

/* research/gauges.md 3.2 */
static void
gogc_vectors(void **state)
{
	static const struct { uint64_t mib; int gogc; } row[] = {
		{ 128, 88 }, { 2047, 88 }, { 2048, 88 }, { 2315, 88 }, { 2316, 87 }, { 4096, 81 },
		{ 5120, 77 }, { 6144, 73 }, { 8191, 66 }, { 8192, 65 }, { 8193, 65 }, { 0, 88 },
		{ UINT64_MAX >> 20, 65 },
	};
	int last = 88;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		assert_int_equal(advice_gogc(row[i].mib), row[i].gogc);
	for (uint64_t mib = 2000; mib < 8300; mib++) {
		const int now = advice_gogc(mib);

		assert_true(now == last || now == last - 1);
		last = now;
	}
}

static void
gogc_with_its_price(void **state)
{
	struct advice_facts f;
	struct advice a[ADVICE_COUNT];

	(void)state;
	advice_facts_init(&f);
	f.total = 4096 * MIB;
	f.avail = 4096.7 * MIB;
	f.live = 100 * MIB;
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_GOGC].value, "81");
	assert_true(fabs(a[ADVICE_GOGC].peak / MIB - 181) < 0.01);
	assert_true(fabs(a[ADVICE_GOGC].work - 100.0 / 81) < 1e-9);
	assert_non_null(strstr(a[ADVICE_GOGC].why, "documented rule at 4096 MiB"));
	assert_non_null(strstr(a[ADVICE_GOGC].why, "181 MiB (200 at GOGC=100), for 1.23 times"));
	f.avail = (double)NAN;
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_GOGC].value, "");
}

static void
memory_limits(void **state)
{
	struct advice_facts f;
	struct advice a[ADVICE_COUNT];

	(void)state;
	advice_facts_init(&f);
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_LIMIT].value, "");
	f.total = 1000 * MIB;
	f.avail = 600 * MIB;
	f.resident = 100 * MIB;
	advice_make(&f, 0, a);          /* the others hold 300 */
	assert_string_equal(a[ADVICE_LIMIT].value, "630MiB");
	f.avail = 300 * MIB;            /* it grew itself: the advice stands */
	f.resident = 400 * MIB;
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_LIMIT].value, "630MiB");
	f.group_max = 256 * MIB;
	f.group_used = 56 * MIB;
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_LIMIT].value, "230MiB");
	assert_int_equal(advice_avail_mib(&f), 200);
	f.live = 220 * MIB;
	advice_make(&f, 0, a);
	assert_non_null(strstr(a[ADVICE_LIMIT].note, "run all the time"));
	snprintf(f.limit, sizeof f.limit, "200MiB");
	f.anon = 196 * MIB;
	f.cpu = 180;
	advice_make(&f, 0, a);
	assert_non_null(strstr(a[ADVICE_LIMIT].note, "98 % of the limit"));
	snprintf(f.limit, sizeof f.limit, "230MiB");
	advice_make(&f, 0, a);
	assert_true(a[ADVICE_LIMIT].same);
	f.group_max = 8000 * MIB;       /* looser than the machine: no limit */
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_LIMIT].value, "630MiB");
}

static void
processors(void **state)
{
	struct advice_facts f;
	struct advice a[ADVICE_COUNT];

	(void)state;
	advice_facts_init(&f);
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_PROCS].value, "");
	f.online = 4;
	f.allowed = 4;
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_PROCS].value, "4");
	assert_non_null(strstr(a[ADVICE_PROCS].why, "nothing to set"));
	f.isolated = 1;
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_PROCS].value, "3");
	assert_non_null(strstr(a[ADVICE_PROCS].why, "isolated"));
	f.quota = 2.5;
	f.throttled = 40;
	snprintf(f.procs, sizeof f.procs, "8");
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_PROCS].value, "2");
	assert_non_null(strstr(a[ADVICE_PROCS].why, "cpu.max gives 2.50"));
	assert_non_null(strstr(a[ADVICE_PROCS].note, "40 % of its periods"));
	f.quota = 0.5;
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_PROCS].value, "1");
}

static void
shown_value_stands_still(void **state)
{
	struct advice_hold h = { .shown = 0 };
	uint64_t t = 0;

	(void)state;
	assert_int_equal(advice_hold(&h, 80, t), 80);
	for (int i = 0; i < 100; i++, t += NS_PER_S)    /* it flickers by one, and by four now and then */
		assert_int_equal(advice_hold(&h, i % 9 == 0 ? 84 : 79 + i % 3, t), 80);
	for (int i = 0; i <= 10; i++, t += NS_PER_S)
		(void)advice_hold(&h, 84, t);
	assert_int_equal(advice_hold(&h, 84, t), 84);
}

static void
facts_of_a_machine(void **state)
{
	static const char environ[] = "PATH=/bin\0GOGC=50\0XGOGC=1\0GOMEMLIMIT=100MiB\0GOMAXPROCS=";
	struct board_tree tree;
	struct gauge_table table;
	struct root proc, sys;
	struct cgroup *group;
	struct advice_facts f;
	struct gauge_def d;

	(void)state;
	tree_open(&tree, NULL);
	tree_put(&tree, "proc/70/status", "Name:\tapi\nCpus_allowed_list:\t0-2,8-63\n");
	tree_put(&tree, "proc/70/cgroup", "0::/a/b\n");
	tree_put(&tree, "sys/devices/system/cpu/isolated", "2\n");
	tree_put(&tree, "sys/fs/cgroup/a/memory.max", "104857600\n");
	tree_put(&tree, "sys/fs/cgroup/a/memory.current", "94371840\n");
	tree_put(&tree, "sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 41943040\n");
	tree_put(&tree, "sys/fs/cgroup/a/cpu.max", "max 100000\n");
	tree_put(&tree, "sys/fs/cgroup/a/b/memory.max", "max\n");
	tree_put(&tree, "sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
	proc = root_of(tree.proc, "/proc", NULL);
	sys = root_of(tree.sys, "/sys", NULL);
	table_init(&table);
	d = table_def("cpu.online", "cpu", "cpus", "count", (double)NAN, "");
	table_value(&table, table_add(&table, &d), 4);
	group = cgroup_new(&table, &proc, &sys);
	cgroup_sample(group, 70, NS_PER_S);
	advice_facts(&(struct advice_sources){ .table = &table, .proc = &proc, .sys = &sys,
	    .cgroup = group, .pid = 70, .live = (double)NAN, .environ = environ,
	    .environ_n = sizeof environ }, &f);
	assert_true(fabs(f.group_max - 104857600) < 1);
	assert_true(fabs(f.group_used - 52428800) < 1);         /* without what is reclaimable */
	assert_true(fabs(f.quota - 1.5) < 1e-9);
	assert_true(fabs(f.allowed - 4) < 1e-9);                /* the mask names CPUs that are not there */
	assert_true(fabs(f.isolated - 1) < 1e-9);
	assert_string_equal(f.gogc, "50");
	assert_string_equal(f.limit, "100MiB");
	assert_string_equal(f.procs, "");
	cgroup_free(group);
	table_fini(&table);
	tree_close(&tree);
}

/* Version 1: the quota stands in the cpu controller's own tree, the tightest of all above counts;
 * what is given back lazily is not held against a memory limit. */
static void
facts_of_version_one(void **state)
{
	struct board_tree tree;
	struct gauge_table table;
	struct root proc, sys;
	struct cgroup *group;
	struct advice_facts f;
	struct advice a[ADVICE_COUNT];
	struct gauge_def d;
	struct buf files;

	(void)state;
	tree_open(&tree, NULL);
	tree_put(&tree, "proc/70/status", "Name:\tapi\nCpus_allowed_list:\t0-3\n");
	tree_put(&tree, "proc/70/cgroup", "9:cpuset:/\n4:cpu,cpuacct:/a/b\n3:memory:/m\n0::/x\n");
	tree_put(&tree, "sys/fs/cgroup/memory/m/memory.limit_in_bytes", "209715200\n");
	tree_put(&tree, "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
	tree_put(&tree, "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
	tree_put(&tree, "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "130000\n");
	tree_put(&tree, "sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "50000\n");
	tree_put(&tree, "sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "300000\n");
	tree_put(&tree, "sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n");
	tree_put(&tree, "sys/fs/cgroup/cpu/a/b/cpu.stat", "nr_periods 10\nnr_throttled 4\n");
	proc = root_of(tree.proc, "/proc", NULL);
	sys = root_of(tree.sys, "/sys", NULL);
	table_init(&table);
	d = table_def("cpu.online", "cpu", "cpus", "count", (double)NAN, "");
	table_value(&table, table_add(&table, &d), 4);
	d = table_def("proc.anon", "proc", "anon", "B", (double)NAN, "");
	table_value(&table, table_add(&table, &d), 100 * MIB);
	d = table_def("proc.lazyfree", "proc", "lazyfree", "B", (double)NAN, "");
	table_value(&table, table_add(&table, &d), 40 * MIB);
	group = cgroup_new(&table, &proc, &sys);
	cgroup_sample(group, 70, NS_PER_S);
	tree_put(&tree, "sys/fs/cgroup/cpu/a/b/cpu.stat", "nr_periods 20\nnr_throttled 9\n");
	cgroup_sample(group, 70, 2 * NS_PER_S);
	advice_facts(&(struct advice_sources){ .table = &table, .proc = &proc, .sys = &sys,
	    .cgroup = group, .pid = 70, .live = (double)NAN }, &f);
	assert_true(fabs(f.quota - 2.6) < 1e-9);
	assert_true(fabs(f.throttled - 50) < 1e-9);
	assert_true(fabs(f.anon - 60 * MIB) < 1);
	advice_make(&f, 0, a);
	assert_string_equal(a[ADVICE_PROCS].value, "2");
	assert_non_null(strstr(a[ADVICE_PROCS].why, "cpu.cfs_quota_us gives 2.60"));
	/* a board is asked for them */
	buf_init(&files, 4096);
	cgroup_files(group, &files);
	assert_non_null(strstr(buf_str(&files), "/cpu/a/b/cpu.cfs_quota_us "));
	assert_non_null(strstr(buf_str(&files), "/cpu/cpu.cfs_period_us"));
	assert_null(strstr(buf_str(&files), "cgroup/cpu.cfs"));
	buf_fini(&files);
	cgroup_free(group);
	table_fini(&table);
	tree_close(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gogc_vectors),
		cmocka_unit_test(gogc_with_its_price),
		cmocka_unit_test(memory_limits),
		cmocka_unit_test(processors),
		cmocka_unit_test(shown_value_stands_still),
		cmocka_unit_test(facts_of_a_machine), cmocka_unit_test(facts_of_version_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
