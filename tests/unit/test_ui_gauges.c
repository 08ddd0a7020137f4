/* test_ui_gauges.c - the board pane: pause, span, cursor, alarm editor, throttles, gaps. */
#include "ui_rig.h"

#include <math.h>

#include "base/limits.h"
#include "grid/dump.h"
#include "ui/gauge_chart.h"

static char *
screen(struct rig *r)
{
	struct buf b;
	char *out;

	rig_draw(r);
	buf_init(&b, 1 << 20);
	assert_int_equal(grid_dump(r->grid, GRID_TEXT, &b), ERR_OK);
	out = mem_str(buf_str(&b));
	buf_fini(&b);
	return out;
}

static bool
shows(struct rig *r, const char *text)
{
	char *s = screen(r);
	const bool is = strstr(s, text) != NULL;

	if (!is)
		print_message("%s\n", s);
	mem_free(s);
	return is;
}

static bool
lacks(struct rig *r, const char *text)
{
	char *s = screen(r);
	const bool is = strstr(s, text) == NULL;

	mem_free(s);
	return is;
}

static bool
asked(struct rig *r, const char *line)
{
	const bool is = strstr(buf_str(&r->commands), line) != NULL;

	if (!is)
		print_message("%s\n", buf_str(&r->commands));
	buf_clear(&r->commands);
	return is;
}

static void
sample(struct rig *r, unsigned s, const char *values)
{
	char text[512];

	snprintf(text, sizeof text, "{\"t\":%u000000000,\"v\":[%s]}", s, values);
	rig_event(r, "gauge", text);
}

/* A board with a thermometer, a clock, a cap and a cooling device; nothing of it yet. */
static struct rig *
board(void)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);

	rig_event(r, "gauge.defs",
	    "{\"t\":61000000000,\"fresh\":true,\"machine\":\"Pi 4\",\"defs\":["
	    "{\"id\":\"temp.cpu\",\"group\":\"temp\",\"name\":\"cpu\",\"unit\":\"C\",\"warn\":80,"
	    "\"crit\":105,\"hold\":5,\"trips\":[{\"type\":\"passive\",\"temp\":80},"
	    "{\"type\":\"critical\",\"temp\":110}]},"
	    "{\"id\":\"freq.policy0\",\"group\":\"freq\",\"name\":\"policy0\",\"unit\":\"Hz\","
	    "\"min\":600000000,\"max\":1800000000},"
	    "{\"id\":\"freq.policy0.cap\",\"group\":\"freq\",\"name\":\"policy0 cap\","
	    "\"unit\":\"%\",\"max\":100},"
	    "{\"id\":\"cool.cpu\",\"group\":\"cool\",\"name\":\"throttle cpufreq-cpu0\","
	    "\"unit\":\"count\",\"max\":4,\"warn\":1}]}");
	rig_type(r, "\x14" "2z");
	return r;
}

static void
history(struct rig *r)
{
	sample(r, 61, "70,1800000000,0,0");
	sample(r, 62, "79.0,1800000000,0,0");
	sample(r, 63, "80.1,1500000000,17,1");
	sample(r, 64, "81,1200000000,33,2");
	sample(r, 65, "78,1800000000,0,0");
	sample(r, 66, "77.5,1800000000,0,0");
	rig_draw(r);
}

static void
throttles(void **state)
{
	struct rig *r = board();
	struct gauge_throttle t[4];
	struct gauge_frame f;
	char text[200];

	(void)state;
	history(r);
	f = gauge_view_frame(r->ui);
	assert_int_equal(gauge_throttles(&f, "", t, 4), 1);
	assert_true(t[0].from == 63 * NS_PER_S && t[0].to == 65 * NS_PER_S);
	assert_true(fabs(t[0].t_low - 79) < 0.01 && fabs(t[0].t_high - 80.1) < 0.01);
	assert_true(fabs(t[0].clock - 1.2e9) < 1 && fabs(t[0].full - 1.8e9) < 1);
	gauge_throttle_text(r->ui, &t[0], text, sizeof text);
	assert_non_null(strstr(text, "at 79.0-80.1 C (0:02): cpufreq-cpu0, 1200 of 1800"));
	assert_true(shows(r, " capped "));
	rig_type(r, "T");
	assert_true(shows(r, "throttles, newest first: 1 in the history"));
	assert_true(shows(r, "1200 of 1800 MHz"));
	/* still in force: no end is told */
	sample(r, 67, "82,1500000000,17,1");
	f = gauge_view_frame(r->ui);
	assert_int_equal(gauge_throttles(&f, "", t, 4), 2);
	assert_true(t[1].to == 0);
	gauge_throttle_text(r->ui, &t[1], text, sizeof text);
	assert_non_null(strstr(text, "still"));
	/* a fall of the clock alone is the governor's */
	assert_int_equal(gauge_throttles(&f, "", t, 1), 1);
	assert_true(t[0].from == 67 * NS_PER_S);
	rig_free(r);
}

/* What the rules say: by the event, by the answer; the gauge's own beside its chart. */
static void
rules_are_told(void **state)
{
	struct rig *r = board();
	static const char rules[] = "{\"t\":66000000000,\"rules\":[{\"rule\":\"leak\","
	    "\"findings\":[{\"gauge\":\"proc.anon\",\"verdict\":\"warn\",\"text\":\"grows\"}]},"
	    "{\"rule\":\"steady\",\"findings\":[{\"gauge\":\"temp.cpu\",\"verdict\":\"waiting\","
	    "\"text\":\"settling\"}]}]}";
	json_t *o = json_read(rules, strlen(rules), "rules", NULL);

	(void)state;
	history(r);
	rig_event(r, "gauge.rules", rules);
	assert_true(shows(r, "settling"));
	rig_event(r, "gauge.rules", "{\"t\":67000000000,\"rules\":7}");
	assert_true(lacks(r, "settling"));
	buf_clear(&r->commands);
	rig_type(r, "T");
	assert_true(asked(r, "gauge.rules\n"));
	ui_answer(r->ui, "gauge.rules", json_object_get(o, "rules"), NULL);
	assert_true(shows(r, "! leak     grows"));
	assert_true(shows(r, "steady   settling"));
	assert_true(shows(r, "throttles, newest first"));
	json_decref(o);
	rig_free(r);
}

static void
clock_alone_is_none(void **state)
{
	struct rig *r = board();
	struct gauge_throttle t[4];
	struct gauge_frame f;

	(void)state;
	sample(r, 61, "70,1800000000,0,0");
	sample(r, 62, "70,600000000,0,null");
	f = gauge_view_frame(r->ui);
	assert_int_equal(gauge_throttles(&f, "", t, 4), 0);
	rig_free(r);
}

static void
pause_stands_still(void **state)
{
	struct rig *r = board();

	(void)state;
	history(r);
	assert_true(shows(r, "77.5 C"));
	rig_type(r, " ");
	sample(r, 67, "90,1800000000,0,0");
	assert_true(shows(r, "paused"));
	assert_true(shows(r, "77.5 C"));
	rig_type(r, " ");
	assert_true(shows(r, "90.0 C"));
	assert_true(shows(r, "10.0 C over passive 80.0 C"));
	rig_free(r);
}

static void
cursor_and_span(void **state)
{
	struct rig *r = board();
	struct gauge_frame f;

	(void)state;
	history(r);
	rig_type(r, "\033[D");
	assert_true(r->ui->gauges->cursor != 0 && r->ui->gauges->cursor < 66 * NS_PER_S);
	rig_type(r, "\033[D\033[D\033[D\033[D\033[D\033[D\033[D\033[D");
	assert_true(r->ui->gauges->cursor == 61 * NS_PER_S);    /* not before the first */
	f = gauge_view_frame(r->ui);
	assert_true(fabs(gauge_view_now(r->ui, &f, &f.g[0]).v - 70) < 0.01);
	assert_true(shows(r, "at "));
	rig_type(r, "\033");
	assert_true(r->ui->gauges->cursor == 0 && r->ui->focus == PANE_BOARD);
	rig_type(r, "\033[D\r");        /* Enter: the console at that moment */
	assert_true(r->ui->focus == PANE_CONSOLE && r->ui->nav);
	rig_type(r, "2z>");
	assert_true(r->ui->gauges->span == 300 * NS_PER_S);
	rig_type(r, ">>>");
	assert_true(r->ui->gauges->span == 30 * NS_PER_S);
	rig_type(r, "<<<<<<");
	assert_true(r->ui->gauges->span == 0);
	rig_free(r);
}

static void
alarm_editor(void **state)
{
	struct rig *r = board();

	(void)state;
	history(r);
	rig_type(r, "A");
	assert_true(shows(r, "alarm of cpu"));
	assert_true(shows(r, "passive 80, critical 110"));
	rig_type(r, "\r");
	assert_true(shows(r, "no limit was changed"));
	rig_type(r, "A\x15" "75\t\x15\t\x15" "30s\r");
	assert_true(asked(r, "gauge.limit temp.cpu warn=75 crit=none hold=30s\n"));
	rig_type(r, "A\x15" "75\033");
	assert_int_equal(r->commands.len, 0);
	rig_free(r);
}

static void
hidden_and_export(void **state)
{
	struct rig *r = board();

	(void)state;
	history(r);
	rig_type(r, "jx");
	assert_true(shows(r, "1 hidden"));
	rig_type(r, ":view.board.export \"/tmp/a b.csv\"\r");
	assert_true(asked(r,
	    "gauge.export \"/tmp/a b.csv\" gauges=temp.cpu,freq.policy0.cap,cool.cpu\n"));
	rig_type(r, "X>:view.board.export x.svg\r");
	assert_true(asked(r, "gauge.export x.svg last=300s\n"));
	rig_free(r);
}

/* A sample that is missing is a blank, not a zero; the last value is shown with its age. */
static void
gaps_are_gaps(void **state)
{
	struct rig *r = board();
	struct gauge_frame f;
	struct gauge_window w;
	double v[GAUGE_COLUMNS_MAX];

	(void)state;
	history(r);
	sample(r, 69, "null,1800000000,0,0");
	f = gauge_view_frame(r->ui);
	assert_int_equal(gauge_view_now(r->ui, &f, &f.g[0]).age, 3 * NS_PER_S);
	assert_true(shows(r, "0:03 ago"));
	r->ui->gauges->span = 30 * NS_PER_S;
	w = gauge_view_window(r->ui, &f, 30);
	assert_true(w.slice == NS_PER_S);
	gauge_view_columns(&w, &f, &f.g[0], v);
	assert_true(fabs(v[26] - 77.5) < 0.01 && isnan(v[27]) && isnan(v[28]) && isnan(v[29]));
	gauge_view_columns(&w, &f, &f.g[2], v);
	assert_true(isnan(v[27]) && isnan(v[28]) && fabs(v[29]) < 0.01);
	rig_free(r);
}

/* Gauges of two boards: all, one after the other; a throttle of one is none of the other. */
static void
sources(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	struct gauge_throttle t[4];
	struct gauge_frame f;

	(void)state;
	rig_event(r, "gauge.defs",
	    "{\"t\":61000000000,\"fresh\":true,\"defs\":["
	    "{\"id\":\"temp.cpu\",\"group\":\"temp\",\"name\":\"cpu\",\"unit\":\"C\"},"
	    "{\"id\":\"pi4/temp.cpu\",\"group\":\"temp\",\"name\":\"pi4 cpu\",\"unit\":\"C\","
	    "\"from\":\"pi4\"},"
	    "{\"id\":\"cool.cpu\",\"group\":\"cool\",\"name\":\"throttle x\",\"unit\":\"count\","
	    "\"max\":4},"
	    "{\"id\":\"old/x\",\"group\":\"temp\",\"name\":\"old x\",\"unit\":\"C\","
	    "\"from\":\"old\",\"gone\":true}]}");
	rig_type(r, "\x14" "2z");
	sample(r, 62, "41,61,0,1");
	sample(r, 63, "42,62,1,1");
	assert_true(shows(r, "[all] own  pi4 "));
	assert_true(shows(r, "pi4 cpu") && shows(r, "throttle x"));
	f = gauge_view_frame(r->ui);
	assert_int_equal(gauge_throttles(&f, "pi4", t, 4), 0);
	assert_int_equal(gauge_throttles(&f, "", t, 4), 1);
	assert_true(fabs(t[0].t_high - 42) < 0.01);
	rig_type(r, "s");
	assert_true(shows(r, "[own]") && lacks(r, "pi4 cpu"));
	rig_type(r, "s");
	assert_true(shows(r, "[pi4]") && shows(r, "62.0 C") && lacks(r, "42.0 C"));
	rig_type(r, "s");
	assert_true(shows(r, "[all]"));
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(throttles), cmocka_unit_test(rules_are_told),
		cmocka_unit_test(clock_alone_is_none),
		cmocka_unit_test(pause_stands_still), cmocka_unit_test(cursor_and_span),
		cmocka_unit_test(alarm_editor), cmocka_unit_test(hidden_and_export),
		cmocka_unit_test(gaps_are_gaps), cmocka_unit_test(sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
