/* test_ui_debug.c - the debug card: the core's state, answers in words, a key for each command. */
#include "ui_rig.h"

#include "grid/dump.h"

#define ASKED(r, text) do { \
	assert_string_equal(buf_str(&(r)->commands), text); \
	buf_clear(&(r)->commands); \
} while (0)

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
answer(struct rig *r, const char *line, const char *text)
{
	json_t *v = json_read(text, strlen(text), "answer", NULL);

	assert_non_null(v);
	ui_answer(r->ui, line, v, NULL);
	json_decref(v);
}

static const char running[] = "{\"ocd\":{\"open\":true,\"host\":\"127.0.0.1\",\"port\":6666,"
    "\"target\":\"m4.cpu\",\"type\":\"cortex_m\",\"state\":\"running\",\"live\":1}}";

static void
it_shows_and_asks(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	struct err_msg why;

	(void)state;
	rig_type(r, "\024D");
	assert_true(shown(r, "no OpenOCD: s starts"));
	rig_event(r, "ocd", running);
	assert_true(shown(r, "m4.cpu  running  cortex_m"));
	assert_true(shown(r, "why it stopped or faulted"));
	rig_event(r, "ocd.live", "{\"rows\":[{\"name\":\"ticks\",\"value\":\"42\"}]}");
	rig_type(r, "f");
	ASKED(r, "ocd.faults\n");
	answer(r, "ocd.faults", "{\"core\":\"Cortex-M4\",\"state\":\"halted\",\"registers\":"
	    "[{\"name\":\"CFSR\",\"value\":\"0x02000000\",\"words\":[\"DIVBYZERO: division by zero\"]}]}");
	assert_true(shown(r, "DIVBYZERO: division by zero") && shown(r, "ticks"));
	rig_type(r, "?");
	assert_false(shown(r, "DIVBYZERO"));
	rig_type(r, "?y");
	assert_non_null(strstr(buf_str(&r->yanked), "CFSR   0x02000000\n"));
	rig_type(r, "n");
	ASKED(r, "ocd.step\n");
	answer(r, "ocd.step", "{\"target\":\"m4.cpu\",\"state\":\"halted\",\"pc\":16}");
	ASKED(r, "ocd.regs\n");
	(void)err_set(&why, ERR_TOOL, "openocd", "plug it in", "it is gone");
	ui_answer(r->ui, "ocd.regs", NULL, &why);
	assert_true(shown(r, "! openocd: it is gone") && shown(r, "plug it in"));
	rig_type(r, "\033");
	r->ui->mono += NS_PER_S;
	rig_free(r);
}

/* What was typed in the palette is answered in words as well; every size holds. */
static void
answers_open_it(void **state)
{
	static const int sizes[][2] = { { 5, 20 }, { 12, 40 }, { 24, 80 }, { 48, 160 } };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct rig *r = rig_new("snapshot.json", sizes[i][0], sizes[i][1]);

		rig_draw(r);
		rig_event(r, "ocd", running);
		answer(r, "ocd.regs BOX", "[{\"name\":\"BOX.CTRL\",\"access\":\"read-write\","
		    "\"addr\":\"0x2001f000\",\"value\":\"0x00000003\",\"fields\":[{\"name\":"
		    "\"MODE\",\"bits\":\"2:1\",\"value\":1,\"word\":\"fast\"}]}]");
		assert_true(i == 0 || shown(r, "MODE 1   fast"));
		answer(r, "ocd.tcl x", "{\"text\":\"one\\ntwo\\u0007\"}");
		for (int k = 0; k < 40; k++)
			rig_type(r, "\033[B");
		rig_draw(r);
		rig_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_shows_and_asks), cmocka_unit_test(answers_open_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
