/* profile_tasks.c - starting, asking and ending worker processes. */
#include "bench/profile_tasks.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/spawn.h"

struct profile_task {
	struct list node;               /* of bench->tasks */
	struct list asks;
	struct bench *bench;
	struct peer *peer;
	struct loop_child *child;
	pid_t pid;
	char *folder;                   /* it may write in, or NULL */
	bool dead, closed;
	bool failed;                    /* a request: what it was writing may lie there */
};

struct ask {
	struct list node;
	struct profile_task *task;
	peer_answer_cb cb;
	void *arg;
};

/* What the asker is told of a worker that died, or was given up. */
static void
died(const struct profile_task *t, struct err_msg *why)
{
	(void)t;
	(void)err_set(why, ERR_TOOL, "vise-worker", "try again; the bench is not affected",
	    "the worker ended before it answered");
}

static void
on_answer(void *arg, const json_t *result, const struct err_msg *why)
{
	struct ask *a = arg;
	struct profile_task *t = a->task;
	struct err_msg lost;
	peer_answer_cb cb = a->cb;
	void *cb_arg = a->arg;

	list_del(&a->node);
	mem_free(a);
	t->failed = t->failed || why != NULL;
	if (t->closed)
		return;
	if (why != NULL && t->dead) {
		died(t, &lost);
		why = &lost;
	}
	cb(cb_arg, result, why);
}

/* The connection's end answers all that was asked. */
static void
on_dead(void *arg)
{
	struct profile_task *t = arg;
	struct peer *p = t->peer;

	t->peer = NULL;
	peer_close(p);
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	struct profile_task *t = arg;

	(void)p;
	(void)why;
	t->dead = true;
	loop_defer(t->bench->loop, on_dead, t);
}

static void
on_exit_status(void *arg, int status)
{
	struct profile_task *t = arg;

	(void)status;
	t->child = NULL;
}

static const struct peer_ops ops = { .closed = on_closed };

struct profile_task *
profile_task_open(struct bench *b, const char *write_ok, struct err_msg *why)
{
	char *program = path_program("vise-worker");
	const char *argv[] = { program, write_ok != NULL ? "--write" : NULL, write_ok, NULL };
	struct profile_task *t = NULL;
	int pair[2] = { -1, -1 };
	pid_t pid;
	enum err e;

	if (!sys_socketpair(pair)) {
		e = err_set(why, ERR_INFRA, "vise-worker", NULL, "no descriptors left");
	} else {
		const struct sys_spawn s = { .argv = argv, .fd_in = -1, .fd_out = -1, .fd_err = -1,
		    .fd3 = pair[1], .no_new_privs = true };

		e = sys_spawn(&s, &pid, why);
	}
	sys_close(pair[1]);
	mem_free(program);
	if (e != ERR_OK) {
		sys_close(pair[0]);
		return NULL;
	}
	t = mem_zero(1, sizeof *t);
	t->bench = b;
	t->pid = pid;
	t->folder = mem_str(write_ok);
	list_init(&t->asks);
	t->peer = peer_open(b->loop, pair[0], "bench", b->name, &ops, t);
	t->child = loop_child_watch(b->loop, pid, on_exit_status, t);
	list_add_tail(&b->tasks, &t->node);
	return t;
}

static void
on_ask_of_dead(void *arg)
{
	struct err_msg why;

	died(((struct ask *)arg)->task, &why);
	on_answer(arg, NULL, &why);
}

void
profile_task_ask(struct profile_task *t, const char *method, json_t *params, uint64_t timeout_ns,
    peer_answer_cb cb, void *arg)
{
	struct ask *a = mem_zero(1, sizeof *a);

	*a = (struct ask){ .task = t, .cb = cb, .arg = arg };
	list_add_tail(&t->asks, &a->node);
	if (t->peer != NULL && !t->dead) {
		peer_call(t->peer, method, params, timeout_ns, on_answer, a);
		return;
	}
	json_decref(params);
	loop_defer(t->bench->loop, on_ask_of_dead, a);
}

static bool
remove_part(const char *name, void *arg)
{
	const struct profile_task *t = arg;
	char end[32];
	char *path;

	snprintf(end, sizeof end, ".%ld.part", (long)t->pid);
	if (!slice_ends(slice_of(name), end))
		return true;
	path = path_join(t->folder, name);
	(void)unlink(path);
	mem_free(path);
	return true;
}

static void
task_free(void *arg)
{
	struct profile_task *t = arg;
	const bool midway = t->failed || !list_empty(&t->asks);

	list_del(&t->node);
	loop_defer_cancel(t->bench->loop, on_dead, t);
	peer_close(t->peer);
	LIST_EACH_SAFE(n, &t->asks) {
		struct ask *a = LIST_ENTRY(n, struct ask, node);

		loop_defer_cancel(t->bench->loop, on_ask_of_dead, a);
		list_del(&a->node);
		mem_free(a);
	}
	if (t->child != NULL) {
		loop_child_forget(t->child);
		sys_kill_group(t->pid, SIGKILL);
		(void)sys_wait(t->pid);
	}
	if (midway && t->folder != NULL)        /* what it was writing (worker/grab.c) */
		(void)path_each(t->folder, remove_part, t, NULL);
	mem_free(t->folder);
	mem_free(t);
}

void
profile_task_close(struct profile_task *t)
{
	if (t == NULL || t->closed)
		return;
	t->closed = true;
	loop_defer(t->bench->loop, task_free, t);
}

void
profile_tasks_end(struct bench *b)
{
	while (!list_empty(&b->tasks)) {
		struct profile_task *t = LIST_ENTRY(b->tasks.next, struct profile_task, node);

		t->dead = true;
		on_dead(t);             /* who waits is told, and may close the task */
		t->closed = true;
		loop_defer_cancel(b->loop, task_free, t);
		task_free(t);
	}
}
