/*
 * test_gauge_board.h - expands tests/data/boards/NAME.board into a tree, and holds gauges against
 * what the file says of them. The format is in tests/data/boards/README.md.
 */
#ifndef TEST_GAUGE_BOARD_H
#define TEST_GAUGE_BOARD_H
#include "test_gauge_run.h"

#include <stdarg.h>

#include "base/slice.h"

enum { BOARD_ERRORS = 8, BOARD_LINES = 64, BOARD_LINE = 512 };

struct board_file {
	const char *name;
	struct board_tree tree;
	/* Files that answer with an error, and what the gauges have to be. */
	struct { char path[200]; int error; } bad[BOARD_ERRORS];
	unsigned bads;
	char want[BOARD_LINES][BOARD_LINE];
	unsigned wants;
	int pid;
};

static inline void __attribute__((format(printf, 3, 4)))
board_put(struct board_file *b, const char *text, const char *fmt, ...)
{
	char path[200], line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof path, fmt, ap);
	va_end(ap);
	snprintf(line, sizeof line, "%s\n", text);
	tree_put(&b->tree, path, line);
}

static inline const char *
board_word(struct slice *rest)
{
	static char word[8][160];
	static unsigned k;
	const struct slice w = slice_word(rest);
	char *out = word[k++ % 8];

	snprintf(out, sizeof word[0], "%.*s", (int)w.n, w.n != 0 ? w.p : "");
	return out;
}

static inline int
board_error(const char *name)
{
	static const struct { const char *name; int error; } known[] = {
		{ "EAGAIN", EAGAIN }, { "ENODATA", ENODATA }, { "EINVAL", EINVAL }, { "EIO", EIO },
		{ "ENXIO", ENXIO },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].error;
	return 0;
}

static inline void
board_mem(struct board_file *b, struct slice rest)
{
	char text[4096] = "";

	while (slice_trim(rest).n != 0) {
		const char *name = board_word(&rest), *kb = board_word(&rest);

		snprintf(
		    text + strlen(text), sizeof text - strlen(text), "%s: %10s kB\n", name, kb);
	}
	tree_put(&b->tree, "proc/meminfo", text);
	tree_put(&b->tree, "proc/loadavg", "0.82 0.64 0.51 2/118 4321\n");
	tree_put(&b->tree, "proc/uptime", "11552.03 40000.11\n");
}

static inline void
board_cpus(struct board_file *b, struct slice rest)
{
	const int n = (int)strtol(board_word(&rest), NULL, 10);
	char text[4096] = "cpu  4000 5 2000 36000 30 0 4 0 0 0\n", list[16];

	for (int i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
		    "cpu%d 1000 1 500 9000 7 0 1 0 0 0\n", i);
	tree_put(&b->tree, "proc/stat", text);
	snprintf(list, sizeof list, n > 1 ? "0-%d" : "%d", n - 1);
	board_put(b, list, "sys/devices/system/cpu/online");
}

static inline void
board_policy(struct board_file *b, struct slice rest)
{
	static const char *const file[] = { "related_cpus", "cpuinfo_min_freq", "cpuinfo_max_freq",
		"scaling_cur_freq", "scaling_max_freq" };
	const int n = (int)strtol(board_word(&rest), NULL, 10);
	char cpus[16];

	snprintf(cpus, sizeof cpus, "%s", board_word(&rest));
	cpus[strcspn(cpus, "-")] = '\0';
	for (int i = 0; i < 5; i++)
		board_put(b, i == 0 ? cpus : board_word(&rest),
		    "sys/devices/system/cpu/cpufreq/policy%d/%s", n, file[i]);
	board_put(b, "schedutil", "sys/devices/system/cpu/cpufreq/policy%d/scaling_governor", n);
	if (slice_is(slice_trim(rest), "states")) {
		board_put(b, "12", "sys/devices/system/cpu/cpufreq/policy%d/stats/total_trans", n);
		board_put(b, "400000 1000\n1200000 3000",
		    "sys/devices/system/cpu/cpufreq/policy%d/stats/time_in_state", n);
	}
}

static inline void
board_zone(struct board_file *b, struct slice rest)
{
	const int n = (int)strtol(board_word(&rest), NULL, 10);
	const char *temp;

	board_put(b, board_word(&rest), "sys/class/thermal/thermal_zone%d/type", n);
	temp = board_word(&rest);
	if (board_error(temp) != 0) {
		assert_true(b->bads < BOARD_ERRORS);
		snprintf(b->bad[b->bads].path, sizeof b->bad[0].path,
		    "/class/thermal/thermal_zone%d/temp", n);
		b->bad[b->bads++].error = board_error(temp);
	}
	board_put(b, board_error(temp) != 0 ? "0" : temp, "sys/class/thermal/thermal_zone%d/temp",
	    n);
	for (int i = 0; slice_trim(rest).n != 0; i++) {
		struct slice value, type, w = slice_word(&rest);
		char text[32];

		type = slice_cut(w, ':', &value);
		snprintf(text, sizeof text, "%.*s", (int)type.n, type.p);
		board_put(b, text, "sys/class/thermal/thermal_zone%d/trip_point_%d_type", n, i);
		snprintf(text, sizeof text, "%.*s", (int)value.n, value.p);
		board_put(b, text, "sys/class/thermal/thermal_zone%d/trip_point_%d_temp", n, i);
	}
}

/* "NAME=TEXT": the two halves; a _ of a text stays. */
static inline bool
board_pair(struct slice *rest, char name[64], char text[64])
{
	struct slice value, key, w = slice_word(rest);

	key = slice_cut(w, '=', &value);
	snprintf(name, 64, "%.*s", (int)key.n, key.n != 0 ? key.p : "");
	snprintf(text, 64, "%.*s", (int)value.n, value.n != 0 ? value.p : "");
	return w.n != 0;
}

static inline void
board_hwmon(struct board_file *b, struct slice rest)
{
	const int n = (int)strtol(board_word(&rest), NULL, 10);
	char name[64], text[64], path[400], target[128];

	board_put(b, board_word(&rest), "sys/class/hwmon/hwmon%d/name", n);
	while (board_pair(&rest, name, text)) {
		if (strcmp(name, "zone") == 0) {
			snprintf(path, sizeof path, "%s/class/hwmon/hwmon%d/device", b->tree.sys,
			    n);
			snprintf(target, sizeof target, "../../thermal/thermal_zone%s", text);
			assert_int_equal(symlink(target, path), 0);
		} else {
			board_put(b, text, "sys/class/hwmon/hwmon%d/%s", n, name);
		}
	}
}

static inline void
board_cool(struct board_file *b, struct slice rest)
{
	const int n = (int)strtol(board_word(&rest), NULL, 10);

	board_put(b, board_word(&rest), "sys/class/thermal/cooling_device%d/type", n);
	board_put(b, board_word(&rest), "sys/class/thermal/cooling_device%d/cur_state", n);
	board_put(b, board_word(&rest), "sys/class/thermal/cooling_device%d/max_state", n);
}

static inline void
board_zram(struct board_file *b, struct slice rest)
{
	const int n = (int)strtol(board_word(&rest), NULL, 10);
	char orig[32], text[160];

	snprintf(orig, sizeof orig, "%s", board_word(&rest));
	snprintf(text, sizeof text, "%s %s %s 0 0 0 0 0", orig, orig, board_word(&rest));
	board_put(b, "1073741824", "sys/block/zram%d/disksize", n);
	board_put(b, text, "sys/block/zram%d/mm_stat", n);
}

static inline void
board_status(char *status, size_t size, const char *name, const char *text)
{
	static const char *const field[][2] = { { "vsize", "VmSize" }, { "rss", "VmRSS" },
		{ "anon", "RssAnon" }, { "file", "RssFile" },
		{ "shmem", "RssShmem" } };

	for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
		if (strcmp(field[i][0], name) == 0)
			snprintf(status + strlen(status), size - strlen(status), "%s:\t%s kB\n",
			    field[i][1], text);
	if (strcmp(name, "threads") == 0)
		snprintf(status + strlen(status), size - strlen(status), "Threads:\t%s\n", text);
}

static inline void
board_proc(struct board_file *b, struct slice rest)
{
	char name[64], text[64], comm[64], status[1024], maps[512] = "", line[256];
	bool smaps = false;

	b->pid = (int)strtol(board_word(&rest), NULL, 10);
	snprintf(comm, sizeof comm, "%s", board_word(&rest));
	board_put(b, comm, "proc/%d/comm", b->pid);
	snprintf(line, sizeof line, "%d (%s) S 1 1 1 0 -1 0 0 0 0 0 100 50 0 0 20 0 3 0 1204 1 1",
	    b->pid, comm);
	board_put(b, line, "proc/%d/stat", b->pid);
	snprintf(status, sizeof status, "Name:\t%s\nState:\tS (sleeping)\n", comm);
	while (board_pair(&rest, name, text)) {
		board_status(status, sizeof status, name, text);
		if (strcmp(name, "pss") == 0)
			snprintf(maps + strlen(maps), sizeof maps - strlen(maps), "Pss: %s kB\n",
			    text);
		if (strcmp(name, "uss") == 0)
			snprintf(maps + strlen(maps), sizeof maps - strlen(maps),
			    "Private_Clean: 0 kB\nPrivate_Dirty: %s kB\n", text);
		smaps = smaps || strcmp(name, "smaps") == 0;
	}
	board_put(b, status, "proc/%d/status", b->pid);
	if (maps[0] != '\0')
		board_put(b, maps, smaps ? "proc/%d/smaps" : "proc/%d/smaps_rollup", b->pid);
}

static inline void
board_simple(struct board_file *b, const char *key, struct slice rest)
{
	if (strcmp(key, "kernel") == 0) {
		board_put(b, board_word(&rest), "proc/sys/kernel/osrelease");
	} else if (strcmp(key, "random") == 0) {
		board_put(b, board_word(&rest), "proc/sys/kernel/random/entropy_avail");
		board_put(b, board_word(&rest), "proc/sys/kernel/random/poolsize");
	} else if (strcmp(key, "isolated") == 0) {
		const char *list = board_word(&rest);

		board_put(b, strcmp(list, "-") == 0 ? "" : list, "sys/devices/system/cpu/isolated");
	} else if (strcmp(key, "psi") == 0) {
		for (int i = 0; i < 3; i++)
			board_put(b, "some avg10=0.12 avg60=0.10 avg300=0.05 total=123456",
			    "proc/pressure/%s", i == 0 ? "cpu" : i == 1 ? "memory" : "io");
	} else if (strcmp(key, "file") == 0) {
		const char *path = board_word(&rest);

		board_put(b, board_word(&rest), "%s", path);
	} else {
		print_message("%s: what is %s?\n", b->name, key);
		fail();
	}
}

static inline void
board_line(struct board_file *b, const char *line)
{
	static const struct {
		const char *key;
		void (*put)(struct board_file *b, struct slice rest);
	} row[] = {
		{ "mem", board_mem }, { "cpus", board_cpus }, { "policy", board_policy },
		{ "zone", board_zone }, { "hwmon", board_hwmon }, { "cool", board_cool },
		{ "zram", board_zram }, { "proc", board_proc },
	};
	struct slice rest = slice_of(line);
	const char *key;

	if (strchr("=!~-", line[0]) != NULL) {
		assert_true(b->wants < BOARD_LINES);
		snprintf(b->want[b->wants++], BOARD_LINE, "%s", line);
		return;
	}
	key = board_word(&rest);
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		if (strcmp(row[i].key, key) == 0) {
			row[i].put(b, rest);
			return;
		}
	board_simple(b, key, rest);
}

static inline void
board_open(struct board_file *b, const char *name)
{
	const char *src = getenv("srcdir");
	char path[1024], line[BOARD_LINE];
	FILE *in;

	memset(b, 0, sizeof *b);
	b->name = name;
	tree_open(&b->tree, NULL);
	snprintf(path, sizeof path, "%s/tests/data/boards/%s.board", src != NULL ? src : ".", name);
	in = fopen(path, "r");
	assert_non_null(in);
	while (fgets(line, sizeof line, in) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '#' && line[0] != '\0')
			board_line(b, line);
	}
	fclose(in);
}

/* All that the file says of the gauges; how many lines were not so. */
static inline unsigned
board_check(const struct board_file *b, const struct gauge_set *set)
{
	unsigned wrong = 0;
	size_t n;
	const struct gauge_def *d = gauge_set_defs(set, &n);

	for (unsigned w = 0; w < b->wants; w++) {
		if (b->want[w][0] == '\0')
			continue;
		struct slice rest = slice_of(b->want[w] + 1);
		const char *id = board_word(&rest), kind = b->want[w][0];
		const char *text = slice_trim(rest).n != 0 ? slice_trim(rest).p : "";
		size_t i = 0;
		double v = (double)NAN;
		bool good;

		while (i < n && strcmp(d[i].id, id) != 0)
			i++;
		if (i < n)
			v = series_now(gauge_set_series(set), i);
		good = kind == '-' ? i == n : i == n ? false :
		    kind == '~' ? strstr(d[i].source, text) != NULL :
		    kind == '!' ? isnan(v) && strstr(d[i].missing, text) != NULL :
		    fabs(v - strtod(text, NULL)) <= 1e-6 * fmax(1, fabs(v));
		if (good)
			continue;
		wrong++;
		print_message("%s: want %s; is %.10g (%s) from %s\n", b->name, b->want[w], v,
		    i < n ? d[i].missing : "no such gauge", i < n ? d[i].source : "");
	}
	return wrong;
}

#endif
