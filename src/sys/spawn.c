/* spawn.c - fork and exec with exactly the descriptors asked for; exec's failure comes back by a
 * pipe. */
#include "sys/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sys/io.h"

extern char **environ;

/* environ plus env_add; the strings are borrowed, the array is the caller's. */
static char **
build_env(const char *const *add)
{
	size_t n = 0, extra = 0, used = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	while (add != NULL && add[extra] != NULL)
		extra++;
	env = mem_zero(n + extra + 1, sizeof *env);
	for (size_t i = 0; i < n; i++) {
		bool replaced = false;

		for (size_t k = 0; k < extra; k++) {
			const size_t name = strcspn(add[k], "=") + 1;

			replaced |= strncmp(environ[i], add[k], name) == 0;
		}
		if (!replaced)
			env[used++] = environ[i];
	}
	for (size_t k = 0; k < extra; k++)
		env[used++] = (char *)(uintptr_t)add[k];
	return env;
}

static void
reset_signals(void)
{
	sigset_t none;

	for (int s = 1; s < NSIG; s++) {
		struct sigaction sa;

		memset(&sa, 0, sizeof sa);
		sa.sa_handler = SIG_DFL;
		(void)sigaction(s, &sa, NULL);
	}
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Moves the wanted descriptors above 9 first, so that no dup2 overwrites one still needed. */
static void
place_fds(const struct sys_spawn *s, int report)
{
	const int want[4] = { s->fd_in, s->fd_out, s->fd_err, s->fd3 };
	int high[4];

	for (int i = 0; i < 4; i++) {
		int fd = want[i];

		if (fd < 0 && i < 3)
			fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		high[i] = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 10);
	}
	for (int i = 0; i < 4; i++)
		if (high[i] >= 0) {
			(void)dup2(high[i], i);
			(void)sys_nonblock(i, false);
		} else if (i == 3 && report != 3) {
			(void)close(3);
		}
}

static void
child(const struct sys_spawn *s, char **env, int report)
{
	int errnum;

	if (report < 10)
		report = fcntl(report, F_DUPFD_CLOEXEC, 20);
	reset_signals();
	if (s->tty)
		(void)setsid();
	else if (!s->keep_group)
		(void)setpgid(0, 0);
	place_fds(s, report);
	/* what we ourselves were given without close-on-exec stays with us (Linux 5.11) */
	(void)close_range(4, ~0u, CLOSE_RANGE_CLOEXEC);
	for (size_t i = 0; i < s->nkeep; i++)
		(void)fcntl(s->keep[i], F_SETFD, 0);
	if (s->tty)
		(void)ioctl(0, TIOCSCTTY, 0);
	if (s->die_with_parent)
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	if (s->no_new_privs)
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (s->cwd != NULL && chdir(s->cwd) != 0)
		goto fail;
	environ = env;
	(void)execvp(s->argv[0], (char *const *)(uintptr_t)s->argv);
fail:
	errnum = errno;
	(void)!write(report, &errnum, sizeof errnum);
	_exit(127);
}

static pid_t
kernel_spawn(const struct sys_spawn *s, int *errnum)
{
	char **env = build_env(s->env_add);
	int report[2];
	ssize_t got;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) != 0) {
		*errnum = errno;
		mem_free(env);
		return -1;
	}
	pid = fork();
	if (pid == 0)
		child(s, env, report[1]);
	*errnum = errno;
	mem_free(env);
	(void)close(report[1]);
	if (pid > 0) {
		if (!s->tty && !s->keep_group)
			(void)setpgid(pid, pid); /* both sides, so that neither is too late */
		*errnum = 0;
		do
			got = read(report[0], errnum, sizeof *errnum);
		while (got < 0 && errno == EINTR);
		if (*errnum != 0) {
			while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
				;
			pid = -1;
		}
	}
	(void)close(report[0]);
	return pid;
}

static const struct sys_spawn_ops kernel = { .spawn = kernel_spawn };
static const struct sys_spawn_ops *ops = &kernel;       /* process-wide by design: tests swap it */

void
sys_spawn_set_ops(const struct sys_spawn_ops *o)
{
	ops = o != NULL ? o : &kernel;
}

enum err
sys_spawn(const struct sys_spawn *s, pid_t *pid, struct err_msg *why)
{
	int errnum = 0;

	if (s->argv == NULL || s->argv[0] == NULL || s->argv[0][0] == '\0')
		return err_set(why, ERR_USAGE, "spawn", NULL, "no program named");
	*pid = ops->spawn(s, &errnum);
	if (*pid > 0)
		return ERR_OK;
	if (errnum == ENOENT)
		return err_set(why, ERR_TOOL, s->argv[0], "install it, or correct the path",
		    s->cwd != NULL ? "no such program or folder" : "no such program");
	return err_set(why, errnum == EACCES ? ERR_DENIED : ERR_TOOL, s->argv[0], NULL,
	    "cannot be started: %s", strerror(errnum));
}

void
sys_kill_group(pid_t pid, int sig)
{
	if (pid > 1 && kill(-pid, sig) != 0)
		(void)kill(pid, sig);
}

static int
shell_status(int st)
{
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}

int
sys_wait(pid_t pid)
{
	int st = 0;

	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			return 127;
	return shell_status(st);
}

bool
sys_wait_poll(pid_t pid, int *status)
{
	int st = 0;
	const pid_t got = waitpid(pid, &st, WNOHANG);

	if (got == 0 || (got < 0 && errno == EINTR))
		return false;
	*status = got == pid ? shell_status(st) : 127;
	return true;
}
