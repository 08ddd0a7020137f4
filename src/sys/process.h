/*
 * process.h - what a process of ours does about itself at its start.
 *
 * Layer   sys.
 */
#ifndef SYS_PROCESS_H
#define SYS_PROCESS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

/* 0, 1, 2 open on the null device if closed (V9 of reliability.md) */
void     process_fill_std_fds(void);
void     process_ignore_signals(void);  /* SIGPIPE ignored */
void     process_close_from(int lowest);
unsigned long process_uid(void);
bool     process_is_setuid(void);       /* euid differs from uid: we refuse to run */
/* Double fork into the background; in the parent waits until the child calls process_ready() and
 * returns
 * its answer; in the child returns ERR_OK with *child true. */
enum err process_daemonize(bool *child, struct err_msg *why);
void     process_ready(const struct err_msg *failure);  /* NULL: all is well */
void     process_die_with_parent(void); /* PR_SET_PDEATHSIG SIGKILL */
void     process_subreaper(void);       /* orphans of our jobs come to us */
bool     process_alive(pid_t pid);      /* one that has ended and is not reaped yet does not */
/* uid's name, for "who types"; the host's name. Static storage of the caller. */
void     process_user(char *out, unsigned long size);
void     process_host(char *out, unsigned long size);
/* The pid that has a flock on the file, as /proc/locks tells; 0: not known. */
pid_t    process_flock_owner(const char *path);
void     process_name(pid_t pid, char *out, unsigned long size);         /* "" when it is gone */
/* Has it the device open? False also where /proc/PID/fd may not be read. */
bool     process_holds(pid_t pid, const char *dev_path);
/* Who holds a device open: first pid found under /proc, 0 if none can be seen; its name into
 * out. */
pid_t    process_holder(const char *dev_path, char *name, unsigned long size);

#endif
