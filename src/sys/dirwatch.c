/* dirwatch.c - inotify on one folder: written and closed, or moved in. */
#include "sys/dirwatch.h"

#include <sys/inotify.h>

#include "sys/io.h"

int
dirwatch_open(const char *folder)
{
	const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd >= 0 && inotify_add_watch(fd, folder, IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
		sys_close(fd);
		return -1;
	}
	return fd;
}

bool
dirwatch_take(int fd)
{
	char buf[4096];
	bool any = false;

	while (sys_read(fd, buf, sizeof buf) > 0)
		any = true;
	return any;
}
