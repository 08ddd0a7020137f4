/* telnet.c - the telnet state machine. */
#include "transport/telnet.h"

#include <string.h>

enum { DATA, COMMAND, OPTION, SUB, SUB_COMMAND };

static void
say(const struct telnet_ops *ops, void *arg, unsigned char verb, unsigned char option)
{
	const unsigned char out[3] = { TELNET_IAC, verb, option };

	ops->send(arg, out, sizeof out);
}

static void
turn(struct telnet *t, const struct telnet_ops *ops, void *arg, bool ours, unsigned char option,
    bool on)
{
	bool *now = ours ? &t->us_on[option] : &t->them_on[option];
	const bool was = *now;

	*now = on;
	/* a refusal of what was never on is news too: it was asked for */
	if (was != on || !on)
		ops->changed(arg, ours, option, on);
}

/* Says it unless it was said: an answer to an answer would go round for ever. */
static void
answer(const struct telnet_ops *ops, void *arg, uint8_t *said, bool was_on, unsigned char verb,
    unsigned char yes, unsigned char o)
{
	/* a refusal of what we asked for is no question */
	const bool refusal = *said == yes && verb != yes && !was_on;

	*said = verb;
	if (!refusal)
		say(ops, arg, verb, o);
}

/* DO and DONT are about us, WILL and WONT about the peer. */
static void
option(struct telnet *t, const struct telnet_ops *ops, void *arg, unsigned char o)
{
	const bool ours = t->verb == TELNET_DO || t->verb == TELNET_DONT;
	const bool ask = t->verb == TELNET_DO || t->verb == TELNET_WILL;
	const bool on = ask && ops->want(arg, ours, o), was_on = ours ? t->us_on[o] : t->them_on[o];
	uint8_t *said = ours ? &t->us[o] : &t->them[o];
	const unsigned char yes = ours ? TELNET_WILL : TELNET_DO;
	const unsigned char verb = on ? yes : yes + 1;

	if (*said != verb && (ask || *said == yes))
		answer(ops, arg, said, was_on, verb, yes, o);
	if (on != was_on || !ask)
		turn(t, ops, arg, ours, o, on);
}

static void
sub_byte(struct telnet *t, unsigned char c)
{
	if (t->sub_n < TELNET_SUB_MAX)
		t->sub[t->sub_n++] = c;
	else
		t->sub_n = TELNET_SUB_MAX + 1;
}

static void
sub_end(struct telnet *t, const struct telnet_ops *ops, void *arg)
{
	if (t->sub_n != 0 && t->sub_n <= TELNET_SUB_MAX)
		ops->sub(arg, t->sub[0], t->sub + 1, t->sub_n - 1);
}

static int
after_iac(struct telnet *t, unsigned char c)
{
	if (c >= TELNET_WILL && c <= TELNET_DONT) {
		t->verb = c;
		return OPTION;
	}
	if (c == TELNET_SB)
		t->sub_n = 0;
	return c == TELNET_SB ? SUB : DATA;     /* NOP, GA, AYT and others mean nothing to us */
}

/* One byte; true when it is data. */
static bool
step(struct telnet *t, const struct telnet_ops *ops, void *arg, unsigned char c)
{
	switch (t->state) {
	case COMMAND:
		t->state = after_iac(t, c);
		return c == TELNET_IAC;
	case OPTION:
		t->state = DATA;
		option(t, ops, arg, c);
		return false;
	case SUB:
		if (c == TELNET_IAC)
			t->state = SUB_COMMAND;
		else
			sub_byte(t, c);
		return false;
	case SUB_COMMAND:
		t->state = c == TELNET_IAC ? SUB : DATA;
		if (c == TELNET_IAC)
			sub_byte(t, c);
		else if (c == TELNET_SE)
			sub_end(t, ops, arg);
		return false;
	default:
		t->state = c == TELNET_IAC ? COMMAND : DATA;
		return c != TELNET_IAC;
	}
}

size_t
telnet_decode(struct telnet *t, const struct telnet_ops *ops, void *arg, unsigned char *p, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		const unsigned char c = p[i];
		bool cr = t->cr;

		if (!step(t, ops, arg, c))
			continue;
		t->cr = c == '\r' && !t->them_on[TELNET_BINARY];
		if (!(cr && c == '\0'))         /* CR NUL is a CR */
			p[out++] = c;
	}
	return out;
}

void
telnet_ask(struct telnet *t, const struct telnet_ops *ops, void *arg, bool ours, unsigned char o)
{
	const unsigned char verb = ours ? TELNET_WILL : TELNET_DO;
	uint8_t *said = ours ? &t->us[o] : &t->them[o];

	if (*said == verb)
		return;
	*said = verb;
	say(ops, arg, verb, o);
}

enum err
telnet_encode(const struct telnet *t, const void *p, size_t n, struct buf *out)
{
	const unsigned char *s = p;
	const bool binary = t->us_on[TELNET_BINARY];
	enum err e = buf_reserve(out, n);       /* most data needs no more */

	for (size_t i = 0, from = 0; e == ERR_OK && i < n; i++) {
		const bool iac = s[i] == TELNET_IAC;
		const bool cr = s[i] == '\r' && !binary && (i + 1 == n || s[i + 1] != '\n');

		if (!iac && !cr && i + 1 < n)
			continue;
		e = buf_add(out, s + from, i + 1 - from);
		if (e == ERR_OK && (iac || cr))
			e = buf_add_byte(out, iac ? (char)TELNET_IAC : '\0');
		from = i + 1;
	}
	return e;
}

void
telnet_sub(const struct telnet_ops *ops, void *arg, unsigned char o, const unsigned char *p,
    size_t n)
{
	unsigned char out[2 * TELNET_SUB_MAX + 8] = { TELNET_IAC, TELNET_SB, o };
	size_t k = 3;

	for (size_t i = 0; i < n && i < TELNET_SUB_MAX; i++) {
		if (p[i] == TELNET_IAC)
			out[k++] = TELNET_IAC;
		out[k++] = p[i];
	}
	out[k++] = TELNET_IAC;
	out[k++] = TELNET_SE;
	ops->send(arg, out, k);
}
