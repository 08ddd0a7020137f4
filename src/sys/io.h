/*
 * io.h - system calls on descriptors and files, behind a table that tests can make fail.
 *
 * Layer   sys. EINTR is handled here; everything opened is close-on-exec.
 * Errors  the plain wrappers return what the call returns, with errno set; functions that
 *         return enum err fill *why.
 */
#ifndef SYS_IO_H
#define SYS_IO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"

struct sys_io_ops {
	int     (*openat)(int dirfd, const char *path, int flags, mode_t mode);
	ssize_t (*read)(int fd, void *p, size_t n);
	ssize_t (*pread)(int fd, void *p, size_t n, off_t at);
	ssize_t (*write)(int fd, const void *p, size_t n);
	int     (*fsync)(int fd);
	int     (*close)(int fd);
};

void    sys_io_set_ops(const struct sys_io_ops *ops);   /* NULL restores the kernel's */

int     sys_open(const char *path, int flags, mode_t mode);     /* O_CLOEXEC|O_NOCTTY added */
int     sys_openat(int dirfd, const char *path, int flags, mode_t mode);
ssize_t sys_read(int fd, void *p, size_t n);
ssize_t sys_pread(int fd, void *p, size_t n, off_t at);
ssize_t sys_write(int fd, const void *p, size_t n);
/* for blocking descriptors and files */
bool    sys_write_all(int fd, const void *p, size_t n);
int     sys_fsync(int fd);
void    sys_close(int fd);                                      /* negative is fine */
int     sys_high(int fd);       /* the same above 9, to be kept by a child; fd is closed */
bool    sys_pipe(int fd[2]);                                    /* both close-on-exec */
bool    sys_nonblock(int fd, bool on);
bool    sys_cloexec(int fd, bool on);

/* The whole file, up to max bytes, appended to *out (whose own ceiling also holds). */
enum err sys_file_read(const char *path, size_t max, struct buf *out, struct err_msg *why);
/* Old or new, never half: temp file 0600 in the same folder, fsync, rename, fsync of the folder. */
enum err sys_file_replace(const char *path, const void *p, size_t n, struct err_msg *why);

#endif
