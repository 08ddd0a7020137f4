/* metrics.c - GET /metrics over HTTP. */
#include "cli/metrics.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/sock.h"

enum { REQUEST_MAX = 4096, ADDRESS_MAX = 128 };

static const uint64_t PATIENCE = 5 * NS_PER_S;

struct metrics {
	struct loop *loop;
	metrics_cb cb;
	void *arg;
	int fd;
	struct loop_fd *watch;
	struct list clients;
	unsigned count;
	char address[ADDRESS_MAX];
};

struct visitor {
	struct list node;
	struct metrics *owner;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *timer;
	struct buf in, out;
	size_t sent;
};

static void
visitor_free(struct visitor *v)
{
	list_del(&v->node);
	v->owner->count--;
	loop_fd_events(v->owner->watch, LOOP_READ);
	loop_timer_stop(v->timer);
	loop_fd_close(v->watch);
	sys_close(v->fd);
	buf_fini(&v->in);
	buf_fini(&v->out);
	mem_free(v);
}

static void
on_patience(void *arg)
{
	struct visitor *v = arg;

	v->timer = NULL;
	visitor_free(v);
}

static void
answer(struct visitor *v, const char *status, const char *type, const char *body, size_t n)
{
	(void)buf_add_fmt(&v->out,
	    "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
	    status, type, n);
	(void)buf_add(&v->out, body, n);
}

static void
respond(struct visitor *v)
{
	struct slice rest = slice_make(v->in.data, v->in.len), method, path;
	struct buf body;

	rest = slice_cut(rest, '\n', &(struct slice){ 0 });
	method = slice_word(&rest);
	path = slice_word(&rest);
	if (!slice_is(method, "GET")) {
		answer(v, "405 Method Not Allowed", "text/plain", "GET only\n", 9);
	} else if (slice_is(slice_cut(path, '?', &(struct slice){ 0 }), "/metrics")) {
		buf_init(&body, LIMIT_FRAME);
		v->owner->cb(v->owner->arg, &body);
		answer(v, "200 OK", "text/plain; version=0.0.4; charset=utf-8", buf_str(&body),
		    body.len);
		buf_fini(&body);
	} else {
		answer(v, "404 Not Found", "text/plain", "see /metrics\n", 13);
	}
	loop_fd_events(v->watch, LOOP_WRITE);
}

static bool
read_some(struct visitor *v)
{
	char part[1024];
	const ssize_t n = sys_read(v->fd, part, sizeof part);

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	if (buf_add(&v->in, part, (size_t)n) != ERR_OK)
		return false;
	if (slice_find(slice_make(v->in.data, v->in.len), slice_of("\r\n\r\n")) >= 0 ||
	    slice_find(slice_make(v->in.data, v->in.len), slice_of("\n\n")) >= 0)
		respond(v);
	return true;
}

static bool
write_some(struct visitor *v)
{
	const ssize_t n = sys_write(v->fd, v->out.data + v->sent, v->out.len - v->sent);

	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK;
	v->sent += (size_t)n;
	return v->sent < v->out.len;
}

static void
on_visitor(void *arg, unsigned events)
{
	struct visitor *v = arg;

	(void)events;
	if (!(v->out.len == 0 ? read_some(v) : write_some(v)))
		visitor_free(v);
}

static void
on_accept(void *arg, unsigned events)
{
	struct metrics *m = arg;
	const int fd = sys_accept(m->fd);
	struct visitor *v;

	(void)events;
	if (fd < 0)
		return;
	v = mem_zero(1, sizeof *v);
	v->owner = m;
	v->fd = fd;
	buf_init(&v->in, REQUEST_MAX);
	buf_init(&v->out, LIMIT_FRAME + 1024);
	v->watch = loop_fd_open(m->loop, fd, LOOP_READ, on_visitor, v);
	v->timer = loop_timer_start(m->loop, PATIENCE, 0, on_patience, v);
	list_add_tail(&m->clients, &v->node);
	if (++m->count == METRICS_CLIENTS)
		loop_fd_events(m->watch, 0);
}

enum err
metrics_open(struct loop *l, const char *address, metrics_cb cb, void *arg, struct metrics **out,
    struct err_msg *why)
{
	struct metrics *m = mem_zero(1, sizeof *m);
	enum err e;

	*m = (struct metrics){ .loop = l, .cb = cb, .arg = arg, .fd = -1 };
	list_init(&m->clients);
	e = sys_tcp_listen_word(address, &m->fd, m->address, sizeof m->address, why);
	if (e != ERR_OK) {
		mem_free(m);
		return e;
	}
	m->watch = loop_fd_open(l, m->fd, LOOP_READ, on_accept, m);
	*out = m;
	return ERR_OK;
}

const char *
metrics_address(const struct metrics *m)
{
	return m->address;
}

void
metrics_close(struct metrics *m)
{
	if (m == NULL)
		return;
	LIST_EACH_SAFE(n, &m->clients)
		visitor_free(LIST_ENTRY(n, struct visitor, node));
	loop_fd_close(m->watch);
	sys_close(m->fd);
	mem_free(m);
}
