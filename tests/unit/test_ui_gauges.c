/* test_ui_gauges.c - the board pane: pause, span, cursor, alarm editor, throttles, gaps. */
#include "ui_rig.h"

#include <math.h>

#include "base/limits.h"
#include "grid/dump.h"
#include "ui/gauge_chart.h"
#include "ui/fmt.h"
#include "ui/gauge_past.h"

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

/* A machine with all that the overview has rows for. */
static const char everything[] = "{\"t\":61000000000,\"fresh\":true,\"machine\":\"Pi 4\","
    "\"link\":\"ssh:pi4\",\"defs\":["
    "{\"id\":\"mem.used\",\"group\":\"mem\",\"name\":\"mem\",\"unit\":\"B\",\"min\":0,"
    "\"max\":1048576000,\"warn\":943718400},"
    "{\"id\":\"mem.avail\",\"group\":\"mem\",\"name\":\"avail\",\"unit\":\"B\"},"
    "{\"id\":\"mem.buffers\",\"group\":\"mem\",\"name\":\"buffers\",\"unit\":\"B\"},"
    "{\"id\":\"mem.cache\",\"group\":\"mem\",\"name\":\"cache\",\"unit\":\"B\"},"
    "{\"id\":\"proc.rss\",\"group\":\"proc\",\"name\":\"api rss\",\"unit\":\"B\","
    "\"source\":\"/proc/812 (api)\"},"
    "{\"id\":\"proc.anon\",\"group\":\"proc\",\"name\":\"api anon\",\"unit\":\"B\"},"
    "{\"id\":\"proc.pss\",\"group\":\"proc\",\"name\":\"pss\",\"unit\":\"B\"},"
    "{\"id\":\"proc.pss.age\",\"group\":\"proc\",\"name\":\"pss age\",\"unit\":\"s\"},"
    "{\"id\":\"go.heap_live\",\"group\":\"go\",\"name\":\"heap live\",\"unit\":\"B\"},"
    "{\"id\":\"go.heap_goal\",\"group\":\"go\",\"name\":\"heap goal\",\"unit\":\"B\"},"
    "{\"id\":\"go.memlimit\",\"group\":\"go\",\"name\":\"GOMEMLIMIT\",\"unit\":\"B\"},"
    "{\"id\":\"go.gc.pause_p50\",\"group\":\"go\",\"name\":\"p50\",\"unit\":\"ms\"},"
    "{\"id\":\"go.gc.pause_p99\",\"group\":\"go\",\"name\":\"p99\",\"unit\":\"ms\"},"
    "{\"id\":\"go.gc_cpu\",\"group\":\"go\",\"name\":\"gc cpu\",\"unit\":\"%\"},"
    "{\"id\":\"go.goroutines\",\"group\":\"go\",\"name\":\"goroutines\",\"unit\":\"count\"},"
    "{\"id\":\"go.sched.procs\",\"group\":\"go\",\"name\":\"procs\",\"unit\":\"count\"},"
    "{\"id\":\"go.sched.queue\",\"group\":\"go\",\"name\":\"queue\",\"unit\":\"count\"},"
    "{\"id\":\"go.sched.local_queues\",\"group\":\"go\",\"name\":\"local\",\"unit\":\"count\"},"
    "{\"id\":\"go.sched.idle_procs\",\"group\":\"go\",\"name\":\"idle\",\"unit\":\"count\"},"
    "{\"id\":\"temp.cpu\",\"group\":\"temp\",\"name\":\"cpu\",\"unit\":\"C\",\"warn\":80,"
    "\"trips\":[{\"type\":\"passive\",\"temp\":80},{\"type\":\"critical\",\"temp\":110}]},"
    "{\"id\":\"freq.policy0\",\"group\":\"freq\",\"name\":\"policy0\",\"unit\":\"Hz\","
    "\"max\":1800000000},"
    "{\"id\":\"cool.cpu\",\"group\":\"cool\",\"name\":\"throttle cpufreq-cpu0\","
    "\"unit\":\"count\",\"max\":4,\"warn\":1},"
    "{\"id\":\"power.undervoltage\",\"group\":\"power\",\"name\":\"under-voltage\","
    "\"unit\":\"count\",\"max\":1,\"warn\":1,"
    "\"source\":\"vcgencmd get_throttled (it has happened since boot)\"}]}";

static const char values[] = "734003200,314572800,52428800,209715200,104857600,94371840,99614720,4,"
    "65011712,130023424,188743680,0.12,0.8,1.25,41,4,2,3,1,%s,0";

static void
overview_sample(struct rig *r, unsigned s, const char *heat)
{
	char text[400];

	snprintf(text, sizeof text, values, heat);
	sample(r, s, text);
}

static void
answers(struct rig *r, const char *line, const char *result)
{
	json_t *o = json_read(result, strlen(result), "answer", NULL);

	assert_non_null(o);
	ui_answer(r->ui, line, o, NULL);
	json_decref(o);
}

static struct rig *
overview_of(int rows, int cols)
{
	struct rig *r = rig_new("snapshot.json", rows, cols);

	rig_event(r, "gauge.defs", everything);
	overview_sample(r, 61, "71,1800000000,0");
	overview_sample(r, 62, "80.5,1200000000,2");
	overview_sample(r, 63, "71.3,1800000000,0");
	rig_type(r, "\x14" "2p");
	rig_draw(r);
	return r;
}

static void
overview_rows(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		struct rig *r = overview_of(wide ? 48 : 24, wide ? 160 : 80);

		assert_true(shows(r, " mem    300 of 1000 MiB avail  ["));
		assert_true(shows(r, "=::") && shows(r, "#="));
		assert_true(shows(r, " proc   api[812]  RSS 100M  anon 90M  PSS 95M (4 s ago)"));
		assert_true(shows(r, "live 62.0 -> goal 124.0 MiB  GOMEMLIMIT 180"));
		assert_true(shows(r, " 50%"));
		assert_true(shows(r, " go     gc pause p50 0.12 p99 0.80 ms  cpu 1.2%  "
		    "goroutines 41"));
		assert_true(shows(r, " sched  GOMAXPROCS 4 (1 idle)  runnable 2 waiting, 3 on a P"));
		assert_true(shows(r, " temp   cpu") && shows(r, "8.7 below passive 80"));
		assert_true(shows(r, " freq   p0   1800 of 1800 MHz"));
		assert_true(shows(r, "^ capped "));
		assert_true(shows(r, " power  under-voltage: since boot, not now"));
		if (wide) {
			assert_true(shows(r, ", critical 110"));
			assert_true(shows(r, "at 71.0-80.5 C (0:01)"));
		}
		assert_true(shows(r, "over ssh:pi4, every 1 s"));
		rig_type(r, "p");
		assert_true(shows(r, " 4 s ago"));      /* the PSS in the table */
		rig_free(r);
	}
}

static void
advice_is_yanked(void **state)
{
	struct rig *r = overview_of(24, 80);

	(void)state;
	assert_non_null(strstr(buf_str(&r->commands), "gauge.advise \n"));
	rig_type(r, "c");
	assert_true(shows(r, "no advice yet"));
	answers(r, "gauge.advise ", "[{\"name\":\"GOMEMLIMIT\",\"env\":\"GOMEMLIMIT=900MiB\"},"
	    "{\"name\":\"GOGC\",\"env\":\"GOGC=88\"},"
	    "{\"name\":\"GOMAXPROCS\",\"env\":\"GOMAXPROCS=4\",\"itself\":true}]");
	assert_true(shows(r, " advice GOMEMLIMIT=900MiB GOGC=88  c copies, : gauge.advise why"));
	rig_type(r, "c");
	assert_string_equal(buf_str(&r->yanked), "GOMEMLIMIT=900MiB GOGC=88");
	assert_true(shows(r, "yanked GOMEMLIMIT=900MiB GOGC=88, kept"));
	rig_free(r);
}

/* Chosen by name where that says which, else by number; the selection stays on its process. */
static void
processes(void **state)
{
	static const char ask[] = "gauge.processes sort=rss top=200";
	struct rig *r = overview_of(24, 80);

	(void)state;
	assert_non_null(strstr(buf_str(&r->commands), ask));
	assert_true(shows(r, "asking ..."));
	answers(r, ask, "{\"all\":9,\"match\":4,\"rows\":["
	    "{\"pid\":812,\"name\":\"api\",\"state\":\"S\",\"rss\":104857600,\"threads\":17,"
	    "\"cpu\":21},{\"pid\":90,\"name\":\"sh\",\"state\":\"S\",\"rss\":1048576,"
	    "\"threads\":1,\"cpu\":null},{\"pid\":91,\"name\":\"sh\",\"state\":\"S\","
	    "\"rss\":1048576,\"threads\":1,\"cpu\":0},{\"pid\":5,\"name\":\"kworker/0:1\","
	    "\"state\":\"I\",\"rss\":null,\"threads\":1,\"cpu\":0}]}");
	assert_true(shows(r, "*    812    100M   17   21%  S api"));
	assert_true(shows(r, "[kworker/0:1]") && shows(r, "4 of 9 by rss"));
	buf_clear(&r->commands);
	rig_type(r, "\r");
	assert_true(asked(r, "gauge.pid api\n"));
	ui_answer(r->ui, "gauge.pid api", NULL, NULL);
	assert_true(shows(r, "watching api, and what is started by that name after it"));
	rig_type(r, "j\r");
	assert_true(asked(r, "gauge.pid 90\n"));
	rig_type(r, "s");
	rig_draw(r);
	assert_true(asked(r, "gauge.processes sort=cpu top=200\n"));
	answers(r, "gauge.processes sort=cpu top=200", "{\"all\":9,\"match\":2,\"rows\":["
	    "{\"pid\":7,\"name\":\"x\",\"rss\":1,\"threads\":1,\"cpu\":9},"
	    "{\"pid\":90,\"name\":\"a b\",\"rss\":1,\"threads\":1,\"cpu\":1}]}");
	rig_type(r, "\r");
	assert_true(asked(r, "gauge.pid \"a b\"\n"));
	rig_type(r, "fap\r");
	rig_draw(r);
	assert_true(asked(r, "gauge.processes sort=cpu top=200 filter=ap\n"));
	rig_type(r, "p");
	assert_true(shows(r, "limit"));
	rig_free(r);
}

/* Behind the samples: columns of the bench's slices, asked for once, least and most of them too. */
static void
long_ago(void **state)
{
	struct rig *r = board();
	struct gauge_frame f;
	struct gauge_window w;
	double v[GAUGE_COLUMNS_MAX];
	char line[160], *end;
	long long from;
	unsigned ms;

	(void)state;
	for (unsigned t = 4000; t < 4010; t++)
		sample(r, t, "60,1800000000,0,0");
	buf_clear(&r->commands);
	rig_type(r, "<");
	assert_true(r->ui->gauges->span == 1800 * NS_PER_S);
	assert_true(shows(r, "the last 30:00: 10 s and minutes"));
	assert_int_equal(sscanf(buf_str(&r->commands), "gauge.past from=%lld slice=%ums", &from,
	    &ms), 2);
	end = strchr(buf_str(&r->commands), '\n');
	assert_non_null(end);
	snprintf(line, sizeof line, "%.*s", (int)(end - buf_str(&r->commands)),
	    buf_str(&r->commands));
	buf_clear(&r->commands);
	rig_draw(r);
	assert_int_equal(r->commands.len, 0);           /* once */
	/* the first forty columns: 41.5 in the third, a gap, 99.5 in the fifth */
	{
		json_t *o = json_pack("{s:I,s:I,s:i,s:I,s:{s:{s:f,s:f,s:[nnfnf]}}}", "from",
		    (json_int_t)from, "slice", (json_int_t)ms * 1000000, "n", 5, "until",
		    (json_int_t)4000000000000, "gauges", "temp.cpu", "min", 12.5, "mean", 66.5,
		    "max", 41.5, 99.5);

		assert_non_null(o);
		ui_answer(r->ui, line, o, NULL);
		json_decref(o);
	}
	assert_true(shows(r, "mean 66.5 C") && shows(r, "12.5 C") && shows(r, "99.5 C"));
	f = gauge_view_frame(r->ui);
	w = gauge_view_window(r->ui, &f, 69);
	gauge_view_columns(&w, &f, &f.g[0], v);
	gauge_past_fill(r->ui, &f, &w, &f.g[0], v);
	{
		const int c = gauge_view_column(&w, (uint64_t)from + ms * UINT64_C(4500000));

		assert_true(c > 0 && fabs(v[c] - 99.5) < 0.01 && isnan(v[c - 1]));
		assert_true(fabs(v[68] - 60) < 0.01);
		/* the cursor goes there, and all rows show that moment */
		r->ui->gauges->cursor = (uint64_t)from + ms * UINT64_C(4500000);
	}
	assert_true(fabs(gauge_view_now(r->ui, &f, &f.g[0]).v - 99.5) < 0.01);
	r->ui->gauges->cursor = 0;
	rig_type(r, "<<<");
	assert_true(r->ui->gauges->span == 7200 * NS_PER_S);    /* the bench is no older */
	rig_type(r, ">>>");
	assert_true(r->ui->gauges->span == 0);
	rig_type(r, ":view.board.span all\r");
	assert_true(r->ui->gauges->span == 7200 * NS_PER_S);
	rig_free(r);
}

/* Units of plugins and of values in lines stand behind them; a range may lie below zero. */
static void
units_of_others(void **state)
{
	static const struct { double v; const char *unit, *text; } all[] = {
		{ -83, "dBm", "-83 dBm" }, { 21.53, "V", "21.5 V" }, { 1013.2, "hPa", "1013 hPa" },
		{ 1.27, "", "1.27" }, { 42, "%", "42%" }, { (double)NAN, "V", "-" },
	};
	static char dbm[] = "dBm";
	const struct replica_gauge g = { .unit = dbm, .min = -120, .max = -40,
		.warn = (double)NAN, .crit = (double)NAN };
	char text[40];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		fmt_value(all[i].v, all[i].unit, text, sizeof text);
		assert_string_equal(text, all[i].text);
	}
	assert_true(fabs(gauge_fraction(&g, -80) - 0.5) < 1e-9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_of_others),
		cmocka_unit_test(throttles), cmocka_unit_test(rules_are_told),
		cmocka_unit_test(clock_alone_is_none),
		cmocka_unit_test(pause_stands_still), cmocka_unit_test(cursor_and_span),
		cmocka_unit_test(alarm_editor), cmocka_unit_test(hidden_and_export),
		cmocka_unit_test(gaps_are_gaps), cmocka_unit_test(sources),
		cmocka_unit_test(overview_rows), cmocka_unit_test(advice_is_yanked),
		cmocka_unit_test(processes), cmocka_unit_test(long_ago),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
