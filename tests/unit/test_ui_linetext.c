/* test_ui_linetext.c - what line editing and colours do to one console line; wrapping; the stream's
 * lines. */
#include "ui_rig.h"

#include "grid/dump.h"
#include "ui/history.h"
#include "ui/linetext.h"
#include "ui/streamview.h"
#include "ui/ui_type.h"
#include "ui/wrap.h"

static void
plain(const char *bytes, const char *want)
{
	struct linetext t;
	struct buf b;

	linetext_init(&t);
	buf_init(&b, 65536);
	linetext_render(&t, bytes, strlen(bytes));
	linetext_plain(&t, &b, NULL);
	assert_string_equal(buf_str(&b), want);
	buf_fini(&b);
	linetext_fini(&t);
}

static void
editing(void **state)
{
	(void)state;
	plain("abc\r", "abc");
	plain("abc\rx", "xbc");
	plain("abc\b\b\033[K", "a");
	plain("abc\b\b\033[Px", "ax");
	plain("ac\b\033[@b", "abc");
	plain("\033[31mred\033[0m\033]0;title\007 on", "red on");
	plain("50%\r100%\033[K", "100%");
	plain("a\tb", "a       b");
	plain("a\033[3Cb", "a   b");
	plain("\033[2J\033[Hx\0337\0338", "x");
	plain("\xe4\xb8\xad\xff!", "\xe4\xb8\xad\xef\xbf\xbd!");
	plain("e\xcc\x81", "e\xcc\x81");
	plain("\033[99999999999999999Dx", "x");
	plain("\033[", "");
	plain("\033]never ends", "");
}

static void
wrapping(void **state)
{
	struct linetext t;

	(void)state;
	linetext_init(&t);
	linetext_render(&t, "", 0);
	assert_int_equal(linetext_rows(&t, 10), 1);
	linetext_render(&t, "0123456789", 10);
	assert_int_equal(linetext_rows(&t, 10), 1);
	assert_int_equal(linetext_rows(&t, 9), 2);
	assert_int_equal(linetext_rows(&t, 1), 10);
	/* the wide one does not fit: next row */
	linetext_render(&t, "123\xe4\xb8\xad" "6", 7);
	assert_int_equal(linetext_rows(&t, 4), 2);
	linetext_fini(&t);
}

static void
full_screen_is_seen(void **state)
{
	static const struct { const char *bytes; bool screen; } cases[] = {
		{ "\033[2J", false }, { "\033[J", false }, { "\033[31m", false }, { "\033[5;1H",
		    true }, { "\033[H", true },
		{ "\033[?1049h", true }, { "\033[?1049h\033[?1049l", false }, { "\033[?25h",
		    false }, { "\033[1;20r", true },
		{ "\033[r", false }, { "\033[H\033c", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rig *r = rig_new("snapshot.json", 24, 80);
		struct replica_stream *s = replica_stream(r->ui->replica, 1);

		rig_draw(r);
		ui_bytes(r->ui, replica_bytes(r->ui->replica, 1, s->base + s->ring.end, 1,
		    cases[i].bytes,
		    strlen(cases[i].bytes)));
		assert_int_equal(streamview_full_screen(ui_current_view(r->ui)), cases[i].screen);
		rig_draw(r);
		rig_free(r);
	}
}

/* What an editor drew on the alternate screen is no line of the log. */
static void
alternate_screen_leaves_no_lines(void **state)
{
	static const char bytes[] =
	    "vi x\r\n\033[?1049h\033[1;1Htext\r\nmore\r\n~\r\n\033[?1049l# after\r\nlast";
	struct rig *r = rig_new("snapshot.json", 24, 80);
	struct replica_stream *s = replica_stream(r->ui->replica, 1);
	const size_t n = sizeof bytes - 1;

	(void)state;
	rig_draw(r);
	for (size_t i = 0; i < n; i++) {
		ui_bytes(r->ui, replica_bytes(r->ui->replica, 1, s->base + s->ring.end, 1,
		    bytes + i, 1));
		rig_draw(r);
	}
	rig_type(r, "\x14\033gvGy");
	assert_non_null(strstr(buf_str(&r->yanked), "# vi x\n\n# after\nlast\n"));
	assert_null(strstr(buf_str(&r->yanked), "more"));
	rig_free(r);
}

/* A log that outgrows the ring: old lines go, the numbers of the others stay. */
static void
old_lines_are_forgotten(void **state)
{
	struct rig *r = rig_new("empty.json", 24, 80);
	struct streamview *v;
	struct replica_stream *s;
	enum { LINES = STREAMVIEW_LINES + 50000 };
	char line[64], last[64];

	(void)state;
	snprintf(last, sizeof last, "line number %d of a long log\n", LINES - 1);
	rig_event(r, "console",
	    "{\"console\":{\"id\":1,\"stream\":1,\"name\":\"c\",\"state\":\"open\"}}");
	s = replica_stream(r->ui->replica, 1);
	v = ui_current_view(r->ui);
	for (int i = 0; i < LINES; i++) {
		const int n = snprintf(line, sizeof line, "line number %d of a long log\n", i);

		ui_bytes(r->ui, replica_bytes(r->ui->replica, 1, s->base + s->ring.end, (uint64_t)i,
		    line, (size_t)n));
	}
	assert_true(v->first > 0);
	assert_int_equal(v->first + v->lines - 1, LINES);
	rig_draw(r);
	rig_type(r, "\x14\033gy");
	assert_non_null(strstr(buf_str(&r->yanked), "of a long log\n"));
	rig_type(r, "Gky");
	assert_string_equal(buf_str(&r->yanked), last);
	rig_free(r);
}

/* Text of the viewer itself: between words, a word that is too long, wide letters, the sign. */
static void
own_words(void **state)
{
	const struct { const char *text; int cols, rows; const char *want; } rows[] = {
		{ "", 8, 3, "" },
		{ "one two three", 20, 3, "one two three" },
		{ "one two three", 9, 3, "one two\nthree" },
		{ "one two three", 8, 1, "one t..." },
		{ "one two three four", 9, 2, "one two\nthree..." },
		{ "abcdefghijklmno p", 8, 3, "abcdefgh\nijklmno\np" },
		{ "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad", 8, 1,
		    "\xe4\xb8\xad\xe4\xb8\xad..." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct grid *g = grid_new(rows[i].rows, rows[i].cols);
		char text[256];
		struct buf b;

		buf_init(&b, 65536);
		(void)wrap_draw(g, (struct grid_rect){ 0, 0, rows[i].rows, rows[i].cols }, 0,
		    rows[i].text);
		assert_int_equal(grid_dump(g, GRID_TEXT, &b), ERR_OK);
		(void)snprintf(text, sizeof text, "%s", buf_str(&b));
		for (size_t k = strlen(text); k > 0 && text[k - 1] == '\n'; k--)
			text[k - 1] = '\0';
		assert_string_equal(text, rows[i].want);
		buf_fini(&b);
		grid_free(g);
	}
	assert_int_equal(wrap_rows("one two three", 9), 2);
	assert_int_equal(wrap_rows("", 9), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(editing), cmocka_unit_test(wrapping),
		cmocka_unit_test(own_words),
		    cmocka_unit_test(full_screen_is_seen),
		cmocka_unit_test(alternate_screen_leaves_no_lines),
		cmocka_unit_test(old_lines_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
