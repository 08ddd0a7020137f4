/* late.c - opening and dialling in a thread. */
#include "sys/late.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/sock.h"

struct sys_late {
	pthread_mutex_t lock;
	char *path;                     /* or the host */
	char *port;                     /* NULL: it is a path */
	struct err_msg why;             /* of dialling */
	enum err e;
	int flags, fd, errnum;
	int tell[2];                    /* the writing end is the thread's */
	bool done, dropped;
};

static pthread_mutex_t count_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t count_news = PTHREAD_COND_INITIALIZER;
static unsigned running;                /* threads; process-wide as they are */

static void
count(int by)
{
	(void)pthread_mutex_lock(&count_lock);
	running += (unsigned)by;
	(void)pthread_cond_broadcast(&count_news);
	(void)pthread_mutex_unlock(&count_lock);
}

static void
late_free(struct sys_late *l)
{
	sys_close(l->tell[0]);
	sys_close(l->tell[1]);
	(void)pthread_mutex_destroy(&l->lock);
	mem_free(l->path);
	mem_free(l->port);
	mem_free(l);
}

static void *
open_it(void *arg)
{
	struct sys_late *l = arg;
	struct err_msg why = { .code = ERR_OK };
	enum err e = ERR_OK;
	int fd, errnum;
	bool dropped;

	if (l->port != NULL)
		e = sys_tcp_dial(l->path, l->port, &fd, &why);
	else
		fd = sys_open(l->path, l->flags, 0);
	errnum = errno;
	(void)pthread_mutex_lock(&l->lock);
	l->fd = fd;
	l->errnum = errnum;
	l->e = e;
	l->why = why;
	l->done = true;
	dropped = l->dropped;
	if (!dropped)
		(void)!write(l->tell[1], "", 1);
	(void)pthread_mutex_unlock(&l->lock);
	if (dropped) {
		sys_close(fd);
		late_free(l);
	}
	count(-1);
	return NULL;
}

/* Signals are the loop's: the thread has none. */
static bool
run(struct sys_late *l)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;
	int e;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	count(1);
	e = pthread_create(&thread, &attr, open_it, l);
	if (e != 0)
		count(-1);
	(void)pthread_attr_destroy(&attr);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e == 0;
}

bool
sys_late_open(const char *path, int flags, unsigned ms, int *fd, int *errnum,
    struct sys_late **late)
{
	struct sys_late *l = mem_zero(1, sizeof *l);
	struct pollfd p;

	*late = NULL;
	*l = (struct sys_late){ .path = mem_str(path), .flags = flags, .fd = -1,
		.tell = { -1, -1 } };
	(void)pthread_mutex_init(&l->lock, NULL);
	if (pipe2(l->tell, O_CLOEXEC) != 0 || !run(l)) {        /* then as everybody does it */
		late_free(l);
		*fd = sys_open(path, flags, 0);
		*errnum = errno;
		return true;
	}
	p = (struct pollfd){ .fd = l->tell[0], .events = POLLIN };
	if (poll(&p, 1, (int)ms) <= 0) {
		*late = l;
		return false;
	}
	sys_late_take(l, fd, errnum);
	return true;
}

struct sys_late *
sys_late_dial(const char *host, const char *port)
{
	struct sys_late *l = mem_zero(1, sizeof *l);

	*l = (struct sys_late){ .path = mem_str(host), .port = mem_str(port), .fd = -1,
		.tell = { -1, -1 } };
	(void)pthread_mutex_init(&l->lock, NULL);
	if (pipe2(l->tell, O_CLOEXEC) != 0 || !run(l)) {
		late_free(l);
		return NULL;
	}
	return l;
}

enum err
sys_late_answer(struct sys_late *l, int *fd, struct err_msg *why)
{
	enum err e;

	(void)pthread_mutex_lock(&l->lock);
	*fd = l->fd;
	e = l->e;
	if (e != ERR_OK && why != NULL)
		*why = l->why;
	(void)pthread_mutex_unlock(&l->lock);
	late_free(l);
	return e;
}

int
sys_late_fd(const struct sys_late *l)
{
	return l->tell[0];
}

void
sys_late_take(struct sys_late *l, int *fd, int *errnum)
{
	(void)pthread_mutex_lock(&l->lock);     /* the thread has let it go after this */
	*fd = l->fd;
	*errnum = l->errnum;
	(void)pthread_mutex_unlock(&l->lock);
	late_free(l);
}

void
sys_late_drop(struct sys_late *l)
{
	bool done;

	if (l == NULL)
		return;
	(void)pthread_mutex_lock(&l->lock);
	done = l->done;
	l->dropped = true;
	(void)pthread_mutex_unlock(&l->lock);
	if (done) {
		sys_close(l->fd);
		late_free(l);
	}
}

bool
sys_late_idle(unsigned ms)
{
	struct timespec end;
	int e = 0;
	bool idle;

	(void)clock_gettime(CLOCK_REALTIME, &end);      /* what the condition counts by */
	end.tv_sec += (time_t)(ms / 1000);
	end.tv_nsec += (long)(ms % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	(void)pthread_mutex_lock(&count_lock);
	while (running != 0 && e == 0)
		e = pthread_cond_timedwait(&count_news, &count_lock, &end);
	idle = running == 0;
	(void)pthread_mutex_unlock(&count_lock);
	return idle;
}
