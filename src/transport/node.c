/* node.c - device nodes: resolve, open, lock, and the next step when that fails. */
#include "transport/node.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/process.h"
#include "transport/discover.h"

/* Documentation/admin-guide/devices.txt: 136-143 are the slaves of Unix98 ptys. */
enum { PTS_MAJOR_FIRST = 136, PTS_MAJOR_LAST = 143, UUCP_FILE_MAX = 64 };

bool
node_resolve(const char *path, char *out, size_t size)
{
	char full[PATH_MAX];
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	if (S_ISLNK(st.st_mode)) {      /* the common case, a node itself, needs no walk */
		if (realpath(path, full) == NULL)
			return false;
		path = full;
	}
	if (strlen(path) >= size)
		return false;
	memcpy(out, path, strlen(path) + 1);
	return true;
}

bool
node_is_pty(const char *resolved)
{
	struct stat st;

	return stat(resolved, &st) == 0 && S_ISCHR(st.st_mode) &&
	    major(st.st_rdev) >= PTS_MAJOR_FIRST && major(st.st_rdev) <= PTS_MAJOR_LAST;
}

/* FHS 3.0, 5.9: ten ASCII columns and a newline; old programs wrote the pid as an int. */
pid_t
node_uucp_owner(const char *dir, const char *path)
{
	const char *name = strrchr(path, '/');
	char *file = mem_fmt("%s/LCK..%s", dir, name != NULL ? name + 1 : path);
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
	mem_free(file);
	return pid != 0 && process_alive((pid_t)pid) ? (pid_t)pid : 0;
}

static enum err
say_busy(const char *path, pid_t owner, const char *lock, struct err_msg *why)
{
	char name[64] = "", next[ERR_NEXT_MAX];
	const pid_t seen = process_holder(path, name, sizeof name);

	if (owner == 0 || seen == owner)
		owner = seen;
	else
		name[0] = '\0';
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

enum err
node_open(const char *path, int *fd, struct err_msg *why)
{
	const pid_t owner = node_uucp_owner("/var/lock", path);
	struct stat st;

	*fd = -1;
	if (owner != 0 && owner != getpid())
		return say_busy(path, owner, "lock file in /var/lock", why);
	if (stat(path, &st) != 0)
		return say_errno(path, errno, why);
	if (!S_ISCHR(st.st_mode))
		return err_set(why, ERR_UNSUPPORTED, path,
		    S_ISSOCK(st.st_mode) ? "write unix: in front of it" :
		    "give a serial port, a pty or tcp:HOST:PORT", "it is not a terminal device");
	*fd = sys_open(path, O_RDWR | O_NONBLOCK, 0);
	if (*fd < 0)
		return say_errno(path, errno, why);
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return ERR_OK;
	sys_close(*fd);
	*fd = -1;
	return say_busy(path, 0, "locked", why);
}
