/* client.c - a synchronous client of a bench. */
#include "cli/client.h"

#include <signal.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "proto/peer.h"
#include "sys/io.h"
#include "sys/time.h"

enum { FLUSH_MS = 1000 };

struct client {
	struct loop *loop;
	struct peer *peer;
	struct loop_signal *on_int, *on_term;
	int signum;
	bool closed;
	struct err_msg closed_why;
	struct client_ops ops;
	void *arg;
	json_t *cause;                  /* of the last call that failed, or NULL */
};

/* One call. It outlives its caller when that is interrupted: peer answers it in any case. */
struct pending {
	bool done, abandoned;
	json_t *result;                 /* with a code: its cause */
	enum err code;
	struct err_msg why;
};

static void
on_event(struct peer *p, const char *type, const json_t *body, void *arg)
{
	struct client *c = arg;

	(void)p;
	if (c->ops.event != NULL)
		c->ops.event(c->arg, type, body);
}

static void
on_bytes(struct peer *p, uint32_t stream, uint64_t offset, uint64_t t, const char *data, size_t n,
    void *arg)
{
	struct client *c = arg;

	(void)p;
	if (c->ops.bytes != NULL)
		c->ops.bytes(c->arg, stream, offset, t, data, n);
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	struct client *c = arg;

	(void)p;
	c->closed = true;
	c->closed_why = *why;
}

static void
on_int(void *arg)
{
	((struct client *)arg)->signum = SIGINT;
}

static void
on_term(void *arg)
{
	((struct client *)arg)->signum = SIGTERM;
}

enum err
client_open(struct client **out, int fd, struct err_msg *why)
{
	static const struct peer_ops ops = {
		.event = on_event, .bytes = on_bytes, .closed = on_closed
	};
	struct client *c = mem_zero(1, sizeof *c);

	*out = NULL;
	c->loop = loop_new();
	if (c->loop == NULL) {
		sys_close(fd);
		mem_free(c);
		return err_set(
		    why, ERR_INFRA, "vise", "close some programs", "no descriptors left");
	}
	c->on_int = loop_signal_watch(c->loop, SIGINT, on_int, c);
	c->on_term = loop_signal_watch(c->loop, SIGTERM, on_term, c);
	c->peer = peer_open(c->loop, fd, "cli", "vise", &ops, c);
	*out = c;
	return ERR_OK;
}

void
client_close(struct client *c)
{
	if (c == NULL)
		return;
	loop_signal_forget(c->on_int);
	loop_signal_forget(c->on_term);
	if (c->closed)
		peer_close(c->peer);
	else
		peer_flush_close(c->peer, FLUSH_MS);
	loop_free(c->loop);
	json_decref(c->cause);
	mem_free(c);
}

void
client_listen(struct client *c, const struct client_ops *ops, void *arg)
{
	c->ops = ops != NULL ? *ops : (struct client_ops){ NULL, NULL };
	c->arg = arg;
}

struct loop *
client_loop(struct client *c)
{
	return c->loop;
}

int
client_signal(const struct client *c)
{
	return c->signum;
}

void
client_interrupt(struct client *c)
{
	c->signum = SIGTERM;
}

void
client_resume(struct client *c)
{
	c->signum = 0;
}

void
client_input(struct client *c, uint32_t stream, const void *p, size_t n)
{
	if (!c->closed)
		peer_input(c->peer, stream, p, n);
}

static enum err
stopped(const struct client *c, struct err_msg *why)
{
	if (c->signum != 0)
		return err_set(why, ERR_CANCELLED, c->signum == SIGTERM ? "SIGTERM" : "SIGINT",
		    NULL, "interrupted");
	if (c->closed)
		return err_set(why, ERR_EOF, "bench", "vise ls shows what still runs", "it ended");
	return ERR_OK;
}

enum err
client_wait(struct client *c, const bool *done, uint64_t deadline, struct err_msg *why)
{
	while (!*done) {
		const uint64_t now = sys_mono();
		enum err e = stopped(c, why);

		if (e != ERR_OK)
			return e;
		if (deadline != 0 && now >= deadline)
			return err_set(why, ERR_TIMEOUT, "bench", NULL, "no answer in time");
		(void)loop_turn(c->loop, deadline == 0 ? -1 : (int64_t)(deadline - now));
	}
	return ERR_OK;
}

enum err
client_turn(struct client *c, struct err_msg *why)
{
	const enum err e = stopped(c, why);

	if (e == ERR_OK)
		(void)loop_turn(c->loop, -1);
	return e;
}

static void
on_answer(void *arg, const json_t *result, const struct err_msg *err)
{
	struct pending *p = arg;

	if (p->abandoned) {
		mem_free(p);
		return;
	}
	p->done = true;
	if (err != NULL) {
		p->why = *err;
		p->code = err->code != ERR_OK ? err->code : ERR_INFRA;
	}
	p->result = json_incref((json_t *)(uintptr_t)result);
}

enum err
client_call(struct client *c, const char *method, json_t *params, uint64_t timeout_ns,
    json_t **result, struct err_msg *why)
{
	struct pending *p = mem_zero(1, sizeof *p);
	enum err e;

	if (result != NULL)
		*result = NULL;
	if (c->closed) {
		json_decref(params);
		mem_free(p);
		return stopped(c, why);
	}
	peer_call(c->peer, method, params, timeout_ns, on_answer, p);
	e = client_wait(c, &p->done, 0, why);
	if (!p->done) {
		p->abandoned = true;
		return e;
	}
	e = p->code;
	if (e != ERR_OK && why != NULL)
		*why = p->why;
	if (e == ERR_OK && result != NULL) {
		*result = p->result;
		p->result = NULL;
	}
	if (e != ERR_OK) {
		json_decref(c->cause);
		c->cause = json_incref(p->result);
	}
	json_decref(p->result);
	mem_free(p);
	return e;
}

json_t *
client_cause(const struct client *c)
{
	return c != NULL ? json_incref(c->cause) : NULL;
}

enum err
client_attach(struct client *c, const char *part, json_t **snapshot, struct err_msg *why)
{
	return client_call(c, "attach",
	    json_pack("{s:b,s:b,s:b,s:[s]}", "events", 1, "streams", 0, "observe", 0, "parts",
	    part), 10 * NS_PER_S, snapshot, why);
}

enum err
client_line(
    struct client *c, const char *line, uint64_t timeout_ns, json_t **result, struct err_msg *why)
{
	json_t *params = json_object();

	(void)json_object_set_new(params, "line", json_text(line, strlen(line)));
	return client_call(c, "command", params, timeout_ns, result, why);
}
