/* test_ui_keys.c - where keys go: the board, the prefix, the panes, what stands over them. */
#include "ui_rig.h"

#include "grid/dump.h"
#include "ui/history.h"
#include "ui/ui_type.h"

#define SENT(r, text) do { \
	assert_int_equal((r)->sent.len, sizeof (text) - 1); \
	assert_memory_equal(buf_str(&(r)->sent), text, sizeof (text) - 1); \
	buf_clear(&(r)->sent); \
} while (0)
#define ASKED(r, text) do { \
	assert_string_equal(buf_str(&(r)->commands), text); \
	buf_clear(&(r)->commands); \
} while (0)

static void
live_keys_go_to_the_board(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_draw(r);
	rig_type(r, "ls\r\x03\033[A\033OP\t\x7f q?:d");
	SENT(r, "ls\r\x03\033[A\033OP\t\x7f q?:d");
	/* a paste is data: its ^T d does not detach */
	rig_type(r, "\033[200~paste \x14 d\r\033[201~");
	SENT(r, "paste \x14 d\r");
	assert_int_equal(r->leaves, 0);
	for (int c = 1; c < 256; c++) {
		const char byte[2] = { (char)c, '\0' };

		if (c == 0x14)
			continue;
		rig_type(r, byte);
		assert_int_equal(r->sent.len, 1);
		assert_memory_equal(buf_str(&r->sent), byte, 1);
		buf_clear(&r->sent);
	}
	rig_free(r);
}

static void
the_prefix(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_type(r, "\x14");
	SENT(r, "");
	rig_type(r, "\x14");
	SENT(r, "\x14");
	/* unknown: nothing is sent, and said */
	rig_type(r, "\x14Z");
	SENT(r, "");
	assert_non_null(strstr(r->ui->message, "nothing was sent"));
	assert_false(r->ui->prefix);
	rig_type(r, "\x14" "b");
	ASKED(r, "console.break\n");
	rig_type(r, "\x14" "2");
	assert_int_equal(r->ui->focus, PANE_BOARD);
	rig_type(r, "1x");                                      /* back: live again */
	SENT(r, "x");
	rig_type(r, "\x14" "d");
	assert_int_equal(r->leaves, 1);
	rig_free(r);
}

static void
the_menu_comes_after_300_ms(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	uint64_t start;

	(void)state;
	start = r->ui->mono;
	rig_type(r, "\x14");
	assert_int_equal(ui_next_change(r->ui), start + 300 * NS_PER_MS);
	r->ui->mono = start + 3600 * NS_PER_S;                  /* it waits without end */
	rig_draw(r);
	assert_true(r->ui->prefix);
	rig_type(r, "\x14");
	SENT(r, "\x14");
	rig_free(r);
}

static void
asking(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_type(r, "\x14R");
	rig_draw(r);
	assert_non_null(r->ui->overlay);
	ASKED(r, "");
	rig_type(r, "\r");                                      /* Cancel has the focus */
	assert_null(r->ui->overlay);
	ASKED(r, "");
	/* the key that asked does not confirm */
	rig_type(r, "\x14RR");
	assert_non_null(r->ui->overlay);
	ASKED(r, "");
	rig_type(r, "\t\r");
	ASKED(r, "console.reset confirm=on\n");
	rig_type(r, "\x14Ry");
	ASKED(r, "console.reset confirm=on\n");
	rig_type(r, "\x14R\033");
	assert_null(r->ui->overlay);
	ASKED(r, "");
	ui_run_line(r->ui, "job.run -- ls -l");
	ASKED(r, "job.run -- ls -l\n");
	rig_free(r);
}

static void
says(struct rig *r, const char *text)
{
	struct replica_stream *s = &ui_console(r->ui)->stream;

	assert_ptr_equal(replica_bytes(r->ui->replica, s->id, s->base + s->ring.end,
	    61 * NS_PER_S, text, strlen(text)), s);
	ui_bytes(r->ui, s);
}

static void
a_trigger_holds_the_console(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	struct replica_stream *s = &ui_console(r->ui)->stream;
	struct streamview *v;
	uint64_t at;
	char event[200];

	(void)state;
	says(r, "\r\n");
	rig_draw(r);
	at = s->base + s->ring.end;
	snprintf(event, sizeof event, "{\"id\":1,\"pattern\":\"temp\",\"action\":\"notice\","
	    "\"console\":\"main\",\"stream\":%u,\"offset\":%llu}", s->id, (unsigned long long)at);
	rig_event(r, "trigger", event);
	assert_false(r->ui->nav);                               /* a notice holds nothing */
	snprintf(event, sizeof event, "{\"id\":2,\"pattern\":\"temp\",\"action\":\"stop\","
	    "\"console\":\"main\",\"stream\":%u,\"offset\":%llu}", s->id, (unsigned long long)at);
	rig_event(r, "trigger", event);
	assert_false(r->ui->nav);                               /* its line is not here yet */
	says(r, "temp 121\r\n");
	for (int i = 0; i < 100; i++)
		says(r, "more\r\n");
	rig_draw(r);
	assert_true(r->ui->nav);
	v = ui_current_view(r->ui);
	assert_false(v->follow);
	assert_int_equal(streamview_line(v, v->cur, NULL).n, 8);
	assert_memory_equal(streamview_line(v, v->cur, NULL).p, "temp 121", 8);
	rig_type(r, "\r");                                      /* nothing reaches the board */
	rig_type(r, "\x7f");
	SENT(r, "");
	assert_true(r->ui->nav);
	rig_type(r, "i");
	assert_false(r->ui->nav);
	rig_type(r, "x");
	SENT(r, "x");
	says(r, "temp 122\r\n");                                /* once is once */
	rig_draw(r);
	assert_false(r->ui->nav);
	rig_free(r);
}

static void
scrollback_and_search(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_draw(r);
	rig_type(r, "\x14\033");
	assert_true(r->ui->nav);
	rig_type(r, "JyZ");
	SENT(r, "");
	rig_type(r, "/upload\r");
	rig_draw(r);
	rig_type(r, "y");
	assert_string_equal(buf_str(&r->yanked),
	    "[   47.100] app: E upload timeout after 400 ms, queue 17\n");
	rig_type(r, "ny");
	assert_string_equal(buf_str(&r->yanked),
	    "[   34.100] app: E upload timeout after 400 ms, queue 17\n");
	rig_type(r, "Ny");
	assert_string_equal(buf_str(&r->yanked),
	    "[   47.100] app: E upload timeout after 400 ms, queue 17\n");
	rig_type(r, "vjjy");
	assert_string_equal(buf_str(&r->yanked),
	    "[   47.100] app: E upload timeout after 400 ms, queue 17\n"
	    "[   48.400] app: sample 4 t=41.4 h=37.9\n[   49.700] net: link eth0 down\n");
	/* no error before the first line: stays */
	rig_type(r, "g[ey");
	assert_string_equal(buf_str(&r->yanked),
	    "[   12.000] wbd: boot ok, heap 3.1 MiB, goroutines 14\n");
	rig_type(r, "]ey");
	assert_string_equal(buf_str(&r->yanked),
	    "[   21.100] app: E upload timeout after 400 ms, queue 17\n");
	rig_type(r, "/nowhere to be seen\r");
	assert_non_null(strstr(r->ui->message, "not found"));
	rig_type(r, "i!");
	SENT(r, "!");
	rig_free(r);
}

static void
palette(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_type(r, "\x14:gauge.every 5s\r");
	ASKED(r, "gauge.every 5s\n");
	rig_type(r, "\x14:boa.*\x15" "board.fl\r");             /* completes first, does not run */
	assert_non_null(r->ui->overlay);
	ASKED(r, "");
	rig_type(r, "x.bin\r");                                 /* it asks */
	ASKED(r, "");
	rig_type(r, "y");
	ASKED(r, "board.flash confirm=on x.bin\n");
	/* a whole command under a partial name */
	rig_type(r, "\x14:view.zo\r");
	assert_true(r->ui->zoom);
	rig_type(r, "\x14:flash-and\r");
	ASKED(r, "workflow.run flash-and-watch\n");
	rig_type(r, "\x14:\033[A");                             /* history */
	rig_draw(r);
	rig_type(r, "\033");
	rig_free(r);
}

static void
not_open_and_observing(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	r->ui->observe = true;
	rig_type(r, "x");
	SENT(r, "");
	ui_run_line(r->ui, "console.break");
	ASKED(r, "");
	assert_non_null(strstr(r->ui->message, "observing"));
	r->ui->observe = false;
	rig_event(r, "console",
	    "{\"t\":63000000000,\"console\":{\"id\":1,\"stream\":1,\"name\":\"main\","
	    "\"state\":\"lost\","
	    "\"device\":\"/dev/ttyUSB0\",\"why\":\"EIO\"}}");
	rig_type(r, "x");
	SENT(r, "");
	assert_non_null(strstr(r->ui->message, "not sent"));
	rig_free(r);
}

static void
at_card(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	json_t *a = json_pack("{s:s,s:s,s:s,s:[s],s:i}", "command", "AT+CSQ", "result", "OK",
	    "code", "ok", "lines",
	    "+CSQ: 21,0", "ms", 38);
	const struct replica_news n = { .at = a };

	(void)state;
	rig_type(r, "\x14" "aAT+CSQ\r");
	ASKED(r, "at.send AT+CSQ\n");
	ui_news(r->ui, &n);
	ui_answer(r->ui, "at.send AT+CSQ", a, NULL);
	assert_string_equal(r->ui->at.text, "+CSQ: 21,0\nOK");
	rig_type(r, "\x12");
	ASKED(r, "at.send AT+CSQ\n");
	ui_news(r->ui, &n);
	ui_answer(r->ui, "at.send AT+CSQ", a, NULL);
	assert_string_equal(r->ui->at.last[0], "+CSQ: 21,0");
	rig_type(r, "serv\r");
	ASKED(r, "macro.run cell\n");
	rig_type(r, "\033");
	assert_null(r->ui->overlay);
	json_decref(a);
	rig_free(r);
}

/* What was run moves to the front of the list: Enter again must run the same. */
static void
at_card_stays_at_its_macro(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	json_t *macros = r->ui->replica->macros, *last;

	(void)state;
	json_array_clear(macros);
	for (int i = 0; i < 3; i++)
		(void)json_array_append_new(macros, json_pack("{s:s%,s:s}", "id", &"abc"[i], 1,
		    "title", "one"));
	rig_type(r, "\x14" "a\033[B\033[B");
	rig_draw(r);
	rig_type(r, "\r");
	ASKED(r, "macro.run c\n");
	last = json_incref(json_array_get(macros, 2));
	(void)json_array_remove(macros, 2);
	(void)json_array_insert_new(macros, 0, last);
	rig_draw(r);
	rig_type(r, "\r");
	ASKED(r, "macro.run c\n");
	rig_free(r);
}

/* H begins a line; the help begins with the keys of where one is. */
static void
host_and_help(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	rig_type(r, "\x14H");
	ASKED(r, "");
	rig_type(r, "10.0.4.17:2000\r");
	ASKED(r, "console.open tcp:10.0.4.17:2000\n");
	rig_type(r, "\x14" "4?");
	rig_draw(r);
	assert_int_equal(grid_dump(r->grid, GRID_TEXT, &b), ERR_OK);
	assert_non_null(strstr(buf_str(&b), "Help: Jobs"));
	assert_non_null(strstr(buf_str(&b), "stop the job"));
	assert_non_null(strstr(buf_str(&b), "PgDn more"));
	assert_null(strstr(buf_str(&b), "send a break"));
	buf_fini(&b);
	rig_free(r);
}

/* The dialog asks again when a port comes, and its cursor stays at the port it was at. */
static void
ports_come(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	json_t *two = json_pack("[{s:s,s:s},{s:s,s:s}]", "path", "/dev/ttyUSB0", "spec", "ttyUSB0",
	    "path", "/dev/ttyUSB1", "spec", "ttyUSB1");
	json_t *three = json_pack("[{s:s,s:s},{s:s,s:s},{s:s,s:s}]", "path", "/dev/ttyACM0", "spec",
	    "ttyACM0", "path", "/dev/ttyUSB0", "spec", "ttyUSB0", "path", "/dev/ttyUSB1", "spec",
	    "ttyUSB1");

	(void)state;
	rig_event(r, "ports", "{\"t\":1}");
	ASKED(r, "");
	rig_type(r, "\x14o");
	ASKED(r, "port.list\n");
	ui_answer(r->ui, "port.list", two, NULL);
	rig_type(r, "\033[B");
	rig_event(r, "ports", "{\"t\":2}");
	ASKED(r, "port.list\n");
	ui_answer(r->ui, "port.list", three, NULL);
	rig_draw(r);
	rig_type(r, "\r");
	ASKED(r, "console.open ttyUSB1 baud=115200\n");
	json_decref(two);
	json_decref(three);
	rig_free(r);
}

static void
watches_in_words(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	json_t *w = json_pack("[{s:i,s:s,s:[s],s:I,s:s,s:i},{}]", "id", 1, "source",
	    "localhost:6060", "kinds", "heap", "every", (json_int_t)(30 * NS_PER_S), "state",
	    "waits", "snapshots", 12);
	json_t *none = json_array();

	(void)state;
	ui_answer(r->ui, "watch.list", w, NULL);
	assert_non_null(strstr(r->ui->message, "watch 1 (heap) of localhost:6060: waits, "
	    "12 snapshots"));
	assert_non_null(strstr(r->ui->message, "and 1 more"));
	ui_answer(r->ui, "watch.list", none, NULL);
	assert_non_null(strstr(r->ui->message, "no watch runs"));
	ui_answer(r->ui, "watch.stop 1", NULL, NULL);
	assert_string_equal(r->ui->message, "watch.stop 1: ok");
	json_decref(w);
	json_decref(none);
	rig_free(r);
}

/* Every line of the key table is a command that exists, or one that needs an argument. */
static void
all_key_lines_run(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	for (size_t i = 0; i < r->ui->keymap.rows; i++) {
		ui_run_line(r->ui, r->ui->keymap.row[i].line);
		assert_null(strstr(r->ui->message, "no such command"));
		assert_null(strstr(r->ui->message, "usage:"));
		rig_draw(r);
		rig_type(r, "\033");
	}
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_keys_go_to_the_board), cmocka_unit_test(the_prefix),
		cmocka_unit_test(the_menu_comes_after_300_ms), cmocka_unit_test(asking),
		cmocka_unit_test(a_trigger_holds_the_console),
		cmocka_unit_test(scrollback_and_search), cmocka_unit_test(palette),
		cmocka_unit_test(not_open_and_observing), cmocka_unit_test(at_card),
		cmocka_unit_test(at_card_stays_at_its_macro), cmocka_unit_test(host_and_help),
		cmocka_unit_test(ports_come),
		    cmocka_unit_test(watches_in_words),
		    cmocka_unit_test(all_key_lines_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
