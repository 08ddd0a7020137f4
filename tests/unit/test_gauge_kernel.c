/* test_gauge_kernel.c - what only some kernels tell: isolated processors, readiness of random
 * numbers, zram, context switches of all threads, smaps where there is no rollup. */
#include "test_gauge_run.h"

#include "gauge/cpulist.h"
#include "gauge/procfs.h"
#include "gauge/smaps.h"

static void
lists_of_processors(void **state)
{
	struct cpulist a, b;

	(void)state;
	assert_true(cpulist_parse(slice_of("0-3,5\n"), &a));
	assert_int_equal(cpulist_count(&a), 5);
	assert_true(cpulist_has(&a, 5) && !cpulist_has(&a, 4) && !cpulist_has(&a, 100000));
	assert_true(cpulist_parse(slice_of("2-3"), &b));
	a = cpulist_minus(&a, &b);
	assert_int_equal(cpulist_count(&a), 3);
	assert_true(cpulist_parse(slice_of("\n"), &a));
	assert_int_equal(cpulist_count(&a), 0);
	assert_true(cpulist_parse(slice_of("1023"), &a));
	for (size_t i = 0; i < 8; i++) {
		static const char *const bad[] = { "1024", "3-1", "0-", "-3", "a", "0,,1",
			"0-4294967296", "18446744073709551616" };

		assert_false(cpulist_parse(slice_of(bad[i]), &a));
	}
}

static void
texts_of_old_and_new_kernels(void **state)
{
	struct procfs_zram z;
	uint64_t weighted, ticks;
	unsigned v[2];

	(void)state;
	assert_true(procfs_release("6.1.21-v8+\n", v) && v[0] == 6 && v[1] == 1);
	assert_true(procfs_release("3.4.113", v) && v[0] == 3 && v[1] == 4);
	assert_false(procfs_release("6", v) || procfs_release("6.", v) || procfs_release("", v));
	assert_false(procfs_release("99999.1", v));
	assert_true(procfs_zram("  4096 74 12288 0 12288 1 0 0 0\n", &z));
	assert_true(z.orig == 4096 && z.compressed == 74 && z.used == 12288);
	assert_false(procfs_zram("4096 -1 0", &z) || procfs_zram("4096 74", &z));
	assert_true(procfs_time_in_state("600000 300\n1800000 100\n", &weighted, &ticks));
	assert_true(ticks == 400 && weighted == 600000 * 300 + 1800000 * 100);
	assert_false(procfs_time_in_state("", &weighted, &ticks));
	assert_false(procfs_time_in_state("600000 x\n", &weighted, &ticks));
	assert_false(procfs_time_in_state("600000 0\n", &weighted, &ticks));
	assert_false(procfs_time_in_state("4000000000 1099511627776\n", &weighted, &ticks));
}

static const char mapping[] =
    "00400000-0048a000 r-xp 00000000 fd:03 960637                             /bin/app\n"
    "Size:                552 kB\n"
    "Rss:                 460 kB\n"
    "Pss:                 100 kB\n"
    "Pss_Dirty:             7 kB\n"
    "Private_Clean:        10 kB\n"
    "Private_Dirty:        20 kB\n"
    "VmFlags: rd ex mr mw me dw\n";

static void
sums_of_mappings(void **state)
{
	struct smaps s;
	char line[400];

	(void)state;
	smaps_init(&s);
	for (int i = 0; i < 3; i++)
		for (const char *c = mapping; *c != '\0'; c++)
			smaps_feed(&s, c, 1);
	/* A long path of a mapping is no field, wherever it is cut. */
	memset(line, 'P', sizeof line);
	memcpy(line, "7f00-7f01 r-xp 0 0 0 /", 22);
	memcpy(line + 380, "Pss: 5 kB\n", 10);
	smaps_feed(&s, line, 390);
	smaps_feed(&s, "Pss:   1 kB", 11);
	smaps_end(&s);
	assert_int_equal(s.kb[ROLLUP_RSS], 3 * 460);
	assert_int_equal(s.kb[ROLLUP_PSS], 3 * 100 + 1);
	assert_int_equal(s.kb[ROLLUP_PRIVATE_CLEAN], 30);
	assert_int_equal(s.kb[ROLLUP_PRIVATE_DIRTY], 60);
	smaps_init(&s);
	smaps_feed(&s, "Pss: 999999999999999999999 kB\n", 30);
	assert_int_equal(s.kb[ROLLUP_PSS], -1);
}

static void
until(struct run *r, const char *id, bool has)
{
	const uint64_t end_at = sys_mono() + 10 * NS_PER_S;
	double v;

	do
		next(r);
	while ((void)def(r, id, &v), isnan(v) == has && sys_mono() < end_at);
	assert_int_equal(!isnan(v), has);
}

static void
without_rollup(void **state)
{
	const struct gauge_set_opts o = { .pid = 701 };
	struct run r;
	char text[sizeof mapping * 2];
	double v;

	(void)state;
	memset(&r, 0, sizeof r);
	tree_open(&r.tree, "openwrt-mips");
	snprintf(text, sizeof text, "%s%s", mapping, mapping);
	tree_put(&r.tree, "proc/701/smaps", text);
	start(&r, &o);
	until(&r, "proc.pss", true);
	is(&r, "proc.pss", 200.0 * 1024);
	is(&r, "proc.uss", 60.0 * 1024);
	assert_non_null(strstr(def(&r, "proc.pss", &v)->source, "before Linux 4.14"));
	/* Neither file. */
	missing(&r, "proc.switches", "not told by this kernel");
	end(&r);
	first(&r, "openwrt-mips", &o);
	missing(&r, "proc.pss", "neither smaps_rollup nor smaps");
	end(&r);
}

static void
thread(struct run *r, int tid, unsigned voluntary, unsigned involuntary)
{
	char name[64], text[128];

	snprintf(name, sizeof name, "proc/812/task/%d/status", tid);
	snprintf(text, sizeof text,
	    "Name:\tapi\nvoluntary_ctxt_switches:\t%u\nnonvoluntary_ctxt_switches:\t%u\n", voluntary,
	    involuntary);
	tree_put(&r->tree, name, text);
}

static void
switches_of_all_threads(void **state)
{
	const struct gauge_set_opts o = { .pid = 812 };
	struct run r;
	char path[400];
	double v;

	(void)state;
	memset(&r, 0, sizeof r);
	tree_open(&r.tree, "pi4");
	thread(&r, 812, 1000, 10);
	thread(&r, 99, 5000000, 500000);
	start(&r, &o);
	until(&r, "proc.switches", true);
	is(&r, "proc.switches", 0);
	is(&r, "proc.preempted", 0);
	assert_non_null(strstr(def(&r, "proc.switches", &v)->source, "all threads"));
	/* One thread ends: no negative rate; another begins and counts from 0. */
	snprintf(path, sizeof path, "%s/812/task/99/status", r.tree.proc);
	assert_int_equal(unlink(path), 0);
	thread(&r, 813, 70, 7);
	do
		next(&r);
	while ((void)def(&r, "proc.preempted", &v), !(v > 0));
	assert_true(v <= 7 / 0.001);
	/* Counters that cannot be: not told. */
	tree_put(&r.tree, "proc/812/task/812/status", "voluntary_ctxt_switches:\t-4\n");
	tree_put(&r.tree, "proc/812/task/813/status", "");
	until(&r, "proc.switches", false);
	missing(&r, "proc.switches", "not told by this kernel");
	end(&r);
}

static void
random_numbers(void **state)
{
	struct run r;
	double v;

	(void)state;
	first(&r, "container", NULL);
	missing(&r, "sys.random", "entropy_avail");
	absent(&r, "sys.entropy");
	/* The old estimate says nothing of readiness. */
	tree_put(&r.tree, "proc/sys/kernel/random/poolsize", "4096\n");
	tree_put(&r.tree, "proc/sys/kernel/random/entropy_avail", "3120\n");
	next(&r);
	next(&r);
	is(&r, "sys.entropy", 3120);
	missing(&r, "sys.random", "estimate");
	tree_put(&r.tree, "proc/sys/kernel/random/entropy_avail", "-7\n");
	next(&r);
	missing(&r, "sys.random", "out of range");
	end(&r);
	/* The new one counts up once. */
	first(&r, "container", NULL);
	tree_put(&r.tree, "proc/sys/kernel/random/poolsize", "256\n");
	tree_put(&r.tree, "proc/sys/kernel/random/entropy_avail", "60\n");
	next(&r);
	next(&r);
	is(&r, "sys.random", 0);
	tree_put(&r.tree, "proc/sys/kernel/random/entropy_avail", "256\n");
	next(&r);
	next(&r);
	is(&r, "sys.random", 1);
	absent(&r, "sys.entropy");
	assert_non_null(strstr(def(&r, "sys.random", &v)->source, "256 of 256"));
	end(&r);
}

static void
zram_and_processors(void **state)
{
	struct run r;
	double v;

	(void)state;
	memset(&r, 0, sizeof r);
	tree_open(&r.tree, "container");
	tree_put(&r.tree, "proc/sys/kernel/osrelease", "4.9.337-tegra\n");
	tree_put(&r.tree, "sys/devices/system/cpu/online", "0-1\n");
	tree_put(&r.tree, "sys/devices/system/cpu/isolated", "1\n");
	tree_put(&r.tree, "sys/block/zram0/disksize", "1073741824\n");
	tree_put(&r.tree, "sys/block/zram0/mm_stat", "83886080 20000000 20971520 0 25000000 9 0 1\n");
	tree_put(&r.tree, "sys/block/zram1/disksize", "0\n");
	tree_put(&r.tree, "sys/block/zram1/mm_stat", "0 0 0 0 0 0 0 0\n");
	start(&r, NULL);
	next(&r);
	next(&r);
	is(&r, "zram.used", 20971520);
	is(&r, "zram.orig", 83886080);
	is(&r, "zram.ratio", 4);
	is(&r, "cpu.online", 2);
	is(&r, "cpu.isolated", 1);
	assert_non_null(strstr(def(&r, "cpu.online", &v)->source, "(0-1)"));
	missing(&r, "psi.memory", "Linux 4.9, they came with 4.20");
	tree_put(&r.tree, "sys/block/zram0/mm_stat", "0 0 0 0 0 0 0 0\n");
	next(&r);
	next(&r);
	is(&r, "zram.used", 0);
	missing(&r, "zram.ratio", "nothing is stored");
	tree_put(&r.tree, "sys/block/zram0/mm_stat", "what\n");
	next(&r);
	next(&r);
	missing(&r, "zram.used", "no numbers");
	end(&r);
	memset(&r, 0, sizeof r);
	tree_open(&r.tree, "container");
	tree_put(&r.tree, "sys/devices/system/cpu/online", "0-1,\x7f\n");
	tree_put(&r.tree, "sys/devices/system/cpu/isolated", "\n");
	start(&r, NULL);
	next(&r);
	missing(&r, "cpu.online", "no list of processors");
	is(&r, "cpu.isolated", 0);
	absent(&r, "zram.used");
	end(&r);
}

static void
put_all(struct run *r, const char *const (*file)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		tree_put(&r->tree, file[i][0], file[i][1]);
}

#define PUT(r, list) put_all(r, list, sizeof list / sizeof list[0])
#define POLICY "sys/devices/system/cpu/cpufreq/policy4/"
#define HWMON "sys/class/hwmon/hwmon"

static void
clocks_fans_and_power(void **state)
{
	static const char *const board[][2] = {
		{ POLICY "scaling_cur_freq", "408000\n" }, { POLICY "scaling_max_freq", "1200000\n" },
		{ POLICY "cpuinfo_max_freq", "2400000\n" }, { POLICY "related_cpus", "4 5\n" },
		{ POLICY "stats/total_trans", "7\n" },
		{ POLICY "stats/time_in_state", "408000 1000\n2400000 500\n" },
		{ "sys/devices/system/cpu/cpu4/thermal_throttle/core_throttle_count", "12\n" },
		{ "sys/devices/system/cpu/cpu4/thermal_throttle/package_throttle_count", "3\n" },
		{ HWMON "0/name", "rpi_volt\n" }, { HWMON "0/in0_lcrit_alarm", "0\n" },
		{ HWMON "1/name", "pwmfan\n" }, { HWMON "1/fan1_input", "2980\n" },
		{ HWMON "2/name", "ina226\n" }, { HWMON "2/power1_input", "5250000\n" },
		{ HWMON "2/power1_label", "VDD_IN\n" },
	}, *const later[][2] = {
		{ POLICY "stats/time_in_state", "408000 1001\n2400000 501\n" },
		{ "sys/devices/system/cpu/cpu4/thermal_throttle/core_throttle_count", "15\n" },
		{ HWMON "0/in0_lcrit_alarm", "1\n" },
	}, *const absurd[][2] = {
		{ POLICY "scaling_cur_freq", "0\n" }, { POLICY "scaling_max_freq", "-1200000\n" },
		{ POLICY "stats/time_in_state", "" }, { HWMON "1/fan1_input", "4294967295\n" },
		{ "sys/devices/system/cpu/cpu4/thermal_throttle/core_throttle_count", "-1\n" },
		{ HWMON "0/in0_lcrit_alarm", "2\n" }, { HWMON "2/power1_input", "\n" },
	};
	const struct gauge_set_opts o = { .hold_ns = 1 };
	struct run r;
	double v = 0;

	(void)state;
	memset(&r, 0, sizeof r);
	tree_open(&r.tree, "container");
	PUT(&r, board);
	start(&r, &o);
	do
		next(&r);
	while (!gauge_set_ready(r.set));
	next(&r);
	is(&r, "freq.policy4", 408e6);
	is(&r, "freq.policy4.cap", 50);
	is(&r, "fan.pwmfan", 2980);
	is(&r, "power.ina226-vdd_in", 5.25);
	is(&r, "power.rpi_volt", 0);
	is(&r, "freq.policy4.throttles", 0);
	assert_non_null(strstr(def(&r, "freq.policy4.throttles", &v)->source, "(12 since boot)"));
	assert_non_null(strstr(def(&r, "power.rpi_volt", &v)->source, "last 2 s"));
	is(&r, "freq.package.throttles", 0);
	PUT(&r, later);
	until(&r, "freq.policy4.mean", true);
	is(&r, "freq.policy4.mean", 1404e6);
	is(&r, "power.rpi_volt", 1);
	assert_non_null(strstr(def(&r, "freq.policy4.throttles", &v)->source, "(15 since boot)"));
	PUT(&r, absurd);
	next(&r);
	next(&r);
	missing(&r, "freq.policy4", "says 0");
	missing(&r, "freq.policy4.cap", "says -1200000");
	missing(&r, "freq.policy4.mean", "not say a number");
	missing(&r, "freq.policy4.throttles", "says -1");
	missing(&r, "fan.pwmfan", "says 4294967295");
	missing(&r, "power.rpi_volt", "says 2");
	missing(&r, "power.ina226-vdd_in", "not say a number");
	end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_processors),
		cmocka_unit_test(texts_of_old_and_new_kernels),
		cmocka_unit_test(sums_of_mappings),
		cmocka_unit_test(without_rollup),
		cmocka_unit_test(switches_of_all_threads),
		cmocka_unit_test(random_numbers),
		cmocka_unit_test(zram_and_processors),
		cmocka_unit_test(clocks_fans_and_power),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
