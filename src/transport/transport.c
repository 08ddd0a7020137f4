/* transport.c - opening by spec, reading in place, the write queue with pacing, hang-up. */
#include "transport/transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sys/io.h"
#include "transport/lines.h"
#include "transport/node.h"
#include "transport/node_name.h"
#include "transport/wire.h"
#include "transport/wire_exec.h"
#include "transport/wire_replay.h"
#include "transport/wire_rfc2217.h"
#include "transport/wire_serial.h"
#include "transport/wire_tcp.h"
#include "transport/wire_tty.h"
#include "transport/wire_unix.h"

enum {
	READ_SHORT = 1024, /* a read that brings less emptied the kernel: do not ask again */
	QUEUE_COMPACT = 64 << 10,
	GONE_EOF = -1,
};

static const struct wire_ops *const wires[] = {
	&wire_serial_ops, &wire_tty_ops, &wire_tcp_ops, &wire_telnet_ops, &wire_rfc2217_ops,
	&wire_rtt_ops, &wire_unix_ops, &wire_exec_ops, &wire_shell_ops,
	&wire_replay_ops,
};

void
transport_settings_init(struct transport_settings *s)
{
	*s = (struct transport_settings){ .baud = 115200, .data = 8, .parity = 'n', .stop = 1,
	    .dtr = -1, .rts = -1, .rs485 = -1 };
}

/* ---- specs */

/* The wire named before the colon; *rest is what follows. A path may hold colons: then NULL. */
static const struct wire_ops *
find_scheme(const char *spec, const char **rest)
{
	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
		const size_t n = strlen(wires[i]->scheme);

		if (strncmp(spec, wires[i]->scheme, n) == 0 && spec[n] == ':') {
			*rest = spec + n + 1;
			return wires[i];
		}
	}
	*rest = spec;
	return NULL;
}

static bool
is_node(const struct wire_ops *ops)
{
	return ops == NULL || ops == &wire_serial_ops || ops == &wire_tty_ops;
}

/* "ttyUSB0" means the node in /dev unless such a file stands here. */
static char *
node_path(const char *rest)
{
	return strchr(rest, '/') != NULL ? mem_str(rest) : mem_fmt("/dev/%s", rest);
}

/* The wire and what it gets: a heap string. A link is followed, a pts goes to the pty wire. */
static enum err
resolve(const char *spec, const struct wire_ops **ops, char **rest, struct err_msg *why)
{
	char full[PORT_PATH_MAX];
	const char *tail;
	struct port port;
	char *path;

	*rest = NULL;
	if (strncmp(spec, "usb:", 4) == 0) {
		const enum err e = port_select("", spec + 4, &port, why);

		if (e == ERR_OK)
			*rest = mem_str(port.path);
		*ops = &wire_serial_ops;
		return e;
	}
	*ops = find_scheme(spec, &tail);
	if (*tail == '\0')
		return err_set(why, ERR_USAGE, spec, "name a port, a path or tcp:HOST:PORT",
		    "the address is empty");
	if (!is_node(*ops)) {
		*rest = mem_str(tail);
		return ERR_OK;
	}
	path = node_path(tail);
	if (node_resolve(path, full, sizeof full)) {
		mem_free(path);
		path = mem_str(full);
	}
	*ops = node_is_pty(path) ? &wire_tty_ops : &wire_serial_ops;
	*rest = path;
	return ERR_OK;
}

bool
transport_returns(const char *spec)
{
	const char *rest;
	const struct wire_ops *ops = find_scheme(spec, &rest);

	return ops == NULL || ops->returns;
}

struct transport_mark
transport_mark(const char *spec)
{
	struct transport_mark m = { 0 };
	const char *rest;
	const struct wire_ops *ops = find_scheme(spec, &rest);
	char *path;

	if (!is_node(ops) || strncmp(spec, "usb:", 4) == 0)
		return m;
	path = node_path(rest);
	m = node_mark(path);
	mem_free(path);
	return m;
}

bool
transport_is_stranger(const char *spec, const struct transport_mark *was)
{
	const struct transport_mark now = transport_mark(spec);

	return now.pty != 0 && now.pty != was->pty && now.links == was->links;
}

char *
transport_watch_path(const char *spec)
{
	const char *rest;
	const struct wire_ops *ops = find_scheme(spec, &rest);

	if (strncmp(spec, "usb:", 4) == 0)
		return mem_str("/dev/serial/by-id");
	if (is_node(ops))
		return node_path(rest);
	return ops == &wire_unix_ops ? mem_str(rest) : NULL;
}

enum err
transport_find_again(const char *spec, const struct port *was, char *out, size_t size,
    struct err_msg *why)
{
	const char *rest;
	struct port now;
	char *path;
	enum err e;

	snprintf(out, size, "%s", spec);
	if (was == NULL || !was->usb || !is_node(find_scheme(spec, &rest)))
		return ERR_OK;
	path = node_path(rest);
	e = port_find_again("", path, was, &now, why);
	if (e == ERR_OK && strcmp(now.path, path) != 0)
		snprintf(out, size, "%s", now.path);
	mem_free(path);
	return e;
}

/* ---- loss */

/* A port that is lost is free for others at once, however long its owner keeps the handle. */
static void
let_go(struct transport *t)
{
	if (!is_node(t->ops))
		return;
	if (t->ops->close != NULL)
		t->ops->close(t);
	sys_close(t->fd);
	t->fd = -1;
	node_unlock(t->lock);
	t->lock = NULL;
}

void
transport_lost(struct transport *t, const struct err_msg *why)
{
	if (t->state == TRANSPORT_LOST)
		return;
	transport_pulse_end(t, ERR_LOST);
	t->state = TRANSPORT_LOST;
	loop_fd_close(t->watch);
	t->watch = NULL;
	loop_timer_stop(t->pace);
	loop_timer_stop(t->brk);
	t->pace = t->brk = NULL;
	let_go(t);
	t->cb->state(t->arg, TRANSPORT_LOST, why);
}

/* gone: GONE_EOF or an errno. */
static void
say_gone(const struct transport *t, int gone, struct err_msg *why)
{
	const bool reset = !is_node(t->ops) && (gone == ECONNRESET || gone == EPIPE);

	if (gone == GONE_EOF || gone == EIO || gone == ENXIO || gone == ENODEV || reset)
		err_set(why, ERR_LOST, t->device, NULL, is_node(t->ops)
		    ? "the port is gone (unplugged or closed)"
		    : "the other side closed the connection");
	else
		err_set(why, ERR_LOST, t->device, NULL, "the port failed: %s", strerror(gone));
}

/* Nothing may follow but return: the owner may have closed t. */
static void
hang_up(struct transport *t, int gone)
{
	struct err_msg why;

	loop_fd_events(t->watch, 0);
	if (t->ops->hangup != NULL && t->ops->hangup(t))
		return;
	say_gone(t, gone, &why);
	transport_lost(t, &why);
}

int
transport_lend(struct transport *t)
{
	if (t->state != TRANSPORT_OPEN || t->ops->encode != NULL || t->ops->decode != NULL ||
	    t->ops->hangup != NULL || transport_pending(t) != 0)
		return -1;
	loop_fd_close(t->watch);
	t->watch = NULL;
	return t->fd;
}

void
transport_lent_end(const struct transport *t, int errnum, struct err_msg *why)
{
	say_gone(t, errnum == 0 ? GONE_EOF : errnum, why);
}

/* ---- writing */

static void flush_paced(void *arg);

static void
update_events(struct transport *t)
{
	const bool waiting = t->out_at < t->out.len && t->pace == NULL && t->brk == NULL &&
	    !t->held;

	t->events = (t->paused ? 0u : (unsigned)LOOP_READ) | (waiting ? (unsigned)LOOP_WRITE : 0u);
	if (t->watch != NULL && t->state == TRANSPORT_OPEN)
		loop_fd_events(t->watch, t->events);
}

/* How much may go out at once, and the pause that follows it. */
static size_t
next_piece(const struct transport *t, uint64_t *pause)
{
	const char *p = t->out.data + t->out_at;
	const size_t left = t->out.len - t->out_at;
	size_t n = 0;

	*pause = 0;
	if (t->set.char_ns == 0 && t->set.line_ns == 0)
		return left;
	if (t->set.char_ns != 0)
		n = 1;
	else
		while (n < left && p[n++] != '\r' && p[n - 1] != '\n')
			;
	*pause = t->set.char_ns;
	if (p[n - 1] == '\r' || p[n - 1] == '\n')
		*pause = t->set.line_ns > t->set.char_ns ? t->set.line_ns : t->set.char_ns;
	return n;
}

/* 0, or the errno that ended it. */
static int
flush(struct transport *t)
{
	int failed = 0;

	while (t->out_at < t->out.len && t->pace == NULL && t->brk == NULL && !t->held) {
		uint64_t pause;
		const size_t n = next_piece(t, &pause);
		const ssize_t put = sys_write(t->fd, t->out.data + t->out_at, n);

		if (put <= 0) {
			failed = put < 0 && errno != EAGAIN && errno != EWOULDBLOCK ? errno : 0;
			break;
		}
		t->out_at += (size_t)put;
		if ((size_t)put == n && pause != 0 && t->out_at < t->out.len)
			t->pace = loop_timer_start(t->loop, pause, 0, flush_paced, t);
	}
	if (t->out_at == t->out.len) {
		buf_clear(&t->out);
		t->out_at = 0;
	} else if (t->out_at > QUEUE_COMPACT) {
		buf_eat(&t->out, t->out_at);
		t->out_at = 0;
	}
	update_events(t);
	return failed;
}

static void
flush_from_loop(struct transport *t)
{
	const bool waited = transport_pending(t) != 0;
	const int failed = flush(t);

	if (failed != 0)
		hang_up(t, failed);
	else if (waited && transport_pending(t) == 0 && t->cb->drained != NULL)
		t->cb->drained(t->arg);
}

static void
flush_paced(void *arg)
{
	struct transport *t = arg;

	t->pace = NULL;
	flush_from_loop(t);
}

enum err
transport_write(struct transport *t, const void *p, size_t n, struct err_msg *why)
{
	if (t->state != TRANSPORT_OPEN)
		return err_set(why, ERR_LOST, t->device, NULL, "the port is not open");
	if (n > TRANSPORT_QUEUE_MAX - transport_pending(t))
		return err_set(why, ERR_LIMIT, t->device,
		    "wait until the board reads, or send a break",
		    "%zu bytes wait to be sent already; the board does not take them",
		    transport_pending(t));
	if ((t->ops->encode != NULL ? t->ops->encode(t, p, n) : buf_add(&t->out, p, n)) != ERR_OK)
		return err_set(why, ERR_MEMORY, t->device, NULL,
		    "not enough memory to queue %zu bytes", n);
	(void)flush(t);                 /* a failure shows again in the loop and is told there */
	return ERR_OK;
}

/* Also before the wire is open: an answer in `connected` waits for it. The queue has room beyond
 * what users may fill; a peer that makes us fill that too is cut off by the next read or write. */
void
transport_raw(struct transport *t, const void *p, size_t n)
{
	if (t->state == TRANSPORT_LOST || buf_add(&t->out, p, n) != ERR_OK)
		return;
	if (t->state == TRANSPORT_OPEN)
		(void)flush(t);
}

void
transport_hold(struct transport *t, bool held)
{
	t->held = held;
	(void)flush(t);
}

void
transport_news(struct transport *t, const char *text)
{
	if (t->cb->news != NULL)
		t->cb->news(t->arg, text);
}

enum err
transport_purge(struct transport *t, struct err_msg *why)
{
	if (t->state != TRANSPORT_OPEN)
		return transport_not_open(t, why);
	loop_timer_stop(t->pace);
	t->pace = NULL;
	buf_clear(&t->out);
	t->out_at = 0;
	update_events(t);
	return t->ops->purge != NULL ? t->ops->purge(t, why) : ERR_OK;
}

size_t
transport_pending(const struct transport *t)
{
	return t->out.len - t->out_at;
}

uint64_t
transport_wire_ns(const struct transport *t)
{
	const size_t n = t->state == TRANSPORT_OPEN && t->ops->kernel_queue != NULL
	    ? t->ops->kernel_queue(t) : 0;

	return t->set.baud == 0 ? 0 : n * 10 * NS_PER_S / t->set.baud;
}

/* ---- reading */

static void
take(struct transport *t, unsigned char *p, size_t n)
{
	const size_t data = t->ops->decode != NULL ? t->ops->decode(t, p, n) : n;

	if (data != 0)
		t->cb->bytes(t->arg, data);
}

/* 0, GONE_EOF or an errno. `all`: the wire hung up; take what is left, then say so. */
static int
read_turn(struct transport *t, bool all)
{
	size_t left = TRANSPORT_TURN;
	int gone = 0;
	bool any = false;

	while (left != 0) {
		unsigned char *p;
		size_t room = t->cb->room(t->arg, &p);
		ssize_t n;

		if (room > left)
			room = left;
		n = sys_read(t->fd, p, room);
		if (n <= 0) {
			if (n == 0)
				gone = GONE_EOF;
			else if (all || (errno != EAGAIN && errno != EWOULDBLOCK))
				gone = errno == EAGAIN ? GONE_EOF : errno;
			break;
		}
		any = true;
		take(t, p, (size_t)n);
		if (!all)
			left -= (size_t)n;
		if (!all && (size_t)n < room && n < READ_SHORT)
			break;
	}
	if (any && t->cb->turn != NULL)
		t->cb->turn(t->arg);
	return gone;
}

static void on_fd(void *arg, unsigned events);

/* The name of the far side is known: the connection is under way. */
static void
on_arrived(struct transport *t)
{
	struct err_msg why;

	if (t->ops->arrived(t, &why) != ERR_OK)
		transport_lost(t, &why);
	else
		t->watch = loop_fd_open(t->loop, t->fd, LOOP_WRITE, on_fd, t);
}

static void
on_connected(struct transport *t)
{
	const bool late = t->late != NULL;
	struct err_msg why;

	if (late) {                     /* the watch was on the news of the opening */
		loop_fd_close(t->watch);
		t->watch = NULL;
		if (t->ops->arrived != NULL) {
			on_arrived(t);
			return;
		}
	}
	if (t->ops->connected != NULL && t->ops->connected(t, &why) != ERR_OK) {
		transport_lost(t, &why);
		return;
	}
	if (late)
		t->watch = loop_fd_open(t->loop, t->fd, LOOP_READ, on_fd, t);
	t->state = TRANSPORT_OPEN;
	(void)flush(t);
	t->cb->state(t->arg, TRANSPORT_OPEN, NULL);
}

static void
on_fd(void *arg, unsigned events)
{
	struct transport *t = arg;

	if (t->state == TRANSPORT_OPENING) {
		on_connected(t);
		return;
	}
	if ((events & LOOP_HANGUP) != 0 || ((events & LOOP_READ) != 0 && !t->paused)) {
		const int gone = read_turn(t, (events & LOOP_HANGUP) != 0);

		if (gone != 0) {
			hang_up(t, gone);
			return;
		}
	}
	if ((events & LOOP_WRITE) != 0)
		flush_from_loop(t);
}

void
transport_read_pause(struct transport *t, bool pause)
{
	t->paused = pause;
	update_events(t);
}

/* ---- life */

static void
release(struct transport *t)
{
	loop_fd_close(t->watch);
	loop_timer_stop(t->pace);
	loop_timer_stop(t->brk);
	sys_close(t->fd);
	sys_late_drop(t->late);
	node_unlock(t->lock);
	buf_fini(&t->out);
	mem_free(t->priv);
	mem_free(t->port);
	mem_free(t->spec);
	mem_free(t->device);
	mem_free(t);
}

enum err
transport_open(struct loop *l, const char *spec, const struct transport_settings *s,
    const struct transport_callbacks *cb, void *arg, struct transport **out, struct err_msg *why)
{
	struct transport *t = mem_zero(1, sizeof *t);
	enum err e;

	*out = NULL;
	t->loop = l;
	t->cb = cb;
	t->arg = arg;
	t->set = *s;
	t->fd = -1;
	t->spec = mem_str(spec);
	buf_init(&t->out, 2 * TRANSPORT_QUEUE_MAX);
	e = resolve(spec, &t->ops, &t->device, why);
	if (e == ERR_OK)
		e = t->ops->open(t, t->device, why);
	if (e == ERR_OK) {
		t->watch = loop_fd_open(l, t->late != NULL ? sys_late_fd(t->late) : t->fd,
		    t->state == TRANSPORT_OPEN || t->late != NULL ? LOOP_READ : LOOP_WRITE,
		    on_fd, t);
		if (t->watch == NULL) {
			e = err_set(why, ERR_UNSUPPORTED, spec, NULL,
			    "this descriptor cannot be polled");
			if (t->ops->close != NULL)
				t->ops->close(t);
		}
	}
	if (e != ERR_OK) {
		release(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

void
transport_close(struct transport *t)
{
	if (t == NULL)
		return;
	transport_pulse_end(t, ERR_CANCELLED);
	if (t->brk != NULL)
		(void)t->ops->set_break(t, false, NULL);
	if (t->ops->close != NULL)
		t->ops->close(t);
	release(t);
}

enum transport_state
transport_state(const struct transport *t)
{
	return t->state;
}

const char *
transport_scheme(const struct transport *t)
{
	return t->ops->scheme;
}

const struct transport_settings *
transport_settings(const struct transport *t)
{
	return &t->set;
}

const char *
transport_device(const struct transport *t)
{
	return t->device;
}

const struct port *
transport_port(const struct transport *t)
{
	return t->port;
}

/* ---- break: it holds the queue */

static void
break_over(void *arg)
{
	struct transport *t = arg;

	t->brk = NULL;
	(void)t->ops->set_break(t, false, NULL);
	flush_from_loop(t);
}

enum err
transport_break(struct transport *t, uint64_t ns, struct err_msg *why)
{
	enum err e;

	if (t->state != TRANSPORT_OPEN)
		return transport_not_open(t, why);
	if (t->ops->set_break == NULL)
		return transport_unsupported(t, "break", why);
	if (t->brk != NULL)
		return err_set(why, ERR_BUSY, t->device, NULL, "a break is being sent");
	e = t->ops->set_break(t, true, why);
	if (e != ERR_OK)
		return e;
	t->brk = loop_timer_start(t->loop, ns, 0, break_over, t);
	update_events(t);
	return ERR_OK;
}
