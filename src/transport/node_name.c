/* node_name.c - where the name of a device leads, through all its links. */
#include "transport/node_name.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/hash.h"

/* Documentation/admin-guide/devices.txt: 136-143 are the slaves of Unix98 ptys. */
enum { PTS_MAJOR_FIRST = 136, PTS_MAJOR_LAST = 143, LINKS_MAX = 8 };

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

static uint64_t
stamp(uint64_t seed, const struct stat *st)
{
	const uint64_t parts[] = { seed, st->st_dev, st->st_ino, (uint64_t)st->st_ctim.tv_sec,
		(uint64_t)st->st_ctim.tv_nsec };

	return hash_bytes(parts, sizeof parts, 1);
}

struct transport_mark
node_mark(const char *path)
{
	char at[PATH_MAX], next[PATH_MAX], real[PATH_MAX];
	struct transport_mark m = { 0 };
	struct stat st;
	ssize_t n;

	snprintf(at, sizeof at, "%s", path);
	for (int hops = 0; hops < LINKS_MAX && lstat(at, &st) == 0 && S_ISLNK(st.st_mode); hops++) {
		char *slash = strrchr(at, '/');
		const size_t dir = slash != NULL ? (size_t)(slash - at) + 1 : 0;

		m.links = stamp(m.links, &st);
		n = readlink(at, next, sizeof next - 1);
		if (n <= 0)
			break;
		next[n] = '\0';
		if (next[0] == '/' || dir + (size_t)n >= sizeof at)
			snprintf(at, sizeof at, "%s", next);
		else
			memcpy(at + dir, next, (size_t)n + 1);
	}
	if (node_resolve(path, real, sizeof real) && node_is_pty(real) &&
	    stat(real, &st) == 0)
		m.pty = stamp(0, &st);
	return m;
}
