/* comings.c - inotify on the device folder, settled. */
#include "transport/comings.h"

#include <string.h>
#include <sys/inotify.h>

#include "base/alloc.h"
#include "sys/io.h"

enum { EVENTS = IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MOVED_TO | IN_MOVED_FROM };

struct comings {
	struct loop *loop;
	loop_cb cb;
	void *arg;
	int fd;
	struct loop_fd *poll;
	struct loop_timer *timer;
};

static void
on_settled(void *arg)
{
	struct comings *c = arg;

	c->timer = NULL;
	c->cb(c->arg);
}

/* One of the events is about a tty. */
static bool
about_tty(const char *p, size_t n)
{
	bool any = false;

	while (n >= sizeof(struct inotify_event)) {
		struct inotify_event e;

		memcpy(&e, p, sizeof e);
		if (e.len > n - sizeof e)
			break;
		any |= (e.mask & IN_Q_OVERFLOW) != 0 ||
		    (e.len > 3 && strncmp(p + sizeof e, "tty", 3) == 0);
		p += sizeof e + e.len;
		n -= sizeof e + e.len;
	}
	return any;
}

static void
on_news(void *arg, unsigned events)
{
	struct comings *c = arg;
	char buf[4096];
	ssize_t n;
	bool any = false;

	(void)events;
	while ((n = sys_read(c->fd, buf, sizeof buf)) > 0)
		any |= about_tty(buf, (size_t)n);
	if (!any)
		return;
	loop_timer_stop(c->timer);
	c->timer = loop_timer_start(c->loop, COMINGS_NS, 0, on_settled, c);
}

struct comings *
comings_open(struct loop *l, const char *dir, loop_cb cb, void *arg)
{
	const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	struct comings *c;

	if (fd < 0 || inotify_add_watch(fd, dir, EVENTS) < 0) {
		sys_close(fd);
		return NULL;
	}
	c = mem_zero(1, sizeof *c);
	*c = (struct comings){ .loop = l, .cb = cb, .arg = arg, .fd = fd };
	c->poll = loop_fd_open(l, fd, LOOP_READ, on_news, c);
	return c;
}

void
comings_close(struct comings *c)
{
	if (c == NULL)
		return;
	loop_fd_close(c->poll);
	loop_timer_stop(c->timer);
	sys_close(c->fd);
	mem_free(c);
}
