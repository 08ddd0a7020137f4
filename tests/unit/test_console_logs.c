/* test_console_logs.c - text logs: times, strip, rotation, cut characters, full disk and holes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "console/logs.h"
#include "sys/io.h"

#define START (1000 * NS_PER_S)
#define WALL (UINT64_C(1795000000) * NS_PER_S)  /* 2026-11-18T11:06:40Z at START */

struct world {
	struct ring ring;
	struct times times;
	struct eol map;
	struct logs logs;
	char dir[64], path[96], old[104];
	uint64_t t;
	int alarms, calms, holes;
	uint64_t from, to;
	char alarm_path[160];
};

static void
on_alarm(void *arg, const char *path, const struct err_msg *why)
{
	struct world *w = arg;

	snprintf(w->alarm_path, sizeof w->alarm_path, "%s", path);
	if (why != NULL)
		w->alarms++;
	else
		w->calms++;
}

static void
on_hole(void *arg, const char *path, bool raw, uint64_t from, uint64_t to)
{
	struct world *w = arg;

	(void)path;
	(void)raw;
	w->holes++;
	w->from = from;
	w->to = to;
}

static const struct logs_ops ops = { .alarm = on_alarm, .hole = on_hole };

static void
w_init(struct world *w, size_t ring)
{
	struct textlog_source source;

	memset(w, 0, sizeof *w);
	snprintf(w->dir, sizeof w->dir, "/tmp/vise-logs-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof w->path, "%s/board.log", w->dir);
	snprintf(w->old, sizeof w->old, "%s.1", w->path);
	ring_init(&w->ring, ring);
	times_init(&w->times);
	eol_init(&w->map);
	w->t = START;
	source = (struct textlog_source){ .ring = &w->ring, .times = &w->times, .map = &w->map,
	    .wall_minus_mono = WALL - START, .start = START };
	logs_init(&w->logs, &source, &ops, w);
}

static void
w_fini(struct world *w)
{
	char *cmd = mem_fmt("%s.2", w->path);

	logs_fini(&w->logs);
	(void)unlink(w->path);
	(void)unlink(w->old);
	(void)unlink(cmd);
	(void)rmdir(w->dir);
	mem_free(cmd);
	ring_fini(&w->ring);
	times_fini(&w->times);
}

/* Bytes that came `ms` after the ones before. */
static void
say_n(struct world *w, const char *p, size_t n, unsigned ms)
{
	w->t += ms * NS_PER_MS;
	times_add(&w->times, w->ring.end, w->t);
	ring_put(&w->ring, p, n);
}

static void
say(struct world *w, const char *text, unsigned ms)
{
	say_n(w, text, strlen(text), ms);
}

static void
add(struct world *w, const struct textlog_options *given)
{
	struct textlog_options o = *given;
	struct err_msg why;

	o.path = o.path != NULL ? o.path : w->path;
	assert_int_equal(logs_add(&w->logs, &o, &why), ERR_OK);
}

static char *
content(const char *path)
{
	struct buf b;
	struct err_msg why;

	buf_init(&b, 8 << 20);
	if (sys_file_read(path, 4 << 20, &b, &why) != ERR_OK)
		return mem_str("");
	(void)buf_add_byte(&b, '\0');
	return buf_take(&b);
}

static void
same(const char *path, const char *want)
{
	char *got = content(path);

	assert_string_equal(got, want);
	mem_free(got);
}

static void
test_times(void **state)
{
	static const struct { enum textlog_times times; const char *want; } rows[] = {
		{ TEXTLOG_WALL, "2026-11-18T11:06:42.000Z | one\n2026-11-18T11:06:42.250Z | two\n"
		    "2026-11-18T11:06:42.250Z # here\n" },
		{ TEXTLOG_START, "[    2.000] | one\n[    2.250] | two\n[    2.250] # here\n" },
		{ TEXTLOG_LAST, "    +0.000 | one\n    +0.250 | two\n    +0.000 # here\n" },
		{ TEXTLOG_NONE, "one\ntwo\n# here\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world w;

		w_init(&w, 4096);
		add(&w, &(struct textlog_options){ .times = rows[i].times });
		say(&w, "one\r\n", 2000);
		say(&w, "two\n", 250);
		(void)logs_pump(&w.logs);
		logs_mark(&w.logs, w.t, "here");
		same(w.path, rows[i].want);
		w_fini(&w);
	}
}

/* What the log shows of `text`, given one byte a read, then in one piece: the same both times. */
static void
shows(const char *text, bool strip, const char *map, const char *want)
{
	const struct textlog_options o = { .times = TEXTLOG_NONE, .strip = strip };
	struct err_msg why;

	for (int how = 0; how < 2; how++) {
		struct world w;

		w_init(&w, 8192);
		assert_int_equal(eol_parse(&w.map, map, &why), ERR_OK);
		add(&w, &o);
		if (how == 0)
			say(&w, text, 1);
		for (size_t i = 0; how == 1 && text[i] != '\0'; i++) {
			say_n(&w, text + i, 1, 1);
			(void)logs_pump(&w.logs);
		}
		assert_int_equal(logs_remove(&w.logs, NULL, NULL), ERR_OK);
		same(w.path, want);
		w_fini(&w);
	}
}

static void
test_bytes(void **state)
{
	(void)state;
	shows("a\x1b[31mb\x07\n", false, "", "a\\x1b[31mb\\x07\n");
	shows("a\x1b[31mb\x07\n", true, "", "ab\n");
	shows("\x1b]0;evil\x07" "A\x1b]52;c;xx\x1b\\B\x1bPq\x1b\\C\x1b(0D\n", true, "", "ABCD\n");
	/* a string sequence without an end hides no more than its own line */
	shows("\x1b]0;open\nnext\n", true, "", "\nnext\n");
	shows("欢迎使用\xff\xe6\xac|\xc2\x9b" "31m\n", false, "",
	    "欢迎使用\\xff\\xe6\\xac|\\xc2\\x9b31m\n");
	shows("a\rb\r\r\nc\n\nd\r\n\r\ne", false, "", "a\nb\nc\n\nd\n\ne\n");
	shows("tab\there\n", true, "", "tab\there\n");
	shows("one\rtwo\r", false, "in:cr=lf", "one\ntwo\n");
	shows("one\r\ntwo\r\n", false, "IGNCR", "one\ntwo\n");
}

/* A prompt is in the file before its line ends; a mark in the middle does not hide the rest. */
static void
test_prompt(void **state)
{
	struct world w;

	(void)state;
	w_init(&w, 4096);
	add(&w, &(struct textlog_options){ .times = TEXTLOG_START });
	say(&w, "login: ", 0);
	(void)logs_pump(&w.logs);
	same(w.path, "[    0.000] | login: ");
	logs_mark(&w.logs, w.t, "x");
	say(&w, "root\r\n", 1000);
	(void)logs_pump(&w.logs);
	same(w.path, "[    0.000] | login: \n[    0.000] # x\n[    1.000] > root\n");
	w_fini(&w);
}

static void
test_append_truncate_several(void **state)
{
	struct world w;
	struct err_msg why;

	(void)state;
	w_init(&w, 4096);
	for (int i = 0; i < 2; i++) {
		add(&w, &(struct textlog_options){ .times = TEXTLOG_NONE });
		add(&w, &(struct textlog_options){ .times = TEXTLOG_NONE, .path = w.old,
		    .truncate = true });
		assert_int_equal(logs_add(&w.logs, &(struct textlog_options){ .path = w.old },
		    &why), ERR_BUSY);
		say(&w, "line\n", 1);
		assert_int_equal(logs_remove(&w.logs, NULL, NULL), ERR_OK);
	}
	same(w.path, "line\nline\n");
	same(w.old, "line\n");
	assert_int_equal(logs_remove(&w.logs, w.old, &why), ERR_NOENT);
	w_fini(&w);
}

static void
test_rotate(void **state)
{
	const struct textlog_options o = { .times = TEXTLOG_NONE, .rotate = 1024, .keep = 2 };
	struct world w;
	char *third, line[64];

	(void)state;
	w_init(&w, 8192);
	add(&w, &o);
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof line, "line %03d of a log that is long enough\n", i);
		say(&w, line, 1);
		(void)logs_pump(&w.logs);
	}
	assert_true(w.logs.text[0]->rotated >= 3);
	third = mem_fmt("%s.3", w.path);
	assert_int_equal(access(third, F_OK), -1);
	mem_free(third);
	third = content(w.old);
	assert_int_equal(third[strlen(third) - 1], '\n');
	assert_true(strlen(third) >= 1024 && strlen(third) < 1200);
	mem_free(third);
	w_fini(&w);
}

/* ---- a disk that is full */

static bool full;
static struct sys_io_ops kernel;

static ssize_t
full_write(int fd, const void *p, size_t n)
{
	if (full) {
		errno = ENOSPC;
		return -1;
	}
	return write(fd, p, n);
}

static int
plain_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	return openat(dirfd, path, flags, mode);
}

static void
test_disk_full(void **state)
{
	struct world w;
	char *got;

	(void)state;
	kernel = (struct sys_io_ops){ .openat = plain_openat, .read = read, .pread = pread,
	    .write = full_write, .fsync = fsync, .close = close };
	sys_io_set_ops(&kernel);
	w_init(&w, 4096);
	add(&w, &(struct textlog_options){ .times = TEXTLOG_NONE });
	say(&w, "before\n", 1);
	assert_false(logs_pump(&w.logs));
	full = true;
	say(&w, "kept\n", 1);
	assert_true(logs_pump(&w.logs));
	assert_true(logs_pump(&w.logs));
	assert_int_equal(w.alarms, 1);
	assert_string_equal(w.alarm_path, w.path);
	for (int i = 0; i < 1000; i++) {
		say(&w, "0123456789\n", 1);
		(void)logs_pump(&w.logs);
	}
	full = false;
	assert_false(logs_pump(&w.logs));
	assert_int_equal(w.calms, 1);
	assert_int_equal(w.holes, 1);
	assert_true(w.to - w.from == 11000 - 4096);
	got = content(w.path);
	assert_non_null(strstr(got, "before\nkept\n# 6904 bytes are missing\n"));
	assert_true(w.logs.text[0]->lost == 6904);
	mem_free(got);
	w_fini(&w);
	sys_io_set_ops(NULL);
}

/* The kernel's own full device: an alarm, and the end takes no harm. */
static void
test_dev_full(void **state)
{
	struct world w;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	w_init(&w, 4096);
	add(&w, &(struct textlog_options){ .path = "/dev/full" });
	say(&w, "x\n", 1);
	assert_true(logs_pump(&w.logs));
	assert_int_equal(w.alarms, 1);
	assert_int_equal(w.logs.text[0]->why.code, ERR_IO);
	w_fini(&w);
}

/* A line of a megabyte without an end, then noise: all of it in the file, memory bounded. */
static void
test_no_end(void **state)
{
	struct world w;
	char piece[4096];
	char *got;

	(void)state;
	memset(piece, 'x', sizeof piece);
	w_init(&w, 16384);
	add(&w, &(struct textlog_options){ .times = TEXTLOG_NONE });
	for (int i = 0; i < 256; i++) {
		say_n(&w, piece, sizeof piece, 1);
		(void)logs_pump(&w.logs);
		assert_true(w.logs.text[0]->out.cap < (1 << 20));
	}
	assert_int_equal(logs_remove(&w.logs, NULL, NULL), ERR_OK);
	got = content(w.path);
	assert_true(strlen(got) == (1 << 20) + 1);
	mem_free(got);
	w_fini(&w);
}

/* What a file transfer moved is left out, and said. */
static void
test_hide(void **state)
{
	struct world w;

	(void)state;
	w_init(&w, 4096);
	add(&w, &(struct textlog_options){ .times = TEXTLOG_NONE });
	say(&w, "before\n", 1);
	logs_hide(&w.logs);
	say(&w, "\x18" "B0100000023be50\n", 1);
	(void)logs_pump(&w.logs);
	same(w.path, "before\n");
	logs_show(&w.logs, w.t, "16 bytes of a transfer");
	say(&w, "after\n", 1);
	(void)logs_pump(&w.logs);
	same(w.path, "before\n# 16 bytes of a transfer\nafter\n");
	w_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_prompt),
		cmocka_unit_test(test_append_truncate_several),
		cmocka_unit_test(test_rotate),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_dev_full),
		cmocka_unit_test(test_no_end),
		cmocka_unit_test(test_hide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
