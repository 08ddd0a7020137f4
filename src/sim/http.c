/* http.c - a small HTTP server on a unix socket. */
#include "sim/http.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/list.h"
#include "sys/io.h"
#include "sys/sock.h"

enum { REQUEST_MAX = 8192, ANSWER_MAX = 2 << 20 };

struct http {
	struct loop *loop;
	http_page page;
	void *arg;
	int fd;
	struct loop_fd *listen;
	struct list clients;
	unsigned count;
};

struct client {
	struct list node;
	struct http *http;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *patience;
	struct buf in, out;
	bool answering;
};

static void
client_close(struct client *c)
{
	list_del(&c->node);
	c->http->count--;
	loop_timer_stop(c->patience);
	loop_fd_close(c->watch);
	sys_close(c->fd);
	buf_fini(&c->in);
	buf_fini(&c->out);
	mem_free(c);
}

static void
on_patience(void *arg)
{
	struct client *c = arg;

	c->patience = NULL;     /* a once-timer has ended by itself */
	client_close(c);
}

static void
head(struct client *c, const char *status, const char *type, size_t n)
{
	(void)buf_add_fmt(&c->out, "HTTP/1.0 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "X-Simulated: vise\r\nConnection: close\r\n\r\n", status, type, n);
}

static void
answer(struct client *c)
{
	char method[16], path[256];
	const char *type = "text/plain; charset=utf-8";
	struct buf body;

	c->answering = true;
	buf_init(&body, ANSWER_MAX);
	if (sscanf(buf_str(&c->in), "%15s %255s", method, path) != 2) {
		head(c, "400 Bad Request", type, 0);
	} else if (strcmp(method, "GET") != 0) {
		head(c, "405 Method Not Allowed", type, 0);
	} else {
		path[strcspn(path, "?#")] = '\0';
		if (c->http->page(c->http->arg, path, &body, &type))
			head(c, "200 OK", type, body.len);
		else
			head(c, "404 Not Found", type, 0);
		(void)buf_add(&c->out, buf_str(&body), body.len);
	}
	buf_fini(&body);
	loop_fd_events(c->watch, LOOP_WRITE);
}

static void
on_client(void *arg, unsigned events)
{
	struct client *c = arg;
	char p[2048];
	ssize_t n;

	if (!c->answering && (events & (LOOP_READ | LOOP_HANGUP)) != 0) {
		n = sys_read(c->fd, p, sizeof p);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0 || c->in.len + (size_t)n > REQUEST_MAX ||
		    buf_add(&c->in, p, (size_t)n) != ERR_OK) {
			client_close(c);
			return;
		}
		if (strstr(buf_str(&c->in), "\r\n\r\n") != NULL ||
		    strstr(buf_str(&c->in), "\n\n") != NULL)
			answer(c);
		return;
	}
	n = sys_write(c->fd, buf_str(&c->out), c->out.len);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0)
		buf_eat(&c->out, (size_t)n);
	if (n < 0 || c->out.len == 0)
		client_close(c);
}

static void
on_listen(void *arg, unsigned events)
{
	struct http *h = arg;
	const int fd = sys_accept(h->fd);
	struct client *c;

	(void)events;
	if (fd < 0)
		return;
	if (h->count >= HTTP_CLIENTS) {
		sys_close(fd);
		return;
	}
	c = mem_zero(1, sizeof *c);
	c->http = h;
	c->fd = fd;
	buf_init(&c->in, REQUEST_MAX + 1);
	buf_init(&c->out, ANSWER_MAX + 1024);
	list_add_tail(&h->clients, &c->node);
	h->count++;
	c->watch = loop_fd_open(h->loop, fd, LOOP_READ, on_client, c);
	c->patience = loop_timer_start(h->loop, 5 * NS_PER_S, 0, on_patience, c);
}

enum err
http_open(struct loop *l, const char *socket_path, http_page page, void *arg, struct http **out,
    struct err_msg *why)
{
	int fd;
	const enum err e = sys_unix_listen(socket_path, &fd, why);
	struct http *h;

	if (e != ERR_OK)
		return e;
	h = mem_zero(1, sizeof *h);
	h->loop = l;
	h->page = page;
	h->arg = arg;
	h->fd = fd;
	list_init(&h->clients);
	h->listen = loop_fd_open(l, fd, LOOP_READ, on_listen, h);
	*out = h;
	return ERR_OK;
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	LIST_EACH_SAFE(n, &h->clients)
		client_close(LIST_ENTRY(n, struct client, node));
	loop_fd_close(h->listen);
	sys_close(h->fd);
	mem_free(h);
}
