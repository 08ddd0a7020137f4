/* node.c - device nodes: open, lock, and the next step when that fails. */
#include "transport/node.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/process.h"
#include "sys/time.h"
#include "transport/discover.h"
#include "transport/node_name.h"

enum { UUCP_FILE_MAX = 64, STALE_S = 60, SOON_MS = 500 };

/* LCK..ttyUSB0; /dev/pts/3 is LCK..pts_3, as minicom and uucp write it. */
static char *
lock_name(const char *dir, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = mem_str(strncmp(path, "/dev/", 5) == 0 ? path + 5
	    : slash != NULL ? slash + 1 : path), *file;

	for (char *p = name; *p != '\0'; p++)
		if (*p == '/')
			*p = '_';
	file = mem_fmt("%s/LCK..%s", dir, name);
	mem_free(name);
	return file;
}

/* FHS 3.0, 5.9: ten ASCII columns and a newline; old programs wrote the pid as an int. 0: it names
 * nobody. */
static pid_t
lock_pid(const char *file)
{
	struct buf b;
	uint64_t pid = 0;

	buf_init(&b, UUCP_FILE_MAX + 65536);
	if (sys_file_read(file, UUCP_FILE_MAX, &b, NULL) == ERR_OK) {
		struct slice rest = slice_make(b.data, b.len);

		if (!slice_u64(slice_word(&rest), INT32_MAX, &pid) && b.len == sizeof(int)) {
			int binary;

			memcpy(&binary, b.data, sizeof binary);
			pid = binary > 0 ? (uint64_t)binary : 0;
		}
	}
	buf_fini(&b);
	return (pid_t)pid;
}

pid_t
node_uucp_owner(const char *dir, const char *path)
{
	char *file = lock_name(dir, path);
	const pid_t pid = lock_pid(file);

	mem_free(file);
	return pid != 0 && process_alive(pid) ? pid : 0;
}

/* One that names nobody may be in the middle of being written. */
static bool
is_stale(const char *file, pid_t *owner)
{
	struct stat st;

	*owner = lock_pid(file);
	if (*owner != 0)
		return !process_alive(*owner);
	return stat(file, &st) == 0 && sys_wall() / NS_PER_S > (uint64_t)st.st_mtime + STALE_S;
}

static bool
write_lock(int fd)
{
	char text[16];

	snprintf(text, sizeof text, "%10ld\n", (long)getpid());
	return sys_write_all(fd, text, strlen(text));
}

/* The number of a pty is used again as soon as both ends are closed, so a file that names it says
 * nothing: it counts while its process has this pty open. flock is the lock that we take. */
static enum err
check_pty(const char *dir, const char *path, pid_t *owner)
{
	*owner = node_uucp_owner(dir, path);
	return *owner != 0 && *owner != getpid() && process_holds(*owner, path) ? ERR_BUSY : ERR_OK;
}

enum err
node_uucp_take(const char *dir, const char *path, char **lock, pid_t *owner)
{
	char *file;
	int fd = -1;

	*lock = NULL;
	*owner = 0;
	if (node_is_pty(path))
		return check_pty(dir, path, owner);
	file = lock_name(dir, path);
	for (int i = 0; i < 2 && fd < 0; i++) {
		fd = sys_open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
		if (fd >= 0 || errno != EEXIST)
			break;
		if (!is_stale(file, owner) || unlink(file) != 0) {
			/* our own of another console is none; one that names nobody says nothing */
			const bool busy = *owner != 0 && *owner != getpid() &&
			    process_alive(*owner);

			mem_free(file);
			return busy ? ERR_BUSY : ERR_OK;
		}
	}
	if (fd >= 0 && write_lock(fd))
		*lock = file;
	else if (fd >= 0)
		(void)unlink(file);
	sys_close(fd);
	if (*lock == NULL)
		mem_free(file);
	return ERR_OK;
}

void
node_unlock(char *lock)
{
	if (lock != NULL && lock_pid(lock) == getpid())
		(void)unlink(lock);
	mem_free(lock);
}

static enum err
say_busy(const char *path, pid_t owner, const char *lock, struct err_msg *why)
{
	char name[64] = "", next[ERR_NEXT_MAX];

	if (owner == 0)
		owner = process_holder(path, name, sizeof name);
	else
		process_name(owner, name, sizeof name);
	if (owner == 0)
		return err_set(why, ERR_BUSY, path,
		    "close the other program (fuser -v shows it to root)",
		    "another program holds it (%s)", lock);
	snprintf(next, sizeof next, "end it (kill %ld) or use another port", (long)owner);
	return err_set(why, ERR_BUSY, path, next, "held by %s (pid %ld; %s)",
	    name[0] != '\0' ? name : "a program", (long)owner, lock);
}

static enum err
say_denied(const char *path, struct err_msg *why)
{
	char next[ERR_NEXT_MAX], user[64];
	const struct group *g = NULL;
	struct stat st;

	if (stat(path, &st) == 0)
		g = getgrgid(st.st_gid);
	if (g == NULL || (st.st_mode & 060) != 060 || st.st_gid == 0)
		return err_set(why, ERR_DENIED, path,
		    "copy share/udev/70-vise.rules to /etc/udev/rules.d, plug the board in again",
		    "you may not open it and its group does not help");
	process_user(user, sizeof user);
	snprintf(next, sizeof next,
	    "sudo usermod -aG %s %s, then log in again; or install share/udev/70-vise.rules",
	    g->gr_name, user);
	return err_set(why, ERR_DENIED, path, next, "you may not open it; the group %s may",
	    g->gr_name);
}

static enum err
say_missing(const char *path, struct err_msg *why)
{
	char there[ERR_NEXT_MAX - 40], next[ERR_NEXT_MAX];

	ports_sentence("", there, sizeof there);
	snprintf(next, sizeof next, "%s", there);
	return err_set(why, ERR_NOENT, path, next, "there is no such port");
}

static enum err
say_errno(const char *path, int errnum, struct err_msg *why)
{
	switch (errnum) {
	case ENOENT: case ENXIO: case ENODEV:
		return say_missing(path, why);
	case EACCES: case EPERM:
		return say_denied(path, why);
	case EBUSY:
		return say_busy(path, 0, "opened exclusively", why);
	default:
		return err_errno(why, errnum, path, "opening");
	}
}

/* Root passes TIOCEXCL: ask. On a pty it outlives whoever set it while the other side is open, so
 * somebody must be there. */
static enum err
check_exclusive(int fd, const char *path, struct err_msg *why)
{
	char name[64];
	int set = 0;

	if (ioctl(fd, TIOCGEXCL, &set) != 0 || set == 0)
		return ERR_OK;
	if (node_is_pty(path) && process_holder(path, name, sizeof name) == 0)
		return ERR_OK;
	return say_busy(path, 0, "opened exclusively", why);
}

static enum err
opened(const char *path, int got, int errnum, int *fd, struct err_msg *why)
{
	enum err e;

	*fd = got;
	if (got < 0)
		return say_errno(path, errnum, why);
	if (flock(got, LOCK_EX | LOCK_NB) != 0)
		e = say_busy(path, process_flock_owner(path), "locked", why);
	else
		e = check_exclusive(got, path, why);
	if (e != ERR_OK) {
		sys_close(got);
		*fd = -1;
	}
	return e;
}

enum err
node_take(const char *path, struct sys_late *late, int *fd, struct err_msg *why)
{
	int got, errnum;

	sys_late_take(late, &got, &errnum);
	return opened(path, got, errnum, fd, why);
}

static enum err
open_locked(const char *path, int *fd, struct sys_late **late, struct err_msg *why)
{
	struct stat st;
	int got, errnum;

	if (stat(path, &st) != 0)
		return say_errno(path, errno, why);
	if (!S_ISCHR(st.st_mode))
		return err_set(why, ERR_UNSUPPORTED, path,
		    S_ISSOCK(st.st_mode) ? "write unix: in front of it" :
		    "give a serial port, a pty or tcp:HOST:PORT", "it is not a terminal device");
	if (!sys_late_open(path, O_RDWR | O_NONBLOCK, SOON_MS, &got, &errnum, late))
		return ERR_OK;
	return opened(path, got, errnum, fd, why);
}

enum err
node_open(const char *path, int *fd, char **lock, struct sys_late **late, struct err_msg *why)
{
	struct stat st;
	pid_t owner;
	enum err e = ERR_OK;

	*fd = -1;
	*lock = NULL;
	*late = NULL;
	/* no lock for what is no device */
	if (stat(path, &st) == 0 && S_ISCHR(st.st_mode))
		e = node_uucp_take("/var/lock", path, lock, &owner);
	if (e != ERR_OK)
		return say_busy(path, owner, "lock file in /var/lock", why);
	e = open_locked(path, fd, late, why);
	if (e != ERR_OK) {
		node_unlock(*lock);
		*lock = NULL;
	}
	return e;
}
