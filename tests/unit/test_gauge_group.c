/* test_gauge_group.c - a process's control group and its PSS, from trees written by the test. */
#include "test_gauge_tree.h"

#include <math.h>
#include <stdbool.h>

#include "base/clock.h"
#include "gauge/source_cgroup.h"
#include "gauge/source_pss.h"
#include "loop/loop.h"
#include "sys/time.h"

struct fixture {
	struct board_tree tree;
	struct gauge_table table;
	struct root proc, sys;
	struct cgroup *cgroup;
	struct loop *loop;
	struct pss *pss;
};

static void
open_all(struct fixture *f)
{
	tree_open(&f->tree, NULL);
	table_init(&f->table);
	f->proc = root_of(f->tree.proc, "/proc", NULL);
	f->sys = root_of(f->tree.sys, "/sys", NULL);
	f->cgroup = cgroup_new(&f->table, &f->proc, &f->sys);
	f->loop = loop_new();
	f->pss = pss_new(f->loop, &f->table, &f->proc);
}

static void
close_all(struct fixture *f)
{
	cgroup_free(f->cgroup);
	pss_free(f->pss);
	loop_free(f->loop);
	table_fini(&f->table);
	tree_close(&f->tree);
}

static double
value(struct fixture *f, const char *id)
{
	const int i = table_find(&f->table, id);

	assert_true(i >= 0);
	return f->table.v[i];
}

static void
is_missing(struct fixture *f, const char *id, const char *why)
{
	const int i = table_find(&f->table, id);

	assert_true(i >= 0 && isnan(f->table.v[i]));
	if (strstr(f->table.def[i].missing, why) == NULL)
		fail_msg("%s: \"%s\" has no \"%s\"", id, f->table.def[i].missing, why);
}

/* The leaf has no limit of its own: the slice above it decides. */
static void
version_two(void **state)
{
	struct fixture f;
	int i;

	(void)state;
	open_all(&f);
	tree_put(&f.tree, "proc/7/cgroup", "0::/app.slice/web.service\n");
	tree_put(&f.tree, "sys/fs/cgroup/app.slice/memory.max", "104857600\n");
	tree_put(&f.tree, "sys/fs/cgroup/app.slice/web.service/memory.max", "max\n");
	tree_put(&f.tree, "sys/fs/cgroup/app.slice/web.service/memory.high", "209715200\n");
	tree_put(&f.tree, "sys/fs/cgroup/app.slice/web.service/memory.current", "52428800\n");
	tree_put(&f.tree, "sys/fs/cgroup/app.slice/web.service/memory.events",
	    "low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\n");
	tree_put(&f.tree, "sys/fs/cgroup/app.slice/web.service/cpu.stat",
	    "usage_usec 5\nnr_periods 100\nnr_throttled 10\n");
	cgroup_sample(f.cgroup, 7, NS_PER_S);
	i = table_find(&f.table, "cgroup.mem");
	assert_true(value(&f, "cgroup.mem") == 52428800.0);
	assert_true(f.table.def[i].max == 104857600.0);
	assert_true(value(&f, "cgroup.oom") == 2);
	assert_true(isnan(value(&f, "cgroup.throttled")));      /* a difference: not yet */
	tree_put(&f.tree, "sys/fs/cgroup/app.slice/web.service/cpu.stat",
	    "usage_usec 5\nnr_periods 110\nnr_throttled 15\n");
	cgroup_sample(f.cgroup, 7, 2 * NS_PER_S);
	assert_true(value(&f, "cgroup.throttled") == 50);
	cgroup_sample(f.cgroup, 0, 3 * NS_PER_S);
	is_missing(&f, "cgroup.mem", "no process");
	close_all(&f);
}

static void
version_one(void **state)
{
	struct fixture f;
	int i;

	(void)state;
	open_all(&f);
	tree_put(&f.tree, "proc/7/cgroup", "9:cpu,cpuacct:/x\n4:memory:/box/a\n0::/\n");
	tree_put(&f.tree, "sys/fs/cgroup/memory/box/memory.limit_in_bytes", "67108864\n");
	tree_put(&f.tree, "sys/fs/cgroup/memory/box/a/memory.limit_in_bytes",
	    "9223372036854771712\n");
	tree_put(&f.tree, "sys/fs/cgroup/memory/box/a/memory.usage_in_bytes", "1048576\n");
	tree_put(&f.tree, "sys/fs/cgroup/memory/box/a/memory.oom_control",
	    "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
	cgroup_sample(f.cgroup, 7, NS_PER_S);
	i = table_find(&f.table, "cgroup.mem");
	assert_true(value(&f, "cgroup.mem") == 1048576.0);
	assert_true(f.table.def[i].max == 67108864.0);
	assert_true(value(&f, "cgroup.oom") == 1);
	is_missing(&f, "cgroup.throttled", "no CPU quota");
	close_all(&f);
}

/* The root group, no group at all, files that lie: words, no number. */
static void
without(void **state)
{
	static const char *const groups[] = {
		"0::/\n", "", "garbage", "0::relative\n", "1:name=systemd:/x\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		struct fixture f;

		open_all(&f);
		tree_put(&f.tree, "proc/7/cgroup", groups[i]);
		cgroup_sample(f.cgroup, 7, NS_PER_S);
		is_missing(&f, "cgroup.mem", i == 0 ? "cgroup_enable=memory" : "no memory control");
		close_all(&f);
	}
}

static void
wait_pss(struct fixture *f, double anon, uint64_t mono)
{
	const uint64_t until = sys_mono() + 10 * NS_PER_S;
	const int i = (pss_sample(f->pss, 7, anon, mono), table_find(&f->table, "proc.pss"));

	while (strcmp(f->table.def[i].missing, "not read yet") == 0 && sys_mono() < until)
		(void)loop_turn(f->loop, (int64_t)NS_PER_S);
}

static void
shares(void **state)
{
	struct fixture f;

	(void)state;
	open_all(&f);
	tree_put(&f.tree, "proc/7/smaps_rollup",
	    "55d0-7ffc ---p 00000000 00:00 0 [rollup]\nRss:  4000 kB\nPss:  1500 kB\n"
	    "Pss_Anon: 900 kB\nPrivate_Clean:  100 kB\nPrivate_Dirty:  900 kB\n");
	wait_pss(&f, 1000, NS_PER_S);
	assert_true(value(&f, "proc.pss") == 1500 * 1024.0);
	assert_true(value(&f, "proc.uss") == 1000 * 1024.0);
	/* not read again before its time, and not at all when the walk would stall the process */
	tree_put(&f.tree, "proc/7/smaps_rollup", "Rss: 1 kB\nPss: 1 kB\n");
	pss_sample(f.pss, 7, 1000, 2 * NS_PER_S);
	(void)loop_turn(f.loop, 0);
	assert_true(value(&f, "proc.pss") == 1500 * 1024.0);
	pss_sample(f.pss, 7, 1e9, 60 * NS_PER_S);
	is_missing(&f, "proc.pss", "stall");
	close_all(&f);
}

static void
no_shares(void **state)
{
	struct fixture f;

	(void)state;
	open_all(&f);
	wait_pss(&f, (double)NAN, NS_PER_S);
	is_missing(&f, "proc.pss", "neither smaps_rollup nor smaps");
	close_all(&f);
	open_all(&f);
	tree_put(&f.tree, "proc/7/smaps_rollup", "");   /* a kernel thread */
	wait_pss(&f, (double)NAN, NS_PER_S);
	is_missing(&f, "proc.uss", "kernel thread");
	close_all(&f);
	/* the owner goes while a reading is under way */
	open_all(&f);
	tree_put(&f.tree, "proc/7/smaps_rollup", "Pss: 1 kB\n");
	pss_sample(f.pss, 7, 0, NS_PER_S);
	pss_free(f.pss);
	f.pss = NULL;
	for (int i = 0; i < 100; i++)
		(void)loop_turn(f.loop, (int64_t)NS_PER_MS);
	close_all(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_two), cmocka_unit_test(version_one),
		cmocka_unit_test(without), cmocka_unit_test(shares),
		cmocka_unit_test(no_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
