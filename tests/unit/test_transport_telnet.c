/* test_transport_telnet.c - the telnet codec, and an RFC 2217 server of ours that misbehaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/ring.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/time.h"
#include "transport/telnet.h"
#include "transport/transport.h"

/* ---- the codec */

struct peer { struct telnet t; struct buf said; char subs[600]; };

static bool
want(void *arg, bool ours, unsigned char option)
{
	(void)arg;
	return ours ? option == TELNET_COM_PORT : option == TELNET_ECHO;
}

static void
changed(void *arg, bool ours, unsigned char option, bool on)
{
	struct peer *p = arg;

	snprintf(p->subs + strlen(p->subs), sizeof p->subs - strlen(p->subs), "%c%u%c ",
	    ours ? 'u' : 't', option, on ? '+' : '-');
}

static void
sub(void *arg, unsigned char option, const unsigned char *p, size_t n)
{
	struct peer *x = arg;

	(void)p;
	snprintf(x->subs + strlen(x->subs), sizeof x->subs - strlen(x->subs), "s%u:%zu ", option, n);
}

static void
send_out(void *arg, const unsigned char *p, size_t n)
{
	(void)buf_add(&((struct peer *)arg)->said, p, n);
}

static const struct telnet_ops ops = { .want = want, .changed = changed, .sub = sub,
	.send = send_out };

#define FEED(p, text) feed(p, text, sizeof(text) - 1)

static const char *
feed(struct peer *p, const char *text, size_t n)
{
	static char got[1024];
	size_t k;

	memcpy(got, text, n);
	k = telnet_decode(&p->t, &ops, p, (unsigned char *)got, n);
	got[k] = '\0';
	return got;
}

static void
assert_said(struct peer *p, const char *text, size_t n)
{
	assert_int_equal(p->said.len, n);
	assert_memory_equal(buf_str(&p->said), text, n);
	buf_clear(&p->said);
}

static void
test_codec(void **state)
{
	struct peer p;

	(void)state;
	memset(&p, 0, sizeof p);
	buf_init(&p.said, 4096);
	assert_string_equal(FEED(&p, "a\xff\xff""b"), "a\xff""b");
	assert_string_equal(FEED(&p, "c\r\0d\r\ne"), "c\rd\r\ne");
	assert_string_equal(FEED(&p, "x\xff"), "x");            /* cut in the middle */
	assert_string_equal(FEED(&p, "\xfd"), "");
	assert_string_equal(FEED(&p, "\x18y"), "y");            /* DO TTYPE: we do not */
	assert_said(&p, "\xff\xfc\x18", 3);
	assert_string_equal(FEED(&p, "\xff\xfd\x18"), "");      /* said once */
	assert_said(&p, "", 0);
	assert_string_equal(FEED(&p, "\xff\xfb\x01"), "");      /* WILL ECHO: do */
	assert_said(&p, "\xff\xfd\x01", 3);
	assert_string_equal(FEED(&p, "\xff\xfc\x01"), "");      /* and stops */
	assert_said(&p, "\xff\xfe\x01", 3);
	telnet_ask(&p.t, &ops, &p, true, TELNET_COM_PORT);
	assert_said(&p, "\xff\xfb\x2c", 3);
	assert_string_equal(FEED(&p, "\xff\xfd\x2c"), "");      /* the answer to ours: no answer */
	assert_said(&p, "", 0);
	assert_string_equal(p.subs, "t1+ t1- u44+ ");
	p.subs[0] = '\0';
	assert_string_equal(FEED(&p, "\xff\xfa\x2c\x65\xff\xff\xff\xf0z\xff\xf1"), "z");
	assert_string_equal(p.subs, "s44:2 ");
	buf_fini(&p.said);
}

static void
test_long_subnegotiation(void **state)
{
	struct peer p;
	char text[TELNET_SUB_MAX + 40];

	(void)state;
	memset(&p, 0, sizeof p);
	buf_init(&p.said, 4096);
	for (int over = -1; over <= 1; over++) {
		const size_t n = (size_t)(TELNET_SUB_MAX + over);

		memset(text, 'x', sizeof text);
		text[0] = (char)TELNET_IAC;
		text[1] = (char)TELNET_SB;
		memcpy(text + 2 + n, "\xff\xf0!", 3);
		p.subs[0] = '\0';
		assert_string_equal(feed(&p, text, n + 5), "!");
		assert_int_equal(p.subs[0] != '\0', over <= 0);
	}
	buf_fini(&p.said);
}

/* ---- the wire against a server of ours */

struct world {
	struct loop *loop;
	struct transport *t;
	struct ring ring;
	int listen, peer;
	enum transport_state state;
	unsigned news;
	char text[200];
};

static size_t
on_room(void *arg, unsigned char **p)
{
	return ring_room(&((struct world *)arg)->ring, p);
}

static void
on_bytes(void *arg, size_t n)
{
	ring_advance(&((struct world *)arg)->ring, n);
}

static void
on_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	(void)why;
	((struct world *)arg)->state = s;
}

static void
on_news(void *arg, const char *text)
{
	struct world *w = arg;

	w->news++;
	if (text != NULL)
		snprintf(w->text, sizeof w->text, "%s", text);
}

static const struct transport_callbacks callbacks = { .room = on_room, .bytes = on_bytes,
	.state = on_state, .news = on_news };

#define UNTIL(w, cond) do { \
	const uint64_t end_ = sys_mono() + 10 * NS_PER_S; \
	while (!(cond)) { \
		assert_true(sys_mono() < end_); \
		(void)loop_turn((w)->loop, 5 * (int64_t)NS_PER_MS); \
	} \
} while (0)

static void
w_open(struct world *w)
{
	struct transport_settings set;
	uint16_t port = 0;
	char spec[64];

	memset(w, 0, sizeof *w);
	w->loop = loop_new();
	ring_init(&w->ring, 1 << 16);
	assert_int_equal(sys_tcp_listen_loopback(&port, &w->listen, NULL), ERR_OK);
	snprintf(spec, sizeof spec, "rfc2217:127.0.0.1:%u", port);
	transport_settings_init(&set);
	assert_int_equal(transport_open(w->loop, spec, &set, &callbacks, w, &w->t, NULL), ERR_OK);
	UNTIL(w, w->state == TRANSPORT_OPEN);
	UNTIL(w, (w->peer = sys_accept(w->listen)) >= 0);
}

static void
w_fini(struct world *w)
{
	transport_close(w->t);
	sys_close(w->peer);
	sys_close(w->listen);
	loop_free(w->loop);
	ring_fini(&w->ring);
}

/* The server reads until these bytes have come. */
static void
until_asked(struct world *w, const char *bytes, size_t n)
{
	static char got[1 << 16];
	const uint64_t end = sys_mono() + 10 * NS_PER_S;
	size_t have = 0;

	for (;;) {
		const ssize_t k = sys_read(w->peer, got + have, sizeof got - have);

		have += k > 0 ? (size_t)k : 0;
		if (have >= n && memmem(got, have, bytes, n) != NULL)
			return;
		assert_true(sys_mono() < end);
		(void)loop_turn(w->loop, 5 * (int64_t)NS_PER_MS);
	}
}

#define SAY(w, text) assert_true(sys_write_all((w)->peer, text, sizeof(text) - 1))
#define ASKED(w, text) until_asked(w, text, sizeof(text) - 1)

static void
test_port_settings(void **state)
{
	struct world w;
	struct transport_settings set;
	unsigned lines;

	(void)state;
	w_open(&w);
	ASKED(&w, "\xff\xfb\x2c");
	assert_int_equal(transport_lines(w.t, &lines, NULL), ERR_BUSY);
	SAY(&w, "\xff\xfd\x2c");
	ASKED(&w, "\xff\xfa\x2c\x01\x00\x01\xc2\x00\xff\xf0");          /* 115200 */
	SAY(&w, "\xff\xfa\x2c\x65\x00\x00\x25\x80\xff\xf0");            /* no: 9600 */
	UNTIL(&w, strstr(w.text, "9600") != NULL);
	assert_int_equal(transport_settings(w.t)->baud, 9600);
	SAY(&w, "\xff\xfa\x2c\x6b\x30\xff\xf0");                        /* CTS, DSR */
	UNTIL(&w, transport_lines(w.t, &lines, NULL) == ERR_OK && (lines & LINE_CTS) != 0);
	assert_int_equal(lines & (LINE_DSR | LINE_CD | LINE_RI), LINE_DSR);
	assert_int_equal(transport_lines_set(w.t, LINE_DTR | LINE_RTS, LINE_RTS, NULL), ERR_OK);
	ASKED(&w, "\xff\xfa\x2c\x05\x09\xff\xf0\xff\xfa\x2c\x05\x0b\xff\xf0");
	set = *transport_settings(w.t);
	set.baud = 0xffff;              /* its bytes must be doubled */
	set.data = 7;
	set.parity = 'm';
	assert_int_equal(transport_settings_set(w.t, &set, NULL), ERR_OK);
	ASKED(&w, "\xff\xfa\x2c\x01\x00\x00\xff\xff\xff\xff\xff\xf0\xff\xfa\x2c\x02\x07\xff\xf0"
	    "\xff\xfa\x2c\x03\x04\xff\xf0");
	assert_int_equal(transport_break(w.t, NS_PER_MS, NULL), ERR_OK);
	ASKED(&w, "\xff\xfa\x2c\x05\x05\xff\xf0");
	ASKED(&w, "\xff\xfa\x2c\x05\x06\xff\xf0");
	assert_int_equal(transport_purge(w.t, NULL), ERR_OK);
	ASKED(&w, "\xff\xfa\x2c\x0c\x03\xff\xf0");
	SAY(&w, "\xff\xfa\x2c\x6a\x08\xff\xf0");
	UNTIL(&w, strstr(w.text, "framing") != NULL);
	w_fini(&w);
}

static void
test_suspend(void **state)
{
	struct world w;

	(void)state;
	w_open(&w);
	SAY(&w, "\xff\xfd\x2c\xff\xfa\x2c\x6c\xff\xf0""ready");
	UNTIL(&w, w.ring.end == 5);
	assert_int_equal(transport_write(w.t, "held", 4, NULL), ERR_OK);
	assert_true(transport_pending(w.t) >= 4);
	SAY(&w, "\xff\xfa\x2c\x6d\xff\xf0");
	ASKED(&w, "held");
	w_fini(&w);
}

static void
test_refused(void **state)
{
	struct world w;
	struct err_msg why;
	unsigned lines;

	(void)state;
	w_open(&w);
	SAY(&w, "\xff\xfe\x2c");
	UNTIL(&w, strstr(w.text, "refuses") != NULL);
	assert_int_equal(transport_lines(w.t, &lines, &why), ERR_UNSUPPORTED);
	assert_non_null(strstr(why.why, "RFC 2217"));
	SAY(&w, "still a console");
	UNTIL(&w, w.ring.end == 15);
	w_fini(&w);
}

/* Subnegotiations without an agreement, cut short, of other options, by the thousand. */
static void
test_hostile(void **state)
{
	static const char junk[] = "\xff\xfa\x2c\x65\xff\xf0\xff\xfa\x2c\xff\xf0\xff\xfa\xff\xf0"
	    "\xff\xfa\x2c\x65\x01\xff\xf0\xff\xfa\x2c\x66\x09\xff\xf0\xff\xfa\x2c\x67\xfe\xff\xf0"
	    "\xff\xfd\x01\xff\xfe\x01\xff\xfb\x99\xff\xfc\x99\xff\xf6\xff\xfa\x18\x01\xff\xf0";
	struct world w;

	(void)state;
	w_open(&w);
	SAY(&w, "\xff\xfd\x2c");
	for (int i = 0; i < 1000; i++) {
		(void)sys_write(w.peer, junk, sizeof junk - 1);
		(void)loop_turn(w.loop, 0);
	}
	assert_int_equal(transport_settings(w.t)->data, 8);
	assert_int_equal(transport_settings(w.t)->baud, 115200);
	assert_true(transport_pending(w.t) <= 2 * TRANSPORT_QUEUE_MAX);
	w_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codec),
		cmocka_unit_test(test_long_subnegotiation),
		cmocka_unit_test(test_port_settings),
		cmocka_unit_test(test_suspend),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
