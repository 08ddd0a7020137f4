/* build_proc.c - children of a build: pipe, clock, end. */
#include "cli/build_proc.h"

#include <signal.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "sys/io.h"
#include "sys/spawn.h"
#include "sys/time.h"

enum { LAST_PIECES = 64 };              /* what a pipe holds, read in small ones */
static const uint64_t GRACE_NS = 3 * NS_PER_S;

struct build_proc {
	struct loop *loop;
	struct loop_fd *in;
	struct loop_child *child;
	struct loop_timer *limit, *kill;
	pid_t pid;
	int fd;
	struct buf said;
	char *until;                    /* or NULL */
	bool timed_out;
	uint64_t began, reached;        /* reached: when `until` was said, 0: not yet */
	build_proc_cb done;
	void *arg;
};

/* false: nothing more now, or ever. */
static bool
read_some(struct build_proc *p)
{
	char piece[16384];
	const ssize_t n = sys_read(p->fd, piece, sizeof piece);

	if (n > 0) {
		const size_t room = p->said.max - p->said.len;

		(void)buf_add(&p->said, piece, (size_t)n < room ? (size_t)n : room);
	} else if (n == 0) {
		loop_fd_close(p->in);
		p->in = NULL;
	}
	return n > 0;
}

/* What it left running goes too: a build has no services. */
static void
on_end(void *arg, int status)
{
	struct build_proc *p = arg;
	struct build_proc_end end = { .status = status, .timed_out = p->timed_out,
		.took_ns = (p->reached != 0 ? p->reached : sys_mono()) - p->began };

	sys_kill_group(p->pid, SIGKILL);
	for (int i = 0; i < LAST_PIECES && p->in != NULL && read_some(p); i++)
		;
	loop_timer_stop(p->limit);
	loop_timer_stop(p->kill);
	loop_fd_close(p->in);
	sys_close(p->fd);
	end.said = slice_make(buf_str(&p->said), p->said.len);
	p->done(p->arg, &end);
	buf_fini(&p->said);
	mem_free(p->until);
	mem_free(p);
}

static void
on_kill(void *arg)
{
	struct build_proc *p = arg;

	p->kill = NULL;
	sys_kill_group(p->pid, SIGKILL);
}

void
build_proc_stop(struct build_proc *p)
{
	sys_kill_group(p->pid, SIGINT);
	if (p->kill == NULL)
		p->kill = loop_timer_start(p->loop, GRACE_NS, 0, on_kill, p);
}

static void
on_bytes(void *arg, unsigned events)
{
	struct build_proc *p = arg;

	(void)events;
	(void)read_some(p);
	if (p->until == NULL || p->reached != 0 || slice_find(slice_make(buf_str(&p->said),
	    p->said.len), slice_of(p->until)) < 0)
		return;
	p->reached = sys_mono();
	build_proc_stop(p);
}

static void
on_limit(void *arg)
{
	struct build_proc *p = arg;

	p->limit = NULL;
	p->timed_out = true;
	build_proc_stop(p);
}

enum err
build_proc_start(struct loop *l, const struct build_proc_ask *ask, build_proc_cb done, void *arg,
    struct build_proc **out, struct err_msg *why)
{
	struct build_proc *p;
	int fd[2];
	pid_t pid = -1;
	enum err e;

	if (!sys_pipe(fd))
		return err_set(why, ERR_INFRA, ask->argv[0], NULL, "no descriptors left");
	const struct sys_spawn s = { .argv = ask->argv, .env_add = ask->env_add, .fd_in = -1,
		.fd_out = fd[1], .fd_err = ask->stdout_only ? -1 : fd[1], .fd3 = -1 };

	e = sys_spawn(&s, &pid, why);
	sys_close(fd[1]);
	if (e != ERR_OK) {
		sys_close(fd[0]);
		return e;
	}
	p = mem_zero(1, sizeof *p);
	*p = (struct build_proc){ .loop = l, .pid = pid, .fd = fd[0], .began = sys_mono(),
		.until = mem_str(ask->until), .done = done, .arg = arg };
	buf_init(&p->said, ask->keep);
	(void)sys_nonblock(p->fd, true);
	p->in = loop_fd_open(l, p->fd, LOOP_READ, on_bytes, p);
	p->child = loop_child_watch(l, pid, on_end, p);
	if (ask->timeout_ns != 0)
		p->limit = loop_timer_start(l, ask->timeout_ns, 0, on_limit, p);
	*out = p;
	return ERR_OK;
}
