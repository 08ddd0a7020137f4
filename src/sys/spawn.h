/*
 * spawn.h - starting a child process from an argv, never from a shell string.
 *
 * Layer   sys. Behind a table that tests can make fail. The caller owns the pid and reaps it
 *         (loop/child.h). The child gets: default signals, an empty mask, its own process
 *         group or session, only the descriptors named here, PR_SET_NO_NEW_PRIVS if asked.
 */
#ifndef SYS_SPAWN_H
#define SYS_SPAWN_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/err.h"

struct sys_spawn {
	/* NULL-terminated; argv[0] is looked up in PATH unless it has a '/' */
	const char *const *argv;
	const char *const *env_add;     /* "NAME=value" on top of our own environment, or NULL */
	const char *cwd;                /* or NULL */
	int  fd_in, fd_out, fd_err;     /* become 0, 1, 2; -1 is the null device */
	int  fd3;                       /* becomes descriptor 3, or -1 */
	/* fd_in is a terminal: new session, make it the controlling one */
	bool tty;
	bool no_new_privs;
	bool die_with_parent;           /* SIGTERM when the thread that started it is gone */
	/* stay in our process group (a child of the command line) */
	bool keep_group;
	/* above 9: open in it too, under the same numbers (locks that it shares with us) */
	const int *keep;
	size_t nkeep;
};

struct sys_spawn_ops {
	pid_t (*spawn)(const struct sys_spawn *s, int *errnum);
};

void     sys_spawn_set_ops(const struct sys_spawn_ops *ops);
/* ERR_TOOL with the program's name when it cannot be run (reported by exec itself, through a
 * pipe). */
enum err sys_spawn(const struct sys_spawn *s, pid_t *pid, struct err_msg *why);
/* Sends sig to the process group of pid (or to pid alone if it leads none). */
void     sys_kill_group(pid_t pid, int sig);
/* Waits (blocking) and gives the exit status in shell form: code, or 128 + signal. */
int      sys_wait(pid_t pid);
/* Non-blocking: false while it runs. */
bool     sys_wait_poll(pid_t pid, int *status);

#endif
