/* test_ui_screens.c - whole screens against tests/data/ui/NAME.screen (VISE_GOLDEN=1 writes them
 * anew). */
#include "ui_rig.h"

#include <ctype.h>

#include "grid/dump.h"
#include "ui/ui_type.h"

/* name, snapshot, size, keys typed; of the lost one an event comes first */
static const struct {
	const char *name, *snapshot;
	int rows, cols;
	const char *keys;
	bool lost;
} screens[] = {
	{ "main-80x24", "snapshot.json", 24, 80, "", false },
	{ "main-160x48", "snapshot.json", 48, 160, "", false },
	{ "main-60x20", "snapshot.json", 20, 60, "", false },
	{ "main-20x5", "snapshot.json", 5, 20, "", false },
	{ "board-zoom-80x24", "snapshot.json", 24, 80, "\x14" "2z", false },
	{ "profile-zoom-80x24", "snapshot.json", 24, 80, "\x14" "3zj\r", false },
	{ "jobs-zoom-80x24", "snapshot.json", 24, 80, "\x14" "4z", false },
	{ "console-nav-80x24", "snapshot.json", 24, 80, "\x14\033kkv\033[A", false },
	{ "palette-80x24", "snapshot.json", 24, 80, "\x14:fla", false },
	{ "palette-20x5", "snapshot.json", 5, 20, "\x14:fla", false },
	{ "help-80x24", "snapshot.json", 24, 80, "\x14?", false },
	{ "help-search-80x24", "snapshot.json", 24, 80, "\x14?zoom", false },
	{ "ask-80x24", "snapshot.json", 24, 80, "\x14R", false },
	{ "at-80x24", "snapshot.json", 24, 80, "\x14" "asi", false },
	{ "notices-80x24", "snapshot.json", 24, 80, "\x14!", false },
	{ "lost-80x24", "snapshot.json", 24, 80, "", true },
	{ "first-run-80x24", "empty.json", 24, 80, "", false },
	{ "first-run-60x20", "empty.json", 20, 60, "", false },
};

static void
compare(const char *name, const struct buf *got)
{
	char *file = mem_fmt("%s.screen", name), *path = rig_path(file);
	struct buf want;

	buf_init(&want, 1 << 20);
	if (getenv("VISE_GOLDEN") != NULL)
		assert_int_equal(sys_file_replace(path, got->data, got->len, NULL), ERR_OK);
	rig_read(file, &want);
	if (strcmp(buf_str(&want), buf_str(got)) != 0)
		print_error("%s differs:\n%s\nwanted:\n%s\n", name, buf_str(got), buf_str(&want));
	assert_string_equal(buf_str(got), buf_str(&want));
	buf_fini(&want);
	mem_free(path);
	mem_free(file);
}

/* The palette's "2 of 73": how many commands there are is no matter of the layout. */
static void
uncount(struct buf *screen)
{
	struct buf to;
	const char *text = buf_str(screen), *of = strstr(text, " of "), *hits = of;
	size_t digits;

	assert_non_null(of);
	while (hits > text && isdigit((unsigned char)hits[-1]))
		hits--;
	digits = strspn(of + 4, "0123456789");
	assert_true(hits < of && digits > 0 && atol(of + 4) >= atol(hits));
	buf_init(&to, 1 << 20);
	(void)buf_add(&to, text, (size_t)(hits - 1 - text));
	(void)buf_add(&to, "-----", digits <= 5 ? digits - 1 : 5); /* what the digits took */
	(void)buf_add_fmt(&to, "%.*sN%s", (int)(of + 4 - (hits - 1)), hits - 1, of + 4 + digits);
	buf_fini(screen);
	*screen = to;
}

static void
all_screens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
		struct rig *r = rig_new(screens[i].snapshot, screens[i].rows, screens[i].cols);
		struct buf got;

		rig_draw(r);
		if (screens[i].lost)
			rig_event(r, "console",
			    "{\"t\":59000000000,\"console\":{\"id\":1,\"stream\":1,"
			    "\"name\":\"main\","
			    "\"state\":\"lost\",\"device\":\"/dev/ttyUSB0\",\"baud\":115200,"
			    "\"settings\":\"8N1\","
			    "\"why\":\"unplugged or board reset (EIO)\"}}");
		rig_type(r, screens[i].keys);
		rig_draw(r);
		buf_init(&got, 1 << 20);
		assert_int_equal(grid_dump(r->grid, GRID_TEXT, &got), ERR_OK);
		(void)buf_add_fmt(&got, "cursor %d %d\n", r->ui->cursor_row, r->ui->cursor_col);
		if (strncmp(screens[i].name, "palette", 7) == 0)
			uncount(&got);
		compare(screens[i].name, &got);
		buf_fini(&got);
		rig_free(r);
	}
}

/* What a macro's run looks like, step by step and at its end. */
#define RUN_HEAD "{\"t\":59000000000,\"run\":{\"run\":7,\"macro\":\"csq\",\"title\":\"Signal quality\"," \
	"\"began\":58000000000,\"of\":3,"
static const char run_running[] = RUN_HEAD "\"state\":\"running\",\"steps\":["
	"{\"name\":\"wait for [READY]\",\"state\":\"ok\",\"ms\":12},"
	"{\"name\":\"AT+COPS=?\",\"state\":\"running\"}]}}";
static const char run_failed[] = RUN_HEAD "\"state\":\"failed\",\"steps\":["
	"{\"name\":\"AT+CPIN?\",\"state\":\"failed\",\"ms\":5,\"why\":\"SIM not inserted\"}],"
	"\"card\":{\"result\":\"failed\",\"ms\":5,\"fields\":[],\"raw\":[],"
	"\"error\":{\"code\":\"at_error\",\"why\":\"SIM not inserted\"}}}}";
static const char run_ok[] = RUN_HEAD "\"state\":\"ok\",\"steps\":[],\"card\":{\"result\":\"ok\","
	"\"ms\":38,\"verdict\":\"good\",\"raw\":[\"+CSQ: 21,0\"],\"fields\":["
	"{\"name\":\"rssi\",\"raw\":\"21\",\"text\":\"-71\",\"unit\":\"dBm\",\"word\":\"good\",\"bar\":0.68},"
	"{\"name\":\"ber\",\"raw\":\"0\",\"text\":\"below 0.2 %\"}]}}}";
static const char with_params[] = "{\"t\":59000000000,\"boards\":[],\"workflows\":[],\"macros\":["
	"{\"id\":\"go3-set-language\",\"title\":\"Set the language\",\"steps\":5,\"params\":{"
	"\"lang\":{\"type\":\"enum\",\"values\":[\"zh_CN\",\"en_US\"],\"required\":true,"
	"\"doc\":\"language code\"},"
	"\"port\":{\"type\":\"int\",\"min\":1,\"max\":65535,\"default\":80}}}]}";

struct card_row { const char *name; int rows, cols; const char *type, *event, *keys; };

static const struct card_row cards[] = {
	{ "at-running-80x24", 24, 80, "macro", run_running, "\x14" "a" },
	{ "at-failed-80x24", 24, 80, "macro", run_failed, "\x14" "a" },
	{ "at-card-80x24", 24, 80, "macro", run_ok, "\x14" "a" },
	{ "at-raw-80x24", 24, 80, "macro", run_ok, "\x14" "a\x17" },
	{ "at-card-160x48", 48, 160, "macro", run_ok, "\x14" "a" },
	{ "at-form-80x24", 24, 80, "board", with_params, "\x14" "a\r\t" },
};

static void
at_cards(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++) {
		struct rig *r = rig_new("snapshot.json", cards[i].rows, cards[i].cols);
		struct buf got;

		rig_draw(r);
		rig_event(r, cards[i].type, cards[i].event);
		rig_type(r, cards[i].keys);
		rig_draw(r);
		buf_init(&got, 1 << 20);
		assert_int_equal(grid_dump(r->grid, GRID_TEXT, &got), ERR_OK);
		compare(cards[i].name, &got);
		if (strcmp(cards[i].name, "at-form-80x24") == 0) {
			rig_type(r, "\x15" "443\r");
			assert_string_equal(buf_str(&r->commands),
			    "macro.run go3-set-language -- \"lang=zh_CN\" \"port=443\"\n");
		}
		buf_fini(&got);
		rig_free(r);
	}
}

/* Help is the last thing to go. */
static void
help_is_always_named(void **state)
{
	(void)state;
	for (int cols = 40; cols <= 200; cols += 7) {
		struct rig *r = rig_new("snapshot.json", 24, cols);
		struct buf row;

		buf_init(&row, 4096);
		rig_draw(r);
		assert_int_equal(grid_dump_row(r->grid, 23, GRID_TEXT, &row), ERR_OK);
		assert_non_null(strstr(buf_str(&row), "? help"));
		buf_fini(&row);
		rig_free(r);
	}
}

/* Every size draws, with every pane and everything that can stand over them. */
static void
all_sizes(void **state)
{
	static const char *const keys[] = {
		"", "\x14" "2z", "\x14" "3z\r", "\x14" "4z", "\x14:a", "\x14?", "\x14R", "\x14" "a",
		    "\x14!", "\x14\033/x",
	};

	(void)state;
	for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
		struct rig *r = rig_new("snapshot.json", 24, 80);

		rig_draw(r);
		rig_type(r, keys[k]);
		for (int rows = 1; rows <= 60; rows += rows < 26 ? 1 : 5)
			for (int cols = 1; cols <= 200; cols += cols < 10 ? 1 : 9) {
				grid_resize(r->grid, rows, cols);
				rig_draw(r);
				assert_int_equal(grid_rows(r->grid), rows);
				assert_true(r->ui->cursor_row < rows && r->ui->cursor_col < cols);
			}
		rig_free(r);
	}
}

/* What the board says never reaches a cell as a control character, whatever it is. */
static void
hostile_bytes(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	uint32_t seed = 1;
	uint64_t at = r->ui->replica->console[0]->stream.ring.end;

	(void)state;
	for (int round = 0; round < 400; round++) {
		char junk[300];
		static const char spice[] =
		    "\033[]P;?0123456789hlmHJKr\007\r\n\t\b\xe2\x82\xff" "A\xe4\xb8\xad";

		for (size_t i = 0; i < sizeof junk; i++) {
			seed = seed * 1664525u + 1013904223u;
			junk[i] = (seed >> 28) < 12 ? spice[(seed >> 8) % (sizeof spice - 1)] :
			    (char)(seed >> 16);
		}
		ui_bytes(r->ui, replica_bytes(r->ui->replica, 1, at, 1, junk, sizeof junk));
		at += sizeof junk;
		rig_draw(r);
		if (round % 40 == 0)
			grid_resize(r->grid, 5 + round % 37, 20 + round % 91);
	}
	for (int row = 0; row < grid_rows(r->grid); row++)
		for (int col = 0; col < grid_cols(r->grid); col++) {
			const uint32_t ch = grid_at(r->grid, row, col)->ch;

			assert_false((ch & GRID_CLUSTER) == 0 && (ch & GRID_CODE) != 0 &&
			    ((ch & GRID_CODE) < 0x20 ||
			    ((ch & GRID_CODE) >= 0x7f && (ch & GRID_CODE) < 0xa0)));
		}
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_screens),
		cmocka_unit_test(at_cards), cmocka_unit_test(help_is_always_named),
		    cmocka_unit_test(all_sizes),
		cmocka_unit_test(hostile_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
