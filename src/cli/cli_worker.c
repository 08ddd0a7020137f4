/* cli_worker.c - starting a worker for one request. */
#include "cli/cli_worker.h"

#include <signal.h>
#include <stdio.h>

#include "base/alloc.h"
#include "loop/loop.h"
#include "proto/peer.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/spawn.h"

struct asking {
	struct loop *loop;
	json_t *result;
	struct err_msg why;
	enum err code;
	bool done, answered;            /* answered: the worker did, with a result or an error */
};

static void
on_answer(void *arg, const json_t *result, const struct err_msg *err)
{
	struct asking *a = arg;

	if (a->done)
		return;
	a->done = a->answered = true;
	if (err != NULL) {
		a->why = *err;
		a->code = err->code;
	} else {
		a->result = json_incref((json_t *)(uintptr_t)result);
		a->code = ERR_OK;
	}
	loop_stop(a->loop);
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	struct asking *a = arg;

	(void)p;
	if (!a->done) {
		a->done = true;
		a->why = *why;
		a->code = ERR_EOF;
	}
	loop_stop(a->loop);
}

static enum err
start(int fd, const struct cli_worker_ask *how, pid_t *pid, struct err_msg *why)
{
	char *program = path_program("vise-worker"), memory[32];
	const char *argv[6] = { program };
	size_t n = 1;
	struct sys_spawn s = { .argv = argv, .fd_in = 0, .fd_out = 1, .fd_err = 2, .fd3 = fd,
	    .no_new_privs = true, .keep_group = true };
	enum err e;

	if (how->write_ok != NULL) {
		argv[n++] = "--write";
		argv[n++] = how->write_ok;
	}
	if (how->memory != 0) {
		snprintf(memory, sizeof(memory), "%llu", (unsigned long long)how->memory);
		argv[n++] = "--memory";
		argv[n++] = memory;
	}
	e = sys_spawn(&s, pid, why);
	mem_free(program);
	return e;
}

/* The worker died before it answered: its status says of what. */
static enum err
died(int status, struct err_msg *why)
{
	if (status == 128 + SIGXCPU || status == 128 + SIGKILL)
		return err_set(why, ERR_LIMIT, "vise-worker",
		    "raise --max-memory, or try a smaller profile",
		    "it was ended: it used up the time or memory it is given");
	if (status == 128 + SIGABRT)
		return err_set(why, ERR_LIMIT, "vise-worker",
		    "raise --max-memory, or try a smaller profile",
		    "it gave up, most likely for want of memory");
	if (status > 128)
		return err_set(why, ERR_INFRA, "vise-worker", "please report it, with the file",
		    "it died of signal %d", status - 128);
	return err_set(why, ERR_INFRA, "vise-worker", "please report it, with the file",
	    "it ended with status %d and without an answer", status);
}

static void
ask(struct asking *a, int fd, const char *method, json_t *params, uint64_t timeout_ns)
{
	static const struct peer_ops ops = { .closed = on_closed };
	struct peer *p = peer_open(a->loop, fd, "cli", "vise", &ops, a);

	peer_call(p, method, params, timeout_ns, on_answer, a);
	loop_run(a->loop);
	peer_close(p);
}

enum err
cli_worker_call(const char *method, json_t *params, const char *write_ok, uint64_t timeout_ns,
    json_t **result, struct err_msg *why)
{
	struct cli_worker_ask how = { .write_ok = write_ok, .timeout_ns = timeout_ns };

	return cli_worker_ask(method, params, &how, result, why);
}

enum err
cli_worker_ask(const char *method, json_t *params, const struct cli_worker_ask *how,
    json_t **result, struct err_msg *why)
{
	struct asking a = { .loop = loop_new(), .code = ERR_EOF };
	int fd[2] = { -1, -1 }, status;
	pid_t pid = -1;
	enum err e;

	if (a.loop == NULL || !sys_socketpair(fd))
		e = err_set(why, ERR_INFRA, "vise-worker", NULL, "no descriptors left");
	else
		e = start(fd[1], how, &pid, why);
	sys_close(fd[1]);
	if (e != ERR_OK) {
		json_decref(params);
		sys_close(fd[0]);
	} else {
		ask(&a, fd[0], method, params, how->timeout_ns);
		if (a.answered)
			/* it has nothing left to do, or does it for too long */
			sys_kill_group(pid, SIGKILL);
		status = sys_wait(pid);
		*result = a.result;
		e = a.code;
		if (!a.answered)
			e = died(status, why);
		else if (e != ERR_OK)
			*why = a.why;
	}
	if (a.loop != NULL)
		loop_free(a.loop);
	return e;
}
