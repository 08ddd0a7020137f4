/* reach.c - connecting to a server, and the pair that stands for a wire that wraps its bytes. */
#include "rsp/reach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/time.h"
#include "transport/transport.h"

enum { PIECE = 16 << 10, WAITS = 256 << 10 };
static const uint64_t RETRY = 20 * NS_PER_MS, LIMIT = 10 * NS_PER_S;

struct rsp_reach {
	struct loop *loop;
	const struct rsp_reach_ops *ops;
	void   *arg;
	char   *server;
	uint64_t since;
	struct transport *wire;
	struct loop_timer *again;       /* the server is asked once more */
	struct loop_timer *limit;       /* until it answers at all */
	bool    reached;

	/* of a wire that wraps */
	int     pair[2];                /* [0] is ours; -1: there is none */
	struct loop_fd *watch;
	struct buf out;                 /* to pair[0] */
	bool    lost;                   /* what it said last is still on its way */
	struct err_msg why;             /* code ERR_OK: it never said */
	unsigned char room[PIECE];
};

static void connect_server(void *arg);

/* ---- a pair */

static void
update_pair(struct rsp_reach *r)
{
	const bool reads = !r->lost && transport_pending(r->wire) <= WAITS;

	if (r->watch != NULL)
		loop_fd_events(r->watch, (reads ? (unsigned)LOOP_READ : 0u) |
		    (r->out.len != 0 ? (unsigned)LOOP_WRITE : 0u));
}

static void
end_pair(struct rsp_reach *r)
{
	loop_fd_close(r->watch);
	r->watch = NULL;
	sys_close(r->pair[0]);
	r->pair[0] = -1;
}

/* To the pair; whoever reads there learns of the end behind the last byte. */
static void
flush_pair(struct rsp_reach *r)
{
	while (r->out.len != 0) {
		const ssize_t n = sys_write(r->pair[0], r->out.data, r->out.len);

		if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			buf_clear(&r->out);
		else if (n <= 0)
			break;
		else
			buf_eat(&r->out, (size_t)n);
	}
	if (r->lost && r->out.len == 0) {
		end_pair(r);
		return;
	}
	if (!r->lost)
		transport_read_pause(r->wire, r->out.len > WAITS);
	update_pair(r);
}

static void
on_pair(void *arg, unsigned events)
{
	struct rsp_reach *r = arg;
	unsigned char piece[PIECE];
	ssize_t n;

	if ((events & LOOP_WRITE) != 0)
		flush_pair(r);
	if (r->watch == NULL || r->lost || (events & (LOOP_READ | LOOP_HANGUP)) == 0)
		return;
	n = sys_read(r->pair[0], piece, sizeof piece);
	if (n > 0)
		(void)transport_write(r->wire, piece, (size_t)n, NULL);
	else if (n == 0)
		loop_fd_events(r->watch, 0);    /* rsp_reach_close comes */
	if (n != 0)
		update_pair(r);
}

/* The descriptor for others; -1 when there is none to be had. */
static int
open_pair(struct rsp_reach *r)
{
	if (!sys_socketpair(r->pair))
		return -1;
	r->watch = loop_fd_open(r->loop, r->pair[0], LOOP_READ, on_pair, r);
	return r->pair[1];
}

/* ---- the wire */

static size_t
wire_room(void *arg, unsigned char **p)
{
	struct rsp_reach *r = arg;

	*p = r->room;
	return sizeof r->room;
}

static void
wire_bytes(void *arg, size_t n)
{
	struct rsp_reach *r = arg;

	if (r->watch == NULL)
		return;
	(void)buf_add(&r->out, r->room, n);
	flush_pair(r);
}

void
rsp_reach_advise(const char *server, struct err_msg *why)
{
	if (why->code == ERR_TIMEOUT && why->next[0] == '\0')
		snprintf(why->next, sizeof why->next, "is the host on? is another debugger "
		    "connected? a server serves one at a time");
	else if (why->next[0] == '\0' && strncmp(server, "tcp:", 4) == 0)
		snprintf(why->next, sizeof why->next, "does it run? OpenOCD listens at 3333, "
		    "QEMU -s at 1234, st-util at 4242, J-Link at 2331");
}

/* QEMU takes the next debugger a moment after the last one left, and a server may just be starting:
 * GDB itself tries for a while (set tcp auto-retry). */
static void
not_there(struct rsp_reach *r, const struct err_msg *why)
{
	struct err_msg kept = *why;

	transport_close(r->wire);
	r->wire = NULL;
	rsp_reach_advise(r->server, &kept);
	if (sys_mono() - r->since < RSP_REACH_PATIENCE)
		r->again = loop_timer_start(r->loop, RETRY, 0, connect_server, r);
	else
		r->ops->failed(r->arg, &kept);
}

static void
is_there(struct rsp_reach *r)
{
	int fd = transport_lend(r->wire);
	struct err_msg why;

	r->reached = true;
	loop_timer_stop(r->limit);
	r->limit = NULL;
	if (fd < 0)
		fd = open_pair(r);
	if (fd >= 0) {
		r->ops->reached(r->arg, fd);
		return;
	}
	(void)err_errno(&why, errno, r->server, "making a pair of sockets");
	r->ops->failed(r->arg, &why);
}

/* A host that is switched off refuses nothing: its network is silent for minutes. */
static void
no_answer(void *arg)
{
	struct rsp_reach *r = arg;
	struct err_msg why;

	r->limit = NULL;
	(void)err_set(&why, ERR_TIMEOUT, r->server, "ping the host; is it on, is this its address?",
	    "no answer to the connection in %u s", (unsigned)(LIMIT / NS_PER_S));
	r->ops->failed(r->arg, &why);
}

static void
wire_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	struct rsp_reach *r = arg;

	if (s == TRANSPORT_OPEN) {
		is_there(r);
	} else if (s == TRANSPORT_LOST && !r->reached) {
		not_there(r, why);
	} else if (s == TRANSPORT_LOST) {
		r->lost = true;
		r->why = *why;
		if (r->watch != NULL)
			flush_pair(r);
	}
}

static void
wire_drained(void *arg)
{
	update_pair(arg);
}

static const struct transport_callbacks wire_ops = {
	.room = wire_room, .bytes = wire_bytes, .state = wire_state, .drained = wire_drained,
};

static void
connect_server(void *arg)
{
	struct rsp_reach *r = arg;
	struct transport_settings set;
	struct err_msg why;

	r->again = NULL;
	transport_settings_init(&set);
	if (transport_open(r->loop, r->server, &set, &wire_ops, r, &r->wire, &why) != ERR_OK)
		not_there(r, &why);
	else if (transport_state(r->wire) == TRANSPORT_OPEN)
		is_there(r);
}

/* ---- life */

struct rsp_reach *
rsp_reach_open(struct loop *l, const char *server, const struct rsp_reach_ops *ops, void *arg)
{
	struct rsp_reach *r = mem_zero(1, sizeof *r);

	r->loop = l;
	r->ops = ops;
	r->arg = arg;
	r->server = mem_str(server);
	r->since = sys_mono();
	r->pair[0] = r->pair[1] = -1;
	buf_init(&r->out, WAITS + 2 * TRANSPORT_TURN);
	r->limit = loop_timer_start(l, LIMIT, 0, no_answer, r);
	loop_defer(l, connect_server, r);
	return r;
}

void
rsp_reach_close(struct rsp_reach *r)
{
	if (r == NULL)
		return;
	loop_defer_cancel(r->loop, connect_server, r);
	loop_timer_stop(r->again);
	loop_timer_stop(r->limit);
	end_pair(r);
	sys_close(r->pair[1]);
	transport_close(r->wire);
	buf_fini(&r->out);
	mem_free(r->server);
	mem_free(r);
}

void
rsp_reach_why(const struct rsp_reach *r, int errnum, struct err_msg *why)
{
	if (r->lost)
		*why = r->why;
	else
		transport_lent_end(r->wire, errnum, why);
}
