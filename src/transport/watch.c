/* watch.c - inotify on the nearest existing folder, with a back-off timer beside it. */
#include "transport/watch.h"

#include <stdint.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/time.h"

#define FAST_NS  (20 * NS_PER_MS)
#define FAST_FOR (2 * NS_PER_S)
#define SLOW_NS  NS_PER_S

enum { EVENTS = IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF };

struct watch {
	struct loop *loop;
	char *path;
	loop_cb cb;
	void *arg;
	int fd;                         /* inotify, -1: the timer alone */
	struct loop_fd *poll;
	struct loop_timer *timer;
	uint64_t started, wait;
};

/* Watching twice is harmless: the kernel gives the same watch again. */
static void
arm_folders(struct watch *w)
{
	char *dir = mem_str(w->path);

	for (;;) {
		char *slash = strrchr(dir, '/');

		if (slash == NULL)
			break;
		slash[slash == dir] = '\0';
		if (path_is_dir(dir)) {
			(void)inotify_add_watch(w->fd, dir, EVENTS);
			break;
		}
		if (slash == dir)
			break;
	}
	mem_free(dir);
	if (strncmp(w->path, "/dev/", 5) == 0)
		(void)inotify_add_watch(w->fd, "/dev", EVENTS);
}

static void
on_inotify(void *arg, unsigned events)
{
	struct watch *w = arg;
	char buf[4096];

	(void)events;
	while (sys_read(w->fd, buf, sizeof buf) > 0)
		;
	arm_folders(w);
	w->cb(w->arg);
}

static void
on_timer(void *arg)
{
	struct watch *w = arg;

	if (sys_mono() - w->started > FAST_FOR)
		w->wait = w->wait * 2 > SLOW_NS ? SLOW_NS : w->wait * 2;
	w->timer = loop_timer_start(w->loop, w->wait, 0, on_timer, w);
	w->cb(w->arg);
}

struct watch *
watch_open(struct loop *l, const char *path, loop_cb cb, void *arg)
{
	struct watch *w = mem_zero(1, sizeof *w);

	*w = (struct watch){ .loop = l, .path = mem_str(path), .cb = cb, .arg = arg, .fd = -1,
	    .started = sys_mono(), .wait = FAST_NS };
	if (path != NULL)
		w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd >= 0) {
		arm_folders(w);
		w->poll = loop_fd_open(l, w->fd, LOOP_READ, on_inotify, w);
	}
	w->timer = loop_timer_start(l, w->wait, 0, on_timer, w);
	return w;
}

void
watch_close(struct watch *w)
{
	if (w == NULL)
		return;
	loop_fd_close(w->poll);
	sys_close(w->fd);
	loop_timer_stop(w->timer);
	mem_free(w->path);
	mem_free(w);
}
