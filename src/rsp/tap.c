/* tap.c - a debugger, its server, and a look at what they say. */
#include "rsp/tap.h"

#include <string.h>

#include "base/alloc.h"
#include "rsp/reach.h"
#include "rsp/relay.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/time.h"

/* The timer may be due while bytes are on their way: a moment later it is known. */
static const uint64_t MOMENT = 2 * NS_PER_MS;

struct rsp_tap {
	struct loop *loop;
	const struct rsp_tap_ops *ops;
	void   *arg;
	char   *server;
	int     listen_fd, client_fd;   /* client_fd -1: nobody is here */
	struct loop_fd *listen;
	struct rsp_reach *reach;
	struct rsp_relay *relay;
	struct loop_timer *timer;
	struct rsp_reader reader[2];
	struct rsp_audit audit;
};

struct look {
	struct rsp_tap *tap;
	enum rsp_side by;
	uint64_t now;
};

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
look_at(struct rsp_tap *t, const struct rsp_piece *p)
{
	struct look k = { .tap = t, .by = p->by, .now = p->at };

	if (t->ops->bytes != NULL)
		t->ops->bytes(t->arg, p->at, p->by, p->p, p->n);
	rsp_audit_bytes(&t->audit, p->by, p->n, p->at);
	rsp_reader_feed(&t->reader[p->by], p->p, p->n, on_unit, &k);
}

/* What came until now, but no more than fits the ring: the debugger may be quicker than we are. */
static void
look(struct rsp_tap *t)
{
	struct rsp_piece p;

	for (size_t n = 0; n < RSP_RELAY_RING && rsp_relay_next(t->relay, &p); n += p.n) {
		look_at(t, &p);
		rsp_relay_seen(t->relay);
	}
	if (t->ops->rest != NULL)
		t->ops->rest(t->arg);
}

static void
pass_silence(struct rsp_tap *t, uint64_t now)
{
	const bool quiet = now - t->audit.last >= RSP_STRAY_NS;
	const bool stray = quiet && (rsp_reader_is_stray(&t->reader[0]) ||
	    rsp_reader_is_stray(&t->reader[1]));

	if ((stray || rsp_audit_due(&t->audit) <= now) && t->ops->silence != NULL)
		t->ops->silence(t->arg, now);
	for (int i = 0; i < 2; i++)
		if (stray && rsp_reader_is_stray(&t->reader[i])) {
			struct look k = { .tap = t, .by = i == 0 ? RSP_CLIENT : RSP_SERVER,
				.now = now };

			rsp_reader_flush(&t->reader[i], on_unit, &k);
		}
	rsp_audit_tick(&t->audit, now);
}

/* Nothing may be called missing that only was not looked at: while bytes pass, what was missing
 * when the last of them came is. */
static void
on_timer(void *arg)
{
	struct rsp_tap *t = arg;
	uint64_t now;

	t->timer = NULL;
	look(t);
	now = sys_mono();
	pass_silence(t, rsp_relay_is_quiet(t->relay) ? now : t->audit.last);
	arm(t, now);
}

static void
arm(struct rsp_tap *t, uint64_t now)
{
	uint64_t due = rsp_audit_due(&t->audit);

	if (rsp_reader_is_stray(&t->reader[0]) || rsp_reader_is_stray(&t->reader[1]))
		due = now + RSP_STRAY_NS;
	if (t->timer == NULL && due != UINT64_MAX)
		t->timer = loop_timer_start(t->loop, due > now + MOMENT ? due - now : MOMENT, 0,
		    on_timer, t);
}

/* ---- one conversation */

/* why NULL: the debugger left. */
static void
end_both(struct rsp_tap *t, const struct err_msg *why)
{
	uint64_t now;

	if (t->relay != NULL) {
		rsp_relay_stop(t->relay);
		look(t);
	}
	now = sys_mono();
	rsp_relay_close(t->relay);
	t->relay = NULL;
	rsp_reach_close(t->reach);
	t->reach = NULL;
	loop_timer_stop(t->timer);
	t->timer = NULL;
	for (int i = 0; i < 2; i++) {
		struct look k = { .tap = t, .by = i == 0 ? RSP_CLIENT : RSP_SERVER, .now = now };

		rsp_reader_flush(&t->reader[i], on_unit, &k);
		rsp_reader_fini(&t->reader[i]);
	}
	if (why != NULL)
		rsp_audit_cut(&t->audit, now);
	sys_close(t->client_fd);
	t->client_fd = -1;
	if (t->listen != NULL)
		loop_fd_events(t->listen, LOOP_READ);
	t->ops->ended(t->arg, why);
}

static void
on_bell(void *arg)
{
	struct rsp_tap *t = arg;
	enum rsp_side by;
	struct err_msg why;
	int errnum;
	/* asked before the look: nothing comes behind it */
	const bool over = rsp_relay_is_over(t->relay, &by, &errnum);

	look(t);
	if (!over) {
		arm(t, sys_mono());
		return;
	}
	if (by == RSP_SERVER)
		rsp_reach_why(t->reach, errnum, &why);
	end_both(t, by == RSP_SERVER ? &why : NULL);
}

static void
on_reached(void *arg, int fd)
{
	struct rsp_tap *t = arg;
	const int fds[2] = { t->client_fd, fd };
	struct err_msg why;

	t->ops->opened(t->arg);
	t->relay = rsp_relay_open(t->loop, fds, on_bell, t);
	if (t->relay == NULL) {
		(void)err_set(&why, ERR_MEMORY, t->server, "end some programs, or raise ulimit -u",
		    "no thread is to be had to pass the bytes on");
		end_both(t, &why);
	}
}

static void
on_failed(void *arg, const struct err_msg *why)
{
	const struct err_msg kept = *why;

	end_both(arg, &kept);
}

static const struct rsp_reach_ops reach_ops = { .reached = on_reached, .failed = on_failed };

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
	for (int i = 0; i < 2; i++)
		rsp_reader_init(&t->reader[i]);
	rsp_audit_init(&t->audit, &t->ops->audit, t->arg);
	t->reach = rsp_reach_open(t->loop, t->server, &reach_ops, t);
}

/* ---- life */

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
	mem_free(t->server);
	mem_free(t);
}
