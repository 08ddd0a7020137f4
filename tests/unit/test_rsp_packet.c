/* test_rsp_packet.c - RSP units out of bytes at every split, what is damaged, escapes, runs, hex, and the
 * words of packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rsp/meaning.h"
#include "rsp/packet.h"

static void
on_unit(void *arg, const struct rsp_unit *u)
{
	static const char *const kinds[] = { "packet", "note", "ack", "nak", "int", "stray" };

	(void)buf_add_fmt(arg, "%s%s%s@%u", kinds[u->kind], u->no_dollar ? "(no $)" : "",
	    u->kind <= RSP_NOTIFICATION && u->sum != u->said ? "(bad)" : "", (unsigned)u->at);
	if (u->n != 0)
		(void)buf_add_fmt(arg, "[%s]", u->body);
	(void)buf_add_byte(arg, ' ');
}

/* The units of `in`, whole and cut at each place. */
static void
reads(const char *in, const char *want)
{
	const size_t n = strlen(in);

	for (size_t cut = 0; cut <= n; cut++) {
		struct rsp_reader r;
		struct buf got;

		rsp_reader_init(&r);
		buf_init(&got, 4096);
		rsp_reader_feed(&r, in, cut, on_unit, &got);
		rsp_reader_feed(&r, in + cut, n - cut, on_unit, &got);
		rsp_reader_flush(&r, on_unit, &got);
		assert_string_equal(buf_str(&got), want);
		rsp_reader_fini(&r);
		buf_fini(&got);
	}
}

static void
test_units(void **state)
{
	(void)state;
	reads("+$OK#9a", "ack@0 packet@1[OK] ");
	reads("$#00-\x03$g#67", "packet@0 nak@4 int@5 packet@6[g] ");
	reads("%Stop:T05#ab+", "note(bad)@0[Stop:T05] ack@12 ");
	reads("$m0,4#FD", "packet@0[m0,4] ");              /* upper case is legal */
	reads("$NK#9a", "packet(bad)@0[NK] ");
	reads("$a}]b#9c", "packet(bad)@0[a}]b] ");
	/* + and - stand in a body that lost its $: the next # decides, and the sum */
	reads("vCont;c+1#04", "packet(no $)@0[vCont;c+1] ");
	reads("vCont;c+1#ab+", "stray@0[vCont;c+1] ack@12 ");
	reads("garbage$OK#9a", "stray@0[garbage] packet@7[OK] ");
	reads("$half$OK#9a", "stray@0[half] packet@5[OK] ");
	reads("$OK#9$OK#9a", "stray@0[OK] packet@5[OK] ");
	reads("$OK#", "stray@0[OK] ");
	reads("Open On-Chip\r\n", "stray@0[Open On-Chip\r\n] ");
}

static void
test_too_long(void **state)
{
	static char big[RSP_BODY_MAX + 100];
	struct rsp_reader r;
	struct buf got;

	(void)state;
	memset(big, 'a', sizeof big);
	big[0] = '$';
	for (int less = 0; less < 2; less++) {
		const size_t n = (size_t)(less ? RSP_BODY_MAX : RSP_BODY_MAX + 1);

		rsp_reader_init(&r);
		buf_init(&got, 1 << 20);
		rsp_reader_feed(&r, big, n + 1, on_unit, &got);
		assert_true(r.cut == !less);
		assert_true(r.body.len == RSP_BODY_MAX);
		rsp_reader_feed(&r, "#00+", 4, on_unit, &got);
		assert_non_null(strstr(buf_str(&got), " ack@"));
		rsp_reader_fini(&r);
		buf_fini(&got);
	}
}

static void
expands(const char *in, enum err e, const char *want)
{
	struct buf out;

	buf_init(&out, 300);
	assert_int_equal(rsp_expand(in, strlen(in), &out), e);
	if (e == ERR_OK)
		assert_string_equal(buf_str(&out), want);
	buf_fini(&out);
}

static void
test_escapes(void **state)
{
	unsigned char all[256];
	struct rsp_reader r;
	struct buf frame, back, got;

	(void)state;
	expands("0* ", ERR_OK, "0000");                     /* ' ' is 32: three more */
	expands("a}\x03" "b}]", ERR_OK, "a#b}");
	expands("x*~", ERR_OK, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxx");
	expands("* ", ERR_FORMAT, NULL);
	expands("a*", ERR_FORMAT, NULL);
	expands("a}", ERR_FORMAT, NULL);
	expands("a*\x1d", ERR_FORMAT, NULL);
	expands("a*~*~*~*~", ERR_LIMIT, NULL);
	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	buf_init(&frame, 1024);
	buf_init(&back, 1024);
	buf_init(&got, 4096);
	assert_int_equal(rsp_frame((const char *)all, sizeof all, &frame), ERR_OK);
	rsp_reader_init(&r);
	rsp_reader_feed(&r, frame.data, frame.len, on_unit, &got);
	assert_int_equal(strncmp(buf_str(&got), "packet@0[", 9), 0);
	assert_int_equal(rsp_expand(frame.data + 1, frame.len - 4, &back), ERR_OK);
	assert_int_equal(back.len, 256);
	assert_memory_equal(back.data, all, 256);
	rsp_reader_fini(&r);
	buf_fini(&frame);
	buf_fini(&back);
	buf_fini(&got);
}

static void
test_hex(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 64);
	rsp_to_hex("\x00\xff\x5a", 3, &out);
	assert_string_equal(buf_str(&out), "00ff5a");
	buf_clear(&out);
	assert_true(rsp_from_hex("00FF5a", 6, &out));
	assert_memory_equal(out.data, "\x00\xff\x5a", 3);
	assert_false(rsp_from_hex("0", 1, &out));
	assert_false(rsp_from_hex("0g", 2, &out));
	buf_fini(&out);
}

static void
asks(const char *body, const char *want, enum rsp_answer answer)
{
	char words[RSP_WORDS_MAX];

	rsp_request_words(slice_of(body), words);
	assert_string_equal(words, want);
	assert_int_equal(rsp_answer_of(slice_of(body)), answer);
}

static void
answers(const char *request, const char *body, const char *want)
{
	char words[RSP_WORDS_MAX];

	rsp_reply_words(slice_of(request), slice_of(body), words);
	assert_string_equal(words, want);
}

static void
test_words(void **state)
{
	char long_one[3000], words[RSP_WORDS_MAX];

	(void)state;
	asks("m20000000,40", "read 64 bytes at 0x20000000", RSP_ANSWER_ONE);
	asks("M8000000,4:00000220", "write 4 bytes at 0x8000000", RSP_ANSWER_ONE);
	asks("Z1,800061e,2", "set a hardware breakpoint at 0x800061e", RSP_ANSWER_ONE);
	asks("z0,0,2", "take away a software breakpoint at 0x0", RSP_ANSWER_ONE);
	asks("Z9,0,2", "set a breakpoint of unknown kind at 0x0", RSP_ANSWER_ONE);
	asks("Pf=f4070008", "write register 15 = f4070008", RSP_ANSWER_ONE);
	asks("vCont;s:p1.1;c", "step thread p1.1, continue", RSP_ANSWER_STOP);
	asks("vCont?", "which vCont actions are there?", RSP_ANSWER_ONE);
	asks("qRcmd,68616c74", "monitor command \"halt\"", RSP_ANSWER_ONE);
	asks("qXfer:features:read:target.xml:0,ffb", "read features target.xml from 0, at most 4091 bytes",
	    RSP_ANSWER_ONE);
	asks("k", "kill the program", RSP_ANSWER_NONE);
	asks("c", "continue", RSP_ANSWER_STOP);
	asks("", "a request unknown here", RSP_ANSWER_ONE);
	asks("\x01\x02", "a request unknown here", RSP_ANSWER_ONE);
	answers("m0,4", "00000220", "4 bytes");
	answers("m0,4", "E14", "error 14");
	answers("m0,4", "", "not supported");
	answers("s", "T05thread:01;0f:1e060008;", "stopped: SIGTRAP, thread 01");
	answers("c", "T05watch:20000000;", "stopped: SIGTRAP, watch 20000000");
	answers("c", "S0b", "stopped: SIGSEGV");
	answers("c", "W00", "ended with status 00");
	answers("c", "O68690a", "prints \"hi\"");
	answers("qRcmd,00", "OK", "done");
	answers("qXfer:features:read:target.xml:0,ffb", "l<?xml", "5 bytes, the last");
	answers("qXfer:features:read:target.xml:0,ffb", "m<?xml", "5 bytes, there is more");
	answers("qSupported", "\x1b]0;x\x07", ".]0;x.");    /* no control byte gets through */
	memset(long_one, 'a', sizeof long_one - 1);
	long_one[sizeof long_one - 1] = '\0';
	rsp_reply_words(slice_of("qC"), slice_of(long_one), words);
	assert_int_equal(strlen(words), RSP_WORDS_MAX - 1);
	assert_true(rsp_is_stop(slice_of("X09")));
	assert_false(rsp_is_stop(slice_of("Tx")));
	assert_false(rsp_is_stop(slice_of("")));
	assert_true(rsp_is_error(slice_of("E.no such thing")));
	assert_false(rsp_is_error(slice_of("E1")));
	assert_false(rsp_is_on_the_way(slice_of("OK")));
	assert_int_equal(rsp_stop_signal(slice_of("T05")), 5);
	assert_int_equal(rsp_stop_signal(slice_of("W05")), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
