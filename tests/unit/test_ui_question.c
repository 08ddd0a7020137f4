/* test_ui_question.c - what a script asks: when it opens, what its keys answer. */
#include "ui_rig.h"

#include "grid/dump.h"

#define ASKED(r, text) do { \
	assert_string_equal(buf_str(&(r)->commands), text); \
	buf_clear(&(r)->commands); \
} while (0)

static const char confirm[] =
    "{\"asks\":[{\"id\":3,\"what\":\"confirm\",\"by\":\"cam\",\"title\":\"Erase it?\"}]}";

static bool
shown(struct rig *r, const char *text)
{
	bool found = false;

	rig_draw(r);
	for (int row = 0; row < grid_rows(r->grid); row++) {
		struct buf line;

		buf_init(&line, 4096);
		(void)grid_dump_row(r->grid, row, GRID_TEXT, &line);
		found = found || strstr(buf_str(&line), text) != NULL;
		buf_fini(&line);
	}
	return found;
}

static void
it_waits_for_a_pause(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_draw(r);
	rig_type(r, "ls\r");
	rig_event(r, "asks", confirm);
	assert_false(shown(r, "Erase it?"));
	rig_type(r, "y\r");                     /* meant for the board, and goes there */
	assert_int_equal(r->sent.len, 5);
	ASKED(r, "");
	assert_true(ui_next_change(r->ui) != 0);
	r->ui->mono += 2 * NS_PER_S;
	assert_true(shown(r, "cam asks"));
	assert_true(shown(r, "[>No<]"));
	rig_free(r);
}

static void
yes_is_chosen(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_event(r, "asks", confirm);
	assert_true(shown(r, "Erase it?"));
	rig_type(r, "y");                       /* no short cut: it may be for the board */
	ASKED(r, "");
	rig_type(r, "\r");
	ASKED(r, "ask.answer 3 no\n");
	rig_event(r, "asks", confirm);
	rig_draw(r);
	rig_type(r, "\t\r");
	ASKED(r, "ask.answer 3 yes\n");
	rig_event(r, "asks", confirm);
	rig_draw(r);
	rig_type(r, "\033");
	ASKED(r, "ask.decline 3\n");
	assert_int_equal(r->sent.len, 0);
	rig_free(r);
}

/* What is asked is read whole: nobody answers half a question. */
static void
a_long_question(void **state)
{
	static const char asks[] =
	    "{\"asks\":[{\"id\":3,\"what\":\"confirm\",\"by\":\"cam\",\"title\":\"Erase the "
	    "configuration of the device and write the factory settings into it again?\"}]}";
	struct rig *r = rig_new("snapshot.json", 24, 80);
	struct rig *low = rig_new("snapshot.json", 6, 30);

	(void)state;
	rig_event(r, "asks", asks);
	assert_true(shown(r, "settings into it again?"));
	assert_true(shown(r, "[>No<]"));
	rig_event(low, "asks", asks);
	assert_true(shown(low, "Erase the"));
	assert_true(shown(low, "[>No<]"));
	rig_free(low);
	rig_free(r);
}

static void
a_text_and_a_secret(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_event(r, "asks",
	    "{\"asks\":[{\"id\":4,\"what\":\"prompt\",\"by\":\"x\",\"title\":\"Name?\","
	    "\"default\":\"bob\"}]}");
	assert_true(shown(r, "bob"));
	rig_type(r, " \"b\"\r");
	ASKED(r, "ask.answer 4 -- \"bob \\\"b\\\"\"\n");
	rig_event(r, "asks",
	    "{\"asks\":[{\"id\":5,\"what\":\"prompt\",\"by\":\"x\",\"title\":\"Key?\","
	    "\"secret\":true}]}");
	rig_draw(r);
	rig_type(r, "hunter2");
	assert_false(shown(r, "hunter2"));
	assert_true(shown(r, "*******"));
	rig_type(r, "\r");
	ASKED(r, "ask.answer 5 -- hunter2\n");
	rig_free(r);
}

static void
one_or_several_of_a_list(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_event(r, "asks",
	    "{\"asks\":[{\"id\":6,\"what\":\"choose\",\"by\":\"x\",\"title\":\"Which?\","
	    "\"items\":[\"a\",\"b\",\"c\"]}]}");
	assert_true(shown(r, "> a"));
	rig_type(r, "\033[B\r");
	ASKED(r, "ask.answer 6 2\n");
	rig_event(r, "asks",
	    "{\"asks\":[{\"id\":7,\"what\":\"choose\",\"by\":\"x\",\"title\":\"Which?\","
	    "\"multi\":true,\"items\":[\"a\",\"b\",\"c\"]}]}");
	rig_draw(r);
	rig_type(r, " \033[B\033[B ");
	assert_true(shown(r, "[x] c"));
	rig_type(r, "\r");
	ASKED(r, "ask.answer 7 1 3\n");
	rig_free(r);
}

/* More than there is room for says how many there are; what is cut shows it. */
static void
a_long_list(void **state)
{
	struct rig *r = rig_new("snapshot.json", 12, 40);
	struct buf body;

	(void)state;
	buf_init(&body, 1 << 16);
	(void)buf_add_str(&body, "{\"asks\":[{\"id\":6,\"what\":\"choose\",\"by\":\"x\","
	    "\"title\":\"Which?\",\"items\":[\"a\"");
	for (int i = 2; i <= 30; i++)
		(void)buf_add_fmt(&body, ",\"image %d, a name that is longer than the window\"", i);
	(void)buf_add_str(&body, "]}]}");
	rig_event(r, "asks", buf_str(&body));
	buf_fini(&body);
	assert_true(shown(r, "1 of 30"));
	rig_type(r, "\033[B");
	assert_true(shown(r, "2 of 30"));
	assert_true(shown(r, "> image 2, a name that is longer..."));
	rig_free(r);
}

/* In the message row what went wrong counts, not the folder of the file; a port keeps its name. */
static void
a_message_that_is_long(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	ui_say(r->ui, UI_WARN, "cam: /home/somebody/.config/vise/plugins/cam/init.lua:12: attempt "
	    "to index a nil value (local 't')");
	assert_true(shown(r, "cam: init.lua:12: attempt to index a nil value (local 't')"));
	ui_say(r->ui, UI_INFO, "/dev/pts/0 is open, %080d", 0);
	assert_true(shown(r, "/dev/pts/0 is open"));
	rig_free(r);
}

static void
answered_elsewhere_it_closes(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	rig_event(r, "asks", confirm);
	assert_true(shown(r, "Erase it?"));
	rig_event(r, "asks", "{\"asks\":[]}");
	assert_false(shown(r, "Erase it?"));
	ASKED(r, "");
	/* who only observes is not asked */
	r->ui->observe = true;
	rig_event(r, "asks", confirm);
	assert_false(shown(r, "Erase it?"));
	rig_free(r);
}

static void
a_console_handed_over(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	char body[200];

	(void)state;
	snprintf(body, sizeof body, "{\"asks\":[{\"id\":8,\"what\":\"interact\",\"by\":\"x\","
	    "\"title\":\"log in\",\"console\":\"%s\",\"until\":4}]}",
	    ui_console(r->ui)->name);
	rig_event(r, "asks", body);
	assert_true(shown(r, "x: log in (^D hands it back)"));
	rig_type(r, "root\r");
	assert_int_equal(r->sent.len, 5);
	rig_event(r, "asks", "{\"asks\":[]}");
	assert_false(shown(r, "hands it back"));
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_waits_for_a_pause), cmocka_unit_test(yes_is_chosen),
		cmocka_unit_test(a_long_question), cmocka_unit_test(a_text_and_a_secret), cmocka_unit_test(one_or_several_of_a_list),
		cmocka_unit_test(a_long_list), cmocka_unit_test(a_message_that_is_long),
		cmocka_unit_test(answered_elsewhere_it_closes),
		cmocka_unit_test(a_console_handed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
