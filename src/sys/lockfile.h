/*
 * lockfile.h - files that processes of one machine meet at: flock, which the kernel takes back from
 * the dead, and a few bytes of text in the file.
 *
 * Layer   sys. Descriptors belong to the caller (sys_close gives the lock back).
 * Safety  the folder is open to everybody, as /tmp is: no link is followed, nothing but a plain
 *         file is opened, and a file of another user is never made anew (fs.protected_regular).
 */
#ifndef SYS_LOCKFILE_H
#define SYS_LOCKFILE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

/* $VISE_LOCK_DIR, else /run/lock/vise, else /tmp/vise-lock: made for all users when it is not
 * there. Heap string. */
enum err lockfile_dir(char **out, struct err_msg *why);
/* Opens or makes it, for all users; -1 with errno. Above 9, so that a child can be given it. */
int      lockfile_open(const char *path);
/* An existing one, to look at and to try; -1 with errno. */
int      lockfile_peek(const char *path);
bool     lockfile_try(int fd);
/* Is it held by somebody? Takes and gives back. */
bool     lockfile_held(const char *path);
/* The whole content, in one write: a reader sees the old or the new. */
enum { LOCKFILE_MAX = 8192 };
bool     lockfile_write(int fd, const char *p, size_t n);
/* What stands there, without the filling; false when it cannot be read. */
bool     lockfile_read(const char *path, struct buf *out);

#endif
