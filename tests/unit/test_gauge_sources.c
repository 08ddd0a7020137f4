/* test_gauge_sources.c - several sources in one set: names, rows, one that dies, one taken away. */
#include "test_gauge_tree.h"

#include <math.h>

#include "base/clock.h"
#include "gauge/prometheus.h"
#include "gauge/set.h"
#include "gauge/sources.h"
#include "sys/process.h"
#include "sys/time.h"

struct run {
	struct loop *loop;
	struct gauge_set *set;
	unsigned samples;
	char said[GAUGE_TEXT_MAX];
};

static void
on_sample(void *arg, const struct gauge_sample *s)
{
	struct run *r = arg;

	assert_true(s->n > 0);
	r->samples++;
}

static void
on_alarm(void *arg, const struct gauge_alarm *a)
{
	struct run *r = arg;

	if (a->def == NULL)
		snprintf(r->said, sizeof r->said, "%s", a->text);
}

static void
start(struct run *r, const struct gauge_set_opts *o)
{
	static const struct gauge_set_cb cb = { .sample = on_sample, .alarm = on_alarm };

	memset(r, 0, sizeof *r);
	r->loop = loop_new();
	r->set = gauge_set_new(r->loop, o, &cb, r, NULL);
}

static void
end(struct run *r)
{
	gauge_set_free(r->set);
	loop_free(r->loop);
}

static const struct gauge_def *
def(const struct run *r, const char *id, double *v)
{
	size_t n;
	const struct gauge_def *d = gauge_set_defs(r->set, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(d[i].id, id) == 0) {
			*v = series_now(gauge_set_series(r->set), i);
			return &d[i];
		}
	return NULL;
}

/* Turns until the gauge is there and has a number, or (want false) is there and has none. */
static const struct gauge_def *
until(struct run *r, const char *id, bool want, double *v)
{
	const uint64_t end = sys_mono() + 20 * NS_PER_S;
	const struct gauge_def *d;

	while ((d = def(r, id, v)) == NULL || isnan(*v) == want) {
		assert_true(sys_mono() < end);
		(void)loop_turn(r->loop, (int64_t)NS_PER_MS * 100);
	}
	return d;
}

static void
add(struct run *r, const char *name, const struct board_tree *t)
{
	const struct gauge_set_opts o = { .proc_root = t->proc, .sys_root = t->sys };

	assert_int_equal(gauge_set_add(r->set, name, &o, NULL), ERR_OK);
}

static void
names(void **state)
{
	static const struct { const char *spec, *name; } rows[] = {
		{ "local", "local" }, { "ssh:pi4", "pi4" }, { "ssh:root@pi4:2222", "pi4:2222" },
		{ "ssh://root@pi4:2222", "pi4:2222" }, { "http://:6060/debug/vars", "6060" },
		{ "http://board:6060", "board:6060" }, { "exec:/usr/bin/sh -x", "sh" },
		{ "exec:sh", "sh" }, { "serial:/dev/ttyUSB0@115200", "ttyUSB0" },
		{ "lines:/dev/ttyUSB0@9600", "ttyUSB0" }, { "lines:exec:/bin/api -x", "api" }, { "unix:/run/app.sock", "run" }, { "", "source" },
		{ "ssh:\x1b[31m", "__31m" },
	};
	char out[GAUGE_FROM_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		source_name(rows[i].spec, out);
		assert_string_equal(out, rows[i].name);
	}
	assert_int_equal(source_given_name("app=http://x?a=b"), 3);
	assert_int_equal(source_given_name("http://x?a=b"), 0);
	assert_int_equal(source_given_name("ssh:pi4"), 0);
}

static void
two_boards(void **state)
{
	const struct gauge_set_opts o = { .bare = true, .every_ns = GAUGE_SET_EVERY_MIN };
	const struct gauge_set_opts bad = { .board = "exec:false" };
	struct board_tree pi, box;
	struct err_msg why;
	struct run r;
	struct buf b;
	double v, w;

	(void)state;
	tree_open(&pi, "pi4");
	tree_open(&box, "container");
	start(&r, &o);
	add(&r, "pi", &pi);
	add(&r, "box", &box);
	assert_int_equal(gauge_set_add(r.set, "box", &bad, &why), ERR_BUSY);
	assert_int_equal(gauge_set_add(r.set, "a b", &bad, &why), ERR_USAGE);
	while (r.samples == 0)
		(void)loop_turn(r.loop, (int64_t)NS_PER_S);
	/* the first row has both already */
	assert_non_null(def(&r, "pi/mem.avail", &v));
	assert_true(v > 0);
	assert_non_null(def(&r, "box/mem.avail", &w));
	assert_true(fabs(w - 1800000.0 * 1024) < 1);
	assert_string_equal(until(&r, "pi/temp.cpu-thermal", true, &v)->name, "pi cpu");
	assert_true(fabs(v - 79.36) < 1e-9);
	assert_string_equal(until(&r, "pi/temp.cpu-thermal", true, &v)->from, "pi");
	/* one that dies at once: its gauges say so, the others go on */
	assert_int_equal(gauge_set_add(r.set, "dead", &bad, NULL), ERR_OK);
	while (r.said[0] == '\0')
		(void)loop_turn(r.loop, (int64_t)NS_PER_S);
	assert_memory_equal(r.said, "dead: no gauges: ", 17);
	assert_non_null(gauge_set_trouble(r.set));
	r.samples = 0;
	while (r.samples < 3)
		(void)loop_turn(r.loop, (int64_t)NS_PER_S);
	assert_non_null(def(&r, "box/mem.avail", &w));
	assert_true(w > 0);
	assert_non_null(strstr(until(&r, "dead/self.cpu", false, &v)->missing, "link ended"));
	/* limits of the set hold for a source's gauges */
	assert_int_equal(gauge_set_limit(r.set, "pi/load.1", "0.5", NULL, NULL, NULL), ERR_OK);
	(void)until(&r, "pi/load.1", true, &v);
	r.samples = 0;
	while (r.samples < 2)
		(void)loop_turn(r.loop, (int64_t)NS_PER_S);
	assert_true(fabs(def(&r, "pi/load.1", &v)->warn - 0.5) < 1e-9);
	buf_init(&b, 1 << 20);
	assert_int_equal(gauge_set_prometheus(r.set, &b), ERR_OK);
	assert_non_null(strstr(
	    buf_str(&b), "vise_temp_celsius{source=\"pi\",sensor=\"cpu-thermal\"} 79.3"));
	assert_non_null(strstr(buf_str(&b), "vise_mem_avail_bytes{source=\"box\"} 1843200000\n"));
	buf_fini(&b);
	/* taken away: gone, and back under the same index */
	assert_int_equal(gauge_set_remove(r.set, "pi", &why), ERR_OK);
	assert_int_equal(gauge_set_remove(r.set, "pi", &why), ERR_NOENT);
	assert_true(def(&r, "pi/mem.avail", &v)->gone);
	(void)until(&r, "pi/mem.avail", false, &v);
	add(&r, "pi", &pi);
	assert_false(until(&r, "pi/mem.avail", true, &v)->gone);
	end(&r);
	tree_close(&pi);
	tree_close(&box);
}

/* A program's metrics told on: its labels, quotes and all, are one label. */
static void
told_on(void **state)
{
	const struct gauge_set_opts o = { .bare = true, .every_ns = GAUGE_SET_EVERY_MIN };
	struct gauge_def d = { .id = "queue_bytes{of=a\"b,c=d}", .unit = "B", .group = "var" };
	struct run r;
	struct buf b;

	(void)state;
	start(&r, &o);
	assert_true(gauge_set_put(r.set, &d, 42));
	while (r.samples == 0)
		(void)loop_turn(r.loop, (int64_t)NS_PER_S);
	buf_init(&b, 1 << 20);
	assert_int_equal(gauge_set_prometheus(r.set, &b), ERR_OK);
	assert_non_null(strstr(
	    buf_str(&b), "vise_queue_bytes{labels=\"of=a\\\"b,c=d\"} 42\n"));
	buf_fini(&b);
	end(&r);
}

/* A machine of its own, and others beside it. */
static void
beside_a_machine(void **state)
{
	struct board_tree pi, box;
	struct gauge_set_opts o = { .every_ns = GAUGE_SET_EVERY_MIN };
	struct run r;
	json_t *list;
	double v;

	(void)state;
	tree_open(&pi, "pi4");
	tree_open(&box, "container");
	o.proc_root = pi.proc;
	o.sys_root = pi.sys;
	start(&r, &o);
	add(&r, "box", &box);
	(void)until(&r, "mem.avail", true, &v);
	assert_string_equal(until(&r, "box/mem.avail", true, &v)->from, "box");
	assert_true(fabs(v - 1800000.0 * 1024) < 1);
	list = gauge_set_json_sources(r.set);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_get_str(json_array_get(list, 0), "name", ""), "box");
	assert_true(json_get_bool(json_array_get(list, 0), "answers", false));
	json_decref(list);
	end(&r);
	tree_close(&pi);
	tree_close(&box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(two_boards),
		cmocka_unit_test(told_on),
		cmocka_unit_test(beside_a_machine),
	};

	process_ignore_signals();       /* a board that dies while it is written to */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
