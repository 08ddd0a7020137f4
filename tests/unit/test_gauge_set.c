/* test_gauge_set.c - whole boards from recorded-like trees: what is shown, what is missing and
 * why. */
#include "test_gauge_run.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#include "gauge/export.h"
#include "sys/io.h"
#include "sys/spawn.h"

static void
x86_server(void **state)
{
	const struct gauge_set_opts o = { .process = "web server (1)" };
	struct run r;
	double v;
	const struct gauge_def *d;

	(void)state;
	first(&r, "x86-server", &o);
	is(&r, "mem.avail", 51234567.0 * 1024);
	is(&r, "mem.used", (65842312.0 - 51234567.0) * 1024);
	is(&r, "mem.swap", 388604.0 * 1024);
	is(&r, "load.5", 0.64);
	is(&r, "proc.rss", 812345.0 * 1024);
	is(&r, "proc.threads", 42);
	is(&r, "temp.coretemp-package-id-0", 55);
	is(&r, "temp.coretemp-core-0", 53);
	is(&r, "temp.nvme-composite", 38.85);
	is(&r, "temp.nvme-composite-2", 41.85);
	is(&r, "temp.x86_pkg_temp", 54);
	missing(&r, "temp.acpitz", "never said anything but 0");
	is(&r, "freq.policy1", 2.3e9);
	is(&r, "freq.policy1.cap", 0);
	absent(&r, "cool.processor");
	d = def(&r, "temp.x86_pkg_temp", &v);
	assert_int_equal(d->trip_count, 0);             /* 65261 and -32768 degrees are no trips */
	d = def(&r, "temp.coretemp-core-0", &v);
	assert_true(fabs(d->warn - 85) < 1e-9 && fabs(d->crit - 95) < 1e-9);
	assert_true(r.defs >= 1);
	end(&r);
}

static void
pi4(void **state)
{
	const struct gauge_set_opts o = { .pid = 812, .hold_ns = 1 };
	struct run r;
	double v;

	(void)state;
	first(&r, "pi4", &o);
	is(&r, "temp.cpu-thermal", 79.36);
	absent(&r, "temp.cpu_thermal");                 /* its mirror in hwmon */
	assert_string_equal(def(&r, "temp.cpu-thermal", &v)->name, "cpu");
	assert_true(fabs(def(&r, "temp.cpu-thermal", &v)->warn - 80) < 1e-9);
	assert_true(fabs(def(&r, "temp.cpu-thermal", &v)->crit - 105) < 1e-9);
	is(&r, "freq.policy0", 1e9);
	is(&r, "freq.policy0.cap", 100.0 * 800 / 1800);
	is(&r, "cool.cpufreq-cpu0", 2);
	assert_true(isnan(def(&r, "cool.pwm-fan", &v)->warn));        /* shown, no alarm */
	missing(&r, "psi.cpu", "psi=1");
	is(&r, "proc.anon", 123904.0 * 1024);
	is(&r, "proc.shmem", 0);
	assert_string_equal(def(&r, "proc.anon", &v)->name, "api anon");
	assert_true(r.alarms >= 1);
	assert_string_equal(r.last.text, "throttle cpufreq-cpu0 is in force: 2 of 4");
	/* Hotter than passive: the sentence of the status line. */
	tree_put(&r.tree, "sys/class/thermal/thermal_zone0/temp", "81500\n");
	while (r.last.def == NULL || strcmp(r.last.def->id, "temp.cpu-thermal") != 0)
		next(&r);
	assert_string_equal(r.last.text, "cpu 81.5 C is above warn 80 C");
	end(&r);
}

static void
jetson_that_lies(void **state)
{
	struct run r;

	(void)state;
	first(&r, "jetson", NULL);
	is(&r, "temp.cpu-therm", 51.5);
	missing(&r, "temp.gpu-therm", "-256");
	is(&r, "temp.cv0-therm", 48);
	missing(&r, "temp.soc1-therm", "out of range");
	missing(&r, "temp.tj-therm", "sensor limit");
	missing(&r, "temp.pmic-die", "constant");
	missing(&r, "temp.tboard", "sensor limit");
	missing(&r, "temp.tdiode", "whole degrees");
	missing(&r, "temp.ao-therm", "not say a number");
	missing(&r, "temp.tmp451", "sensor limit");
	is(&r, "temp.tmp451-2", 46.125);
	absent(&r, "temp.cpu_therm");                   /* no device link, but the zone's name */
	is(&r, "cool.thermal-cpufreq-0", 0);
	is(&r, "cool.17000000-gpu-devfreq", 0);
	is(&r, "freq.policy4.cap", 0);
	assert_int_equal(r.alarms, 0);
	end(&r);
}

static void
container_and_router(void **state)
{
	const struct gauge_set_opts o = { .process = "uhttpd" };
	struct run r;
	double v;

	(void)state;
	first(&r, "container", NULL);
	missing(&r, "temp", "no thermal zone");
	missing(&r, "freq", "no cpufreq policy");
	missing(&r, "psi.memory", "psi=1");
	missing(&r, "mem.swap", "no swap");
	is(&r, "mem.avail", 1800000.0 * 1024);
	absent(&r, "proc.rss");
	end(&r);
	first(&r, "openwrt-mips", &o);
	is(&r, "mem.avail", (8120.0 + 14336 + 3200 + 5632 - 872) * 1024);
	assert_non_null(strstr(def(&r, "mem.avail", &v)->source, "estimated"));
	is(&r, "proc.rss", 1432.0 * 1024);
	missing(&r, "proc.anon", "before Linux 4.5");
	missing(&r, "temp.soc", "never said");
	end(&r);
}

static void
cpu_shares(void **state)
{
	struct run r;
	size_t n;

	(void)state;
	first(&r, "container", NULL);
	tree_put(&r.tree, "proc/stat",
	    "cpu  2000 5 1000 18000 0 0 0 0\ncpu0 1000 0 500 9000 0 0 0 0\nintr 1\n");
	next(&r);
	next(&r);
	missing(&r, "cpu.1", "offline");
	tree_put(&r.tree, "proc/stat",
	    "cpu  2090 5 1000 18010 0 0 0 0\ncpu0 1090 0 500 9010 0 0 0 0\nintr 1\n");
	next(&r);
	is(&r, "cpu.busy", 90);
	is(&r, "cpu.0", 90);
	/* Counters that went back: a gap or 0, never a negative share. */
	tree_put(
	    &r.tree, "proc/stat", "cpu  10 5 10 100 0 0 0 0\ncpu0 10 0 5 90 0 0 0 0\nintr 1\n");
	next(&r);
	assert_string_equal(gauge_set_defs(r.set, &n)[11].id, "cpu.busy");
	assert_true(isnan(series_now(gauge_set_series(r.set), 11)));
	end(&r);
}

/* ---- processes ---- */

static void
vanished_and_reused(void **state)
{
	const struct gauge_set_opts by_pid = { .pid = 812 }, by_name = { .process = "api" };
	struct run r;
	char path[400];

	(void)state;
	first(&r, "pi4", &by_pid);
	is(&r, "proc.threads", 17);
	/* The same number, another start time: a stranger is not shown, now or later. */
	tree_put(&r.tree, "proc/812/stat",
	    "812 (other) S 1 812 812 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 999999 1 1\n");
	next(&r);
	missing(&r, "proc.rss", "api (pid 812) has ended");
	next(&r);
	missing(&r, "proc.rss", "has ended");
	end(&r);
	first(&r, "pi4", &by_name);
	is(&r, "proc.threads", 17);
	snprintf(path, sizeof path, "%s/812/stat", r.tree.proc);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof path, "%s/812/comm", r.tree.proc);
	assert_int_equal(unlink(path), 0);
	next(&r);
	missing(&r, "proc.rss", "has ended");
	tree_put(&r.tree, "proc/940/comm", "api\n");
	tree_put(&r.tree, "proc/940/stat",
	    "940 (api) S 1 940 940 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 5555 1 1\n");
	tree_put(&r.tree, "proc/940/status",
	    "Name:\tapi\nVmSize:\t 10 kB\nVmRSS:\t 9 kB\nThreads:\t2\n");
	while (r.last.level != GAUGE_NEWS)
		next(&r);
	assert_string_equal(r.last.text, "api restarted: pid 812, then 940");
	is(&r, "proc.threads", 2);
	end(&r);
}

/* A real process under the real /proc: kept descriptors end with it. */
static void
real_process(void **state)
{
	static const char *const argv[] = { "sleep", "60", NULL };
	const struct sys_spawn s = {
		.argv = argv, .fd_in = -1, .fd_out = -1, .fd_err = -1, .fd3 = -1
	};
	struct gauge_set_opts o = { .proc_root = "/proc", .sys_root = "/sys" };
	struct run r;
	double v;

	(void)state;
	assert_int_equal(sys_spawn(&s, &o.pid, NULL), ERR_OK);
	first(&r, NULL, &o);
	assert_string_equal(def(&r, "proc.rss", &v)->name, "sleep rss");
	assert_true(v > 0);
	is(&r, "proc.threads", 1);
	sys_kill_group(o.pid, SIGKILL);
	(void)sys_wait(o.pid);
	next(&r);
	missing(&r, "proc.rss", "sleep");
	missing(&r, "proc.rss", "has ended");
	gauge_set_process(r.set, 0x7fffff00, NULL);
	next(&r);
	missing(&r, "proc.rss", "no process");
	assert_false(gauge_set_process_found(r.set));
	gauge_set_process(r.set, 0, NULL);
	next(&r);
	missing(&r, "proc.rss", "no process chosen");
	end(&r);
}

/* ---- sensors that misbehave in the kernel: played by the I/O table ---- */

enum { FDS = 1024 };
static char fd_path[FDS][128];
static struct {
	const char *ends;
	int error;
} play[8];
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool shut;
static const char *blocks;

static bool
ends_with(const char *s, const char *tail)
{
	const size_t n = strlen(s), k = strlen(tail);

	return n >= k && strcmp(s + n - k, tail) == 0;
}

static int
play_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	const int fd = openat(dirfd, path, flags, mode);
	const size_t n = strlen(path);

	pthread_mutex_lock(&door);
	if (fd >= 0 && fd < FDS)
		snprintf(fd_path[fd], sizeof fd_path[fd], "%s", n > 100 ? path + n - 100 : path);
	pthread_mutex_unlock(&door);
	return fd;
}

static ssize_t
play_pread(int fd, void *p, size_t n, off_t at)
{
	char path[128] = "";
	bool wait;

	pthread_mutex_lock(&door);
	if (fd >= 0 && fd < FDS)
		memcpy(path, fd_path[fd], sizeof path);
	wait = blocks != NULL && ends_with(path, blocks);
	pthread_mutex_unlock(&door);
	for (size_t i = 0; i < sizeof play / sizeof play[0] && play[i].ends != NULL; i++)
		if (ends_with(path, play[i].ends)) {
			errno = play[i].error;
			return -1;
		}
	if (wait) {
		pthread_mutex_lock(&door);
		while (shut)
			pthread_cond_wait(&opened, &door);
		pthread_mutex_unlock(&door);
	}
	return pread(fd, p, n, at);
}

static const struct sys_io_ops played = {
	.openat = play_openat,
	.read = read,
	.pread = play_pread,
	.write = write,
	.fsync = fsync,
	.close = close,
};

static void
kernel_errors(void **state)
{
	struct run r;

	(void)state;
	memset(play, 0, sizeof play);
	play[0].ends = "thermal_zone0/temp"; play[0].error = EAGAIN;
	play[1].ends = "thermal_zone2/temp"; play[1].error = ENODATA;
	play[2].ends = "thermal_zone3/temp"; play[2].error = EINVAL;
	play[3].ends = "hwmon1/temp2_input"; play[3].error = EIO;
	play[4].ends = "cooling_device0/cur_state"; play[4].error = EINVAL;
	play[5].ends = "policy4/scaling_cur_freq"; play[5].error = EACCES;
	play[6].ends = "pressure/io"; play[6].error = EOPNOTSUPP;
	sys_io_set_ops(&played);
	first(&r, "jetson", NULL);
	missing(&r, "temp.cpu-therm", "EAGAIN");
	missing(&r, "temp.cv0-therm", "no data");
	missing(&r, "temp.soc0-therm", "off");
	missing(&r, "temp.tmp451-2", "EIO");
	missing(&r, "cool.thermal-cpufreq-0", "off");
	missing(&r, "freq.policy4", "not readable");
	missing(&r, "psi.io", "switched off");
	is(&r, "freq.policy0", 1510400e3);
	/* And it comes back by itself. */
	play[0].ends = "nothing";
	next(&r);
	next(&r);
	is(&r, "temp.cpu-therm", 51.5);
	end(&r);
	sys_io_set_ops(NULL);
	memset(play, 0, sizeof play);
}

static void
hanging_sensor(void **state)
{
	struct run r;
	uint64_t at;
	double v;

	(void)state;
	sys_io_set_ops(&played);
	first(&r, "jetson", NULL);
	is(&r, "temp.cpu-therm", 51.5);
	pthread_mutex_lock(&door);
	shut = true;
	blocks = "thermal_zone0/temp";
	pthread_mutex_unlock(&door);
	do
		next(&r);
	while (gauge_set_hanging(r.set) == 0);
	missing(&r, "temp.cpu-therm", "hangs");
	/* The others were read in the same round, and go on. */
	tree_put(&r.tree, "sys/class/thermal/thermal_zone2/temp", "49000\n");
	at = sys_mono();
	next(&r);
	next(&r);
	assert_true(sys_mono() - at < 2 * NS_PER_S);
	is(&r, "temp.cv0-therm", 49);
	is(&r, "mem.avail", 4000000.0 * 1024);
	missing(&r, "temp.cpu-therm", "hangs");
	assert_int_equal(gauge_set_hanging(r.set), 1);
	pthread_mutex_lock(&door);
	shut = false;
	blocks = NULL;
	pthread_cond_broadcast(&opened);
	pthread_mutex_unlock(&door);
	/* on a busy machine one more may be late for a moment */
	at = sys_mono();
	do {
		next(&r);
		(void)def(&r, "temp.cpu-therm", &v);
	} while ((gauge_set_hanging(r.set) != 0 || isnan(v)) && sys_mono() - at < 20 * NS_PER_S);
	is(&r, "temp.cpu-therm", 51.5);
	end(&r);
	sys_io_set_ops(NULL);
}

static void
fifo_sensor(void **state)
{
	struct run r;
	char path[400];
	uint64_t at;

	(void)state;
	memset(&r, 0, sizeof r);
	tree_open(&r.tree, "pi4");
	snprintf(path, sizeof path, "%s/class/thermal/thermal_zone0/temp", r.tree.sys);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof path, "%s/uptime", r.tree.proc);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	start(&r, NULL);
	at = sys_mono();
	do
		next(&r);
	while (!gauge_set_ready(r.set));
	next(&r);
	assert_true(sys_mono() - at < 5 * NS_PER_S);
	missing(&r, "temp.cpu-thermal", "not a sensor file");
	missing(&r, "sys.uptime", "uptime");
	is(&r, "freq.policy0", 1e9);
	is(&r, "load.1", 0.82);
	end(&r);
}

/* ---- the protocol's words ---- */

static void
json_words(void **state)
{
	const struct gauge_set_opts o = { .epoch = sys_mono() };
	struct run r;
	json_t *j, *defs, *samples, *row, *g;
	size_t i, n;

	(void)state;
	first(&r, "pi4", &o);
	(void)gauge_set_defs(r.set, &n);
	j = gauge_set_json(r.set);
	defs = json_object_get(j, "defs");
	samples = json_object_get(j, "samples");
	assert_int_equal(json_array_size(defs), n);
	assert_int_equal(json_array_size(samples), r.samples);
	json_array_foreach(samples, i, row) {
		assert_int_equal(json_array_size(row), n + 1);
		assert_true(json_is_integer(json_array_get(row, 0)));
		assert_true(
		    json_integer_value(json_array_get(row, 0)) < (json_int_t)(60 * NS_PER_S));
	}
	json_array_foreach(defs, i, g) {
		const bool none = json_is_string(json_object_get(g, "missing"));

		assert_true(json_is_string(json_object_get(g, "id")));
		assert_true(json_is_string(json_object_get(g, "group")));
		assert_true(json_is_string(json_object_get(g, "unit")));
		if (none)
			assert_true(json_is_null(json_array_get(row = json_array_get(samples,
			    json_array_size(samples) - 1), i + 1)));
		if (strcmp(json_string_value(json_object_get(g, "id")), "temp.cpu-thermal") == 0) {
			assert_int_equal(json_array_size(json_object_get(g, "trips")), 2);
			assert_int_equal(json_integer_value(json_object_get(g, "warn")), 80);
		}
	}
	json_decref(j);
	j = gauge_set_json_values(r.set);
	assert_int_equal(json_array_size(j), n);
	json_decref(j);
	end(&r);
}

static enum err
file(struct run *r, const char *name, const char *ids, struct gauge_export *x, struct buf *out)
{
	struct err_msg why;

	*x = (struct gauge_export){ .ids = ids, .epoch_wall = UINT64_C(1700000000) * NS_PER_S };
	buf_clear(out);
	return gauge_export(r->set, name, x, out, &why);
}

/* The history as CSV, JSON and SVG: rows for samples, nothing for what is missing. */
static void
files(void **state)
{
	struct run r;
	struct gauge_export x;
	struct buf out;
	json_t *o;

	(void)state;
	first(&r, "pi4", NULL);
	buf_init(&out, 4 << 20);
	assert_int_equal(file(&r, "a.csv", "temp.cpu-thermal,psi.cpu", &x, &out), ERR_OK);
	assert_int_equal(x.gauges, 2);
	assert_int_equal(x.rows, gauge_set_series(r.set)->count);
	assert_int_equal(strncmp(buf_str(&out), "t,wall,temp.cpu-thermal,psi.cpu\n", 32), 0);
	assert_non_null(strstr(buf_str(&out), "Z,79.36,\n"));
	assert_int_equal(file(&r, "a.json", NULL, &x, &out), ERR_OK);
	o = json_read(buf_str(&out), out.len, "a.json", NULL);
	assert_int_equal(json_array_size(json_object_get(o, "defs")), x.gauges);
	assert_int_equal(json_array_size(json_object_get(o, "samples")), x.rows);
	json_decref(o);
	assert_int_equal(file(&r, "a.svg", "temp.cpu-thermal", &x, &out), ERR_OK);
	assert_non_null(strstr(buf_str(&out), "<polyline"));
	assert_non_null(strstr(buf_str(&out), "</svg>"));
	assert_int_equal(file(&r, "a.png", NULL, &x, &out), ERR_USAGE);
	assert_int_equal(file(&r, "a.csv", "no.such", &x, &out), ERR_NOENT);
	buf_fini(&out);
	end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x86_server),
		cmocka_unit_test(pi4),
		cmocka_unit_test(jetson_that_lies),
		cmocka_unit_test(container_and_router),
		cmocka_unit_test(cpu_shares),
		cmocka_unit_test(vanished_and_reused),
		cmocka_unit_test(real_process),
		cmocka_unit_test(kernel_errors),
		cmocka_unit_test(hanging_sensor),
		cmocka_unit_test(fifo_sensor),
		cmocka_unit_test(json_words),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
