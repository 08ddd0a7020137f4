/* process.c - what a process of ours does about itself. */
#include "sys/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/slice.h"
#include "sys/io.h"

enum { LOCKS_MAX = 1 << 20 };

static int ready_fd = -1;       /* the parent waits on its other end until process_ready() */

void
process_fill_std_fds(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_RDWR); /* takes the lowest free number: fd */
}

void
process_ignore_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	(void)sigaction(SIGXFSZ, &sa, NULL);    /* a limit on file size is an error of the write */
}

void
process_close_from(int lowest)
{
	const int max = (int)sysconf(_SC_OPEN_MAX);

	if (close_range((unsigned)lowest, ~0u, 0) == 0)
		return;
	for (int fd = lowest; fd < max && fd < 65536; fd++)
		(void)close(fd);
}

unsigned long
process_uid(void)
{
	return (unsigned long)getuid();
}

bool
process_is_setuid(void)
{
	return geteuid() != getuid() || getegid() != getgid();
}

static enum err
wait_ready(int fd, pid_t first, struct err_msg *why)
{
	struct err_msg m;
	ssize_t got;

	(void)waitpid(first, NULL, 0);
	got = sys_read(fd, &m, sizeof m);
	sys_close(fd);
	if (got != (ssize_t)sizeof m)
		return err_set(why, ERR_INFRA, "vise-bench",
		    "run vise-bench --foreground to see why", "ended before it was ready");
	if (m.code != ERR_OK && why != NULL)
		*why = m;
	return m.code;
}

static void
go_background(void)
{
	const int null = open("/dev/null", O_RDWR);
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGHUP, &sa, NULL);
	(void)sigaction(SIGTSTP, &sa, NULL);
	for (int fd = 0; fd < 3; fd++)
		(void)dup2(null, fd);
	if (null > 2)
		(void)close(null);
	if (chdir("/") != 0)
		_exit(1);               /* the parent reports that we ended too early */
	umask(077);
}

enum err
process_daemonize(bool *child, struct err_msg *why)
{
	int p[2];
	pid_t pid;

	*child = false;
	if (pipe2(p, O_CLOEXEC) != 0)
		return err_errno(why, errno, "vise-bench", "pipe");
	pid = fork();
	if (pid < 0) {
		const enum err e = err_errno(why, errno, "vise-bench", "fork");

		sys_close(p[0]);
		sys_close(p[1]);
		return e;
	}
	if (pid > 0) {
		sys_close(p[1]);
		return wait_ready(p[0], pid, why);
	}
	sys_close(p[0]);
	(void)setsid();
	if (fork() != 0)        /* no session leader, so no terminal can become ours */
		_exit(0);
	go_background();
	ready_fd = p[1];
	*child = true;
	return ERR_OK;
}

void
process_ready(const struct err_msg *failure)
{
	const struct err_msg good = { .code = ERR_OK };

	if (ready_fd < 0)
		return;
	(void)sys_write_all(ready_fd, failure != NULL ? failure : &good, sizeof good);
	sys_close(ready_fd);
	ready_fd = -1;
}

void
process_die_with_parent(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

void
process_subreaper(void)
{
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/* Ended, but nobody has asked for its status: some first processes of containers take long to. */
static bool
is_zombie(pid_t pid)
{
	char path[64], text[128];
	const char *name_end;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	fd = sys_open(path, O_RDONLY, 0);
	if (fd >= 0)
		n = sys_read(fd, text, sizeof text - 1);
	sys_close(fd);
	text[n > 0 ? n : 0] = '\0';
	name_end = strrchr(text, ')');  /* proc(5): the name may hold anything; the state follows */
	return name_end != NULL && strncmp(name_end, ") Z", 3) == 0;
}

bool
process_alive(pid_t pid)
{
	return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM) && !is_zombie(pid);
}

void
process_user(char *out, unsigned long size)
{
	const struct passwd *pw = getpwuid(getuid());

	if (pw != NULL)
		snprintf(out, size, "%s", pw->pw_name);
	else
		snprintf(out, size, "uid%u", (unsigned)getuid());
}

void
process_host(char *out, unsigned long size)
{
	if (gethostname(out, size) != 0)
		snprintf(out, size, "localhost");
	out[size - 1] = '\0';
}

/* Unix98 ptys (majors 136 to 143) carry the same numbers in each mount of devpts: a container's
 * pts/0 is
 * not ours. Other devices are the same wherever their node stands. */
static bool
same_file(const struct stat *a, const struct stat *b)
{
	const bool pty = S_ISCHR(b->st_mode) && major(b->st_rdev) >= 136 && major(b->st_rdev) < 144;

	if (S_ISCHR(b->st_mode) && !pty)
		return S_ISCHR(a->st_mode) && a->st_rdev == b->st_rdev;
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Does process `pid` hold the device (by st_rdev, or by inode for other files)? */
static bool
holds(const char *pid, const struct stat *want)
{
	char dir[64];
	DIR *d;
	bool found = false;

	snprintf(dir, sizeof dir, "/proc/%.20s/fd", pid);
	d = opendir(dir);
	if (d == NULL)
		return false;
	for (const struct dirent *e; !found && (e = readdir(d)) != NULL;) {
		struct stat st;

		if (e->d_name[0] != '.' && fstatat(dirfd(d), e->d_name, &st, 0) == 0)
			found = same_file(&st, want);
	}
	closedir(d);
	return found;
}

bool
process_holds(pid_t pid, const char *dev_path)
{
	struct stat want;
	char text[24];

	snprintf(text, sizeof text, "%ld", (long)pid);
	return stat(dev_path, &want) == 0 && holds(text, &want);
}

static void
read_comm(pid_t pid, char *name, unsigned long size)
{
	char path[64];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/comm", (long)pid);
	fd = sys_open(path, O_RDONLY, 0);
	if (fd >= 0 && size > 1)
		n = sys_read(fd, name, size - 1);
	sys_close(fd);
	name[n > 0 ? n : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
}

void
process_name(pid_t pid, char *out, unsigned long size)
{
	out[0] = '\0';
	read_comm(pid, out, size);
}

/* "2: FLOCK  ADVISORY  WRITE 4711 00:18:5 0 EOF": pid and major:minor:inode of the file. */
static pid_t
flock_line(struct slice line, const struct stat *st)
{
	char id[64];
	uint64_t pid;
	struct slice word;

	(void)slice_word(&line);
	if (!slice_is(slice_word(&line), "FLOCK"))
		return 0;
	(void)slice_word(&line);
	(void)slice_word(&line);
	word = slice_word(&line);
	snprintf(id, sizeof id, "%02x:%02x:%llu", major(st->st_dev), minor(st->st_dev),
	    (unsigned long long)st->st_ino);
	return slice_is(slice_word(&line), id) && slice_u64(word, INT32_MAX, &pid) ? (pid_t)pid : 0;
}

pid_t
process_flock_owner(const char *path)
{
	struct stat st;
	struct buf b;
	pid_t found = 0;

	buf_init(&b, LOCKS_MAX + 65536);
	if (stat(path, &st) == 0 && sys_file_read("/proc/locks", LOCKS_MAX, &b, NULL) == ERR_OK) {
		struct slice rest = slice_make(b.data, b.len);

		while (found == 0 && rest.n != 0)
			found = flock_line(slice_cut(rest, '\n', &rest), &st);
	}
	buf_fini(&b);
	return found;
}

pid_t
process_holder(const char *dev_path, char *name, unsigned long size)
{
	struct stat want;
	pid_t found = 0;
	DIR *d;

	name[0] = '\0';
	if (stat(dev_path, &want) != 0 || (d = opendir("/proc")) == NULL)
		return 0;
	for (const struct dirent *e; found == 0 && (e = readdir(d)) != NULL;) {
		uint64_t pid;

		if (slice_u64(slice_of(e->d_name), INT32_MAX, &pid) && (pid_t)pid != getpid() &&
		    holds(e->d_name, &want))
			found = (pid_t)pid;
	}
	closedir(d);
	if (found != 0)
		read_comm(found, name, size);
	return found;
}
