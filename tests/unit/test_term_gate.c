/* test_term_gate.c - what a board says against what may go on to the emulation, for every split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "term/gate.h"

#define REP10(s) s s s s s s s s s s

struct row { const char *name, *in, *out; };

/* Nothing of these may come out; `out` is what may stay between the A and the B around them. */
static const struct row hostile[] = {
	{ "set title", "\033]0;pwned\a", "" },
	{ "set title, ST", "\033]2;pwned\033\\", "" },
	{ "title report (CVE-2003-0063)", "\033[21t", "" },
	{ "icon report", "\033[20t", "" },
	{ "resize the window", "\033[8;1;1t", "" },
	{ "iconify", "\033[2t", "" },
	{ "DECRQSS (CVE-2008-2383)", "\033P$q\nid\n\033\\", "" },
	{ "DECRQSS (CVE-2022-45872)", "\033P$qm\033\\", "" },
	{ "font query (CVE-2022-45063)", "\033]50;?\a", "" },
	{ "clipboard write OSC 52", "\033]52;c;cm0gLXJm\a", "" },
	{ "clipboard read OSC 52", "\033]52;c;?\a", "" },
	{ "link OSC 8", "\033]8;;file:///etc/passwd\033\\x\033]8;;\033\\", "x" },
	{ "link scheme (CVE-2023-46321)", "\033]8;;x-man-page://-P id\a", "" },
	{ "colour query OSC 4", "\033]4;0;?\a", "" },
	{ "colour query OSC 10", "\033]10;?\033\\", "" },
	{ "palette change", "\033]4;1;rgb:00/00/00\a", "" },
	{ "desktop notification", "\033]9;hello\a", "" },
	{ "iTerm2 file", "\033]1337;File=name=eA==:eA==\a", "" },
	{ "DA1", "\033[c", "" },
	{ "DA1 with 0", "\033[0c", "" },
	{ "DA2", "\033[>c", "" },
	{ "DA3", "\033[=c", "" },
	{ "DECID", "\033Z", "" },
	{ "ENQ", "\005", "" },
	{ "DSR status", "\033[5n", "" },
	{ "DSR cursor", "\033[6n", "" },
	{ "DECDSR", "\033[?6n", "" },
	{ "DECREQTPARM", "\033[0x", "" },
	{ "DECRQM", "\033[?2004$p", "" },
	{ "DECRQM ansi", "\033[4$p", "" },
	{ "XTVERSION", "\033[>0q", "" },
	{ "XTGETTCAP", "\033P+q544e\033\\", "" },
	{ "kitty keyboard query", "\033[?u", "" },
	{ "kitty keyboard push", "\033[>1u", "" },
	{ "modifyOtherKeys", "\033[>4;2m", "" },
	{ "DECUDK", "\033P1;1|17/6964\033\\", "" },
	{ "sixel", "\033Pq#0;2;0;0;0#0~~@@\033\\", "" },
	{ "media copy", "\033[5i", "" },
	{ "media copy off", "\033[4i", "" },
	{ "private media copy", "\033[?5i", "" },
	{ "APC", "\033_Gi=1;AAAA\033\\", "" },
	{ "PM", "\033^secret\033\\", "" },
	{ "SOS", "\033Xsecret\033\\", "" },
	{ "screen's title", "\033ktitle\033\\", "" },
	{ "REP", "\033[9999b", "" },
	{ "mouse 9", "\033[?9h", "" },
	{ "mouse 1000", "\033[?1000h", "" },
	{ "mouse 1003 and 1006", "\033[?1003;1006h", "" },
	{ "focus 1004", "\033[?1004h", "" },
	{ "paste 2004", "\033[?2004h", "" },
	{ "80/132 columns", "\033[?3h", "" },
	{ "margins DECLRMM", "\033[?69h", "" },
	{ "DECSLRM", "\033[2;3s", "" },
	{ "one good mode among bad", "\033[?1000;25;2004h", "\033[?25h" },
	{ "keyboard lock", "\033[2h", "" },
	{ "DECALN", "\033#8", "" },
	{ "double height", "\033#3", "" },
	{ "UTF-8 off", "\033%@", "" },
	{ "8-bit controls on", "\033 G", "" },
	{ "single shift", "\033N", "" },
	{ "LS2", "\033n", "" },
	{ "charset not listed", "\033(U", "" },
	{ "charset, two intermediates", "\033( 0", "" },
	{ "cursor shape", "\033[5 q", "" },
	{ "LEDs", "\033[1q", "" },
	{ "DECSCL", "\033[62;1\"p", "" },
	{ "DECSCA", "\033[1\"q", "" },
	{ "rectangle fill", "\033[88;1;1;9;9$x", "" },
	{ "rectangle checksum", "\033[1;1;1;1;9;9*y", "" },
	{ "self test", "\033[2;8y", "" },
	{ "C1 CSI in UTF-8", "\xc2\x9b" "6n", "6n" },
	{ "C1 OSC in UTF-8", "\xc2\x9d" "0;x\a", "0;x\a" },
	{ "C1 DCS in UTF-8", "\xc2\x90" "q", "q" },
	{ "C1 CSI raw", "\x9b" "6n", "\ufffd6n" },
	{ "C1 OSC raw", "\x9d" "0;x", "\ufffd0;x" },
	{ "C1 CSI overlong", "\xe0\x82\x9b" "6n", "\ufffd\ufffd\ufffd6n" },
	{ "surrogate", "\xed\xa0\x80", "\ufffd\ufffd\ufffd" },
	{ "over U+10FFFF", "\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd" },
	{ "broken UTF-8 then a letter", "\xe2\x82" "A", "\ufffdA" },
	{ "broken UTF-8 then escape", "\xe2\x82\033[6n", "\ufffd" },
	{ "DEL", "\x7f", "" },
	{ "control inside CSI", "\033[\a6n", "\a" },
	{ "escape inside CSI", "\033[3\033[6n", "" },
	{ "CAN inside CSI", "\033[6\x18" "n", "n" },
	{ "SUB inside OSC", "\033]0;a\x1a" "b", "b" },
	{ "overflowing number (CVE-2012-2738)", "\033[99999999999999999999B", "\033[9999B" },
	{ "colon parameters (CVE-2020-27347)", "\033[::::::::::::::::::::::::::::::::::::::m", "" },
	{ "too many parameters", "\033[1;2;3;4;5;6;7;8;9H", "" },
	{ "sub-parameters where none belong", "\033[1:2H\033[?0::K\033[?1:25h", "" },
	{ "marks that widen a cell in libvterm", "\u3099\u302a\u302e\u302f\u309a", "" },
	{ "leader twice", "\033[??25h", "" },
	{ "leader after a number", "\033[2?25h", "" },
	{ "number after an intermediate", "\033[!1p", "" },
	{ "string ended by an escape that is a query", "\033]0;x\033[6n", "" },
	{ "nested strings", "\033]0;\033P\033_\033^\033\\", "" },
};

/* And these must work. */
static const struct row good[] = {
	{ "text", "caf\u00e9 \u4e2d \U0001f600", "caf\u00e9 \u4e2d \U0001f600" },
	{ "controls", "\a\b\t\n\v\f\r", "\a\b\t\n\v\f\r" },
	{ "other controls", "\001\002\003\004\006\020\035\037", "" },
	{ "cursor", "\033[H\033[;5H\033[2;3f\033[A\033[10B",
	    "\033[H\033[;5H\033[2;3f\033[A\033[10B" },
	{ "erase", "\033[J\033[2J\033[K\033[1K\033[3X\033[?J",
	    "\033[J\033[2J\033[K\033[1K\033[3X\033[?J" },
	{ "insert, delete", "\033[4@\033[2P\033[3L\033[2M\033[S\033[T",
	    "\033[4@\033[2P\033[3L\033[2M\033[S\033[T" },
	{ "zeros", "\033[0m\033[00001;002H\033[1000A", "\033[0m\033[1;2H\033[1000A" },
	{ "SGR", "\033[m\033[1;31;42m\033[38;5;200m", "\033[m\033[1;31;42m\033[38;5;200m" },
	{ "SGR in pieces", "\033[0;1;38;2;1;2;3;48;2;4;5;6m",
	    "\033[0;1;38;2;1;2;3m\033[48;2;4;5;6m" },
	{ "SGR with sub-parameters", "\033[4:3;38:2::1:2:3m", "\033[4:3;38:2::1:2:3m" },
	{ "SGR cut short", "\033[1;38;5m\033[38;7;1m", "\033[1m" },
	{ "modes", "\033[4h\033[20;99l", "\033[4h\033[20l" },
	{ "private modes", "\033[?1;6;7;25;47;1047;1048;1049h\033[?1049l",
	    "\033[?1;6;7;25;47;1047;1048;1049h\033[?1049l" },
	{ "scroll region", "\033[2;10r\033[r", "\033[2;10r\033[r" },
	{ "save and restore", "\0337\0338\033[s\033[u", "\0337\0338\0337\0338" },
	{ "escapes", "\033D\033E\033H\033M\033=\033>\033c\033[!p",
	    "\033D\033E\033H\033M\033=\033>\033c\033[!p" },
	{ "line drawing", "\033(0lqk\r\u00e9x_~`\033(Bq",
	    "\u250c\u2500\u2510\r\u00e9\u2502_\u00b7\u25c6q" },
	{ "line drawing in G1", "q\033)0q\016q\017q\016\033)Bq\017", "qq\u2500qq" },
	{ "line drawing saved", "\033(0\0337\033(B\0338q\033c\0338q",
	    "\0337\0338\u2500\033c\0338q" },
	{ "line drawing and screens", "\033(0\033[?1049h\033(Bq\033[?1049lq\033[!pq",
	    "\033[?1049hq\033[?1049l\u2500\033[!pq" },
	{ "control inside a CSI", "\033[2\n;3H", "\n\033[2;3H" },
	{ "newer escape wins", "\033[3\033[4A", "\033[4A" },
	{ "text after a broken escape", "\033\xc3\xa9\033[\xc3\xa9", "\u00e9\u00e9" },
	{ "marks", "e\u0301\u0302", "e\u0301\u0302" },
	{ "marks, too many", "e" REP10("\u0301") "x\u0301",
	    "e\u0301\u0301\u0301\u0301\u0301x\u0301" },
	{ "marks of an older Unicode", REP10("\u06de") "\u1734", "\u06de\u06de\u06de\u06de\u06de" },
	{ "marks behind a bell", "e\u0301\u0301\u0301\a\u0301\u0301\a\u0301",
	    "e\u0301\u0301\u0301\a\u0301\u0301\a" },
};

struct acc {
	struct buf b;
	size_t biggest;
};

static void
collect(const char *p, size_t n, void *arg)
{
	struct acc *a = arg;

	assert_true(n > 0 && n <= GATE_WRITE_MAX);
	a->biggest = n > a->biggest ? n : a->biggest;
	assert_int_equal(buf_add(&a->b, p, n), ERR_OK);
}

/* Feeds in[0..n) in two parts cut at `cut`; the caller frees the result. */
static char *
through(enum gate_mode mode, const char *in, size_t n, size_t cut)
{
	struct acc a = { .biggest = 0 };
	struct gate g;

	buf_init(&a.b, 64 << 20);
	gate_init(&g, mode, collect, &a);
	gate_feed(&g, in, cut);
	gate_feed(&g, in + cut, n - cut);
	gate_finish(&g);
	assert_non_null(buf_str(&a.b));
	return buf_take(&a.b);
}

static void
is(const struct row *r, const char *before, const char *after)
{
	char *in = mem_fmt("%s%s%s", before, r->in, after),
	     *want = mem_fmt("%s%s%s", before, r->out, after);
	const size_t n = strlen(in);

	for (size_t cut = 0; cut <= n; cut++) {
		char *got = through(GATE_SCREEN, in, n, cut);

		if (got == NULL || strcmp(got, want) != 0)
			fail_msg(
			    "%s, cut at %zu: got \"%s\"", r->name, cut, got != NULL ? got : "");
		mem_free(got);
	}
	mem_free(in);
	mem_free(want);
}

static void
hostile_is_dropped(void **state)
{
	(void)state;
	assert_true(sizeof hostile / sizeof hostile[0] >= 60);
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
		is(&hostile[i], "A", "B");
}

static void
good_goes_through(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		is(&good[i], "A", "B");
}

static char *
corpus(void)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
		buf_add_str(&b, hostile[i].in);
		if (i < sizeof good / sizeof good[0])
			buf_add_str(&b, good[i].in);
	}
	return buf_take(&b);
}

static void
every_split_of_everything(void **state)
{
	char *in = corpus();
	const size_t n = strlen(in);

	(void)state;
	for (int mode = GATE_SCREEN; mode <= GATE_PLAIN; mode++) {
		char *want = through((enum gate_mode)mode, in, n, 0);

		assert_true(n > 1000);
		for (size_t cut = 1; cut <= n; cut++) {
			char *got = through((enum gate_mode)mode, in, n, cut);

			assert_string_equal(got, want);
			mem_free(got);
		}
		mem_free(want);
	}
	mem_free(in);
}

static void
strings_end(void **state)
{
	struct buf b;
	char *got;

	(void)state;
	for (int over = -1; over <= 1; over++) {
		buf_init(&b, 1 << 20);
		buf_add_str(&b, "\033]");
		for (int i = 0; i < GATE_STRING_MAX + over; i++)
			buf_add_byte(&b, 'x');
		buf_add_str(&b, "end\033\\");
		got = through(GATE_SCREEN, b.data, b.len, 1);
		assert_string_equal(got != NULL ? got : "", over < 0    ? "nd"
							    : over == 0 ? "end"
									: "xend");
		mem_free(got);
		buf_fini(&b);
	}
}

static void
writes_are_bounded_and_whole(void **state)
{
	static const char unit[] = "\u20ac\033[1;31mx\u4e2d";
	struct acc a = { .biggest = 0 };
	struct buf in;
	struct gate g;

	(void)state;
	buf_init(&in, 1 << 20);
	buf_init(&a.b, 1 << 20);
	for (int i = 0; i < 5000; i++)
		buf_add_str(&in, unit);
	for (int i = 0; i < 10000; i++)
		buf_add_byte(&in, 'a');
	gate_init(&g, GATE_SCREEN, collect, &a);
	gate_feed(&g, in.data, in.len);
	assert_int_equal(a.b.len, in.len);
	assert_memory_equal(a.b.data, in.data, in.len);
	assert_true(a.biggest > GATE_WRITE_MAX - 64);
	buf_fini(&in);
	buf_fini(&a.b);
}

static void
nothing_is_lost_at_the_end(void **state)
{
	struct acc a = { .biggest = 0 };
	struct gate g;

	(void)state;
	buf_init(&a.b, 100);
	gate_init(&g, GATE_SCREEN, collect, &a);
	gate_feed(&g, "a\xe2\x82", 3);
	assert_string_equal(buf_str(&a.b), "a");
	gate_finish(&g);
	assert_string_equal(buf_str(&a.b), "a\ufffd");
	gate_feed(&g, "b", 1);
	assert_string_equal(buf_str(&a.b), "a\ufffdb");
	buf_fini(&a.b);
}

static void
keyboard_modes(void **state)
{
	struct acc a = { .biggest = 0 };
	struct gate g;

	(void)state;
	buf_init(&a.b, 1000);
	gate_init(&g, GATE_SCREEN, collect, &a);
	gate_feed(&g, "\033[?25;1h\033=", 10);
	assert_true(g.app_cursor && g.app_keypad);
	gate_feed(&g, "\033[?1l\033>", 7);
	assert_false(g.app_cursor || g.app_keypad);
	gate_feed(&g, "\033[?1h\033=\033[!p", 11);
	assert_false(g.app_cursor || g.app_keypad);
	gate_feed(&g, "\033[?1h\033=\033c", 9);
	assert_false(g.app_cursor || g.app_keypad);
	buf_fini(&a.b);
}

static void
plain_text(void **state)
{
	static const struct row t[] = {
		{ "colours", "\033[1;31mE\033[0m panic\r\n", "E panic\n" },
		{ "line ends", "a\r\nb\rc\nd\r\r\ne\r", "a\nb\nc\nd\ne\n" },
		{ "progress", "10%\r20%\r\n", "10%\n20%\n" },
		{ "tabs, bells", "a\tb\a\b\016c", "a\tbc" },
		{ "title", "\033]0;x\ay", "y" },
		{ "line drawing", "\033(0q\033(B\016q", "\u2500q" },
		{ "log poisoning", "\033[2J\033[H[   1.0] forged", "[   1.0] forged" },
		{ "utf8", "\xc3\xa9\xff\xc2\x9b" "31m", "\u00e9\ufffd31m" },
		{ "cr in colour", "a\r\033[K\nb", "a\nb" },
	};
	struct buf b, small;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		buf_init(&b, 1000);
		assert_int_equal(gate_strip(t[i].in, strlen(t[i].in), &b), ERR_OK);
		assert_string_equal(buf_str(&b), t[i].out);
		buf_fini(&b);
	}
	buf_init(&small, 4);
	assert_int_equal(gate_strip("too long", 8, &small), ERR_LIMIT);
	buf_fini(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_is_dropped),
		cmocka_unit_test(good_goes_through),
		cmocka_unit_test(every_split_of_everything),
		cmocka_unit_test(strings_end),
		cmocka_unit_test(writes_are_bounded_and_whole),
		cmocka_unit_test(nothing_is_lost_at_the_end),
		cmocka_unit_test(keyboard_modes),
		cmocka_unit_test(plain_text),
	};

	return cmocka_run_group_tests_name("term_gate", tests, NULL, NULL);
}
