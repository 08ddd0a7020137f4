/* lockfile.c - flock and a record beside it. */
#include "sys/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sys/io.h"

enum { OPEN_TRIES = 8 };

static bool
usable(const char *dir)
{
	struct stat st;

	if (mkdir(dir, 0700) == 0 && chmod(dir, 01777) != 0)
		return false;
	return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) && access(dir, W_OK | X_OK) == 0;
}

enum err
lockfile_dir(char **out, struct err_msg *why)
{
	const char *own = getenv("VISE_LOCK_DIR"),
		   *const dirs[] = { own != NULL ? own : "/run/lock/vise", "/tmp/vise-lock" };

	for (size_t i = 0; i < (own != NULL ? 1U : 2U); i++)
		if (usable(dirs[i])) {
			*out = mem_str(dirs[i]);
			return ERR_OK;
		}
	*out = NULL;
	return err_set(why, ERR_INFRA, dirs[0], "VISE_LOCK_DIR names another folder",
	    "is no folder that locks can be kept in");
}

static int
plain(int fd)
{
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	sys_close(fd);
	errno = EINVAL;
	return -1;
}

int
lockfile_open(const char *path)
{
	for (int i = 0; i < OPEN_TRIES; i++) {
		int fd = sys_open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);

		if (fd >= 0 || errno != ENOENT)
			return sys_high(plain(fd));
		fd = sys_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
		if (fd >= 0) {
			(void)fchmod(fd, 0666); /* whatever the umask: it is for all users */
			return sys_high(fd);
		}
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

int
lockfile_peek(const char *path)
{
	return plain(sys_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0));
}

bool
lockfile_try(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

bool
lockfile_held(const char *path)
{
	const int fd = lockfile_peek(path);
	/* shared: two that look at once do not see one another */
	const bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;

	sys_close(fd);
	return held;
}

bool
lockfile_write(int fd, const char *p, size_t n)
{
	char text[LOCKFILE_MAX];

	if (n >= sizeof text)
		return false;
	memset(text, ' ', sizeof text);
	memcpy(text, p, n);
	text[sizeof text - 1] = '\n';
	return lseek(fd, 0, SEEK_SET) == 0 &&
	       sys_write(fd, text, sizeof text) == (ssize_t)sizeof text;
}

bool
lockfile_read(const char *path, struct buf *out)
{
	char text[LOCKFILE_MAX];
	const int fd = lockfile_peek(path);
	ssize_t n = fd >= 0 ? sys_pread(fd, text, sizeof text, 0) : -1;

	sys_close(fd);
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\n'))
		n--;
	return n >= 0 && buf_add(out, text, (size_t)n) == ERR_OK;
}
