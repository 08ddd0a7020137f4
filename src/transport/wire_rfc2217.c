/* wire_rfc2217.c - telnet and RFC 2217 over TCP. */
#include "transport/wire_rfc2217.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sys/time.h"
#include "transport/telnet.h"
#include "transport/wire_tcp.h"

/* RFC 2217, 3: commands of the client; the server's answers are 100 higher. */
enum {
	SIGNATURE = 0, SET_BAUD = 1, SET_DATA = 2, SET_PARITY = 3, SET_STOP = 4, SET_CONTROL = 5,
	NOTIFY_LINE = 6, NOTIFY_MODEM = 7, FLOW_SUSPEND = 8, FLOW_RESUME = 9, SET_LINE_MASK = 10,
	SET_MODEM_MASK = 11, PURGE = 12, SERVER = 100,
	CONTROL_BREAK_ON = 5, CONTROL_BREAK_OFF = 6, CONTROL_DTR_ASK = 7, CONTROL_DTR_ON = 8,
	CONTROL_DTR_OFF = 9, CONTROL_RTS_ASK = 10, CONTROL_RTS_ON = 11, CONTROL_RTS_OFF = 12,
	LINE_BREAK = 16, LINE_FRAMING = 8, LINE_PARITY = 4, LINE_OVERRUN = 2,
};
static const uint64_t ANSWER_NS = 3 * NS_PER_S, QUIET_NS = NS_PER_S;
static const char parities[] = "noems";         /* values 1 to 5 */

struct remote {
	struct transport *t;
	struct telnet telnet;
	bool com_port;                  /* rfc2217:, not telnet: */
	bool agreed, refused;
	unsigned lines;                 /* as the server last said */
	uint64_t said;                  /* sys_mono() of the last line error that was told */
	struct loop_timer *answer;
};

static void
send_raw(void *arg, const unsigned char *p, size_t n)
{
	transport_raw(((struct remote *)arg)->t, p, n);
}

static bool
want(void *arg, bool ours, unsigned char option)
{
	const struct remote *r = arg;

	if (option == TELNET_BINARY || option == TELNET_SGA)
		return true;
	if (option == TELNET_COM_PORT)
		return r->com_port;
	return option == TELNET_ECHO && !ours;          /* the far side may echo */
}

static const struct telnet_ops telnet_ops;

static void
command(struct remote *r, unsigned char c, const unsigned char *value, size_t n)
{
	unsigned char out[32] = { c };

	memcpy(out + 1, value, n);
	telnet_sub(&telnet_ops, r, TELNET_COM_PORT, out, n + 1);
}

static void
command_byte(struct remote *r, unsigned char c, unsigned char value)
{
	command(r, c, &value, 1);
}

/* ---- what we set */

static void
send_settings(struct remote *r)
{
	const struct transport_settings *s = &r->t->set;
	const char *parity = strchr(parities, s->parity == 0 ? 'n' : s->parity);
	const unsigned char baud[4] = { (unsigned char)(s->baud >> 24),
	    (unsigned char)(s->baud >> 16), (unsigned char)(s->baud >> 8), (unsigned char)s->baud };

	if (s->baud != 0)
		command(r, SET_BAUD, baud, sizeof baud);
	command_byte(r, SET_DATA, s->data == 0 ? 8 : s->data);
	command_byte(r, SET_PARITY,
	    parity != NULL ? (unsigned char)(parity - parities + 1) : 1);
	command_byte(r, SET_STOP, s->stop == 2 ? 2 : 1);
	command_byte(r, SET_CONTROL, s->flow == FLOW_RTSCTS ? 3 : s->flow == FLOW_XONXOFF ? 2 : 1);
}

static void
send_lines(struct remote *r, unsigned mask, unsigned on)
{
	if ((mask & LINE_DTR) != 0)
		command_byte(r, SET_CONTROL, (on & LINE_DTR) != 0 ? CONTROL_DTR_ON
		    : CONTROL_DTR_OFF);
	if ((mask & LINE_RTS) != 0)
		command_byte(r, SET_CONTROL, (on & LINE_RTS) != 0 ? CONTROL_RTS_ON
		    : CONTROL_RTS_OFF);
	r->lines = (r->lines & ~mask) | (on & mask);
}

static void
begin(struct remote *r)
{
	const struct transport_settings *s = &r->t->set;
	static const char name[] = "Vise";

	command(r, SIGNATURE, (const unsigned char *)name, sizeof name - 1);
	command_byte(r, SET_MODEM_MASK, 255);
	command_byte(r, SET_LINE_MASK, LINE_BREAK | LINE_FRAMING | LINE_PARITY | LINE_OVERRUN);
	send_settings(r);
	if (s->dtr >= 0 || s->rts >= 0)
		send_lines(r, (s->dtr >= 0 ? LINE_DTR : 0u) | (s->rts >= 0 ? LINE_RTS : 0u),
		    (s->dtr > 0 ? LINE_DTR : 0u) | (s->rts > 0 ? LINE_RTS : 0u));
	command_byte(r, SET_CONTROL, CONTROL_DTR_ASK);
	command_byte(r, SET_CONTROL, CONTROL_RTS_ASK);
}

/* ---- what the server says */

static void
no_answer(void *arg)
{
	struct remote *r = arg;

	r->answer = NULL;
	if (r->t->state != TRANSPORT_OPEN)
		return;
	transport_news(r->t, "the server does not speak RFC 2217: speed and lines are its own");
}

static void
changed(void *arg, bool ours, unsigned char option, bool on)
{
	struct remote *r = arg;

	if (!ours || option != TELNET_COM_PORT || !r->com_port)
		return;
	loop_timer_stop(r->answer);
	r->answer = NULL;
	r->agreed = on;
	if (on) {
		begin(r);
	} else if (!r->refused) {
		r->refused = true;
		transport_news(r->t, "the server refuses RFC 2217: speed and lines are its own");
	}
}

static void
baud_said(struct remote *r, const unsigned char *p, size_t n)
{
	char text[96];
	uint32_t baud;

	if (n < 4)
		return;
	baud = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	if (baud == 0 || baud == r->t->set.baud)
		return;
	snprintf(text, sizeof text, "the server gives %u baud instead of %u", (unsigned)baud,
	    (unsigned)r->t->set.baud);
	r->t->set.baud = baud;
	transport_news(r->t, text);
}

/* Whether the server has it as we do; what it has, counts. */
static void
frame_said(struct remote *r, unsigned char c, unsigned char value)
{
	struct transport_settings *s = &r->t->set;
	const struct transport_settings was = *s;

	if (c == SET_DATA && value >= 5 && value <= 8)
		s->data = value;
	else if (c == SET_PARITY && value >= 1 && value <= 5)
		s->parity = parities[value - 1];
	else if (c == SET_STOP && (value == 1 || value == 2))
		s->stop = value;
	if (s->data != was.data || s->parity != was.parity || s->stop != was.stop)
		transport_news(r->t, "the server chose another frame than asked for");
}

static void
control_said(struct remote *r, unsigned char value)
{
	static const struct { unsigned char value; unsigned line; bool on; } known[] = {
		{ CONTROL_DTR_ON, LINE_DTR, true }, { CONTROL_DTR_OFF, LINE_DTR, false },
		{ CONTROL_RTS_ON, LINE_RTS, true }, { CONTROL_RTS_OFF, LINE_RTS, false },
	};
	const unsigned was = r->lines;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].value == value)
			r->lines = known[i].on ? r->lines | known[i].line
			    : r->lines & ~known[i].line;
	if (r->lines != was)
		transport_news(r->t, NULL);
}

static void
modem_said(struct remote *r, unsigned char value)
{
	const unsigned in = LINE_CTS | LINE_DSR | LINE_RI | LINE_CD, was = r->lines;

	r->lines = (r->lines & ~in) | ((value & 16) != 0 ? LINE_CTS : 0u) |
	    ((value & 32) != 0 ? LINE_DSR : 0u) | ((value & 64) != 0 ? LINE_RI : 0u) |
	    ((value & 128) != 0 ? LINE_CD : 0u);
	if (r->lines != was)
		transport_news(r->t, NULL);
}

static void
errors_said(struct remote *r, unsigned char value)
{
	const char *text = (value & LINE_BREAK) != 0 ? "the board sends a break"
	    : (value & LINE_FRAMING) != 0 ? "framing errors: is the speed right?"
	    : (value & LINE_PARITY) != 0 ? "parity errors: is the frame right?"
	    : (value & LINE_OVERRUN) != 0 ? "the server's port lost bytes (overrun)" : NULL;

	if (text == NULL || sys_mono() - r->said < QUIET_NS)
		return;
	r->said = sys_mono();
	transport_news(r->t, text);
}

static void
sub(void *arg, unsigned char option, const unsigned char *p, size_t n)
{
	struct remote *r = arg;

	if (option != TELNET_COM_PORT || !r->agreed || n < 2 || p[0] < SERVER)
		return;
	switch (p[0] - SERVER) {
	case SET_BAUD:
		baud_said(r, p + 1, n - 1);
		break;
	case SET_DATA:
	case SET_PARITY:
	case SET_STOP:
		frame_said(r, (unsigned char)(p[0] - SERVER), p[1]);
		break;
	case SET_CONTROL:
		control_said(r, p[1]);
		break;
	case NOTIFY_LINE:
		errors_said(r, p[1]);
		break;
	case NOTIFY_MODEM:
		modem_said(r, p[1]);
		break;
	default:
		break;
	}
}

/* The two without a value. */
static void
sub_any(void *arg, unsigned char option, const unsigned char *p, size_t n)
{
	struct remote *r = arg;

	if (option == TELNET_COM_PORT && r->agreed && n >= 1 &&
	    (p[0] == FLOW_SUSPEND + SERVER || p[0] == FLOW_RESUME + SERVER))
		transport_hold(r->t, p[0] == FLOW_SUSPEND + SERVER);
	else
		sub(arg, option, p, n);
}

static const struct telnet_ops telnet_ops = {
	.want = want, .changed = changed, .sub = sub_any, .send = send_raw,
};

/* ---- the wire */

static enum err
open_as(struct transport *t, const char *rest, bool com_port, struct err_msg *why)
{
	const enum err e = wire_tcp_start(t, rest, why);
	struct remote *r;

	if (e != ERR_OK)
		return e;
	t->priv = r = mem_zero(1, sizeof *r);
	r->t = t;
	r->com_port = com_port;
	return ERR_OK;
}

static enum err
telnet_open(struct transport *t, const char *rest, struct err_msg *why)
{
	return open_as(t, rest, false, why);
}

static enum err
rfc2217_open(struct transport *t, const char *rest, struct err_msg *why)
{
	return open_as(t, rest, true, why);
}

static enum err
connected(struct transport *t, struct err_msg *why)
{
	struct remote *r = t->priv;
	const enum err e = wire_tcp_connected(t, why);

	if (e != ERR_OK)
		return e;
	if (r->com_port) {
		telnet_ask(&r->telnet, &telnet_ops, r, true, TELNET_COM_PORT);
		r->answer = loop_timer_start(t->loop, ANSWER_NS, 0, no_answer, r);
	}
	telnet_ask(&r->telnet, &telnet_ops, r, true, TELNET_BINARY);
	telnet_ask(&r->telnet, &telnet_ops, r, false, TELNET_BINARY);
	telnet_ask(&r->telnet, &telnet_ops, r, true, TELNET_SGA);
	telnet_ask(&r->telnet, &telnet_ops, r, false, TELNET_SGA);
	return ERR_OK;
}

static size_t
decode(struct transport *t, unsigned char *p, size_t n)
{
	struct remote *r = t->priv;

	return telnet_decode(&r->telnet, &telnet_ops, r, p, n);
}

static enum err
encode(struct transport *t, const void *p, size_t n)
{
	const struct remote *r = t->priv;

	return telnet_encode(&r->telnet, p, n, &t->out);
}

static enum err
speaks(const struct transport *t, struct err_msg *why)
{
	const struct remote *r = t->priv;

	if (r->agreed)
		return ERR_OK;
	if (r->answer != NULL)
		return err_set(why, ERR_BUSY, t->device, "try again in a moment",
		    "the server has not answered yet");
	return err_set(why, ERR_UNSUPPORTED, t->device, "set speed and lines at the server",
	    "the server does not speak RFC 2217");
}

/* Before the server has agreed there is nothing to send: begin() sends all there is. */
static enum err
configure(struct transport *t, struct err_msg *why)
{
	struct remote *r = t->priv;
	const enum err e = speaks(t, why);

	if (e == ERR_OK)
		send_settings(r);
	return e == ERR_BUSY ? ERR_OK : e;
}

static enum err
lines(const struct transport *t, unsigned *now, struct err_msg *why)
{
	*now = ((const struct remote *)t->priv)->lines;
	return speaks(t, why);
}

static enum err
lines_set(struct transport *t, unsigned mask, unsigned on, struct err_msg *why)
{
	const enum err e = speaks(t, why);

	if (e == ERR_OK)
		send_lines(t->priv, mask, on);
	return e;
}

static enum err
set_break(struct transport *t, bool on, struct err_msg *why)
{
	const enum err e = speaks(t, why);

	if (e == ERR_OK)
		command_byte(t->priv, SET_CONTROL, on ? CONTROL_BREAK_ON : CONTROL_BREAK_OFF);
	return e;
}

static enum err
purge(struct transport *t, struct err_msg *why)
{
	const enum err e = speaks(t, why);

	if (e == ERR_OK)
		command_byte(t->priv, PURGE, 3);
	return e;
}

static void
wire_close(struct transport *t)
{
	struct remote *r = t->priv;

	loop_timer_stop(r->answer);
	r->answer = NULL;
}

const struct wire_ops wire_telnet_ops = {
	.scheme = "telnet", .returns = true, .open = telnet_open,
	.arrived = wire_tcp_arrived, .connected = connected,
	.decode = decode, .encode = encode, .close = wire_close,
};

const struct wire_ops wire_rfc2217_ops = {
	.scheme = "rfc2217", .returns = true, .open = rfc2217_open,
	.arrived = wire_tcp_arrived, .connected = connected,
	.decode = decode, .encode = encode, .configure = configure, .lines = lines,
	.lines_set = lines_set, .set_break = set_break, .purge = purge, .close = wire_close,
};
