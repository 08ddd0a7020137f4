/* tree.c - the simulated board's /proc and /sys. */
#include "sim/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sys/io.h"
#include "sys/path.h"

static const char *const folder[] = {
	"proc",
	"proc/pressure",
	"proc/812",
	"proc/388",
	"proc/91",
	"sys",
	"sys/class",
	"sys/class/thermal",
	"sys/class/thermal/thermal_zone0",
	"sys/class/thermal/thermal_zone1",
	"sys/class/thermal/cooling_device0",
	"sys/devices",
	"sys/devices/system",
	"sys/devices/system/cpu",
	"sys/devices/system/cpu/cpufreq",
	"sys/devices/system/cpu/cpufreq/policy0",
};

#define ZONE0 "sys/class/thermal/thermal_zone0/"
#define ZONE1 "sys/class/thermal/thermal_zone1/"
#define COOL0 "sys/class/thermal/cooling_device0/"
#define FREQ0 "sys/devices/system/cpu/cpufreq/policy0/"

static const struct {
	const char *name, *text;
} fixed[] = {
	{ "proc/version", "Linux version 6.6.52 (simulated by vise) aarch64\n" },
	{ "proc/812/comm", "app\n" },
	{ "proc/812/cmdline", "/usr/bin/app" },
	{ "proc/388/comm", "boardd\n" },
	{ "proc/388/stat", "388 (boardd) S 1 388 388 0 -1 4194560 0 0 0 0 310 90 0 0 20 0 4 0 610 "
	    "131072000 1588 18446744073709551615\n" },
	{ "proc/388/status", "Name:\tboardd\nVmSize:\t  128000 kB\nVmRSS:\t    6352 kB\n"
	    "RssAnon:\t    3120 kB\nRssFile:\t    3232 kB\nRssShmem:\t       0 kB\n"
	    "Threads:\t4\nCpus_allowed_list:\t0-3\n" },
	{ "proc/91/comm", "dropbear\n" },
	{ "proc/91/stat", "91 (dropbear) S 1 91 91 0 -1 4194560 0 0 0 0 3 2 0 0 20 0 1 0 480 "
	    "4915200 716 18446744073709551615\n" },
	{ "proc/91/status", "Name:\tdropbear\nVmSize:\t    4800 kB\nVmRSS:\t    2864 kB\n"
	    "RssAnon:\t     412 kB\nRssFile:\t    2452 kB\nRssShmem:\t       0 kB\n"
	    "Threads:\t1\nCpus_allowed_list:\t0-3\n" },
	{ ZONE0 "type", "soc-thermal\n" },
	{ ZONE0 "mode", "enabled\n" },
	{ ZONE0 "policy", "step_wise\n" },
	{ ZONE0 "trip_point_0_temp", "70000\n" },
	{ ZONE0 "trip_point_0_type", "passive\n" },
	{ ZONE0 "trip_point_1_temp", "78000\n" },
	{ ZONE0 "trip_point_1_type", "passive\n" },
	{ ZONE0 "trip_point_2_temp", "95000\n" },
	{ ZONE0 "trip_point_2_type", "critical\n" },
	{ ZONE1 "type", "pmic-thermal\n" },
	{ ZONE1 "mode", "enabled\n" },
	{ ZONE1 "trip_point_0_temp", "95000\n" },
	{ ZONE1 "trip_point_0_type", "hot\n" },
	{ ZONE1 "trip_point_1_temp", "105000\n" },
	{ ZONE1 "trip_point_1_type", "critical\n" },
	{ COOL0 "type", "cpufreq-cpu0\n" },
	{ COOL0 "max_state", "2\n" },
	{ FREQ0 "cpuinfo_max_freq", "1800000\n" },
	{ FREQ0 "cpuinfo_min_freq", "600000\n" },
	{ FREQ0 "scaling_governor", "schedutil\n" },
	{ FREQ0 "related_cpus", "0 1 2 3\n" },
	{ "sys/devices/system/cpu/online", "0-3\n" },
	{ "sys/devices/system/cpu/possible", "0-3\n" },
};

void
tree_init(struct tree *t, const char *dir)
{
	*t = (struct tree){ .dir = mem_str(dir) };
}

void
tree_fini(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		mem_free(t->made[i]);
	mem_free(t->made);
	mem_free(t->dir);
	*t = (struct tree){ .dir = NULL };
}

static void
remember(struct tree *t, char *path)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->made[i], path) == 0) {
			mem_free(path);
			return;
		}
	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 64;
		t->made = mem_resize(t->made, t->cap, sizeof *t->made);
	}
	t->made[t->n++] = path;
}

void
tree_note(struct tree *t, const char *name)
{
	remember(t, path_join(t->dir, name));
}

enum err
tree_folder(struct tree *t, const char *name, struct err_msg *why)
{
	char *path = name[0] != '\0' ? path_join(t->dir, name) : mem_str(t->dir);
	const bool there = path_exists(path);
	const enum err e = path_make_private(path, why);

	if (e == ERR_OK && !there)
		remember(t, path);
	else
		mem_free(path);
	return e;
}

enum err
tree_file(struct tree *t, const char *name, const void *p, size_t n, struct err_msg *why)
{
	char *path = path_join(t->dir, name);
	const int fd = sys_open(path, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
	enum err e = ERR_OK;

	if (fd < 0 || !sys_write_all(fd, p, n))
		e = err_errno(why, errno, path, "writing");
	sys_close(fd);
	if (e == ERR_OK)
		remember(t, path);
	else
		mem_free(path);
	return e;
}

static enum err __attribute__((format(printf, 4, 5)))
put(struct tree *t, const char *name, struct err_msg *why, const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof text)
		return err_set(why, ERR_LIMIT, name, NULL, "longer than the simulator's buffer");
	return tree_file(t, name, text, (size_t)n, why);
}

static enum err
put_meminfo(struct tree *t, const struct model *m, struct err_msg *why)
{
	const long long avail = (long long)(m->free_kb + m->file_kb * 3 / 4);

	return put(t, "proc/meminfo", why,
	    "MemTotal:       %8lld kB\nMemFree:        %8lld kB\nMemAvailable:   %8lld kB\n"
	    "Buffers:        %8lld kB\nCached:         %8lld kB\nSwapCached:            0 kB\n"
	    "Active(anon):   %8lld kB\nInactive(anon):        0 kB\n"
	    "Active(file):   %8lld kB\nInactive(file): %8lld kB\n"
	    "SwapTotal:             0 kB\nSwapFree:              0 kB\n"
	    "AnonPages:      %8lld kB\nShmem:              1024 kB\nSlab:           %8lld kB\n"
	    "SReclaimable:   %8lld kB\n",
	    (long long)m->total_kb, (long long)m->free_kb, avail, (long long)m->buffers_kb,
	    (long long)m->file_kb, (long long)m->anon_kb, (long long)(m->file_kb / 2),
	    (long long)(m->file_kb - m->file_kb / 2), (long long)m->anon_kb, (long long)m->slab_kb,
	    (long long)(m->slab_kb / 3));
}

static enum err
put_stat(struct tree *t, const struct model *m, struct err_msg *why)
{
	char text[1024];
	int n = 0;

	for (int i = -1; i < MODEL_CPUS; i++) {
		/* The first CPU works a little more than the others. */
		const double part = i < 0 ? 1 : (i == 0 ? 0.28 : 0.24);
		char name[8] = "cpu ";

		if (i >= 0)
			snprintf(name, sizeof name, "cpu%d", i);
		n += snprintf(text + n, sizeof text - (size_t)n,
		    "%s %10.0f          0 %10.0f %10.0f          0 0 0 0 0 0\n", name,
		    m->busy_ticks * part * 0.8, m->busy_ticks * part * 0.2,
		    m->idle_ticks * (i < 0 ? 1 : 0.25));
	}
	n += snprintf(
	    text + n, sizeof text - (size_t)n, "intr 0\nctxt 0\nbtime 1700000000\nprocesses 812\n");
	return tree_file(t, "proc/stat", text, (size_t)n, why);
}

static enum err
put_app(struct tree *t, const struct model *m, struct err_msg *why)
{
	const long long rss = (long long)(m->app_anon_kb + m->app_file_kb);
	enum err e = put(t, "proc/812/status", why,
	    "Name:\tapp\nUmask:\t0022\nState:\tS "
	    "(sleeping)\nTgid:\t812\nPid:\t812\nPPid:\t1\nUid:\t0\t0\t0\t0\n"
	    "VmPeak:\t%8lld kB\nVmSize:\t%8lld kB\nVmHWM:\t%8lld kB\nVmRSS:\t%8lld kB\n"
	    "RssAnon:\t%8lld kB\nRssFile:\t%8lld kB\nRssShmem:\t       0 kB\nVmSwap:\t       0 kB\n"
	    "Threads:\t%3d\nCpus_allowed_list:\t0-3\n",
	    (long long)m->app_vm_kb, (long long)m->app_vm_kb, rss, rss, (long long)m->app_anon_kb,
	    (long long)m->app_file_kb, 14 + (int)(m->busy * 4));

	if (e == ERR_OK)
		e = put(t, "proc/812/statm", why, "%8lld %8lld %8lld 2100 0 %8lld 0\n",
		    (long long)(m->app_vm_kb / 4), rss / 4, (long long)(m->app_file_kb / 4),
		    (long long)(m->app_anon_kb / 4));
	if (e == ERR_OK)
		e = put(t, "proc/812/stat", why,
		    "812 (app) S 1 812 812 0 -1 4194560 0 0 0 0 %10.0f %10.0f 0 0 20 0 17 0 1204 "
		    "%14lld %8lld "
		    "18446744073709551615\n",
		    m->app_ticks * 0.8, m->app_ticks * 0.2, (long long)m->app_vm_kb * 1024,
		    rss / 4);
	return e;
}

static enum err
put_thermal(struct tree *t, const struct model *m, struct err_msg *why)
{
	enum err e = put(t, ZONE0 "temp", why, "%5lld\n", (long long)(m->soc * 1000));

	if (e == ERR_OK)
		e = put(t, ZONE1 "temp", why, "%5lld\n", (long long)(m->pmic * 1000));
	if (e == ERR_OK)
		e = put(t, COOL0 "cur_state", why, "%u\n", m->cap);
	if (e == ERR_OK)
		e = put(t, FREQ0 "scaling_cur_freq", why, "%7lld\n", (long long)m->cur_khz);
	if (e == ERR_OK)
		e = put(t, FREQ0 "scaling_max_freq", why, "%7lld\n", (long long)m->max_khz);
	return e;
}

enum err
tree_update(struct tree *t, const struct model *m, struct err_msg *why)
{
	static const char *const psi[3] = { "proc/pressure/cpu", "proc/pressure/memory",
		"proc/pressure/io" };
	enum err e = put_meminfo(t, m, why);

	if (e == ERR_OK)
		e = put_stat(t, m, why);
	if (e == ERR_OK)
		e = put_app(t, m, why);
	if (e == ERR_OK)
		e = put_thermal(t, m, why);
	if (e == ERR_OK)
		e = put(t, "proc/loadavg", why, "%4.2f %4.2f %4.2f 2/118 %d\n", m->load[0],
		    m->load[1], m->load[2], (int)TREE_APP_PID);
	if (e == ERR_OK)
		e = put(
		    t, "proc/uptime", why, "%12.2f %12.2f\n", 11552 + m->t, m->idle_ticks / 100);
	for (int i = 0; i < 3 && e == ERR_OK; i++)
		e = put(t, psi[i], why, "some avg10=0.00 avg60=0.00 avg300=0.00 total=%012.0f\n"
		    "full avg10=0.00 avg60=0.00 avg300=0.00 total=000000000000\n", m->psi_us[i]);
	return e;
}

enum err
tree_make(struct tree *t, const struct model *m, struct err_msg *why)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < sizeof folder / sizeof folder[0] && e == ERR_OK; i++)
		e = tree_folder(t, folder[i], why);
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0] && e == ERR_OK; i++)
		e = tree_file(t, fixed[i].name, fixed[i].text, strlen(fixed[i].text), why);
	return e == ERR_OK ? tree_update(t, m, why) : e;
}

void
tree_remove(struct tree *t)
{
	for (size_t i = t->n; i-- > 0; )
		(void)remove(t->made[i]);
}
