/* client.c - requests, acknowledgements, repeats and deadlines of a debugger. */
#include "rsp/client.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "rsp/reach.h"
#include "sys/time.h"
#include "transport/transport.h"

enum { PIECE = 16 << 10, PACKET_SIZE_DEFAULT = 400, OBJECT_MAX = 4 << 20 };
enum { HEARD_MAX = 24 };

static const char NOT_GDB[] = "is this its gdb port? OpenOCD has 3333 for gdb, 4444 for telnet, "
	"6666 for Tcl";

struct rsp_client {
	struct loop *loop;
	struct transport *wire;
	struct rsp_reader reader;
	struct rsp_counts counts;
	char   *spec;
	struct buf frame, reply, printed, features;
	uint64_t timeout, packet_size;
	bool    no_ack;
	bool    opened, answered, sound;        /* sound: a packet came that was one */
	char    heard[HEARD_MAX + 1];           /* the first that came */
	enum rsp_answer answer;         /* that the request waits for */
	int     tries;
	struct loop_signal *signals[2];
	unsigned stops;                 /* ^C: the first lets the request that is under way end */
	enum err failed;
	struct err_msg why;
	unsigned char room[PIECE];
};

static void
send_bytes(struct rsp_client *c, const void *p, size_t n)
{
	c->counts.sent += n;
	(void)transport_write(c->wire, p, n, NULL);     /* a failure comes as LOST */
}

/* ---- what comes */

static void
take_reply(struct rsp_client *c, const struct rsp_unit *u)
{
	struct slice body;

	buf_clear(&c->reply);
	if (rsp_expand(u->body, u->n, &c->reply) != ERR_OK) {
		(void)err_set(&c->why, ERR_PROTO, c->spec, NULL,
		    "a reply ends in the middle of an escape");
		c->failed = ERR_PROTO;
		return;
	}
	body = slice_make(buf_str(&c->reply), c->reply.len);
	if (rsp_is_stop(body) && c->answer == RSP_ANSWER_ONE)
		return;                 /* QEMU says so to who comes: it answers nothing */
	if (rsp_is_on_the_way(body)) {
		if (body.p[0] == 'O')
			(void)rsp_from_hex(body.p + 1, body.n - 1, &c->printed);
		return;
	}
	c->answered = true;
}

/* The request itself comes back: a terminal's echo. No reply of the protocol looks like that. */
static bool
is_echo(const struct rsp_client *c, const struct rsp_unit *u)
{
	return u->n > 4 && c->frame.len == u->n + 4 && !c->answered &&
	    memcmp(c->frame.data + 1, u->body, u->n) == 0;
}

static void
fail_echo(struct rsp_client *c)
{
	c->failed = err_set(&c->why, ERR_PROTO, c->spec, NOT_GDB,
	    "what is sent comes back: a terminal, no gdb server");
}

static void
on_unit(void *arg, const struct rsp_unit *u)
{
	struct rsp_client *c = arg;

	switch (u->kind) {
	case RSP_PACKET:
		if (!rsp_is_sound(u)) {
			c->counts.bad_sums++;
			if (!c->no_ack)
				send_bytes(c, "-", 1);
			break;
		}
		if (!c->no_ack)
			send_bytes(c, "+", 1);
		c->sound = true;
		if (is_echo(c, u))
			fail_echo(c);
		else if (c->frame.len != 0 && !c->answered)
			take_reply(c, u);
		break;
	case RSP_NAK:
		c->counts.naks++;
		if (c->frame.len != 0 && !c->answered && c->tries++ < RSP_TRIES)
			send_bytes(c, c->frame.data, c->frame.len);
		break;
	case RSP_STRAY:
		c->counts.strays++;
		break;
	case RSP_ACK:
	case RSP_NOTIFICATION:
	case RSP_INTERRUPT:
		break;
	}
}

static size_t
wire_room(void *arg, unsigned char **p)
{
	struct rsp_client *c = arg;

	*p = c->room;
	return sizeof c->room;
}

static void
wire_bytes(void *arg, size_t n)
{
	struct rsp_client *c = arg;

	for (size_t i = 0; i < n && c->counts.received + i < HEARD_MAX; i++)
		c->heard[c->counts.received + i] = c->room[i] >= ' ' && c->room[i] < 0x7f ?
		    (char)c->room[i] : '.';
	c->counts.received += n;
	rsp_reader_feed(&c->reader, c->room, n, on_unit, c);
}

static void
wire_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	struct rsp_client *c = arg;

	c->opened = s == TRANSPORT_OPEN;
	if (s == TRANSPORT_LOST) {
		c->why = *why;
		c->failed = why->code;
	}
}

static const struct transport_callbacks wire_ops = {
	.room = wire_room, .bytes = wire_bytes, .state = wire_state,
};

/* ---- asking */

/* What was halted shall run on (rsp_client_detach), so it is not the end of the process. */
static void
on_signal(void *arg)
{
	struct rsp_client *c = arg;

	if (c->stops++ != 0 || !c->opened)
		c->failed = err_set(&c->why, ERR_CANCELLED, c->spec, NULL, "stopped by a signal");
}

static void
on_late(void *arg)
{
	*(bool *)arg = true;
}

/* Until *done, a failure, or the end of the time. */
static enum err
wait_for(struct rsp_client *c, const bool *done, uint64_t ns, const char *what, struct err_msg *why)
{
	bool late = false;
	struct loop_timer *timer = loop_timer_start(c->loop, ns, 0, on_late, &late);

	while (!*done && c->failed == ERR_OK && !late)
		(void)loop_turn(c->loop, -1);
	if (!late)
		loop_timer_stop(timer);
	if (*done)
		return ERR_OK;
	if (c->failed != ERR_OK) {
		if (why != NULL)
			*why = c->why;
		return c->failed;
	}
	return err_set(why, ERR_TIMEOUT, c->spec, NULL, "no answer to %s within %" PRIu64 " ms",
	    what, ns / NS_PER_MS);
}

enum err
rsp_client_ask(struct rsp_client *c, const char *body, size_t n, uint64_t timeout,
    struct buf *out, struct err_msg *why)
{
	char what[40];
	enum err e;

	if (c->stops != 0)
		return err_set(why, ERR_CANCELLED, c->spec, NULL, "stopped by a signal");
	snprintf(what, sizeof what, "%.*s", n > 30 ? 30 : (int)n, body);
	what[strcspn(what, ":;")] = '\0';
	buf_clear(&c->frame);
	buf_clear(&c->printed);
	if (rsp_frame(body, n, &c->frame) != ERR_OK)
		return err_set(why, ERR_LIMIT, c->spec, NULL,
		    "a request of %zu bytes is too long", n);
	c->answered = false;
	c->answer = n == 1 && body[0] == '?' ? RSP_ANSWER_STOP
	    : rsp_answer_of(slice_make(body, n));
	c->tries = 0;
	c->counts.requests++;
	send_bytes(c, c->frame.data, c->frame.len);
	e = wait_for(c, &c->answered, timeout, what, why);
	buf_clear(&c->frame);
	if (e == ERR_OK && out != NULL) {
		buf_clear(out);
		e = buf_add(out, buf_str(&c->reply), c->reply.len);
		if (e != ERR_OK)
			(void)err_set(why, e, c->spec, NULL,
			    "a reply of %zu bytes to %s is too long", c->reply.len, what);
	}
	return e;
}

enum err
rsp_client_say(struct rsp_client *c, const char *text, struct buf *out, struct err_msg *why)
{
	return rsp_client_ask(c, text, strlen(text), c->timeout, out, why);
}

enum err
rsp_client_monitor(struct rsp_client *c, const char *command, struct buf *text, struct err_msg *why)
{
	struct buf body, reply;
	struct slice r;
	enum err e;

	buf_init(&body, RSP_BODY_MAX);
	buf_init(&reply, RSP_BODY_MAX);
	(void)buf_add_str(&body, "qRcmd,");
	rsp_to_hex(command, strlen(command), &body);
	e = rsp_client_ask(c, buf_str(&body), body.len, c->timeout, &reply, why);
	r = slice_make(buf_str(&reply), reply.len);
	buf_clear(text);
	if (e == ERR_OK && (r.n == 0 || rsp_is_error(r)))
		e = err_set(why, ERR_UNSUPPORTED, c->spec, NULL,
		    "the server has no monitor command %s", command);
	else if (e == ERR_OK && c->printed.len != 0)
		e = buf_add(text, buf_str(&c->printed), c->printed.len);
	else if (e == ERR_OK && !slice_is(r, "OK"))
		(void)rsp_from_hex(r.p, r.n, text);
	buf_fini(&body);
	buf_fini(&reply);
	return e;
}

enum err
rsp_client_object(struct rsp_client *c, const char *object, const char *annex, struct buf *out,
    struct err_msg *why)
{
	const uint64_t piece = c->packet_size > 64 ? c->packet_size - 32 : 64;
	struct buf reply;
	enum err e = ERR_OK;
	bool last = false;

	buf_clear(out);
	buf_init(&reply, RSP_BODY_MAX);
	while (e == ERR_OK && !last && out->len < OBJECT_MAX) {
		char *body = mem_fmt("qXfer:%s:read:%s:%zx,%" PRIx64, object, annex, out->len,
		    piece);

		e = rsp_client_say(c, body, &reply, why);
		mem_free(body);
		if (e != ERR_OK)
			break;
		if (reply.len == 0 || (reply.data[0] != 'm' && reply.data[0] != 'l'))
			e = err_set(why, ERR_UNSUPPORTED, c->spec, NULL, "the server has no %s %s",
			    object, annex);
		else
			e = buf_add(out, reply.data + 1, reply.len - 1);
		last = reply.len == 1 || (reply.len != 0 && reply.data[0] == 'l');
	}
	buf_fini(&reply);
	return e;
}

/* QEMU still speaks of processes when the debugger before us did (multiprocess+), and then D
 * alone is an error: the process stands in the stop reply, thread:pPID.TID. */
void
rsp_client_detach(struct rsp_client *c)
{
	struct slice rest, thread, pid;
	struct buf reply;
	char body[32];

	c->stops = 0;
	if (c->failed == ERR_CANCELLED)
		c->failed = ERR_OK;
	buf_init(&reply, RSP_BODY_MAX);
	if (rsp_client_say(c, "D", &reply, NULL) == ERR_OK && strcmp(buf_str(&reply), "OK") != 0 &&
	    rsp_client_say(c, "?", &reply, NULL) == ERR_OK) {
		static const char key[] = "thread:p";
		const int64_t at = slice_find(slice_make(buf_str(&reply), reply.len),
		    slice_of(key));

		thread = slice_skip(slice_make(buf_str(&reply), reply.len),
		    at < 0 ? reply.len : (size_t)at + sizeof key - 1);
		pid = slice_cut(thread, '.', &rest);
		snprintf(body, sizeof body, "D;%.*s", pid.n < 16 ? (int)pid.n : 0, pid.p);
		(void)rsp_client_say(c, body, NULL, NULL);
	}
	buf_fini(&reply);
}

/* ---- what the server is */

const char *
rsp_client_features(const struct rsp_client *c)
{
	return buf_str(&c->features);
}

bool
rsp_client_has(const struct rsp_client *c, const char *feature)
{
	struct slice rest = slice_make(buf_str(&c->features), c->features.len);

	while (rest.n != 0)
		if (slice_is(slice_cut(rest, ';', &rest), feature))
			return true;
	return false;
}

uint64_t
rsp_client_packet_size(const struct rsp_client *c)
{
	return c->packet_size;
}

bool
rsp_client_is_no_ack(const struct rsp_client *c)
{
	return c->no_ack;
}

const struct rsp_counts *
rsp_client_counts(const struct rsp_client *c)
{
	return &c->counts;
}

static enum err
hello(struct rsp_client *c, bool no_ack, struct err_msg *why)
{
	static const char greeting[] = "qSupported:multiprocess-;swbreak+;hwbreak+;vContSupported+;"
	    "QThreadEvents-;no-resumed-";
	struct slice rest;
	enum err e;

	send_bytes(c, "+", 1);          /* as GDB: whatever was owed has come */
	e = rsp_client_say(c, greeting, &c->features, why);
	rest = slice_make(buf_str(&c->features), c->features.len);
	while (e == ERR_OK && rest.n != 0) {
		const struct slice one = slice_cut(rest, ';', &rest);
		uint64_t size;

		if (slice_starts(one, "PacketSize=") && slice_hex(slice_skip(one, 11), &size) &&
		    size >= 64 && size <= RSP_BODY_MAX)
			c->packet_size = size;
	}
	if (e == ERR_OK && no_ack && rsp_client_has(c, "QStartNoAckMode+")) {
		e = rsp_client_say(c, "QStartNoAckMode", NULL, why);
		c->no_ack = e == ERR_OK && strcmp(buf_str(&c->reply), "OK") == 0;
	}
	return e;
}

/* The first question had no good end: what was heard says most about it. */
static void
explain(const struct rsp_client *c, struct err_msg *why)
{
	const char *next = "is another debugger connected to it? a server serves one at a time";
	const bool wire = strncmp(c->spec, "tcp:", 4) != 0 && strncmp(c->spec, "unix:", 5) != 0;
	char text[ERR_WHY_MAX];

	if (why->next[0] != '\0' || c->sound)
		return;
	snprintf(text, sizeof text, "%s", why->why);
	if (c->counts.naks != 0) {
		snprintf(why->why, sizeof why->why, "%.300s; it asks for each packet again", text);
		next = "what is sent arrives damaged: check the speed and the line";
	} else if (c->counts.received != 0) {
		snprintf(why->why, sizeof why->why, "%.300s; it says \"%s\", which is no packet",
		    text, c->heard);
		next = wire ? "check the speed, or whether it is a gdb server at all" : NOT_GDB;
	}
	snprintf(why->next, sizeof why->next, "%s", next);
}

enum err
rsp_client_open(const char *spec, uint64_t timeout, bool no_ack, struct rsp_client **out,
    struct err_msg *why)
{
	struct rsp_client *c = mem_zero(1, sizeof *c);
	struct transport_settings set;
	enum err e;

	transport_settings_init(&set);
	c->loop = loop_new();
	c->spec = mem_str(spec);
	c->timeout = timeout;
	c->packet_size = PACKET_SIZE_DEFAULT;
	rsp_reader_init(&c->reader);
	buf_init(&c->frame, 2 * RSP_BODY_MAX);
	buf_init(&c->reply, OBJECT_MAX);
	buf_init(&c->printed, OBJECT_MAX);
	buf_init(&c->features, RSP_BODY_MAX);
	c->signals[0] = loop_signal_watch(c->loop, SIGINT, on_signal, c);
	c->signals[1] = loop_signal_watch(c->loop, SIGTERM, on_signal, c);
	e = transport_open(c->loop, spec, &set, &wire_ops, c, &c->wire, why);
	if (e == ERR_OK) {
		c->opened = transport_state(c->wire) == TRANSPORT_OPEN;
		e = wait_for(c, &c->opened, timeout, "the connection", why);
	}
	if (e != ERR_OK && why != NULL)
		rsp_reach_advise(spec, why);
	if (e == ERR_OK) {
		e = hello(c, no_ack, why);
		if (e != ERR_OK && why != NULL)
			explain(c, why);
	}
	if (e != ERR_OK) {
		rsp_client_close(c);
		c = NULL;
	}
	*out = c;
	return e;
}

void
rsp_client_close(struct rsp_client *c)
{
	if (c == NULL)
		return;
	transport_close(c->wire);
	loop_signal_forget(c->signals[0]);
	loop_signal_forget(c->signals[1]);
	loop_free(c->loop);
	rsp_reader_fini(&c->reader);
	buf_fini(&c->frame);
	buf_fini(&c->reply);
	buf_fini(&c->printed);
	buf_fini(&c->features);
	mem_free(c->spec);
	mem_free(c);
}
