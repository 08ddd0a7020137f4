/* io.c - descriptors and files behind a replaceable table; EINTR ends here. */
#include "sys/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

static int
kernel_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	/* plain open where it says the same: preloaded test beds (umockdev) follow that one */
	return dirfd == AT_FDCWD ? open(path, flags, mode) : openat(dirfd, path, flags, mode);
}

static const struct sys_io_ops kernel = {
	.openat = kernel_openat, .read = read, .pread = pread, .write = write,
	.fsync = fsync, .close = close,
};
static const struct sys_io_ops *ops = &kernel;  /* process-wide by design: tests swap it */

void
sys_io_set_ops(const struct sys_io_ops *o)
{
	ops = o != NULL ? o : &kernel;
}

int
sys_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = ops->openat(dirfd, path, flags | O_CLOEXEC | O_NOCTTY, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

int
sys_open(const char *path, int flags, mode_t mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

ssize_t
sys_read(int fd, void *p, size_t n)
{
	ssize_t got;

	do
		got = ops->read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

ssize_t
sys_pread(int fd, void *p, size_t n, off_t at)
{
	ssize_t got;

	do
		got = ops->pread(fd, p, n, at);
	while (got < 0 && errno == EINTR);
	return got;
}

ssize_t
sys_write(int fd, const void *p, size_t n)
{
	ssize_t put;

	do
		put = ops->write(fd, p, n);
	while (put < 0 && errno == EINTR);
	return put;
}

bool
sys_write_all(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n != 0) {
		const ssize_t put = sys_write(fd, s, n);

		if (put <= 0)
			return false;
		s += put;
		n -= (size_t)put;
	}
	return true;
}

int
sys_fsync(int fd)
{
	int r;

	do
		r = ops->fsync(fd);
	while (r != 0 && errno == EINTR);
	return r;
}

void
sys_close(int fd)
{
	if (fd >= 0)
		ops->close(fd);         /* EINTR: Linux has closed it all the same */
}

int
sys_high(int fd)
{
	const int up = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 10) : -1;

	sys_close(fd);
	return up;
}

bool
sys_pipe(int fd[2])
{
	return pipe2(fd, O_CLOEXEC) == 0;
}

bool
sys_nonblock(int fd, bool on)
{
	const int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) == 0;
}

bool
sys_cloexec(int fd, bool on)
{
	return fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) == 0;
}

static enum err
read_rest(int fd, const char *path, size_t max, struct buf *out, struct err_msg *why)
{
	const size_t before = out->len;

	for (;;) {
		ssize_t got;
		const enum err e = buf_reserve(out, 65536);

		if (e == ERR_MEMORY)
			return err_set(why, e, path, NULL, "not enough memory to read it");
		if (e != ERR_OK || out->len - before > max)
			return err_set(
			    why, ERR_LIMIT, path, NULL, "larger than the limit of %zu bytes", max);
		got = sys_read(fd, out->data + out->len, 65536);
		if (got < 0)
			return err_errno(why, errno, path, "reading");
		if (got == 0)
			return ERR_OK;
		out->len += (size_t)got;
		out->data[out->len] = '\0';
	}
}

/* Room for a regular file's whole size at once: no repeated growth of large files. */
static void
reserve_size(int fd, struct buf *out)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		(void)buf_reserve(out, (size_t)st.st_size + 65536);
}

enum err
sys_file_read(const char *path, size_t max, struct buf *out, struct err_msg *why)
{
	const int fd = sys_open(path, O_RDONLY, 0);
	enum err e;

	if (fd < 0)
		return err_errno(why, errno, path, "opening");
	reserve_size(fd, out);
	e = read_rest(fd, path, max, out, why);
	sys_close(fd);
	return e;
}

static void
sync_folder(const char *path)
{
	char *dir = mem_str(path), *slash = strrchr(dir, '/');
	int fd;

	if (slash != NULL)
		*slash = '\0';
	fd = sys_open(slash == NULL ? "." : slash == dir ? "/" : dir, O_RDONLY | O_DIRECTORY, 0);
	if (fd >= 0) {
		(void)sys_fsync(fd);
		sys_close(fd);
	}
	mem_free(dir);
}

enum err
sys_file_replace(const char *path, const void *p, size_t n, struct err_msg *why)
{
	char *temp = mem_fmt("%s.%ld.new", path, (long)getpid());
	const int fd = sys_open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	bool good;
	int saved;

	if (fd < 0) {
		saved = errno;
		mem_free(temp);
		return err_errno(why, saved, path, "making a new version");
	}
	good = sys_write_all(fd, p, n) && sys_fsync(fd) == 0;
	saved = errno;
	sys_close(fd);
	if (good && rename(temp, path) != 0) {
		saved = errno;
		good = false;
	}
	if (!good)
		(void)unlink(temp);
	else
		sync_folder(path);
	mem_free(temp);
	return good ? ERR_OK : err_errno(why, saved, path, "writing");
}
