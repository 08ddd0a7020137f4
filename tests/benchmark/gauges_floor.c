/* gauges_floor.c - what the kernel alone takes for a sample: the seven texts, kept open, read and thrown away
 * (Vise asks the clock instead of /proc/uptime, and for the load as often as the kernel counts it).
 * Its CPU beside that of `vise gauges` says what parsing, rules, history and printing add. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	static const char *const files[] = { "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/uptime",
		"/proc/pressure/cpu", "/proc/pressure/memory", "/proc/pressure/io" };
	const struct timespec tick = { .tv_nsec = 50000000 };
	int fd[sizeof files / sizeof files[0]];
	char buf[16384];
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 1, got = 0;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		fd[i] = open(files[i], O_RDONLY | O_CLOEXEC);
	for (; n > 0; n--) {
		for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
			got += fd[i] < 0 ? 0 : pread(fd[i], buf, sizeof buf, 0);
		nanosleep(&tick, NULL);
	}
	return got > 0 ? 0 : 1;
}
