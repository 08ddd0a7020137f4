/* symbols.c - one worker process for address lookups, started when needed. */
#include "bench/symbols.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/news.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/spawn.h"

static const uint64_t ASK_NS = 20 * NS_PER_S;

struct symbols {
	struct bench *bench;
	struct peer *peer;
	struct loop_child *child;
	struct loop_timer *idle;
	pid_t pid;
	bool ending;
};

static void
symbols_end(void *arg)
{
	struct symbols *s = arg;

	if (s->bench->symbols == s)
		s->bench->symbols = NULL;
	loop_timer_stop(s->idle);
	loop_defer_cancel(s->bench->loop, symbols_end, s);
	peer_close(s->peer);
	if (s->child != NULL) {
		loop_child_forget(s->child);
		sys_kill_group(s->pid, 9);
		(void)sys_wait(s->pid);
	}
	mem_free(s);
}

/* No further question goes to it; what waits is answered with the loss. */
static void
give_up(struct symbols *s)
{
	if (s->ending)
		return;
	s->ending = true;
	if (s->bench->symbols == s)
		s->bench->symbols = NULL;
	loop_defer(s->bench->loop, symbols_end, s);
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	(void)p;
	(void)why;
	give_up(arg);
}

static void
on_exit_status(void *arg, int status)
{
	struct symbols *s = arg;

	(void)status;
	s->child = NULL;
}

static void
on_idle(void *arg)
{
	struct symbols *s = arg;

	s->idle = NULL;
	give_up(s);
}

static struct symbols *
start(struct bench *b, struct err_msg *why)
{
	static const struct peer_ops ops = { .closed = on_closed };
	char *program = path_program("vise-worker");
	const char *argv[] = { program, NULL };
	struct symbols *s = mem_zero(1, sizeof *s);
	int pair[2];
	enum err e = ERR_OK;

	if (!sys_socketpair(pair))
		e = err_set(why, ERR_IO, "vise-worker", NULL, "no socket for it");
	if (e == ERR_OK) {
		const struct sys_spawn q = { .argv = argv, .fd_in = -1, .fd_out = -1, .fd_err = -1,
			.fd3 = pair[1], .no_new_privs = true };

		e = sys_spawn(&q, &s->pid, why);
		sys_close(pair[1]);
		if (e != ERR_OK)
			sys_close(pair[0]);
	}
	mem_free(program);
	if (e != ERR_OK) {
		mem_free(s);
		return NULL;
	}
	s->bench = b;
	s->peer = peer_open(b->loop, pair[0], "bench", b->name, &ops, s);
	s->child = loop_child_watch(b->loop, s->pid, on_exit_status, s);
	b->symbols = s;
	return s;
}

/* ---- questions: each is answered once, whatever becomes of the worker */

struct question {
	struct symbols *worker;
	peer_answer_cb cb;
	void *arg;
};

static void
on_answer(void *arg, const json_t *result, const struct err_msg *why)
{
	struct question *q = arg;
	struct err_msg lost;

	if (why != NULL && (why->code == ERR_CANCELLED || why->code == ERR_EOF ||
	    why->code == ERR_TIMEOUT || why->code == ERR_DEADLINE)) {
		(void)err_set(&lost, ERR_TOOL, "vise-worker",
		    "decode.again tries it with a new one; the bench is not affected",
		    "the worker ended or hung while it read the ELF file");
		why = &lost;
		give_up(q->worker);
	}
	q->cb(q->arg, result, why);
	mem_free(q);
}

void
symbols_ask(struct bench *b, const char *method, json_t *params, peer_answer_cb cb, void *arg)
{
	struct symbols *s = b->symbols;
	struct question *q;
	struct err_msg why;

	if (s == NULL)
		s = start(b, &why);
	if (s == NULL) {
		json_decref(params);
		cb(arg, NULL, &why);
		return;
	}
	loop_timer_stop(s->idle);
	s->idle = loop_timer_start(b->loop, SYMBOLS_IDLE_NS, 0, on_idle, s);
	q = mem_zero(1, sizeof *q);
	*q = (struct question){ s, cb, arg };
	peer_call(s->peer, method, params, ASK_NS, on_answer, q);
}

void
symbols_close(struct bench *b)
{
	struct symbols *s = b->symbols;

	if (s == NULL)
		return;
	s->ending = true;
	symbols_end(s);
}
