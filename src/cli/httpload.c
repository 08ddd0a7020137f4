/* httpload.c - a closed loop of GETs over kept connections. */
#include "cli/httpload.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/process.h"
#include "sys/sock.h"
#include "sys/time.h"

enum { HEAD_MAX = 16384, PART = 65536, FAILURES_IN_A_ROW = 200 };

/* A bucket is 2 % wider than the one before; the first ends at 1 us. */
static const double GROWTH = 1.02;

enum phase { CONNECTING, HEAD, BODY, CHUNK_SIZE, CHUNK, TRAILER };

struct conn {
	struct httpload *owner;
	int fd;
	struct loop_fd *watch;
	enum phase phase;
	uint64_t sent_at, left;         /* left: bytes of the body or the chunk */
	size_t written;                 /* of the request */
	bool until_close, ok, closing;
	bool used;                      /* it has brought an answer */
	struct buf line;                /* the head, or a line of chunks */
};

struct httpload {
	struct loop *loop;
	struct httpload_opts o;
	void (*over)(void *arg);
	void *arg;
	char request[1024];
	size_t request_len;
	struct conn *conn;
	struct loop_timer *timer;
	uint64_t began, cpu_began, bucket[HTTPLOAD_BUCKETS];
	uint64_t longest;
	unsigned failed_in_a_row;
	bool ended;
	struct httpload_result r;
	char part[PART];                /* bytes just read */
};

/* ---- result ---- */

static double
quantile(const struct httpload *h, double q)
{
	const double want = q * (double)h->r.answers;
	double seen = 0;

	if (h->r.answers == 0)
		return (double)NAN;
	for (int i = 0; i < HTTPLOAD_BUCKETS; i++) {
		seen += (double)h->bucket[i];
		if (seen >= want)
			return fmin(pow(GROWTH, i) / 1000, (double)h->longest / 1e6);
	}
	return (double)h->longest / 1e6;
}

static void
finish(struct httpload *h)
{
	const uint64_t now = sys_mono();

	if (h->ended)
		return;
	h->ended = true;
	h->r.ns = now - h->began;
	h->r.rate = h->r.ns != 0 ? (double)h->r.answers / ((double)h->r.ns / 1e9) : 0;
	h->r.cpu = h->r.ns != 0 ? 100.0 * (double)(sys_cpu_time() - h->cpu_began) /
	    (double)h->r.ns : 0;
	h->r.p50 = quantile(h, 0.5);
	h->r.p99 = quantile(h, 0.99);
	h->r.max = h->r.answers != 0 ? (double)h->longest / 1e6 : (double)NAN;
	loop_timer_stop(h->timer);
	h->timer = NULL;
	loop_defer(h->loop, h->over, h->arg);
}

const struct httpload_result *
httpload_result(const struct httpload *h)
{
	return &h->r;
}

/* ---- connections ---- */

static void
shut(struct conn *c)
{
	loop_fd_close(c->watch);
	sys_close(c->fd);
	c->watch = NULL;
	c->fd = -1;
}

static void on_event(void *arg, unsigned events);

static void
fail(struct conn *c, const char *what, int error)
{
	struct httpload *h = c->owner;

	h->r.failures++;
	if (h->r.first_failure[0] == '\0')
		snprintf(h->r.first_failure, sizeof h->r.first_failure, "%s%s%s", what,
		    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
	/* a server that is gone would be asked as fast as the loop turns */
	if (++h->failed_in_a_row >= FAILURES_IN_A_ROW)
		finish(h);
}

static void
dial(struct conn *c)
{
	struct httpload *h = c->owner;
	struct err_msg why;

	if (c->fd >= 0)
		shut(c);
	if (h->ended)
		return;
	c->phase = CONNECTING;
	c->used = false;
	if (sys_tcp_connect(h->o.host, h->o.port, &c->fd, &why) != ERR_OK) {
		c->fd = -1;
		fail(c, why.why, 0);
		return;
	}
	c->watch = loop_fd_open(h->loop, c->fd, LOOP_WRITE, on_event, c);
}

/* Connections that could not be made are tried again, and not at once. */
static void
on_retry(void *arg)
{
	struct httpload *h = arg;

	for (unsigned i = 0; i < h->o.connections && !h->ended; i++)
		if (h->conn[i].fd < 0)
			dial(&h->conn[i]);
}

static void
send_request(struct conn *c)
{
	struct httpload *h = c->owner;
	const ssize_t n = sys_write(c->fd, h->request + c->written, h->request_len - c->written);

	if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		fail(c, "sending", errno);
		shut(c);
		return;
	}
	c->written += n > 0 ? (size_t)n : 0;
	loop_fd_events(c->watch, c->written < h->request_len ? LOOP_WRITE : LOOP_READ);
}

static void
ask(struct conn *c)
{
	c->phase = HEAD;
	c->written = 0;
	c->until_close = c->closing = false;
	c->sent_at = sys_mono();
	buf_clear(&c->line);
	send_request(c);
}

static void
answered(struct conn *c)
{
	struct httpload *h = c->owner;
	const uint64_t took = sys_mono() - c->sent_at;
	const double us = (double)took / 1000;
	const int i = us <= 1 ? 0 : (int)(log(us) / log(GROWTH)) + 1;

	if (h->ended)
		return;
	if (c->ok) {
		h->failed_in_a_row = 0;
		h->r.answers++;
		h->bucket[i < HTTPLOAD_BUCKETS ? i : HTTPLOAD_BUCKETS - 1]++;
		h->longest = took > h->longest ? took : h->longest;
		if (h->o.count != 0 && h->r.answers >= h->o.count)
			finish(h);
	}
	c->used = true;
	if (h->ended)
		return;
	if (c->closing || c->until_close)
		dial(c);
	else
		ask(c);
}

/* ---- the answer ---- */

static bool
has_word(struct slice value, const char *word)
{
	const size_t n = strlen(word);

	for (size_t i = 0; i + n <= value.n; i++)
		if (strncasecmp(value.p + i, word, n) == 0)
			return true;
	return false;
}

/* How long the body is, and whether the connection lasts. */
static void
read_fields(struct conn *c, struct slice rest, bool bare)
{
	struct slice line, value;
	bool length = bare, chunked = false;

	c->left = 0;
	while (rest.n != 0) {
		line = slice_cut(slice_trim(slice_cut(rest, '\n', &rest)), ':', &value);
		value = slice_trim(value);
		if (line.n == 14 && has_word(line, "Content-Length"))
			length = slice_u64(value, UINT64_MAX / 2, &c->left);
		else if (line.n == 17 && has_word(line, "Transfer-Encoding"))
			chunked = has_word(value, "chunked");
		else if (line.n == 10 && has_word(line, "Connection"))
			c->closing |= has_word(value, "close");
	}
	c->until_close = !chunked && !length;
	c->phase = chunked ? CHUNK_SIZE : BODY;
	if (c->until_close)
		c->left = UINT64_MAX / 2;
}

/* "HTTP/1.1 200 OK" and what follows. */
static bool
read_head(struct conn *c)
{
	struct slice rest = slice_make(c->line.data, c->line.len), line;
	uint64_t status = 0;

	line = slice_cut(rest, '\n', &rest);
	if (!slice_starts(line, "HTTP/1."))
		return false;
	c->closing = slice_starts(line, "HTTP/1.0");
	(void)slice_word(&line);
	if (!slice_u64(slice_word(&line), 999, &status))
		return false;
	c->ok = status >= 200 && status < 300;
	if (!c->ok) {
		char text[40];

		snprintf(text, sizeof text, "the server answers %u", (unsigned)status);
		fail(c, text, 0);
	}
	read_fields(c, rest, status == 204 || status == 304);
	buf_clear(&c->line);
	return true;
}

/* Collects up to the end of a line (of the head: of all its lines). True: it is whole. */
static bool
collect(struct conn *c, const char **p, size_t *n, bool head)
{
	while (*n != 0) {
		const char b = **p;

		(*p)++;
		(*n)--;
		if (b == '\r')
			continue;
		(void)buf_add_byte(&c->line, b);
		if (b == '\n' && (!head || (c->line.len >= 2 &&
		    c->line.data[c->line.len - 2] == '\n')))
			return true;
	}
	return false;
}

static bool
chunk_size(struct conn *c)
{
	struct slice rest, size;

	size = slice_trim(slice_cut(slice_make(c->line.data, c->line.len), ';', &rest));
	if (!slice_hex(size, &c->left) || c->left > UINT64_MAX / 4)
		return false;
	c->phase = c->left == 0 ? TRAILER : CHUNK;
	c->left += 2;                   /* the end of the line behind it */
	buf_clear(&c->line);
	return true;
}

/* Bytes of an answer. False: they are none of HTTP. An answer may end inside. */
static bool
take(struct conn *c, const char *p, size_t n, bool *whole)
{
	while (n != 0 && !*whole) {
		const size_t part = c->left < n ? (size_t)c->left : n;

		switch (c->phase) {
		case CONNECTING:
			return false;
		case HEAD:
			if (!collect(c, &p, &n, true))
				return c->line.len < HEAD_MAX;
			if (!read_head(c))
				return false;
			*whole = c->phase == BODY && c->left == 0;
			break;
		case CHUNK_SIZE:
			if (collect(c, &p, &n, false) && !chunk_size(c))
				return false;
			break;
		case TRAILER:
			if (collect(c, &p, &n, false)) {
				*whole = c->line.len == 1;
				buf_clear(&c->line);
			}
			break;
		case BODY:
		case CHUNK:
			c->left -= part;
			p += part;
			n -= part;
			*whole = c->phase == BODY && c->left == 0;
			if (c->phase == CHUNK && c->left == 0)
				c->phase = CHUNK_SIZE;
			break;
		}
	}
	return n == 0;                  /* nothing was asked for that could be more */
}

static void
closed(struct conn *c, int error)
{
	if (error == 0 && c->phase == BODY && c->until_close) {
		answered(c);
		return;
	}
	/* a kept connection that the server lets go between two answers is no failure */
	if (error != 0 || c->phase != HEAD || c->line.len != 0 || !c->used)
		fail(c, error == 0 ? "the server closed in mid-answer" : "reading", error);
	dial(c);
}

static void
receive(struct conn *c)
{
	char *part = c->owner->part;
	const ssize_t n = sys_read(c->fd, part, PART);
	bool whole = false;

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n <= 0) {
		closed(c, n == 0 ? 0 : errno);
		return;
	}
	c->owner->r.bytes += (uint64_t)n;
	if (!take(c, part, (size_t)n, &whole)) {
		fail(c, "the answer is not HTTP", 0);
		dial(c);
	} else if (whole) {
		answered(c);
	}
}

static void
on_event(void *arg, unsigned events)
{
	struct conn *c = arg;
	int error;

	(void)events;
	if (c->owner->ended)
		return;
	if (c->phase == CONNECTING) {
		error = sys_sock_error(c->fd);
		if (error != 0) {
			fail(c, "connecting", error);
			shut(c);
		} else {
			ask(c);
		}
	} else if (c->written < c->owner->request_len) {
		send_request(c);
	} else {
		receive(c);
	}
}

/* ---- a run ---- */

static void
on_time(void *arg)
{
	struct httpload *h = arg;

	if (sys_mono() - h->began >= h->o.ns)
		finish(h);
	else
		on_retry(h);
}

enum err
httpload_open(struct loop *l, const struct httpload_opts *o, void (*over)(void *arg), void *arg,
    struct httpload **out, struct err_msg *why)
{
	struct httpload *h = mem_zero(1, sizeof *h);
	const char *bracket = strchr(o->host, ':') != NULL ? "[]" : "";
	int n;

	*h = (struct httpload){ .loop = l, .o = *o, .over = over, .arg = arg };
	n = snprintf(h->request, sizeof h->request, "GET %s HTTP/1.1\r\nHost: %.1s%s%s:%s\r\n"
	    "User-Agent: vise\r\nAccept: */*\r\n\r\n", o->path, bracket, o->host,
	    bracket[0] != '\0' ? bracket + 1 : "", o->port);
	if (n < 0 || (size_t)n >= sizeof h->request || o->connections == 0 ||
	    o->connections > HTTPLOAD_MAX || strpbrk(o->path, " \r\n") != NULL) {
		mem_free(h);
		return err_set(why, ERR_USAGE, o->path, NULL,
		    "1 to %d connections, a path without blanks", HTTPLOAD_MAX);
	}
	h->request_len = (size_t)n;
	h->began = sys_mono();
	h->cpu_began = sys_cpu_time();
	h->conn = mem_zero(o->connections, sizeof *h->conn);
	for (unsigned i = 0; i < o->connections; i++) {
		h->conn[i] = (struct conn){ .owner = h, .fd = -1 };
		buf_init(&h->conn[i].line, HEAD_MAX + 1);
	}
	/* one answer is waited for with a finer clock than a crowd is kept together */
	h->timer = loop_timer_start(l, NS_PER_MS, (o->count != 0 ? 1 : 10) * NS_PER_MS, on_time,
	    h);
	on_retry(h);
	*out = h;
	return ERR_OK;
}

void
httpload_close(struct httpload *h)
{
	if (h == NULL)
		return;
	loop_timer_stop(h->timer);
	loop_defer_cancel(h->loop, h->over, h->arg);
	for (unsigned i = 0; i < h->o.connections; i++) {
		if (h->conn[i].fd >= 0)
			shut(&h->conn[i]);
		buf_fini(&h->conn[i].line);
	}
	mem_free(h->conn);
	mem_free(h);
}
