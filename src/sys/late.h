/*
 * late.h - an open() that may take its time: some drivers wait for a device that does not answer,
 * and a host's name for a server that does not.
 *
 * Layer   sys. It runs in a thread of its own, so only the handle waits. The thread frees what
 *         nobody wants any more, however late it is.
 */
#ifndef SYS_LATE_H
#define SYS_LATE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct sys_late;

/* Waits for at most ms. True: done, *fd is the descriptor or -1 with *errnum. False: *late is a
 * handle to wait for. */
bool sys_late_open(const char *path, int flags, unsigned ms, int *fd, int *errnum,
    struct sys_late **late);
/* Resolves host and starts the connection, as sys_tcp_dial. Waits for nothing; NULL: there is
 * no thread to be had. */
struct sys_late *sys_late_dial(const char *host, const char *port);
/* Its result, which ends the handle. */
enum err sys_late_answer(struct sys_late *l, int *fd, struct err_msg *why);
int  sys_late_fd(const struct sys_late *l);     /* readable when it is done */
/* The result, as above; ends the handle. */
void sys_late_take(struct sys_late *l, int *fd, int *errnum);
void sys_late_drop(struct sys_late *l);         /* not wanted any more; NULL is fine */
/* Until no thread is left in an open, dropped ones too; false after ms. For tests, which swap the
 * table of sys/io.h that the threads use. */
bool sys_late_idle(unsigned ms);

#endif
