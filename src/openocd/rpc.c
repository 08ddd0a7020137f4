/* rpc.c - one connection to OpenOCD's Tcl port. */
#include "openocd/rpc.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/list.h"
#include "openocd/tcl.h"
#include "transport/transport.h"

enum { PIECE = 16 << 10, END = 0x1a };

struct ask {
	struct list node;
	char *frame;
	size_t n;
	uint64_t timeout;
	ocd_answer cb;
	void *arg;
	struct err_msg why;             /* of one that was refused at once */
};

struct ocd_rpc {
	struct loop *loop;
	struct transport *wire;
	const struct ocd_rpc_ops *ops;
	void *arg;
	char *where;                    /* host:port, for messages */
	struct list waiting, refused;
	unsigned waits;
	struct ask *now;                /* sent, its answer is awaited */
	struct loop_timer *late;
	unsigned dropped;               /* answers that come for nobody any more */
	struct buf in;
	size_t seen;                    /* bytes of in without an end */
	struct err_msg why;
	bool open, lost;
	unsigned char room[PIECE];
};

static void next(struct ocd_rpc *r);

static void
answer(struct ask *a, const char *text, size_t n, const struct err_msg *why)
{
	if (a->cb != NULL)
		a->cb(a->arg, text, n, why);
	mem_free(a->frame);
	mem_free(a);
}

static void
fail_all(struct ocd_rpc *r, const struct err_msg *why)
{
	struct ask *now = r->now;

	loop_timer_stop(r->late);
	r->late = NULL;
	r->now = NULL;
	if (now != NULL)
		answer(now, "", 0, why);
	while (!list_empty(&r->waiting)) {
		struct ask *a = LIST_ENTRY(r->waiting.next, struct ask, node);

		list_del(&a->node);
		r->waits--;
		answer(a, "", 0, why);
	}
}

/* Told at the end of the turn: the owner may close then. */
static void
tell_lost(void *arg)
{
	struct ocd_rpc *r = arg;
	const struct err_msg why = r->why;

	fail_all(r, &why);
	r->ops->lost(r->arg, &why);
}

static void
lose(struct ocd_rpc *r, const struct err_msg *why)
{
	if (r->lost)
		return;
	r->lost = true;
	r->open = false;
	r->why = *why;
	loop_defer(r->loop, tell_lost, r);
}

/* ---- what comes */

/* The words of a refusal, as one line: the last that says something. */
static void
refusal(const struct buf *text, struct err_msg *why)
{
	struct slice rest = slice_make(buf_str(text), text->len), best = slice_of("");

	while (rest.n != 0) {
		const struct slice line = slice_trim(slice_cut(rest, '\n', &rest));

		if (line.n != 0 && (best.n == 0 || !slice_starts(line, "in procedure")))
			best = line;
	}
	if (best.n == 0 || (best.n < 8 && best.p[0] == '-'))
		(void)err_set(why, ERR_TOOL, "openocd", NULL, "it refused, without a word (%.*s)",
		    (int)best.n, best.p);
	else
		(void)err_set(why, ERR_TOOL, "openocd", NULL, "%.*s",
		    best.n > ERR_WHY_MAX - 1 ? ERR_WHY_MAX - 1 : (int)best.n, best.p);
}

static void
take_answer(struct ocd_rpc *r, const char *p, size_t n)
{
	struct ask *a = r->now;
	struct buf text;
	struct err_msg why;
	enum err e;

	if (r->dropped != 0) {
		r->dropped--;
		return;
	}
	if (a == NULL)
		return;                 /* it speaks unasked: nobody's answer */
	loop_timer_stop(r->late);
	r->late = NULL;
	r->now = NULL;
	buf_init(&text, RPC_REPLY_MAX + 1);
	e = tcl_unwrap(p, n, &text);
	if (e == ERR_PROTO)
		(void)err_set(&why, e, r->where, NULL,
		    "what it answers is not what OpenOCD would: %.60s", p);
	else if (e == ERR_TOOL)
		refusal(&text, &why);
	answer(a, e == ERR_OK ? buf_str(&text) : "", e == ERR_OK ? text.len : 0,
	    e == ERR_OK ? NULL : &why);
	buf_fini(&text);
}

static void
take_frame(struct ocd_rpc *r, char *p, size_t n)
{
	static const char mark[] = "type ";

	p[n] = '\0';
	if (n >= sizeof mark - 1 && memcmp(p, mark, sizeof mark - 1) == 0) {
		while (n != 0 && (p[n - 1] == '\r' || p[n - 1] == '\n'))
			p[--n] = '\0';
		if (r->ops->event != NULL)
			r->ops->event(r->arg, p + sizeof mark - 1);
		return;
	}
	take_answer(r, p, n);
}

static void
wire_bytes(void *arg, size_t n)
{
	struct ocd_rpc *r = arg;
	struct err_msg why;
	size_t from = 0;

	if (r->lost)
		return;
	if (buf_add(&r->in, r->room, n) != ERR_OK) {
		(void)err_set(&why, ERR_LIMIT, r->where, NULL,
		    "an answer of more than %d bytes", RPC_REPLY_MAX);
		lose(r, &why);
		return;
	}
	for (;;) {
		char *end = memchr(r->in.data + r->seen, END, r->in.len - r->seen);

		if (end == NULL)
			break;
		take_frame(r, r->in.data + from, (size_t)(end - r->in.data) - from);
		from = r->seen = (size_t)(end - r->in.data) + 1;
	}
	buf_eat(&r->in, from);
	r->seen = r->in.len;
	next(r);
}

static size_t
wire_room(void *arg, unsigned char **p)
{
	struct ocd_rpc *r = arg;

	*p = r->room;
	return sizeof r->room;
}

static void
opened(void *arg)
{
	struct ocd_rpc *r = arg;

	if (r->lost || r->open)
		return;
	r->open = true;
	r->ops->opened(r->arg);
	next(r);
}

static void
wire_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	struct ocd_rpc *r = arg;
	struct err_msg m;

	if (s == TRANSPORT_OPEN) {
		opened(r);
	} else if (s == TRANSPORT_LOST) {
		(void)err_set(&m, ERR_LOST, r->where, NULL, "%s", why->why);
		lose(r, &m);
	}
}

static const struct transport_callbacks wire_ops = {
	.room = wire_room, .bytes = wire_bytes, .state = wire_state,
};

/* ---- asking */

static void
on_late(void *arg)
{
	struct ocd_rpc *r = arg;
	struct ask *a = r->now;
	struct err_msg why;

	r->late = NULL;
	r->now = NULL;
	r->dropped++;
	(void)err_set(&why, ERR_TIMEOUT, "openocd", NULL, "no answer within %.1f s",
	    (double)a->timeout / (double)NS_PER_S);
	answer(a, "", 0, &why);
	next(r);
}

static void
next(struct ocd_rpc *r)
{
	struct ask *a;

	if (!r->open || r->now != NULL || list_empty(&r->waiting))
		return;
	a = LIST_ENTRY(r->waiting.next, struct ask, node);
	list_del(&a->node);
	r->waits--;
	r->now = a;
	r->late = loop_timer_start(r->loop, a->timeout, 0, on_late, r);
	(void)transport_write(r->wire, a->frame, a->n, NULL);   /* a failure comes as LOST */
}

static void
tell_refused(void *arg)
{
	struct ocd_rpc *r = arg;

	while (!list_empty(&r->refused)) {
		struct ask *a = LIST_ENTRY(r->refused.next, struct ask, node);
		const struct err_msg why = a->why;

		list_del(&a->node);
		answer(a, "", 0, &why);
	}
}

void
ocd_rpc_ask(struct ocd_rpc *r, const char *script, bool log, uint64_t timeout, ocd_answer cb,
    void *arg)
{
	struct ask *a = mem_zero(1, sizeof *a);
	struct buf frame;
	enum err e = ERR_OK;

	*a = (struct ask){ .timeout = timeout, .cb = cb, .arg = arg };
	buf_init(&frame, RPC_SCRIPT_MAX);
	if (r->lost)
		e = (a->why = r->why).code;
	else if (r->waits >= RPC_WAITING)
		e = err_set(&a->why, ERR_BUSY, "openocd", NULL, "%u scripts wait for it already",
		    r->waits);
	else if (tcl_wrap(script, log, &frame) != ERR_OK || buf_add_byte(&frame, END) != ERR_OK)
		e = err_set(&a->why, ERR_USAGE, "openocd", NULL,
		    "a script that is too long, or holds a byte that none may hold");
	list_add_tail(e == ERR_OK ? &r->waiting : &r->refused, &a->node);
	if (e == ERR_OK) {
		a->n = frame.len;
		a->frame = buf_take(&frame);
		r->waits++;
		next(r);
	} else {
		loop_defer(r->loop, tell_refused, r);
	}
	buf_fini(&frame);
}

/* ---- life */

bool
ocd_rpc_is_open(const struct ocd_rpc *r)
{
	return r != NULL && r->open;
}

enum err
ocd_rpc_open(struct loop *l, const char *host, unsigned port, const struct ocd_rpc_ops *ops,
    void *arg, struct ocd_rpc **out, struct err_msg *why)
{
	struct ocd_rpc *r = mem_zero(1, sizeof *r);
	struct transport_settings set;
	char spec[200];
	enum err e;

	snprintf(spec, sizeof spec, "tcp:%.150s:%u", host, port);
	r->loop = l;
	r->ops = ops;
	r->arg = arg;
	r->where = mem_fmt("OpenOCD at %s:%u", host, port);
	list_init(&r->waiting);
	list_init(&r->refused);
	buf_init(&r->in, RPC_REPLY_MAX + PIECE);
	transport_settings_init(&set);
	e = transport_open(l, spec, &set, &wire_ops, r, &r->wire, why);
	if (e != ERR_OK) {
		ocd_rpc_close(r);
		r = NULL;
	} else {
		ocd_rpc_ask(r, "tcl_notifications on", false, 10 * NS_PER_S, NULL, NULL);
		if (transport_state(r->wire) == TRANSPORT_OPEN)
			loop_defer(l, opened, r);
	}
	*out = r;
	return e;
}

void
ocd_rpc_close(struct ocd_rpc *r)
{
	struct err_msg why;

	if (r == NULL)
		return;
	loop_defer_cancel(r->loop, tell_lost, r);
	loop_defer_cancel(r->loop, opened, r);
	loop_defer_cancel(r->loop, tell_refused, r);
	r->lost = true;
	r->open = false;
	(void)err_set(&r->why, ERR_CANCELLED, "openocd", NULL, "the connection was closed");
	why = r->why;
	fail_all(r, &why);
	tell_refused(r);
	transport_close(r->wire);
	buf_fini(&r->in);
	mem_free(r->where);
	mem_free(r);
}
