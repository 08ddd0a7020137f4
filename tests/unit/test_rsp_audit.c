/* test_rsp_audit.c - each finding of the RSP audit by a conversation that has it, and the ones that only look
 * like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rsp/audit.h"

struct world {
	struct rsp_audit audit;
	struct rsp_reader reader[2];
	struct buf found;
	enum rsp_side by;
	uint64_t now;
	unsigned answered;
};

static void
on_found(void *arg, uint64_t now, enum rsp_side by, enum rsp_finding f, const char *detail)
{
	struct world *w = arg;

	assert_true(now >= w->now);
	assert_non_null(detail);
	(void)buf_add_fmt(&w->found, "%s%s:%s", w->found.len != 0 ? " " : "",
	    by == RSP_CLIENT ? "c" : "s", rsp_finding_word(f));
}

static void
on_answered(void *arg, struct slice request, uint64_t took)
{
	struct world *w = arg;

	(void)request;
	(void)took;
	w->answered++;
}

static const struct rsp_audit_ops ops = { .found = on_found, .answered = on_answered };

static void
on_unit(void *arg, const struct rsp_unit *u)
{
	struct world *w = arg;

	rsp_audit_unit(&w->audit, w->by, u, w->now);
}

/* script: "c:BYTES" and "s:BYTES" say something, "wN" lets N ms pass, "e" is the server's end; separated by blanks. "$x" alone
 * stands for a sound packet: {BODY} is framed. */
static void
play(struct world *w, const char *script)
{
	struct slice rest = slice_of(script);

	while (rest.n != 0) {
		struct slice word = slice_cut(rest, ' ', &rest), text = slice_skip(word, 2);
		struct buf bytes;
		uint64_t ms;

		if (word.p[0] == 'w') {
			const uint64_t end = w->now + (slice_u64(slice_skip(word, 1), 100000, &ms) ? ms : 0) *
			    NS_PER_MS;

			for (uint64_t due; (due = rsp_audit_due(&w->audit)) <= end;) {
				w->now = due;
				rsp_audit_tick(&w->audit, due);
			}
			w->now = end;
			continue;
		}
		if (word.p[0] == 'e') {
			rsp_audit_cut(&w->audit, w->now);
			continue;
		}
		buf_init(&bytes, 4096);
		while (text.n != 0) {
			if (text.p[0] == '{') {
				const struct slice body = slice_cut(slice_skip(text, 1), '}', &text);

				(void)rsp_frame(body.p, body.n, &bytes);
			} else {
				(void)buf_add_byte(&bytes, text.p[0]);
				text = slice_skip(text, 1);
			}
		}
		w->by = word.p[0] == 'c' ? RSP_CLIENT : RSP_SERVER;
		w->now += NS_PER_MS;
		rsp_audit_bytes(&w->audit, w->by, bytes.len, w->now);
		rsp_reader_feed(&w->reader[w->by], bytes.data, bytes.len, on_unit, w);
		buf_fini(&bytes);
	}
}

static void
finds(const char *script, const char *want)
{
	struct world w = { .now = NS_PER_S };

	rsp_audit_init(&w.audit, &ops, &w);
	rsp_reader_init(&w.reader[0]);
	rsp_reader_init(&w.reader[1]);
	buf_init(&w.found, 1 << 16);
	play(&w, script);
	if (strcmp(buf_str(&w.found), want) != 0)
		print_error("in: %s\n", script);
	assert_string_equal(buf_str(&w.found), want);
	rsp_reader_fini(&w.reader[0]);
	rsp_reader_fini(&w.reader[1]);
	buf_fini(&w.found);
}

#define HELLO "c:+{qSupported:swbreak+} s:+{PacketSize=20;QStartNoAckMode+} c:+ "

static void
test_sound(void **state)
{
	(void)state;
	finds(HELLO "c:{m0,4} s:+{00000000} c:+ c:{m0,4} s:+{00000000} c:+ w500", "");
	finds(HELLO "c:{s} s:+ w5000 s:{T05thread:01;} c:+ c:{s} s:+ s:{T05thread:01;} c:+ w500", "");
	finds(HELLO "c:{c} s:+ s:{O6869} c:+ s:{O6869} c:+ w300 c:\x03 s:{T02} c:+ w300", "");
	finds(HELLO "c:{qRcmd,00} s:+ s:{O6869} c:+ s:{OK} c:+ w300", "");
	finds(HELLO "c:{k} w1", "");
	/* QEMU tells of a stop that nobody asked for; it is not the answer to hello */
	finds("c:+{qSupported:x} s:{T02thread:01;} c:+ s:+{PacketSize=20} c:+ w300", "");
	/* nothing is awaited in no-ack mode */
	finds(HELLO "c:{QStartNoAckMode} s:+{OK} c:+ c:{g} s:{00} w300 c:{g} s:{00} w300", "");
}

static void
test_damage(void **state)
{
	(void)state;
	finds(HELLO "c:{g} s:+OK#9a c:+", "s:missing-dollar");
	finds(HELLO "c:{g} s:+$NK#9a c:- s:{OK} c:+", "s:bad-checksum c:nak s:retransmission");
	finds(HELLO "c:{g} s:+noise$OK#9a c:+", "s:stray-bytes");
	finds(HELLO "c:{m0,4} s:- c:{m0,4} s:+{00} c:+", "s:nak c:retransmission");
	finds(HELLO "c:{m0,4} s:- c:{m0,4} s:- c:{m0,4} s:- c:{m0,4} s:- c:{m0,4} s:+{00} c:+",
	    "s:nak c:retransmission s:nak c:retransmission s:nak s:nak-storm c:retransmission "
	    "c:retransmission");
	finds(HELLO "c:{M20000000,20:0000000000000000000000000000} s:+{OK} c:+", "c:too-long");
}

static void
test_silence(void **state)
{
	(void)state;
	finds(HELLO "c:{g} w199", "");
	finds(HELLO "c:{g} w201", "s:no-ack");
	finds(HELLO "c:{g} w500 s:+{00} c:+", "s:no-ack s:late-ack");
	finds(HELLO "c:{g} s:+{00} w300", "c:no-ack");
	finds(HELLO "c:{g} s:{00} c:+ w2000 c:{g} s:+", "s:no-ack c:retransmission");
	finds("c:+{qSupported:x} s:+ w300 c:{qSupported:x} s:+{PacketSize=20} c:+",
	    "s:unanswered-qSupported c:early-request");
}

static void
test_order(void **state)
{
	(void)state;
	finds(HELLO "c:{g} s:+ c:{m0,4} s:+{00} c:+", "c:early-request");
	finds(HELLO "s:{OK} c:+", "s:unasked-reply");
	finds(HELLO "s:{T05} c:+", "");
	finds(HELLO "c:{m0,4} s:+{E14} c:+", "s:error-reply");
	finds(HELLO "c:{s} s:+{T0b} c:+", "s:odd-stop");
	finds(HELLO "c:{?} s:+{T0b} c:+", "");
}

/* Another port than the one for gdb, a server that ends, and one that floods. */
static void
test_no_server(void **state)
{
	struct world w = { .now = NS_PER_S };

	(void)state;
	finds("c:+{qSupported:swbreak+} s:+{qSupported:swbreak+} c:+", "s:echo");
	finds(HELLO "c:{vCont;c} s:+ e", "s:cut-off");
	finds(HELLO "c:{g} s:+{00} c:+ e", "");
	finds(HELLO "c:{k} s:+ e", "");
	rsp_audit_init(&w.audit, &ops, &w);
	rsp_reader_init(&w.reader[1]);
	buf_init(&w.found, 1 << 16);
	for (int i = 0; i < 1500; i++)
		play(&w, "s:ab$");      /* one a millisecond */
	assert_int_equal(w.audit.count[RSP_FOUND_STRAY_BYTES], 1500);
	assert_int_equal(w.found.len, 20 * strlen("s:stray-bytes ") - 1);
	rsp_reader_fini(&w.reader[1]);
	buf_fini(&w.found);
}

static void
test_sums(void **state)
{
	struct world w = { .now = NS_PER_S };

	(void)state;
	rsp_audit_init(&w.audit, &ops, &w);
	rsp_reader_init(&w.reader[0]);
	rsp_reader_init(&w.reader[1]);
	buf_init(&w.found, 1 << 16);
	play(&w, HELLO "c:{g} s:+{00} c:+ w700 c:{g} s:+{00} c:+");
	assert_int_equal(w.audit.packets[RSP_CLIENT], 3);
	assert_int_equal(w.audit.packets[RSP_SERVER], 3);
	assert_int_equal(w.answered, 3);
	assert_true(w.audit.silence == 701 * NS_PER_MS);
	assert_int_equal(w.audit.packet_size, 0x20);
	assert_true(w.audit.bytes[RSP_CLIENT] == 1 + 23 + 1 + 5 + 1 + 5 + 1);
	rsp_reader_fini(&w.reader[0]);
	rsp_reader_fini(&w.reader[1]);
	buf_fini(&w.found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_no_server),
		cmocka_unit_test(test_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
