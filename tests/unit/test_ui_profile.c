/* test_ui_profile.c - the profile pane: what it asks, what it makes of answers, one selection. */
#include "ui_rig.h"

#include "grid/dump.h"
#include "ui/profile.h"
#include "ui/profile_ask.h"

static const char answer_text[] =
    "{\"type\":\"inuse_space\",\"unit\":\"bytes\",\"types\":[\"alloc_space\",\"inuse_space\"],"
    "\"diff\":true,\"total_a\":1048576,\"total_b\":5242880,\"delta\":4194304,\"sd\":70000,"
    "\"table\":{\"all\":44,\"small\":41,\"unmatched\":0,\"other_way\":0,\"beyond\":0,"
    "\"whole\":6291456,\"cutoff\":31457,\"hidden_delta\":-1024,\"hidden_max\":9000,\"rows\":["
    "{\"name\":\"example.org/app.grow\",\"flat\":5242880,\"cum\":5242880,\"flat_a\":0,"
    "\"flat_b\":5242880,\"cum_a\":0,\"cum_b\":5242880,\"sd\":524288},"
    "{\"name\":\"app.drop\",\"flat\":-1048576,\"cum\":-1048576,\"flat_a\":1048576,\"flat_b\":0,"
    "\"cum_a\":1048576,\"cum_b\":0,\"sd\":900000},"
    "{\"name\":\"app.run\",\"flat\":0,\"cum\":5242880,\"flat_a\":0,\"flat_b\":0,\"cum_a\":0,"
    "\"cum_b\":5242880,\"sd\":0}]},"
    "\"flame\":{\"w\":6291456,\"a\":1048576,\"b\":5242880,\"depth\":3,\"stacks\":2,\"cut\":false,"
    "\"boxes\":[{\"name\":\"main.main\",\"depth\":0,\"parent\":-1,\"x\":0,\"w\":6291456,"
    "\"a\":1048576,\"b\":5242880},"
    "{\"name\":\"app.run\",\"depth\":1,\"parent\":0,\"x\":0,\"w\":5242880,\"a\":0,\"b\":5242880},"
    "{\"name\":\"app.drop\",\"depth\":1,\"parent\":0,\"x\":5242880,\"w\":1000000,\"a\":1000000,"
    "\"b\":0},{\"more\":7,\"depth\":1,\"parent\":0,\"x\":6242880,\"w\":48576,\"a\":0,\"b\":0},"
    "{\"name\":\"example.org/app.grow\",\"depth\":2,\"parent\":1,\"x\":0,\"w\":5242880,\"a\":0,"
    "\"b\":5242880}]}}";

static const char detail_text[] =
    "{\"details\":{\"name\":\"app.run\",\"file\":\"/src/app/run.go\",\"flat_a\":0,\"flat_b\":0,"
    "\"cum_a\":0,\"cum_b\":5242880,\"sd\":0,\"sd_cum\":524288,"
    "\"callers\":[{\"name\":\"main.main\",\"a\":0,\"b\":5242880}],"
    "\"callees\":[{\"name\":\"example.org/app.grow\",\"a\":0,\"b\":5242880}],"
    "\"lines\":[{\"file\":\"/src/app/run.go\",\"line\":12,\"flat_a\":0,\"flat_b\":0,\"cum_a\":0,"
    "\"cum_b\":5242880}],\"source\":{\"path\":\"/src/app/run.go\",\"lines\":["
    "{\"line\":11,\"text\":\"func run() {\"},{\"line\":12,\"text\":\"\\tgrow()\"}]},"
    "\"stacks\":[{\"a\":0,\"b\":5242880,\"sd\":524288,\"frames\":[\"main.main run.go:3\","
    "\"app.run run.go:12\",\"example.org/app.grow grow.go:7\"]}],\"stacks_all\":1}}";

/* The last line asked of the bench. */
static char *
last_line(struct rig *r)
{
	const char *all = buf_str(&r->commands), *at = all + r->commands.len;

	while (at > all && (at[-1] == '\n' || at == all + r->commands.len))
		at--;
	while (at > all && at[-1] != '\n')
		at--;
	return mem_strn(at, strcspn(at, "\n"));
}

static void
answer(struct rig *r, const char *begins, const char *text)
{
	char *line = last_line(r);
	json_t *o = json_read(text, strlen(text), "answer", NULL);

	assert_non_null(o);
	if (strncmp(line, begins, strlen(begins)) != 0)
		fail_msg("\"%s\" was asked, not %s", line, begins);
	ui_answer(r->ui, line, o, NULL);
	json_decref(o);
	mem_free(line);
	rig_draw(r);
}

static struct rig *
open_pane(int rows, int cols)
{
	struct rig *r = rig_new("snapshot.json", rows, cols);

	rig_draw(r);
	rig_type(r, "\x14" "3z");
	rig_draw(r);
	answer(r, "profile.view ", answer_text);
	return r;
}

static bool
shows(struct rig *r, const char *text)
{
	struct buf b;
	bool found;

	rig_draw(r);
	buf_init(&b, 1 << 20);
	assert_int_equal(grid_dump(r->grid, GRID_TEXT, &b), ERR_OK);
	found = strstr(buf_str(&b), text) != NULL;
	if (!found)
		print_error("no \"%s\" in\n%s\n", text, buf_str(&b));
	buf_fini(&b);
	return found;
}

static void
asked(struct rig *r, const char *part)
{
	char *line = last_line(r);

	if (strstr(line, part) == NULL)
		fail_msg("no %s in \"%s\"", part, line);
	mem_free(line);
}

/* An answer says what the rows of everyone cannot: error bars, boxes, what is hidden. */
static void
rows_and_boxes(void **state)
{
	struct rig *r = open_pane(24, 80);

	(void)state;
	assert_true(shows(r, "+5.0M    512K      5.0M     +5.0M     new  example.org/app.grow"));
	assert_true(shows(r, "-1.0M    879K?        0     -1.0M    gone  app.drop"));
	assert_true(shows(r, "hidden 41: sum -1.0K, max 8.8K, below 31K"));
	assert_true(shows(r, "|+main.main "));
	assert_true(shows(r, "|-app.drop"));
	assert_true(shows(r, "icicle: width = change"));
	rig_free(r);
}

/* The bench is asked once; while it works nothing else is asked, and the latest wish comes next. */
static void
one_question_at_a_time(void **state)
{
	struct rig *r = open_pane(24, 80);
	size_t n;

	(void)state;
	asked(r, "profile.details example.org/app.grow");
	n = r->commands.len;
	rig_type(r, "s");
	rig_draw(r);
	rig_type(r, "+");
	rig_draw(r);
	assert_int_equal(r->commands.len, n);
	answer(r, "profile.details ", "{\"details\":{}}");
	asked(r, "sort=growth");
	asked(r, "only=growth");
	assert_true(shows(r, "? working on it; these rows are older"));
	answer(r, "profile.view ", answer_text);
	assert_true(shows(r, "growth only"));
	n = r->commands.len;
	rig_draw(r);
	assert_int_equal(r->commands.len, n);           /* the details are the same: nothing to ask */
	rig_type(r, "j");
	rig_draw(r);
	rig_draw(r);
	asked(r, "profile.details app.drop");
	rig_free(r);
}

static void
one_selection(void **state)
{
	struct rig *r = open_pane(24, 80);

	(void)state;
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "jj");
	assert_string_equal(r->ui->profile->chosen, "app.run");
	rig_draw(r);
	assert_string_equal(r->ui->profile->box[r->ui->profile->box_at].name, "app.run");
	answer(r, "profile.details app.run", detail_text);
	assert_true(shows(r, "callers  +main.main 100%"));
	assert_true(shows(r, "callees  +app.grow 100%"));
	rig_type(r, "\t");                              /* the icicle has the keys */
	rig_type(r, "\033[B");
	assert_string_equal(r->ui->profile->chosen, "example.org/app.grow");
	rig_type(r, "\033[A\033[C");
	assert_string_equal(r->ui->profile->chosen, "app.drop");
	rig_type(r, "\033[D\033[A");
	assert_string_equal(r->ui->profile->chosen, "main.main");
	rig_free(r);
}

/* Focus, ignore, hide and zoom pile up and are taken back one by one. */
static void
narrowing(void **state)
{
	struct rig *r = open_pane(24, 80);

	(void)state;
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "\r");
	rig_draw(r);
	asked(r, "focus=\"^example\\\\.org/app\\\\.grow$\"");
	asked(r, "from=example.org/app.grow");
	answer(r, "profile.view ", answer_text);
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "j" "i");
	rig_draw(r);
	asked(r, "ignore=\"^app\\\\.drop$\"");
	assert_true(shows(r, "focus app.grow > ignore app.drop   (u takes back)"));
	answer(r, "profile.view ", answer_text);
	rig_type(r, "uu");
	answer(r, "profile.details ", "{\"details\":{}}");
	asked(r, "sort=delta");
	{
		char *line = last_line(r);

		assert_null(strstr(line, "focus="));
		assert_null(strstr(line, "ignore="));
		mem_free(line);
	}
	answer(r, "profile.view ", answer_text);
	rig_type(r, "\t\033[A\033[A\033[A\033[B\r");      /* main.main > app.run: zoom */
	if (strstr(buf_str(&r->commands), "profile.details app") != NULL)
		rig_draw(r);
	answer(r, "profile.details ", "{\"details\":{}}");
	asked(r, "zoom=\"main.main;app.run\"");
	rig_free(r);
}

static void
filter_and_find(void **state)
{
	struct rig *r = open_pane(24, 80);

	(void)state;
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "/drop\r");
	assert_string_equal(r->ui->profile->chosen, "app.drop");
	assert_string_equal(r->ui->profile->found, "drop");
	rig_type(r, "\033");
	assert_null(r->ui->profile->found);
	rig_draw(r);
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "fgrow\r");
	rig_draw(r);
	asked(r, "match=grow");
	assert_true(shows(r, "rows /grow/"));
	rig_free(r);
}

/* Failures stand in the pane, with the next key; older rows stay and are called so. */
static void
states(void **state)
{
	struct rig *r = open_pane(24, 80);
	struct err_msg why;
	char *line;

	(void)state;
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "x");
	rig_draw(r);
	line = last_line(r);
	(void)err_set(&why, ERR_TOOL, "vise-worker", "try again", "it ended before it answered");
	ui_answer(r->ui, line, NULL, &why);
	mem_free(line);
	assert_true(shows(r, "x vise-worker: it ended before it answered"));
	assert_true(shows(r, "example.org/app.grow"));
	rig_event(r, "profile", "{\"profile\":{\"state\":\"failed\",\"a\":{\"path\":\"/a\"},"
	    "\"b\":{\"path\":\"/b\"},\"type\":\"inuse_space\",\"unit\":\"bytes\",\"rows\":[],"
	    "\"error\":{\"what\":\"/b\",\"why\":\"cut off gzip\"}}}");
	assert_true(shows(r, "x /b: cut off gzip; these rows are older"));
	rig_event(r, "profile", "{\"profile\":{\"state\":\"loading\",\"a\":{\"path\":\"/a\"},"
	    "\"b\":{\"path\":\"/c\"},\"type\":\"inuse_space\",\"unit\":\"bytes\",\"rows\":[]}}");
	assert_true(shows(r, "? a new profile is being read; these rows are older"));
	rig_free(r);
}

static void
snapshots(void **state)
{
	struct rig *r = open_pane(24, 80);

	(void)state;
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "c");
	rig_draw(r);
	answer(r, "profile.list", "[{\"id\":1,\"kind\":\"heap\",\"unit\":\"bytes\",\"total\":1024,"
	    "\"wall\":1800000000000000000,\"path\":\"/x/a.pb.gz\",\"source\":\"u\"},"
	    "{\"id\":2,\"kind\":\"goroutine\",\"unit\":\"count\",\"total\":7,\"path\":\"/g\"},"
	    "{\"id\":3,\"kind\":\"heap\",\"unit\":\"bytes\",\"total\":4096,\"path\":\"/y\","
	    "\"cut\":\"restart\",\"cut_text\":\"the program was started anew\"}]");
	assert_true(shows(r, "A    1  08:00:00  heap"));
	assert_true(shows(r, "restart"));
	assert_true(shows(r, "! the program was started anew"));        /* the newest is chosen */
	rig_type(r, "b");
	asked(r, "profile.b #3");
	rig_type(r, "k" "a");
	asked(r, "profile.a #2");
	rig_type(r, "j\r");
	asked(r, "profile.load #1 #3");
	assert_int_equal(r->ui->profile->page, PROFILE_COMPARE);
	/* the list is asked for again when there is another snapshot, not before */
	rig_type(r, "c");
	rig_draw(r);
	asked(r, "profile.load #1 #3");
	rig_event(r, "profile.shot", "{\"shot\":{\"id\":4}}");
	rig_draw(r);
	asked(r, "profile.list");
	rig_free(r);
}

/* The answer to snapshot.take is a sentence: what, how many, why not, where. */
static void
snapshot_sentence(void **state)
{
	static const struct { const char *line, *answer, *says; } rows[] = {
		{ "snapshot.take", "{\"dir\":\"/s/bundle-1\",\"parts\":[{\"part\":\"heap\","
		  "\"state\":\"ok\"}]}", "bundle-1 saved: 1 of 1 parts; in /s/" },
		{ "snapshot.take :6060", "{\"dir\":\"/s/bundle-2\",\"label\":\"slow\","
		  "\"parts\":[{\"part\":\"heap\",\"state\":\"ok\"},{\"part\":\"mutex\","
		  "\"state\":\"failed\",\"error\":{\"code\":\"timeout\",\"why\":\"no answer\"}},{\"part\":\"block\","
		  "\"state\":\"failed\"}]}", "bundle-2 slow saved: 1 of 3 parts "
		  "(mutex, block failed: no answer); in /s/" },
		{ "snapshot.take", "{\"dir\":\"/s/bundle-3\",\"parts\":[]}",
		  "bundle-3 saved: gauges and consoles, no program was named; in /s/" },
		{ "snapshot.open x", "{\"dir\":\"x\",\"parts\":[{}]}",
		  "x opened: 0 of 1 parts (? failed); in " },
	};
	struct rig *r = open_pane(24, 80);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_t *o = json_read(rows[i].answer, strlen(rows[i].answer), "answer", NULL);

		assert_non_null(o);
		ui_answer(r->ui, rows[i].line, o, NULL);
		assert_string_equal(r->ui->message, rows[i].says);
		json_decref(o);
	}
	rig_free(r);
}

static void
leaks_and_goroutines(void **state)
{
	struct rig *r = open_pane(24, 80);

	(void)state;
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "L");
	rig_draw(r);
	answer(r, "profile.leaks ", "{\"type\":\"inuse_space\",\"used\":9,\"seconds\":8,\"leaks\":1,"
	    "\"suspects\":0,\"stacks\":4,\"rows\":[{\"name\":\"app.drop\",\"verdict\":\"leak\","
	    "\"growth_text\":\"+9MB +- 1MB\",\"slope_text\":\"1MB/s\",\"text\":\"grows 1MB/s\","
	    "\"shape\":\"steady\",\"rule\":\"yes\",\"confidence\":1,\"points\":[1,2,3],"
	    "\"frames\":[{\"function\":\"app.drop\",\"file\":\"/s/d.go\",\"line\":3}]}]}");
	assert_true(shows(r, "!leak"));
	assert_true(shows(r, "+9MB +- 1MB"));
	assert_true(shows(r, "grows 1MB/s"));
	assert_true(shows(r, "d.go:3"));
	rig_type(r, "\r");                              /* to the comparison, on that function */
	assert_int_equal(r->ui->profile->page, PROFILE_COMPARE);
	assert_string_equal(r->ui->profile->chosen, "app.drop");
	rig_type(r, "R");
	rig_draw(r);
	answer(r, "profile.goroutines ", "{\"total\":12,\"dumps\":2,\"headline\":\"1 kind grows\","
	    "\"groups\":[{\"count\":10,\"growth\":7,\"state\":\"chan receive\",\"max_minutes\":61,"
	    "\"function\":\"app.wait\",\"cause\":\"receive\",\"text\":\"nobody sends\","
	    "\"creator\":\"app.start\",\"creator_file\":\"/s/a.go\",\"creator_line\":9,"
	    "\"rules\":[{\"rule\":\"growing\",\"text\":\"7 more\"}],\"frames\":[]}]}");
	assert_true(shows(r, "!     10      +7  1h01m  chan receive      app.wait"));
	assert_true(shows(r, "nobody sends"));
	assert_true(shows(r, "! growing: 7 more"));
	assert_true(shows(r, "created by app.start  a.go:9"));
	rig_free(r);
}

/* The file gets what is seen. */
static void
export(void **state)
{
	struct rig *r = open_pane(24, 80);

	(void)state;
	answer(r, "profile.details ", "{\"details\":{}}");
	rig_type(r, "+\r");
	rig_type(r, "E\r");
	asked(r, "profile.export profile.svg focus=");
	asked(r, "only=growth");
	answer(r, "profile.export ", "{\"format\":\"svg\",\"out\":\"/x/p.svg\",\"bytes\":2048}");
	assert_true(shows(r, "wrote /x/p.svg (svg, 2.0K)"));
	rig_free(r);
}

/* Whatever the answer holds and however small the terminal: it draws. */
static void
hostile_answers(void **state)
{
	static const char *const texts[] = { "{}", "[]", "null", "{\"table\":3,\"flame\":[]}",
		("{\"table\":{\"rows\":[1,null,{}]},\"flame\":{\"w\":-1,\"depth\":1e18,\"boxes\":["
		"{\"name\":\"x\",\"depth\":-5,\"parent\":9,\"x\":1e300,\"w\":1e300},"
		"{\"name\":\"\\u001b[31m\",\"depth\":2000000000,\"parent\":-7,\"x\":-5,\"w\":0}]}}"),
		("{\"unit\":\"bytes\",\"diff\":true,\"sd\":1,\"flame\":{\"w\":1e-300,\"depth\":3,"
		"\"boxes\":[{\"name\":\"y\",\"depth\":0,\"parent\":-1,\"x\":0,\"w\":1e300}]}}") };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct rig *r = rig_new("snapshot.json", 24, 80);

		rig_draw(r);
		rig_type(r, "\x14" "3z");
		rig_draw(r);
		answer(r, "profile.view ", texts[i]);
		rig_type(r, "\tj\033[A\033[B\033[C\033[D\r\tjk");
		for (int rows = 1; rows < 60; rows += 7)
			for (int cols = 1; cols < 200; cols += 23) {
				grid_resize(r->grid, rows, cols);
				rig_draw(r);
				rig_type(r, "\tj");
			}
		rig_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_boxes),
		cmocka_unit_test(one_question_at_a_time),
		cmocka_unit_test(one_selection),
		cmocka_unit_test(narrowing),
		cmocka_unit_test(filter_and_find),
		cmocka_unit_test(states),
		cmocka_unit_test(snapshots),
		cmocka_unit_test(snapshot_sentence),
		cmocka_unit_test(leaks_and_goroutines),
		cmocka_unit_test(export),
		cmocka_unit_test(hostile_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
