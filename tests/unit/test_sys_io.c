/* test_sys_io.c - descriptors and files with a table that interrupts, cuts short and fails. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/io.h"
#include "sys/path.h"
#include "sys/time.h"

static char dir[64];

/* What the next calls do: each call uses one step up; behind the script all goes through. */
static struct { int eintr, writes_left, write_errno, fsync_errno, read_errno, open_errno; size_t piece; } f;

static int
bad_open(int at, const char *path, int flags, mode_t mode)
{
	if (f.eintr-- > 0) {
		errno = EINTR;
		return -1;
	}
	if (f.open_errno != 0) {
		errno = f.open_errno;
		return -1;
	}
	return openat(at, path, flags, mode);
}

static ssize_t
bad_read(int fd, void *p, size_t n)
{
	if (f.eintr-- > 0) {
		errno = EINTR;
		return -1;
	}
	if (f.read_errno != 0) {
		errno = f.read_errno;
		return -1;
	}
	return read(fd, p, f.piece != 0 && n > f.piece ? f.piece : n);
}

static ssize_t
bad_pread(int fd, void *p, size_t n, off_t at)
{
	if (f.eintr-- > 0) {
		errno = EINTR;
		return -1;
	}
	return pread(fd, p, n, at);
}

static ssize_t
bad_write(int fd, const void *p, size_t n)
{
	if (f.eintr-- > 0) {
		errno = EINTR;
		return -1;
	}
	if (f.write_errno != 0 && f.writes_left-- <= 0) {
		errno = f.write_errno;
		return -1;
	}
	return write(fd, p, f.piece != 0 && n > f.piece ? f.piece : n);
}

static int
bad_fsync(int fd)
{
	if (f.eintr-- > 0) {
		errno = EINTR;
		return -1;
	}
	if (f.fsync_errno != 0) {
		errno = f.fsync_errno;
		return -1;
	}
	return fsync(fd);
}

static const struct sys_io_ops bad = { .openat = bad_open, .read = bad_read, .pread = bad_pread,
	.write = bad_write, .fsync = bad_fsync, .close = close };

static int
fresh(void **state)
{
	(void)state;
	memset(&f, 0, sizeof f);
	snprintf(dir, sizeof dir, "/tmp/vise-test-XXXXXX");
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static bool
drop(const char *name, void *arg)
{
	char path[400];

	(void)arg;
	snprintf(path, sizeof path, "%s/%.200s", dir, name);
	(void)unlink(path);
	return true;
}

static int
clear(void **state)
{
	(void)state;
	sys_io_set_ops(NULL);
	(void)path_each(dir, drop, NULL, NULL);
	return rmdir(dir);
}

static const char *
at(const char *name)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void
holds(const char *name, const char *want)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(sys_file_read(at(name), 65536, &b, NULL), ERR_OK);
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
}

static void
interrupted(void **state)
{
	char back[8] = "";
	int fd;

	(void)state;
	sys_io_set_ops(&bad);
	f.eintr = 3;
	fd = sys_open(at("a"), O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	f.eintr = 3;
	assert_int_equal(sys_write(fd, "hello", 5), 5);
	f.eintr = 3;
	assert_int_equal(sys_fsync(fd), 0);
	f.eintr = 3;
	assert_int_equal(sys_pread(fd, back, 5, 0), 5);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	f.eintr = 3;
	assert_int_equal(sys_read(fd, back, 5), 5);
	assert_string_equal(back, "hello");
	assert_true(sys_cloexec(fd, false));
	assert_int_equal(fcntl(fd, F_GETFD), 0);
	sys_close(fd);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	sys_close(-1);
}

static void
short_writes(void **state)
{
	int fd = sys_open(at("a"), O_WRONLY | O_CREAT, 0600);

	(void)state;
	sys_io_set_ops(&bad);
	f.piece = 2;
	assert_true(sys_write_all(fd, "hello, world", 12));
	f.write_errno = ENOSPC;
	f.writes_left = 2;
	assert_false(sys_write_all(fd, "0123456789", 10));
	assert_int_equal(errno, ENOSPC);
	sys_close(fd);
	holds("a", "hello, world0123");
}

static void
reading(void **state)
{
	struct err_msg why;
	struct buf b;
	char big[5000];
	int fd = sys_open(at("a"), O_WRONLY | O_CREAT, 0600);

	(void)state;
	memset(big, 'x', sizeof big);
	assert_true(sys_write_all(fd, big, sizeof big));
	sys_close(fd);
	for (size_t max = sizeof big - 1; max <= sizeof big + 1; max++) {
		buf_init(&b, 1 << 20);
		assert_int_equal(sys_file_read(at("a"), max, &b, &why), max < sizeof big ? ERR_LIMIT : ERR_OK);
		buf_fini(&b);
	}
	buf_init(&b, 1 << 20);
	assert_int_equal(sys_file_read(at("none"), 10, &b, &why), ERR_NOENT);
	assert_non_null(strstr(why.what, "none"));
	sys_io_set_ops(&bad);
	f.piece = 7;
	assert_int_equal(sys_file_read(at("a"), 1 << 16, &b, &why), ERR_OK);
	assert_int_equal(b.len, sizeof big);
	f.read_errno = EIO;
	assert_int_equal(sys_file_read(at("a"), 1 << 16, &b, &why), ERR_IO);
	buf_fini(&b);
}

static bool
count(const char *name, void *arg)
{
	(void)name;
	++*(int *)arg;
	return true;
}

/* Whatever fails: the old content stands, and no temporary file is left. */
static void
replace_fails(void **state)
{
	static const int wrong[] = { ENOSPC, EIO, EDQUOT };
	struct err_msg why;
	struct stat st;
	int files = 0;

	(void)state;
	assert_int_equal(sys_file_replace(at("a"), "old", 3, NULL), ERR_OK);
	assert_int_equal(stat(at("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	sys_io_set_ops(&bad);
	f.piece = 1;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		for (f.writes_left = 0; f.writes_left < 3; f.writes_left++) {
			const int steps = f.writes_left;

			f.write_errno = wrong[i];
			assert_int_not_equal(sys_file_replace(at("a"), "new", 3, &why), ERR_OK);
			assert_non_null(strstr(why.why, strerror(wrong[i])));
			holds("a", "old");
			f.writes_left = steps;
		}
		f.write_errno = 0;
		f.fsync_errno = wrong[i];
		assert_int_equal(sys_file_replace(at("a"), "new", 3, &why), ERR_IO);
		holds("a", "old");
		f.fsync_errno = 0;
	}
	f.open_errno = EMFILE;
	assert_int_equal(sys_file_replace(at("a"), "new", 3, &why), ERR_IO);
	f.open_errno = 0;
	holds("a", "old");
	assert_int_equal(mkdir(at("d"), 0700), 0);
	assert_int_not_equal(sys_file_replace(at("d"), "new", 3, &why), ERR_OK);        /* rename fails */
	assert_int_equal(rmdir(at("d")), 0);
	assert_int_equal(sys_file_replace(at("a"), "new", 3, &why), ERR_OK);
	holds("a", "new");
	assert_int_equal(path_each(dir, count, &files, NULL), ERR_OK);
	assert_int_equal(files, 1);
}

static uint64_t
seven(void)
{
	return 7;
}

static void
clocks(void **state)
{
	static const struct sys_clock_ops fixed = { .mono = seven, .wall = seven };
	const uint64_t before = sys_mono();

	(void)state;
	assert_true(sys_mono() >= before);
	assert_true(sys_wall() > UINT64_C(1700000000000000000));
	sys_clock_set_ops(&fixed);
	assert_int_equal(sys_mono() + sys_wall(), 14);
	sys_clock_set_ops(NULL);
	assert_true(sys_mono() >= before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(interrupted, fresh, clear),
		cmocka_unit_test_setup_teardown(short_writes, fresh, clear),
		cmocka_unit_test_setup_teardown(reading, fresh, clear),
		cmocka_unit_test_setup_teardown(replace_fails, fresh, clear),
		cmocka_unit_test(clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
