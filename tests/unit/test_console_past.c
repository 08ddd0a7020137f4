/* test_console_past.c - the raw log read back: runs between holes, places, times on disk. */
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

#include "base/clock.h"
#include "console/rawread.h"
#include "console/timelog.h"
#include "sys/io.h"

static char dir[64], path[96], more[112];
static int full;                        /* so many bytes fit, then the disk is full; < 0: all */

static ssize_t
small_write(int fd, const void *p, size_t n)
{
	if (full == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (full > 0) {
		n = n < (size_t)full ? n : (size_t)full;
		full -= (int)n;
	}
	return write(fd, p, n);
}

static int
plain_openat(int at, const char *p, int flags, mode_t mode)
{
	return openat(at, p, flags, mode);
}

static const struct sys_io_ops small = { .openat = plain_openat, .read = read, .pread = pread,
	.write = small_write, .fsync = fsync, .close = close };

static int
set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/vise-past-XXXXXX");
	full = -1;
	return mkdtemp(dir) == NULL || snprintf(path, sizeof path, "%s/raw", dir) < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	sys_io_set_ops(NULL);
	(void)unlink(path);
	snprintf(more, sizeof more, "%s.holes", path);
	(void)unlink(more);
	snprintf(more, sizeof more, "%s.times", path);
	(void)unlink(more);
	return rmdir(dir);
}

static void
is_run(const struct rawread *r, uint64_t at, uint64_t want_from, uint64_t want_to)
{
	uint64_t from = 0, to = 0;

	assert_true(rawread_run(r, at, &from, &to));
	assert_int_equal(from, want_from);
	assert_int_equal(to, want_to);
}

static void
test_runs(void **state)
{
	struct rawlog l = { .path = path, .at = 100, .known = UINT64_MAX };
	struct rawread r;
	uint64_t from, to;

	(void)state;
	rawread_init(&r, &l);
	is_run(&r, 0, 0, 100);
	is_run(&r, 99, 0, 100);
	assert_false(rawread_run(&r, 100, &from, &to));
	rawread_skip(&r, 40, 60);
	rawread_skip(&r, 20, 30);
	rawread_skip(&r, 55, 65);
	rawread_skip(&r, 95, UINT64_MAX);
	is_run(&r, 0, 0, 20);
	is_run(&r, 19, 0, 20);
	is_run(&r, 20, 30, 40);
	is_run(&r, 39, 30, 40);
	is_run(&r, 40, 65, 95);
	assert_false(rawread_run(&r, 95, &from, &to));
	assert_true(rawread_run_before(&r, 100, &from, &to) && from == 65 && to == 95);
	assert_true(rawread_run_before(&r, 65, &from, &to) && from == 30 && to == 40);
	assert_true(rawread_run_before(&r, 30, &from, &to) && from == 0 && to == 20);
	assert_false(rawread_run_before(&r, 0, &from, &to));
	rawread_fini(&r);
}

/* Each byte of the stream is its offset; the file began with something else and has holes. */
static void
test_places(void **state)
{
	struct ring ring;
	struct rawlog l;
	struct rawread r;
	unsigned char byte, out[64];
	uint64_t at = 0, from, to;
	int fd;

	(void)state;
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "before", 6), 6);
	close(fd);
	ring_init(&ring, 64);
	assert_int_equal(rawlog_open(&l, path, &ring, NULL, NULL, NULL), ERR_OK);
	sys_io_set_ops(&small);
	for (unsigned i = 0; i < 250; i++) {
		full = (i >= 50 && i < 150) || (i >= 160 && i < 240) ? 0 : -1;
		byte = (unsigned char)i;
		ring_put(&ring, &byte, 1);
		rawlog_pump(&l);
	}
	assert_int_equal(l.hole_n, 2);
	rawread_init(&r, &l);
	fd = open(path, O_RDONLY);
	for (; rawread_run(&r, at, &from, &to); at = to)
		for (uint64_t o = from; o < to; o += sizeof out) {
			const size_t n = to - o < sizeof out ? (size_t)(to - o) : sizeof out;

			assert_int_equal(rawread_get(&r, fd, o, out, n), n);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(out[i], o + i);
		}
	close(fd);
	assert_int_equal(at, 250);
	rawread_fini(&r);
	rawlog_close(&l);
	ring_fini(&ring);
}

static void
test_times(void **state)
{
	const uint64_t start = 100 * NS_PER_S;
	struct times x;
	struct timelog l;
	struct timeread r;
	struct times_entry out[16];

	(void)state;
	times_init(&x);
	sys_io_set_ops(&small);
	for (int again = 0; again < 2; again++) {       /* appended to what was there */
		timelog_open(&l, path, &x, start);
		for (uint64_t i = 0; i < 3000; i++) {
			full = i < 100 || i > 1000 ? -1 : i == 100 ? 50 : 0;    /* cut in a line */
			times_add(&x, i * 10, start + i * 5 * NS_PER_MS);
			timelog_pump(&l, i == 100);
		}
		timelog_pump(&l, true);
		timeread_init(&r, &l);
		assert_int_equal(r.n, 1500);
		assert_int_equal(timeread_offset(&r, 0), 0);
		assert_int_equal(timeread_offset(&r, NS_PER_S), 2000);
		assert_int_equal(timeread_offset(&r, NS_PER_S + 1), 2020);
		assert_int_equal(timeread_offset(&r, 100 * NS_PER_S), UINT64_MAX);
		assert_int_equal(timeread_entries(&r, 2005, 2045, out, 16), 3);
		assert_true(out[0].offset == 2000 && out[0].t == NS_PER_S);
		assert_true(out[2].offset == 2040 && out[2].t == NS_PER_S + 20 * NS_PER_MS);
		assert_int_equal(timeread_entries(&r, 0, UINT64_MAX, out, 16), 16);
		assert_int_equal(out[0].offset, 0);
		assert_true(out[15].offset > 25000);
		timeread_fini(&r);
		timelog_close(&l);
		times_fini(&x);
		times_init(&x);
	}
	times_fini(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_runs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
