/* test_ui_streamview.c - lines of a stream: filter, pieces of long lines, maps, hex, search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "grid/dump.h"
#include "ui/hexview.h"
#include "ui/streamfind.h"
#include "ui/streamview.h"

struct world { struct replica_stream s; struct streamview *v; struct grid *g; };

static void
w_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	ring_init(&w->s.ring, 1 << 20);
	w->v = streamview_new(&w->s, false);
	w->g = grid_new(10, 100);
}

static void
w_fini(struct world *w)
{
	streamview_free(w->v);
	grid_free(w->g);
	ring_fini(&w->s.ring);
}

static void
say(struct world *w, const char *text, size_t n)
{
	ring_put(&w->s.ring, text, n);
	streamview_update(w->v);
}

static char *
drawn(struct world *w)
{
	const struct streamview_look look = { .live = true };
	struct buf b;
	int row, col;

	grid_clear(w->g);
	streamview_draw(w->v, w->g, (struct grid_rect){ 0, 0, 10, 100 }, &look, &row, &col);
	buf_init(&b, 1 << 20);
	(void)grid_dump(w->g, GRID_TEXT, &b);
	(void)buf_add_byte(&b, '\0');
	return buf_take(&b);
}

static void
shows(struct world *w, const char *text, bool want)
{
	char *got = drawn(w);

	if ((strstr(got, text) != NULL) != want)
		fail_msg("%s \"%s\" in:\n%s", want ? "no" : "a", text, got);
	mem_free(got);
}

static void
test_filter(void **state)
{
	struct world w;
	struct err_msg why;
	char line[32];

	(void)state;
	w_init(&w);
	assert_int_equal(streamview_filter(w.v, "keep && !not this", &why), ERR_OK);
	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof line, i % 10 == 0 ? "keep %d\n" : i % 10 == 1 ?
		    "keep but not this %d\n" : "drop %d\n", i);
		say(&w, line, strlen(line));
	}
	assert_true(w.v->hidden == 900);
	shows(&w, "keep 990", true);
	shows(&w, "drop 999", false);
	assert_int_equal(streamview_filter(w.v, "level>=warn", &why), ERR_OK);
	assert_true(w.v->hidden == 1000);
	say(&w, "ERROR: x\nfoo(\n", 14);
	assert_true(w.v->hidden == 1001);
	/* no pattern, so it is text */
	assert_int_equal(streamview_filter(w.v, "foo(", &why), ERR_OK);
	shows(&w, "foo(", true);
	assert_int_equal(streamview_filter(w.v, "", &why), ERR_OK);
	assert_true(w.v->hidden == 0);
	/* lines that leave the ring leave the count */
	assert_int_equal(streamview_filter(w.v, "!drop", &why), ERR_OK);
	for (int i = 0; i < 200000; i++)
		say(&w, "drop me now\n", 12);
	assert_true(w.v->hidden + 1 == w.v->lines);
	w_fini(&w);
}

/* A megabyte without an end: what came last is on the screen, memory bounded. */
static void
test_no_end(void **state)
{
	struct world w;
	char piece[1000];

	(void)state;
	w_init(&w);
	memset(piece, 'x', sizeof piece);
	for (int i = 0; i < 3000; i++)
		say(&w, piece, sizeof piece);
	say(&w, "the newest", 10);
	shows(&w, "the newest", true);
	assert_true(w.v->lines < 1000);
	say(&w, "\nnext", 5);
	shows(&w, "next", true);
	w_fini(&w);
}

static void
test_map(void **state)
{
	struct world w;
	struct err_msg why;

	(void)state;
	w_init(&w);
	say(&w, "one\rtwo\rthree", 13);
	shows(&w, "one", false);
	assert_int_equal(streamview_map(w.v, "in:cr=lf", &why), ERR_OK);
	shows(&w, "one\ntwo\nthree", true);
	assert_int_equal(streamview_map(w.v, "nonsense", &why), ERR_USAGE);
	assert_int_equal(streamview_map(w.v, "INLCR", &why), ERR_OK);
	assert_true(w.v->lines == 1);
	w_fini(&w);
}

static void
test_bytes(void **state)
{
	struct world w;
	struct err_msg why;
	struct buf out;

	(void)state;
	w_init(&w);
	w.s.base = 5;                   /* we came after five bytes: rows stay the bench's */
	say(&w, "ab\x01\xff\033[1m欢\r\n", 13);
	streamview_mode_set(w.v, STREAMVIEW_MIXED);
	shows(&w, "ab[01][ff][1b][1m欢[0d][0a]", true);
	streamview_mode_set(w.v, STREAMVIEW_HEX);
	shows(&w, "00000000                  61 62 01  ff 1b 5b 31 6d e6 ac a2", true);
	shows(&w, "|     ab...[1m...|", true);
	assert_int_equal(streamview_find(w.v, "\\xff\\x1b", &why), ERR_OK);
	w.v->hex_at = 0;
	assert_true(streamview_find_next(w.v, false));
	assert_true(w.v->hex_at == 3);
	assert_false(streamview_find_next(w.v, false));
	buf_init(&out, 4096);
	assert_int_equal(streamview_yank(w.v, &out), 1);
	assert_non_null(strstr(buf_str(&out), "|     ab...[1m...|\n"));
	buf_fini(&out);
	w_fini(&w);
}

static void
test_find_text_first(void **state)
{
	struct world w;
	struct err_msg why;

	(void)state;
	w_init(&w);
	say(&w, "[READY] now\nRED\nready\n", 22);
	assert_int_equal(streamview_find(w.v, "[READY]", &why), ERR_OK);
	streamview_find_count(w.v);
	assert_true(w.v->find_total == 1);
	assert_int_equal(streamview_find(w.v, "R[ED]+$", &why), ERR_OK);
	streamview_find_count(w.v);
	assert_true(w.v->find_total == 1);
	assert_int_equal(streamview_find(w.v, "ready", &why), ERR_OK);
	streamview_find_count(w.v);
	assert_true(w.v->find_total == 2);
	w_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_no_end),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_find_text_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
