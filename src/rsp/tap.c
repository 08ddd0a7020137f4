/* tap.c - two directions of bytes, and a look at each. */
#include "rsp/tap.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/time.h"
#include "transport/transport.h"

enum { PIECE = 16 << 10 };
static const uint64_t RETRY = 20 * NS_PER_MS;

struct rsp_tap {
	struct loop *loop;
	const struct rsp_tap_ops *ops;
	void   *arg;
	char   *server;
	int     listen_fd, client_fd;   /* client_fd -1: nobody is here */
	struct loop_fd *listen, *client;
	struct transport *wire;
	struct buf to_client;
	struct loop_timer *timer, *again;       /* again: the server is asked once more */
	uint64_t came;                  /* the debugger */
	bool    was_open;
	struct rsp_reader reader[2];
	struct rsp_audit audit;
	bool    server_gone;            /* what it said last is still on its way */
	struct err_msg why;
	unsigned char room[PIECE];
};

struct look {
	struct rsp_tap *tap;
	enum rsp_side by;
	uint64_t now;
};

static void connect_server(void *arg);
static void end_both(struct rsp_tap *t, const struct err_msg *why);
static void arm(struct rsp_tap *t, uint64_t now);

/* ---- looking */

static void
on_unit(void *arg, const struct rsp_unit *u)
{
	struct look *k = arg;
	struct rsp_tap *t = k->tap;

	if (t->ops->unit != NULL)
		t->ops->unit(t->arg, k->now, k->by, u, rsp_audit_request(&t->audit));
	rsp_audit_unit(&t->audit, k->by, u, k->now);
}

static void
look_at(struct rsp_tap *t, enum rsp_side by, const void *p, size_t n, uint64_t now)
{
	struct look k = { .tap = t, .by = by, .now = now };

	if (t->ops->bytes != NULL)
		t->ops->bytes(t->arg, now, by, p, n);
	rsp_audit_bytes(&t->audit, by, n, now);
	rsp_reader_feed(&t->reader[by], p, n, on_unit, &k);
	arm(t, now);
}

static void
on_timer(void *arg)
{
	struct rsp_tap *t = arg;
	const uint64_t now = sys_mono();
	const bool quiet = now - t->audit.last >= RSP_STRAY_NS;
	const bool stray = quiet && (rsp_reader_is_stray(&t->reader[0]) ||
	    rsp_reader_is_stray(&t->reader[1]));

	t->timer = NULL;
	if ((stray || rsp_audit_due(&t->audit) <= now) && t->ops->silence != NULL)
		t->ops->silence(t->arg, now);
	for (int i = 0; i < 2; i++)
		if (stray && rsp_reader_is_stray(&t->reader[i])) {
			struct look k = { .tap = t, .by = i == 0 ? RSP_CLIENT : RSP_SERVER,
				.now = now };

			rsp_reader_flush(&t->reader[i], on_unit, &k);
		}
	rsp_audit_tick(&t->audit, now);
	arm(t, now);
}

static void
arm(struct rsp_tap *t, uint64_t now)
{
	uint64_t due = rsp_audit_due(&t->audit);

	if (rsp_reader_is_stray(&t->reader[0]) || rsp_reader_is_stray(&t->reader[1]))
		due = now + RSP_STRAY_NS;
	if (t->timer == NULL && due != UINT64_MAX)
		t->timer = loop_timer_start(t->loop, due > now ? due - now : 1, 0, on_timer, t);
}

/* ---- server to debugger */

static void
update_client(struct rsp_tap *t)
{
	const bool full = transport_pending(t->wire) > RSP_TAP_WAITS;
	const bool reading = transport_state(t->wire) == TRANSPORT_OPEN && !full;

	loop_fd_events(t->client, (reading ? (unsigned)LOOP_READ : 0u) |
	    (t->to_client.len != 0 ? (unsigned)LOOP_WRITE : 0u));
}

/* False when the debugger is gone. */
static bool
flush_client(struct rsp_tap *t)
{
	while (t->to_client.len != 0) {
		const ssize_t n = sys_write(t->client_fd, t->to_client.data, t->to_client.len);

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n <= 0)
			return false;
		buf_eat(&t->to_client, (size_t)n);
	}
	return true;
}

static void
say_to_client(struct rsp_tap *t, const unsigned char *p, size_t n)
{
	ssize_t put = 0;

	if (t->to_client.len == 0) {
		put = sys_write(t->client_fd, p, n);
		if (put < 0)
			put = 0;        /* a failure shows again in the loop */
	}
	if ((size_t)put < n)
		(void)buf_add(&t->to_client, p + put, n - (size_t)put);
	transport_read_pause(t->wire, t->to_client.len > RSP_TAP_WAITS);
	update_client(t);
}

static size_t
wire_room(void *arg, unsigned char **p)
{
	struct rsp_tap *t = arg;

	*p = t->room;
	return sizeof t->room;
}

static void
wire_bytes(void *arg, size_t n)
{
	struct rsp_tap *t = arg;
	const uint64_t now = sys_mono();

	say_to_client(t, t->room, n);
	look_at(t, RSP_SERVER, t->room, n, now);
}

/* QEMU takes the next debugger a moment after the last one left, and a server may just be starting:
 * GDB itself tries for a while (set tcp auto-retry). */
static void
not_there(struct rsp_tap *t, const struct err_msg *why)
{
	const struct err_msg kept = *why;

	transport_close(t->wire);
	t->wire = NULL;
	if (sys_mono() - t->came < RSP_TAP_PATIENCE)
		t->again = loop_timer_start(t->loop, RETRY, 0, connect_server, t);
	else
		end_both(t, &kept);
}

static void
wire_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	struct rsp_tap *t = arg;

	if (s == TRANSPORT_OPEN) {
		t->was_open = true;
		update_client(t);
		t->ops->opened(t->arg);
	} else if (s == TRANSPORT_LOST && !t->was_open) {
		not_there(t, why);
	} else if (s == TRANSPORT_LOST) {
		t->server_gone = true;
		t->why = *why;
		if (t->to_client.len == 0 || !flush_client(t) || t->to_client.len == 0)
			end_both(t, &t->why);
		else
			loop_fd_events(t->client, LOOP_WRITE);
	}
}

static void
wire_drained(void *arg)
{
	struct rsp_tap *t = arg;

	update_client(t);
}

static const struct transport_callbacks wire_ops = {
	.room = wire_room, .bytes = wire_bytes, .state = wire_state, .drained = wire_drained,
};

/* ---- debugger to server */

/* False when the debugger is gone. */
static bool
read_client(struct rsp_tap *t)
{
	unsigned char piece[PIECE];
	const ssize_t n = sys_read(t->client_fd, piece, sizeof piece);
	const uint64_t now = sys_mono();

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return true;
	if (n <= 0)
		return false;
	(void)transport_write(t->wire, piece, (size_t)n, NULL);
	look_at(t, RSP_CLIENT, piece, (size_t)n, now);
	return true;
}

static void
on_client(void *arg, unsigned events)
{
	struct rsp_tap *t = arg;
	bool here = true;

	if ((events & LOOP_WRITE) != 0) {
		here = flush_client(t);
		if (t->server_gone && (!here || t->to_client.len == 0)) {
			end_both(t, &t->why);
			return;
		}
		transport_read_pause(t->wire, t->to_client.len > RSP_TAP_WAITS);
	}
	if (here && t->wire != NULL && !t->server_gone && (events & (LOOP_READ | LOOP_HANGUP)) != 0)
		here = read_client(t);
	if (!here)
		end_both(t, NULL);
	else if (t->wire != NULL)
		update_client(t);
}

/* ---- life */

static void
connect_server(void *arg)
{
	struct rsp_tap *t = arg;
	struct transport_settings set;
	struct err_msg why;

	t->again = NULL;
	transport_settings_init(&set);
	if (transport_open(t->loop, t->server, &set, &wire_ops, t, &t->wire, &why) != ERR_OK)
		not_there(t, &why);
	else if (transport_state(t->wire) == TRANSPORT_OPEN)
		wire_state(t, TRANSPORT_OPEN, NULL);
}

static void
on_listen(void *arg, unsigned events)
{
	struct rsp_tap *t = arg;
	const int fd = sys_accept(t->listen_fd);

	(void)events;
	if (fd < 0)
		return;
	loop_fd_events(t->listen, 0);
	t->client_fd = fd;
	t->came = sys_mono();
	t->server_gone = t->was_open = false;
	for (int i = 0; i < 2; i++)
		rsp_reader_init(&t->reader[i]);
	rsp_audit_init(&t->audit, &t->ops->audit, t->arg);
	t->client = loop_fd_open(t->loop, fd, 0, on_client, t);
	connect_server(t);
}

static void
end_both(struct rsp_tap *t, const struct err_msg *why)
{
	const uint64_t now = sys_mono();

	loop_timer_stop(t->timer);
	loop_timer_stop(t->again);
	t->timer = t->again = NULL;
	for (int i = 0; i < 2; i++) {
		struct look k = { .tap = t, .by = i == 0 ? RSP_CLIENT : RSP_SERVER, .now = now };

		rsp_reader_flush(&t->reader[i], on_unit, &k);
		rsp_reader_fini(&t->reader[i]);
	}
	transport_close(t->wire);
	t->wire = NULL;
	loop_fd_close(t->client);
	t->client = NULL;
	sys_close(t->client_fd);
	t->client_fd = -1;
	buf_clear(&t->to_client);
	if (t->listen != NULL)
		loop_fd_events(t->listen, LOOP_READ);
	t->ops->ended(t->arg, why);
}

const struct rsp_audit *
rsp_tap_audit(const struct rsp_tap *t)
{
	return &t->audit;
}

struct rsp_tap *
rsp_tap_open(struct loop *l, int listen_fd, const char *server, const struct rsp_tap_ops *ops,
    void *arg)
{
	struct rsp_tap *t = mem_zero(1, sizeof *t);

	t->loop = l;
	t->ops = ops;
	t->arg = arg;
	t->server = mem_str(server);
	t->listen_fd = listen_fd;
	t->client_fd = -1;
	buf_init(&t->to_client, RSP_TAP_WAITS + 2 * TRANSPORT_TURN);
	rsp_audit_init(&t->audit, &ops->audit, arg);
	t->listen = loop_fd_open(l, listen_fd, LOOP_READ, on_listen, t);
	return t;
}

void
rsp_tap_close(struct rsp_tap *t)
{
	if (t == NULL)
		return;
	loop_fd_close(t->listen);
	t->listen = NULL;
	if (t->client_fd >= 0)
		end_both(t, NULL);
	sys_close(t->listen_fd);
	buf_fini(&t->to_client);
	mem_free(t->server);
	mem_free(t);
}
