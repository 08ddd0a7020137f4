/* peer.c - one end of a connection between processes of Vise. */
#include "proto/peer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "proto/dial.h"
#include "proto/frame.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/time.h"

enum {
	READ_PIECE = 64 << 10,
	EVENT_ROOM = 64 << 10,
	OUT_MAX = LIMIT_FRAME * 4 +
		  LIMIT_CLIENT_QUEUE, /* answers may pass the queue limit, not without end */
};

struct call {
	struct list node;
	struct peer *peer;
	uint64_t id;
	peer_answer_cb cb;
	void *arg;
	struct loop_timer *timer;
};

struct peer {
	struct loop *loop;
	struct loop_fd *watch;
	int fd;
	const struct peer_ops *ops;
	void *arg;
	struct buf in, out;
	size_t sent;                    /* of out, already written */
	size_t owed;                    /* bytes of answers since out was last empty */
	struct list calls;
	uint64_t next_id, events_lost;
	char role[16], name[64];
	bool greeted, closing, failed, full;
	bool busy;                      /* inside a callback: memory is freed when it returns */
	struct err_msg why;
};

static void on_io(void *arg, unsigned events);
static void on_flush(void *arg);

size_t
peer_queued(const struct peer *p)
{
	return p->out.len - p->sent;
}

const char *
peer_role(const struct peer *p)
{
	return p->role;
}

const char *
peer_name(const struct peer *p)
{
	return p->name;
}

void *
peer_arg(const struct peer *p)
{
	return p->arg;
}

/* ---- out */

static void
want(struct peer *p)
{
	unsigned e = 0;

	if (p->watch == NULL)
		return;
	/* Who does not read our answers is not asked for more questions. What we send unasked
	 * does not
	 * count: two sides that both have much to say would wait for each other for ever. */
	if (p->owed <= LIMIT_CLIENT_QUEUE || peer_queued(p) <= LIMIT_CLIENT_QUEUE ||
	    p->ops->request == NULL)
		e |= LOOP_READ;
	if (peer_queued(p) != 0)
		e |= LOOP_WRITE;
	loop_fd_events(p->watch, e);
}

static void
fail(struct peer *p, const struct err_msg *why)
{
	if (p->failed)
		return;
	p->failed = true;
	p->why = *why;
	loop_fd_close(p->watch);
	p->watch = NULL;
	loop_defer_cancel(p->loop, on_flush, p);        /* or `closed` would run twice */
	loop_defer(p->loop, on_flush, p); /* `closed` never runs inside a call of the owner's */
}

static void
write_out(struct peer *p)
{
	while (!p->failed && peer_queued(p) != 0) {
		const ssize_t put = sys_write(p->fd, p->out.data + p->sent, peer_queued(p));

		if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (put <= 0) {
			struct err_msg why;

			(void)err_errno(&why, put < 0 ? errno : EPIPE, "connection", "writing");
			why.code = ERR_EOF;
			fail(p, &why);
			return;
		}
		p->sent += (size_t)put;
	}
	if (p->sent == p->out.len)
		p->owed = 0;
	if (p->sent == p->out.len || p->sent > (256u << 10)) {
		buf_eat(&p->out, p->sent);
		p->sent = 0;
	}
	want(p);
}

/* Writing waits for the end of the turn, so that what belongs together leaves in one write. */
static void
queued(struct peer *p, enum err e)
{
	struct err_msg why;

	if (e == ERR_OK) {
		loop_defer_cancel(p->loop, on_flush, p);
		loop_defer(p->loop, on_flush, p);
		return;
	}
	(void)err_set(&why, ERR_LIMIT, "connection", NULL,
	    "the other side does not read; %zu bytes wait", peer_queued(p));
	fail(p, &why);
}

/* What does not fit one frame is left out: false. */
static bool
put_json(struct peer *p, char type, const json_t *o)
{
	struct buf b;
	bool fits;

	if (p->failed || p->closing)
		return true;
	buf_init(&b, LIMIT_FRAME);
	fits = json_write(o, &b) == ERR_OK;
	if (fits)
		queued(p, frame_put(&p->out, type, buf_str(&b), b.len));
	buf_fini(&b);
	return fits;
}

static void
hello(struct peer *p, const char *role, const char *name)
{
	json_t *o = json_object();
	char *cwd = path_cwd();

	json_put_str(o, "vise", VISE_VERSION);
	json_put_int(o, "proto", PROTO_VERSION);
	json_put_str(o, "role", role);
	json_put_str(o, "name", name);
	json_put_int(o, "pid", (int64_t)getpid());
	json_put_str(o, "cwd", cwd);
	if (getenv(DIAL_BENCH_ENV) != NULL)
		json_put_str(o, "of", getenv(DIAL_BENCH_ENV));
	(void)put_json(p, 'H', o);
	mem_free(cwd);
	json_decref(o);
}

/* ---- calls */

static void
call_end(struct call *c, const json_t *result, const struct err_msg *why)
{
	list_del(&c->node);
	loop_timer_stop(c->timer);
	c->cb(c->arg, result, why);
	mem_free(c);
}

static void
on_call_timeout(void *arg)
{
	struct call *c = arg;
	struct err_msg why;

	c->timer = NULL;                /* a once-timer is gone when it fires */
	(void)err_set(&why, ERR_TIMEOUT, c->peer->name, NULL, "no answer in time");
	call_end(c, NULL, &why);
}

static void
on_call_too_large(void *arg)
{
	struct call *c = arg;
	struct err_msg why;

	c->timer = NULL;
	(void)err_set(&why, ERR_LIMIT, "request", NULL, "larger than the %u bytes of a frame",
	    LIMIT_FRAME);
	call_end(c, NULL, &why);
}

void
peer_call(struct peer *p, const char *method, json_t *params, uint64_t timeout_ns,
    peer_answer_cb cb, void *arg)
{
	struct call *c = mem_zero(1, sizeof *c);
	json_t *o = json_object();

	*c = (struct call){ .peer = p, .id = ++p->next_id, .cb = cb, .arg = arg };
	list_add_tail(&p->calls, &c->node);
	if (timeout_ns != 0)
		c->timer = loop_timer_start(p->loop, timeout_ns, 0, on_call_timeout, c);
	json_put_int(o, "id", (int64_t)c->id);
	json_put_str(o, "method", method);
	json_put(o, "params", params);
	if (!put_json(p, 'R', o)) {
		loop_timer_stop(c->timer);
		c->timer = loop_timer_start(p->loop, 0, 0, on_call_too_large, c);
	}
	json_decref(o);
}

static void
put_answer(struct peer *p, const json_t *o)
{
	const size_t before = p->out.len;

	if (!put_json(p, 'A', o)) {
		struct err_msg why;

		(void)err_set(&why, ERR_LIMIT, "answer", "ask for less of it",
		    "larger than the %u bytes of a frame", LIMIT_FRAME);
		peer_fail(p, (uint64_t)json_get_int(o, "id", 0), &why);
	}
	p->owed += p->out.len - before;
}

void
peer_answer(struct peer *p, uint64_t id, json_t *result)
{
	json_t *o = json_object();

	json_put_int(o, "id", (int64_t)id);
	json_put(o, "result", result);
	put_answer(p, o);
	json_decref(o);
}

void
peer_fail(struct peer *p, uint64_t id, const struct err_msg *why)
{
	peer_fail_cause(p, id, why, NULL);
}

void
peer_fail_cause(struct peer *p, uint64_t id, const struct err_msg *why, json_t *cause)
{
	json_t *o = json_object(), *error = json_from_err(why);

	if (cause != NULL)
		(void)json_object_set(error, "cause", cause);
	json_put_int(o, "id", (int64_t)id);
	json_put(o, "error", error);
	put_answer(p, o);
	json_decref(o);
}

static void
report_gap(struct peer *p)
{
	json_t *o;

	if (p->events_lost == 0 || peer_queued(p) > LIMIT_CLIENT_QUEUE)
		return;
	o = json_object();
	json_put_int(o, "events", (int64_t)p->events_lost);
	p->events_lost = 0;
	(void)put_json(p, 'G', o);
	json_decref(o);
}

/* A snapshot, and the bytes that fill the queue behind it, are no sign of a slow reader: events
 * have room beyond both. */
static bool
no_room(const struct peer *p)
{
	return peer_queued(p) > LIMIT_CLIENT_QUEUE + EVENT_ROOM + p->owed;
}

void
peer_event(struct peer *p, const char *type, const json_t *body)
{
	json_t *o;

	if (no_room(p)) {
		p->events_lost++;
		return;
	}
	report_gap(p);
	o = json_object();
	json_put_str(o, "type", type);
	if (json_is_object(body))
		(void)json_object_update_missing(o, (json_t *)(uintptr_t)body);
	(void)put_json(p, 'E', o);
	json_decref(o);
}

bool
peer_bytes(struct peer *p, uint32_t stream, uint64_t offset, uint64_t t, const void *data, size_t n)
{
	if (p->failed || p->closing)
		return false;
	if (peer_queued(p) > LIMIT_CLIENT_QUEUE) {
		p->full = true;
		return false;
	}
	queued(p, frame_put_bytes(&p->out, stream, offset, t, data, n));
	return true;
}

void
peer_input(struct peer *p, uint32_t stream, const void *data, size_t n)
{
	if (!p->failed && !p->closing)
		queued(p, frame_put_input(&p->out, stream, data, n));
	write_out(p);                   /* a key does not wait for the end of the turn */
}

void
peer_gap(struct peer *p, uint32_t stream, uint64_t bytes)
{
	json_t *o = json_object();

	json_put_int(o, "stream", stream);
	json_put_int(o, "bytes", (int64_t)bytes);
	(void)put_json(p, 'G', o);
	json_decref(o);
}

/* ---- in */

static enum err
got_hello(struct peer *p, const json_t *o, struct err_msg *why)
{
	const int64_t version = json_get_int(o, "proto", -1);

	if (version != PROTO_VERSION)
		return err_set(why, ERR_PROTO, "connection",
		    "end the older one (vise kill) and start it again",
		    "the other side is Vise %.40s with protocol %lld, this one is %s with protocol "
		    "%d",
		    json_get_str(o, "vise", "?"), (long long)version, VISE_VERSION, PROTO_VERSION);
	snprintf(p->role, sizeof p->role, "%s", json_get_str(o, "role", ""));
	snprintf(p->name, sizeof p->name, "%s", json_get_str(o, "name", ""));
	p->greeted = true;
	if (p->ops->hello != NULL)
		p->ops->hello(p, o, p->arg);
	return ERR_OK;
}

static void
got_request(struct peer *p, const json_t *o)
{
	const uint64_t id = (uint64_t)json_get_int(o, "id", 0);
	const char *method = json_get_str(o, "method", "");
	struct err_msg why;

	if (p->ops->request != NULL) {
		p->ops->request(p, id, method, json_object_get(o, "params"), p->arg);
		return;
	}
	(void)err_set(&why, ERR_UNSUPPORTED, method, NULL, "this side answers no requests");
	peer_fail(p, id, &why);
}

static void
got_answer(struct peer *p, const json_t *o)
{
	const uint64_t id = (uint64_t)json_get_int(o, "id", 0);
	const json_t *error = json_object_get(o, "error");

	LIST_EACH(n, &p->calls) {
		struct call *c = LIST_ENTRY(n, struct call, node);
		struct err_msg why;

		if (c->id != id)
			continue;
		if (json_is_object(error)) {
			(void)json_to_err(error, &why);
			call_end(c, json_object_get(error, "cause"), &why);
		} else {
			call_end(c, json_object_get(o, "result"), NULL);
		}
		return;
	}
}

static enum err
got_json(struct peer *p, const struct frame *f, struct err_msg *why)
{
	json_t *o = json_read(f->p, f->n, "connection", why);
	enum err e = ERR_OK;

	if (!json_is_object(o)) {
		json_decref(o);
		return err_set(
		    why, ERR_PROTO, "connection", NULL, "a frame that holds no JSON object");
	}
	if (!p->greeted && f->type != 'H')
		e = err_set(why, ERR_PROTO, "connection", NULL, "no hello");
	else if (f->type == 'H')
		e = p->greeted ? ERR_OK : got_hello(p, o, why);
	else if (f->type == 'R')
		got_request(p, o);
	else if (f->type == 'A')
		got_answer(p, o);
	else if (f->type == 'E' && p->ops->event != NULL)
		p->ops->event(p, json_get_str(o, "type", ""), o, p->arg);
	else if (f->type == 'G' && p->ops->gap != NULL)
		p->ops->gap(p, o, p->arg);
	json_decref(o);
	return e;
}

static enum err
got_frame(struct peer *p, const struct frame *f, struct err_msg *why)
{
	uint32_t stream;
	uint64_t offset, t;
	const char *data;
	size_t n;

	if (f->type != 'B' && f->type != 'I')
		return got_json(p, f, why);
	if (!p->greeted)
		return err_set(why, ERR_PROTO, "connection", NULL, "no hello");
	if (f->type == 'B' && frame_get_bytes(f, &stream, &offset, &t, &data, &n) == ERR_OK) {
		if (p->ops->bytes != NULL)
			p->ops->bytes(p, stream, offset, t, data, n, p->arg);
		return ERR_OK;
	}
	if (f->type == 'I' && frame_get_input(f, &stream, &data, &n) == ERR_OK) {
		if (p->ops->input != NULL)
			p->ops->input(p, stream, data, n, p->arg);
		return ERR_OK;
	}
	return err_set(
	    why, ERR_PROTO, "connection", NULL, "a frame of type %c is cut short", f->type);
}

static void
read_in(struct peer *p)
{
	struct err_msg why;
	struct frame f;
	size_t at = 0;
	enum err e = ERR_OK;
	ssize_t got;

	if (buf_reserve(&p->in, READ_PIECE) != ERR_OK) {
		(void)err_set(&why, ERR_MEMORY, "connection", NULL, "no memory to read");
		fail(p, &why);
		return;
	}
	got = sys_read(p->fd, p->in.data + p->in.len, READ_PIECE);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (got <= 0) {
		(void)err_set(&why, ERR_EOF, p->name, NULL, "the other side closed the connection");
		fail(p, &why);
		return;
	}
	p->in.len += (size_t)got;
	while (!p->closing && !p->failed && (e = frame_next(&p->in, &at, &f, &why)) == ERR_OK)
		if ((e = got_frame(p, &f, &why)) != ERR_OK)
			break;
	if (e != ERR_OK && e != ERR_NOTHING)
		fail(p, &why);
	buf_eat(&p->in, at);
}

/* ---- life */

static void
peer_free(struct peer *p)
{
	loop_defer_cancel(p->loop, on_flush, p);
	loop_fd_close(p->watch);
	sys_close(p->fd);
	buf_fini(&p->in);
	buf_fini(&p->out);
	mem_free(p);
}

/* Every callback of ours comes through here, so that peer_close inside one is safe. */
static bool
guarded(struct peer *p, void (*body)(struct peer *))
{
	p->busy = true;
	body(p);
	p->busy = false;
	if (!p->closing)
		return true;
	peer_free(p);
	return false;
}

static void
tell(struct peer *p)
{
	if (p->failed) {
		if (p->ops->closed != NULL)
			p->ops->closed(p, &p->why, p->arg);
		return;
	}
	write_out(p);
	report_gap(p);
	if (p->full && !p->failed && peer_queued(p) <= LIMIT_CLIENT_QUEUE / 2) {
		p->full = false;
		if (p->ops->drained != NULL)
			p->ops->drained(p, p->arg);
	}
}

static void
on_flush(void *arg)
{
	(void)guarded(arg, tell);
}

static void
on_io(void *arg, unsigned events)
{
	struct peer *p = arg;

	if ((events & LOOP_WRITE) != 0 && !guarded(p, tell))
		return;
	if ((events & (LOOP_READ | LOOP_HANGUP)) != 0 && !p->failed)
		(void)guarded(p, read_in);
}

struct peer *
peer_open(struct loop *l, int fd, const char *role, const char *name, const struct peer_ops *ops,
    void *arg)
{
	struct peer *p = mem_zero(1, sizeof *p);

	*p = (struct peer){ .loop = l, .fd = fd, .ops = ops, .arg = arg };
	buf_init(&p->in, LIMIT_FRAME + READ_PIECE * 2);
	buf_init(&p->out, OUT_MAX);
	list_init(&p->calls);
	p->watch = loop_fd_open(l, fd, LOOP_READ, on_io, p);
	hello(p, role, name);
	return p;
}

static void
cancel_calls(struct peer *p)
{
	struct err_msg why;

	(void)err_set(&why, ERR_CANCELLED, p->name, NULL, "the connection ended");
	if (p->failed)
		why = p->why;
	while (!list_empty(&p->calls))
		call_end(LIST_ENTRY(p->calls.next, struct call, node), NULL, &why);
}

void
peer_close(struct peer *p)
{
	if (p == NULL || p->closing)
		return;
	p->closing = true;
	cancel_calls(p);
	if (!p->busy)
		peer_free(p);
}

void
peer_flush_close(struct peer *p, int ms)
{
	const uint64_t end = sys_mono() + (uint64_t)ms * NS_PER_MS;

	if (p == NULL)
		return;
	while (!p->failed && peer_queued(p) != 0 && sys_mono() < end) {
		struct pollfd pf = { .fd = p->fd, .events = POLLOUT };

		(void)poll(&pf, 1, 10);
		write_out(p);
	}
	peer_close(p);
}
