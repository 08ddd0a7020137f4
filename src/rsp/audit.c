/* audit.c - the rules about what passes between a debugger and its server. */
#include "rsp/audit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

enum { STORM_NAKS = 3, DETAIL_MAX = 240, TOLD_MAX = 10, ECHO_MIN = 5, STRAY_SHOWN = 30 };

static const struct { const char *word, *text; } findings[RSP_FINDING_COUNT] = {
#define X(name, word, text) [RSP_FOUND_##name] = { word, text },
	RSP_FINDINGS(X)
#undef X
};

const char *
rsp_finding_word(enum rsp_finding f)
{
	return findings[f].word;
}

const char *
rsp_finding_text(enum rsp_finding f)
{
	return findings[f].text;
}

void
rsp_audit_init(struct rsp_audit *a, const struct rsp_audit_ops *ops, void *arg)
{
	memset(a, 0, sizeof *a);
	a->ops = ops;
	a->arg = arg;
}

struct slice
rsp_audit_request(const struct rsp_audit *a)
{
	return slice_make(a->request, a->request_n);
}

__attribute__((format(printf, 5, 6))) static void
found(struct rsp_audit *a, enum rsp_side by, enum rsp_finding f, uint64_t now, const char *fmt, ...)
{
	char detail[DETAIL_MAX];
	va_list ap;
	int n;

	a->count[f]++;
	if (now - a->told[f].from >= NS_PER_S) {
		a->told[f].from = now;
		a->told[f].n = 0;
	}
	if (++a->told[f].n > TOLD_MAX)
		return;
	va_start(ap, fmt);
	n = vsnprintf(detail, sizeof detail, fmt, ap);
	va_end(ap);
	if (a->told[f].n == TOLD_MAX && n >= 0 && n < DETAIL_MAX)
		(void)snprintf(detail + n, sizeof detail - (size_t)n,
		    "%sthe rest of this second is only counted", n != 0 ? "; " : "");
	a->ops->found(a->arg, now, by, f, detail);
}

/* ---- acknowledgements */

static void
nak_seen(struct rsp_audit *a, enum rsp_side by, uint64_t now)
{
	struct rsp_sent *s = &a->side[by];

	if (now - s->storm_from > RSP_STORM_NS || s->naks == 0) {
		s->storm_from = now;
		s->naks = 0;
		s->storm = false;
	}
	s->naks++;
	if (s->naks <= STORM_NAKS)
		found(a, by, RSP_FOUND_NAK, now, "%s", a->no_ack ? "in no-ack mode" : "");
	else
		a->count[RSP_FOUND_NAK]++;
	if (s->naks >= STORM_NAKS && !s->storm) {
		s->storm = true;
		found(a, by, RSP_FOUND_NAK_STORM, now, "%" PRIu64 " within %" PRIu64 " ms", s->naks,
		    (now - s->storm_from) / NS_PER_MS);
	}
}

/* + or - of `by` is about the other side's last packet. */
static void
ack_seen(struct rsp_audit *a, enum rsp_side by, uint64_t now)
{
	struct rsp_sent *s = &a->side[!by];

	if (s->waits && s->told)
		found(a, by, RSP_FOUND_LATE_ACK, now, "after %" PRIu64 " ms",
		    (now - s->at) / NS_PER_MS);
	s->waits = s->told = false;
}

/* True when it is one that came before. */
static bool
await_ack(struct rsp_audit *a, enum rsp_side by, const struct rsp_unit *u, uint64_t now)
{
	struct rsp_sent *s = &a->side[by];
	const uint64_t hash = hash_bytes(u->body, u->n, 1);
	const bool again = (s->waits || s->wanted) && s->hash == hash;

	if (again || s->wanted)
		found(a, by, RSP_FOUND_RETRANSMISSION, now, "%" PRIu64 " ms after it came first",
		    (now - s->at) / NS_PER_MS);
	s->hash = hash;
	s->at = now;
	s->waits = !a->no_ack;
	s->told = s->wanted = false;
	return again;
}

/* ---- packets */

static void
learn_hello(struct rsp_audit *a, struct slice reply)
{
	struct slice rest = reply;

	while (rest.n != 0) {
		const struct slice one = slice_cut(rest, ';', &rest);

		if (slice_starts(one, "PacketSize="))
			(void)slice_hex(slice_skip(one, 11), &a->packet_size);
	}
}

static void
request_seen(struct rsp_audit *a, struct slice body, size_t raw_n, uint64_t now)
{
	if (a->open && a->answer == RSP_ANSWER_ONE)
		found(a, RSP_CLIENT, RSP_FOUND_EARLY_REQUEST, now,
		    "%.40s waits since %" PRIu64 " ms", a->request, (now - a->asked) / NS_PER_MS);
	if (a->packet_size != 0 && raw_n > a->packet_size)
		found(a, RSP_CLIENT, RSP_FOUND_TOO_LONG, now, "%zu bytes, PacketSize is %" PRIu64,
		    raw_n, a->packet_size);
	a->request_n = body.n < sizeof a->request - 1 ? body.n : sizeof a->request - 1;
	memcpy(a->request, body.p, a->request_n);
	a->request[a->request_n] = '\0';
	a->asked = now;
	a->answer = rsp_answer_of(body);
	a->open = a->answer != RSP_ANSWER_NONE;
	a->hello_told = false;
	a->no_ack_asked = slice_is(body, "QStartNoAckMode");
}

static void
reply_closes(struct rsp_audit *a, struct slice body, uint64_t now)
{
	const struct slice request = rsp_audit_request(a);

	a->open = false;
	if (a->ops->answered != NULL)
		a->ops->answered(a->arg, request, now - a->asked);
	if (slice_starts(request, "qSupported"))
		learn_hello(a, body);
	if (a->no_ack_asked && slice_is(body, "OK"))
		a->no_ack = true;
	a->no_ack_asked = false;
	if (rsp_is_error(body)) {
		char words[RSP_WORDS_MAX];

		rsp_request_words(request, words);
		found(a, RSP_SERVER, RSP_FOUND_ERROR_REPLY, now, "%.12s for: %.150s", body.p,
		    words);
	}
}

/* A terminal's: no reply of the protocol begins with the whole request. */
static bool
is_echo(const struct rsp_audit *a, struct slice body)
{
	return a->open && body.n >= ECHO_MIN && slice_starts(body, a->request);
}

/* It came unasked, and the answer to hello is still to come. */
static bool
is_news(const struct rsp_audit *a, struct slice body)
{
	return a->open && a->answer == RSP_ANSWER_ONE && rsp_is_stop(body) &&
	    slice_starts(rsp_audit_request(a), "qSupported");
}

static void
reply_seen(struct rsp_audit *a, struct slice body, uint64_t now)
{
	const int signal = rsp_stop_signal(body);

	if ((rsp_is_on_the_way(body) && a->open) || is_news(a, body))
		return;
	if (is_echo(a, body))
		found(a, RSP_SERVER, RSP_FOUND_ECHO, now,
		    "OpenOCD has 3333 for gdb, 4444 for telnet");
	if (!a->open && !rsp_is_stop(body)) {
		found(a, RSP_SERVER, RSP_FOUND_UNASKED_REPLY, now, "%.40s", body.p);
		return;
	}
	if (a->open && a->answer == RSP_ANSWER_STOP && signal >= 0 && signal != 5 && signal != 2)
		found(a, RSP_SERVER, RSP_FOUND_ODD_STOP, now, "%s", rsp_signal_name(signal));
	if (a->open)
		reply_closes(a, body, now);
}

static void
packet_seen(struct rsp_audit *a, enum rsp_side by, const struct rsp_unit *u, uint64_t now)
{
	struct buf body;

	a->packets[by]++;
	if (u->no_dollar)
		found(a, by, RSP_FOUND_MISSING_DOLLAR, now, "%.60s", u->body);
	if (u->cut) {
		found(a, by, RSP_FOUND_TOO_LONG, now, "more than %d bytes", RSP_BODY_MAX);
		return;
	}
	if (u->sum != u->said) {
		found(a, by, RSP_FOUND_BAD_SUM, now, "says %02x, is %02x: %.60s", u->said,
		    u->sum, u->body);
		return;
	}
	if (await_ack(a, by, u, now))
		return;
	buf_init(&body, RSP_BODY_MAX);
	(void)rsp_expand(u->body, u->n, &body);
	if (by == RSP_CLIENT)
		request_seen(a, slice_make(buf_str(&body), body.len), u->n, now);
	else
		reply_seen(a, slice_make(buf_str(&body), body.len), now);
	buf_fini(&body);
}

static void
stray_seen(struct rsp_audit *a, enum rsp_side by, const struct rsp_unit *u, uint64_t now)
{
	const size_t n = u->n < STRAY_SHOWN ? u->n : STRAY_SHOWN;
	char text[STRAY_SHOWN + 1];

	for (size_t i = 0; i < n; i++)
		text[i] = u->body[i] >= ' ' && u->body[i] < 0x7f ? u->body[i] : '.';
	text[n] = '\0';
	found(a, by, RSP_FOUND_STRAY_BYTES, now, "%zu%s: \"%s\"%s", u->n,
	    u->cut ? " and more" : "", text, u->n > n ? ".." : "");
}

void
rsp_audit_cut(struct rsp_audit *a, uint64_t now)
{
	char words[RSP_WORDS_MAX];

	if (!a->open || slice_starts(rsp_audit_request(a), "vKill"))
		return;
	rsp_request_words(rsp_audit_request(a), words);
	found(a, RSP_SERVER, RSP_FOUND_CUT_OFF, now, "%.150s", words);
}

void
rsp_audit_bytes(struct rsp_audit *a, enum rsp_side by, size_t n, uint64_t now)
{
	if (a->last != 0 && now - a->last > a->silence) {
		a->silence = now - a->last;
		a->silence_at = a->last;
	}
	a->last = now;
	a->bytes[by] += n;
}

void
rsp_audit_unit(struct rsp_audit *a, enum rsp_side by, const struct rsp_unit *u, uint64_t now)
{
	switch (u->kind) {
	case RSP_PACKET:
		packet_seen(a, by, u, now);
		break;
	case RSP_ACK:
		ack_seen(a, by, now);
		break;
	case RSP_NAK:
		ack_seen(a, by, now);
		a->side[!by].wanted = true;
		nak_seen(a, by, now);
		break;
	case RSP_STRAY:
		stray_seen(a, by, u, now);
		break;
	case RSP_NOTIFICATION:
	case RSP_INTERRUPT:
		break;
	}
}

/* ---- time */

static bool
hello_waits(const struct rsp_audit *a)
{
	return a->open && !a->hello_told && slice_starts(rsp_audit_request(a), "qSupported");
}

uint64_t
rsp_audit_due(const struct rsp_audit *a)
{
	uint64_t due = hello_waits(a) ? a->asked + RSP_ACK_NS : UINT64_MAX;

	for (int i = 0; i < 2; i++)
		if (a->side[i].waits && !a->side[i].told && !a->no_ack &&
		    a->side[i].at + RSP_ACK_NS < due)
			due = a->side[i].at + RSP_ACK_NS;
	return due;
}

void
rsp_audit_tick(struct rsp_audit *a, uint64_t now)
{
	for (int i = 0; i < 2; i++) {
		struct rsp_sent *s = &a->side[i];

		if (!s->waits || s->told || a->no_ack || now < s->at + RSP_ACK_NS)
			continue;
		s->told = true;
		found(a, i == RSP_CLIENT ? RSP_SERVER : RSP_CLIENT, RSP_FOUND_NO_ACK, now, "%.24s",
		    i == RSP_CLIENT ? a->request : "of a reply");
	}
	if (hello_waits(a) && now >= a->asked + RSP_ACK_NS) {
		a->hello_told = true;
		found(a, RSP_SERVER, RSP_FOUND_UNANSWERED_HELLO, now, "%s", "");
	}
}
