/*
 * slowread.c - reads that hang, for LD_PRELOAD: a driver that does not answer.
 *
 * pread() of a file whose path ends in one of $SLOWREAD (several with a blank between) waits while
 * the file $SLOWREAD_GATE exists, and says so in $SLOWREAD_GATE.hit.
 *
 * open() of $SLOWOPEN takes $SLOWOPEN_MS, and fails then with $SLOWOPEN_ERRNO, if that is given.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static int
named(int fd)
{
	const char *list = getenv("SLOWREAD");
	char link[64], path[1024];
	ssize_t n;

	if (list == NULL)
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	while (*list != '\0') {
		const size_t k = strcspn(list, " ");

		if (k != 0 && (size_t)n >= k && memcmp(path + (size_t)n - k, list, k) == 0)
			return 1;
		list += k + (list[k] == ' ');
	}
	return 0;
}

static void
wait_for_gate(void)
{
	const char *gate = getenv("SLOWREAD_GATE");
	const struct timespec pause = { 0, 5000000 };
	char hit[1024];
	int fd;

	if (gate == NULL || access(gate, F_OK) != 0)
		return;
	snprintf(hit, sizeof hit, "%s.hit", gate);
	fd = open(hit, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	while (access(gate, F_OK) == 0)
		(void)nanosleep(&pause, NULL);
}

static ssize_t
slow(const char *symbol, int fd, void *p, size_t n, off_t at)
{
	ssize_t (*real)(int, void *, size_t, off_t);
	void *found = dlsym(RTLD_NEXT, symbol);

	memcpy(&real, &found, sizeof real);
	if (named(fd))
		wait_for_gate();
	return real(fd, p, n, at);
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	return slow("pread", fd, p, n, at);
}

ssize_t
pread64(int fd, void *p, size_t n, off_t at)
{
	return slow("pread64", fd, p, n, at);
}

static int
slow_open(const char *symbol, const char *path, int flags, mode_t mode)
{
	int (*real)(const char *, int, ...);
	void *found = dlsym(RTLD_NEXT, symbol);
	const char *slow_one = getenv("SLOWOPEN"), *ms = getenv("SLOWOPEN_MS"),
		   *fails = getenv("SLOWOPEN_ERRNO");
	const long n = ms != NULL ? strtol(ms, NULL, 10) : 0;
	const struct timespec pause = { n / 1000, n % 1000 * 1000000 };

	memcpy(&real, &found, sizeof real);
	if (slow_one != NULL && strcmp(path, slow_one) == 0) {
		(void)nanosleep(&pause, NULL);
		if (fails != NULL) {
			errno = (int)strtol(fails, NULL, 10);
			return -1;
		}
	}
	return real(path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return slow_open("open", path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return slow_open("open64", path, flags, mode);
}
