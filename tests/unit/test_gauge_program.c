/* test_gauge_program.c - what a program tells over HTTP: JSON and Prometheus text however they
 * come, the ring of pauses, rates, choices, hostile input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "gauge/json_scan.h"
#include "gauge/program.h"
#include "gauge/prom_scan.h"
#include "gauge/source_go.h"
#include "gauge/source_go_live.h"
#include "gauge/source_vars.h"
#include "gauge/window.h"

static char seen[16384];

static void __attribute__((format(printf, 1, 2)))
say(const char *fmt, ...)
{
	const size_t n = strlen(seen);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(seen + n, sizeof seen - n, fmt, ap);
	va_end(ap);
}

/* ---- JSON ---- */

static void
on_number(void *arg, const char *path, double v)
{
	(void)arg;
	say("%s=%g ", path, v);
}

static void
on_text(void *arg, const char *path, const char *text)
{
	(void)arg;
	say("%s='%s' ", path, text);
}

static bool
json(const char *p, size_t n, size_t piece)
{
	static const struct json_scan_cb cb = { .number = on_number, .text = on_text };
	struct json_scan s;

	seen[0] = '\0';
	json_scan_init(&s, &cb, NULL);
	for (size_t at = 0; at < n; at += piece)
		if (!json_scan_feed(&s, p + at, n - at < piece ? n - at : piece))
			return false;
	return json_scan_end(&s);
}

static void
json_paths(void **state)
{
	static const struct { const char *in, *out; } good[] = {
		{ "1", "=1 " }, { " {\"a\":-1.5e2}\n", "a=-150 " }, { "{}", "" }, { "[]", "" },
		{ "{\"a\":{\"b\":[1,[2],{\"c\":3}]},\"d\":4}",
		    "a.b.0=1 a.b.1.0=2 a.b.2.c=3 d=4 " },
		{ "{\"a\":true,\"b\":null,\"c\":\"x\\n\\u00e9\\\"\",\"d\":false}",
		    "c='x??\"' " },
		{ "[{\"a\":1},{\"a\":2}]", "0.a=1 1.a=2 " },
		{ "{\"\\u0041\":1,\"\":2}", "?=1 =2 " },
		{ "{\"big\":1e999,\"a\":1}", "a=1 " },
	};
	static const char *const bad[] = { "", "{", "[1", "{\"a\"}", "{\"a\":}", "{a:1}", "[1,]",
		"{\"a\":1,}", "01", "-", "1.", "1e", "tru", "truex", "[1}", "]", "1 2", "\"\\x\"",
		"\"\\u00g0\"", "\"a\nb\"", "{\"a\" 1}", "+1", ".5", "nul", "[1 2]", "nan",
	};
	char deep[2 * JSON_SCAN_DEPTH + 4];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		for (size_t piece = 1; piece < 4; piece++) {
			assert_true(json(good[i].in, strlen(good[i].in), piece));
			assert_string_equal(seen, good[i].out);
		}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (json(bad[i], strlen(bad[i]), 1))
			print_message("taken: %s\n", bad[i]);
		assert_false(json(bad[i], strlen(bad[i]), 1));
	}
	assert_false(json("{\"a\":3\0\r}", 9, 1));
	assert_false(json("[true\0]", 7, 1));
	for (int n = JSON_SCAN_DEPTH - 1; n <= JSON_SCAN_DEPTH + 1; n++) {
		memset(deep, '[', (size_t)n);
		memset(deep + n, ']', (size_t)n);
		assert_int_equal(json(deep, 2 * (size_t)n, 5), n <= JSON_SCAN_DEPTH);
	}
}

/* A key that is too long hides what is under it, and nothing else. */
static void
json_long(void **state)
{
	char *text = mem_alloc(4096);
	size_t n = (size_t)snprintf(text, 4096, "{\"a\":1,\"");

	(void)state;
	memset(text + n, 'k', 1000);
	n += 1000;
	n += (size_t)snprintf(text + n, 4096 - n, "\":{\"x\":[1,2]},\"b\":2}");
	assert_true(json(text, n, 7));
	assert_string_equal(seen, "a=1 b=2 ");
	n = (size_t)snprintf(text, 4096, "[");
	memset(text + n, '9', 500);
	snprintf(text + n + 500, 100, ",7]");
	assert_true(json(text, n + 503, 64));
	assert_string_equal(seen, "1=7 ");
	mem_free(text);
}

/* ---- Prometheus ---- */

static void
on_metric(void *arg, const struct prom_sample *s)
{
	static const char kinds[] = { 'u', 'c', 'g', 's', 'h', 'o' };

	(void)arg;
	say("%.*s/%.*s:%c", (int)s->family.n, s->family.p, (int)s->part.n,
	    s->part.n != 0 ? s->part.p : "", kinds[s->kind]);
	for (size_t i = 0; i < s->labels; i++)
		say(",%.*s=%.*s", (int)s->label[i].name.n, s->label[i].name.p,
		    (int)s->label[i].value.n, s->label[i].value.p);
	say(" %g|", s->v);
}

static void
prom(struct prom_scan *s, const char *text, size_t n, size_t piece)
{
	seen[0] = '\0';
	prom_scan_init(s, on_metric, NULL);
	for (size_t at = 0; at < n; at += piece)
		prom_scan_feed(s, text + at, n - at < piece ? n - at : piece);
	prom_scan_end(s);
}

static void
prom_lines(void **state)
{
	static const char text[] =
	    "# HELP http_requests_total Of all. \\n\n# TYPE http_requests_total counter\n"
	    "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
	    "http_requests_total{ code = \"a\\\"\\\\b\\n,}\" , } 3\r\n\n"
	    "plain 12.47\n  # just words\n"
	    "# TYPE lat histogram\nlat_bucket{le=\"0.05\"} 24 # {id=\"x\"} 0.03 1.5\n"
	    "lat_bucket{le=\"+Inf\"} 30\nlat_sum 5\nlat_count 30\nlatency 1\n"
	    "# TYPE om counter\nom_total 7\nom_created 1.5e9\n"
	    "nan NaN\ninf +Inf\nninf -Inf\n"
	    "bad{x=\"1\" 5\nbad{x} 5\nbad 5 6 7\nbad\n1bad 5\nbad{x=\"a} 1\nbad 0x\n"
	    "# EOF\nafter 1\n";
	static const char want[] =
	    "http_requests_total/:c,method=post,code=200 1027|"
	    "http_requests_total/:c,code=a\"\\b ,} 3|plain/:u 12.47|"
	    "lat/_bucket:h,le=0.05 24|lat/_bucket:h,le=+Inf 30|lat/_sum:h 5|lat/_count:h 30|"
	    "latency/:u 1|om/_total:c 7|om/_created:c 1.5e+09|nan/:u nan|inf/:u inf|ninf/:u -inf|";
	struct prom_scan s;

	(void)state;
	for (size_t piece = 1; piece < 100; piece += 13) {
		prom(&s, text, sizeof text - 1, piece);
		assert_string_equal(seen, want);
		assert_int_equal(s.good, 13);
		assert_int_equal(s.bad, 7);
	}
	prom(&s, "last 1", 6, 3);
	assert_string_equal(seen, "last/:u 1|");
}

static void
prom_limits(void **state)
{
	char *text = mem_alloc(PROM_LINE + 64);
	struct prom_scan s;
	size_t n;

	(void)state;
	for (size_t k = PROM_LINE - 2; k <= PROM_LINE; k++) {
		n = (size_t)snprintf(text, PROM_LINE, "a 1");
		memset(text + n, ' ', k - n);
		memcpy(text + k, "\nb 2\n", 5);
		prom(&s, text, k + 5, 1000);
		assert_string_equal(seen, k < PROM_LINE ? "a/:u 1|b/:u 2|" : "b/:u 2|");
	}
	for (int k = PROM_LABELS; k <= PROM_LABELS + 1; k++) {
		n = (size_t)snprintf(text, PROM_LINE, "a{");
		for (int i = 0; i < k; i++)
			n += (size_t)snprintf(text + n, PROM_LINE - n, "l%d=\"\",", i);
		n += (size_t)snprintf(text + n, PROM_LINE - n, "} 1\n");
		prom(&s, text, n, n);
		assert_int_equal(s.good, k == PROM_LABELS);
	}
	memcpy(text, "a\0b 1\nc 2\n", 10);
	prom(&s, text, 10, 10);
	assert_string_equal(seen, "c/:u 2|");
	mem_free(text);
}

/* ---- windows ---- */

static void
windows(void **state)
{
	static const double q[] = { 0.5, 0.99, 1 }, le[] = { 0.1, 1, (double)INFINITY };
	struct window_events e = { .n = 0 };
	struct window_buckets b = { .n = 0 };
	double out[3], count[3] = { 10, 10, 10 };

	(void)state;
	assert_int_equal(window_events_quantiles(&e, 0, q, 3, out), 0);
	assert_true(out[0] != out[0]);
	for (int i = 1; i <= 100; i++)
		window_events_add(&e, i, 101 - i);
	assert_int_equal(window_events_quantiles(&e, -5, q, 3, out), 100);
	assert_true(fabs(out[0] - 50) < 1e-9 && fabs(out[1] - 99) < 1e-9 &&
		    fabs(out[2] - 100) < 1e-9);
	assert_int_equal(window_events_quantiles(&e, 100, q, 3, out), 1);
	assert_true(fabs(out[1] - 1) < 1e-9);
	for (int i = 0; i < 3 * WINDOW_EVENTS; i++)
		window_events_add(&e, 1000 + i, i);
	assert_true(e.n <= WINDOW_EVENTS);
	(void)window_events_quantiles(&e, 0, q, 3, out);
	assert_true(fabs(out[2] - (3 * WINDOW_EVENTS - 1)) < 1e-9);
	window_events_fini(&e);

	window_buckets_put(&b, 0, 60, le, count, 3);
	assert_true(isnan(window_buckets_quantile(&b, 0.5)) != 0);
	count[1] = count[2] = 30;                       /* 20 between 0.1 and 1 */
	window_buckets_put(&b, 1, 60, le, count, 3);
	assert_true(fabs(window_buckets_quantile(&b, 0.5) - 0.55) < 1e-9);
	count[2] = 40;                                  /* and 10 above: no bound but the last */
	window_buckets_put(&b, 2, 60, le, count, 3);
	assert_true(fabs(window_buckets_quantile(&b, 0.99) - 1) < 1e-9);
	for (int i = 3; i < 500; i++)
		window_buckets_put(&b, i, 60, le, count, 3);
	assert_true(window_buckets_added(&b) < 0.5);    /* all of it is older than the window */
	count[0] = 1;                                   /* fell: another program */
	window_buckets_put(&b, 500, 60, le, count, 3);
	assert_true(window_buckets_added(&b) < 0.5);
	window_buckets_put(&b, 501, 60, le, count, 2);
	assert_int_equal(b.n, 2);
	window_buckets_fini(&b);
}

/* ---- the Go runtime ---- */

static double
value(const struct gauge_table *t, const char *id)
{
	const int i = table_find(t, id);

	return i < 0 ? (double)NAN : t->v[i];
}

static void
is(const struct gauge_table *t, const char *id, double want)
{
	const double v = value(t, id);

	if (fabs(v - want) <= 1e-9 * fmax(1, fabs(want)))
		return;
	print_message("%s is %g, want %g\n", id, v, want);
	fail();
}

static void
is_missing(const struct gauge_table *t, const char *id)
{
	assert_true(isnan(value(t, id)) != 0);
}

/* A program's collections 1..n, one a second up to `now` of its clock, the pause of n is n us. */
static void
tell_ring(struct go *g, unsigned n, double now)
{
	char path[64];

	go_begin(g);
	for (unsigned i = 0; i < 256; i++) {
		/* the newest collection whose slot this is */
		const unsigned gc = n >= i + 1 ? i + 1 + (n - i - 1) / 256 * 256 : 0;

		snprintf(path, sizeof path, "memstats.PauseNs.%u", i);
		assert_true(go_expvar(g, path, gc * 1000.0));
		snprintf(path, sizeof path, "memstats.PauseEnd.%u", i);
		assert_true(go_expvar(g, path, gc != 0 ? (now - (n - gc)) * 1e9 : 0));
	}
	assert_true(go_expvar(g, "memstats.NumGC", n));
	assert_true(go_expvar(g, "memstats.LastGC", now * 1e9));
	assert_true(go_expvar(g, "memstats.HeapAlloc", 5e6));
	assert_false(go_expvar(g, "requests", 1));
}

static void
ring(void **state)
{
	struct gauge_table t;
	struct go *g;
	const uint64_t s = NS_PER_S, m = 1000 * s;

	(void)state;
	table_init(&t);
	g = go_new(&t);
	/* the first look: of 1000 collections those of the last 60 s by the program's clock, which
	 * is 1 s ahead of its Date at most */
	tell_ring(g, 1000, 5000);
	assert_false(go_take(g, m, 5000));
	is(&t, "go.gc.pause_max", 1.0);
	is(&t, "go.gc.pause_p50", 0.97);
	is(&t, "go.gc.count", 1000);
	/* 3 more, and its clock was set back by years meanwhile: they are new all the same */
	tell_ring(g, 1003, 100);
	assert_false(go_take(g, m + s, 100));
	is(&t, "go.gc.pause_max", 1.003);
	/* 300 more between two looks: the last 256 of them are known */
	tell_ring(g, 1303, 400);
	assert_false(go_take(g, m + 2 * s, 400));
	is(&t, "go.gc.pause_max", 1.303);
	/* none for a minute: no figure, and not 0 */
	tell_ring(g, 1303, 400);
	assert_false(go_take(g, m + 100 * s, 500));
	is_missing(&t, "go.gc.pause_p99");
	assert_non_null(strstr(t.def[table_find(&t, "go.gc.pause_p99")].missing, "last 60 s"));
	/* started again */
	tell_ring(g, 2, 600);
	assert_true(go_take(g, m + 101 * s, 600));
	is(&t, "go.gc.pause_max", 0.002);
	/* again, with as many collections: the first was at another time */
	tell_ring(g, 2, 700);
	assert_true(go_take(g, m + 102 * s, 700));
	/* hostile numbers */
	go_begin(g);
	(void)go_expvar(g, "memstats.NumGC", -5);
	(void)go_expvar(g, "memstats.PauseNs.3", 1e300);
	(void)go_expvar(g, "memstats.PauseEnd.3", -1e300);
	(void)go_take(g, m + 103 * s, UINT64_MAX);
	tell_ring(g, 4000000000u, 1e15);
	(void)go_take(g, m + 104 * s, 0);
	go_free(g);
	table_fini(&t);
}

static void
feed(struct go *g, struct vars *vars, const char *name, const char *label, const char *val,
    enum prom_kind kind, const char *family, double v)
{
	struct prom_sample s = { .name = slice_of(name), .kind = kind,
		.family = slice_of(family != NULL ? family : name), .v = v };

	s.part = slice_skip(s.name, s.family.n);
	if (label != NULL) {
		s.labels = 1;
		s.label[0] = (struct prom_label){ slice_of(label), slice_of(val) };
	}
	if (g != NULL && go_prometheus(g, &s))
		return;
	if (vars != NULL)
		vars_prometheus(vars, &s);
}

static void
runtime_metrics(void **state)
{
	struct gauge_table t;
	struct go *g;
	const uint64_t s = NS_PER_S;

	(void)state;
	table_init(&t);
	g = go_new(&t);
	for (int i = 0; i < 3; i++) {
		go_begin(g);
		feed(g, NULL, "go_gc_heap_live_bytes", NULL, NULL, PROM_GAUGE, NULL, 4e6);
		feed(g, NULL, "go_gc_gomemlimit_bytes", NULL, NULL, PROM_GAUGE, NULL,
		    9223372036854775807.0);
		feed(g, NULL, "go_cpu_classes_gc_total_cpu_seconds_total", NULL, NULL, PROM_COUNTER,
		    NULL, 10 + i);
		feed(g, NULL, "go_cpu_classes_total_cpu_seconds_total", NULL, NULL, PROM_COUNTER,
		    NULL, 100 + 4 * i);
		feed(g, NULL, "go_gc_duration_seconds", "quantile", "0.5", PROM_SUMMARY, NULL,
		    1e-4);
		feed(g, NULL, "go_gc_duration_seconds", "quantile", "1", PROM_SUMMARY, NULL, 3e-4);
		feed(g, NULL, "go_gc_duration_seconds_sum", NULL, NULL, PROM_SUMMARY,
		    "go_gc_duration_seconds", 1 + 2e-4 * i);
		feed(g, NULL, "go_gc_duration_seconds_count", NULL, NULL, PROM_SUMMARY,
		    "go_gc_duration_seconds", i < 2 ? 50 + i : 54);
		assert_false(go_take(g, (uint64_t)(i + 1) * s, 0));
		if (i == 1)                     /* one collection between two looks: exact */
			is(&t, "go.gc.pause_p99", 0.2);
	}
	/* three at once: their sum says nothing of the 99th percentile */
	is_missing(&t, "go.gc.pause_p99");
	assert_non_null(strstr(t.def[table_find(&t, "go.gc.pause_p99")].missing, "/debug/vars"));
	is(&t, "go.gc.pause_max", 0.3);
	is(&t, "go.heap_live", 4e6);
	is(&t, "go.gc_cpu", 25);
	assert_int_equal(table_find(&t, "go.memlimit"), -1);
	go_begin(g);
	feed(g, NULL, "go_gc_duration_seconds_count", NULL, NULL, PROM_SUMMARY,
	    "go_gc_duration_seconds", 3);
	assert_true(go_take(g, 5 * s, 0));
	go_free(g);
	table_fini(&t);
}

static void
live_heap(void **state)
{
	struct go_live l = { .n = 0 };
	uint64_t t = 1000 * NS_PER_S;

	(void)state;
	assert_true(isnan(go_live_least(&l, t)) != 0);
	/* a saw of 10..20 with a collection every 5 s */
	for (int i = 0; i < 100; i++, t += NS_PER_S) {
		go_live_add(&l, t, i / 5, 10 + 2 * (i % 5));
		assert_true(fabs(go_live_least(&l, t) - 10) < 1e-9);
	}
	/* live grows: the window lets go of what was */
	for (int i = 100; i < 120; i++, t += NS_PER_S)
		go_live_add(&l, t, i / 5, 50 + 2 * (i % 5));
	assert_true(fabs(go_live_least(&l, t) - 50) < 1e-9);
	/* hundreds of collections between two looks */
	for (int i = 0; i < 1000; i++, t += NS_PER_S / 10)
		go_live_add(&l, t, 1000 + i * 40, 30 + i % 7);
	assert_true(l.n <= GO_LIVE_CYCLES);
	assert_true(fabs(go_live_least(&l, t) - 30) < 1e-9);
}

/* ---- the program's own numbers ---- */

static void
choices(void **state)
{
	struct gauge_table t;
	struct vars *v;

	(void)state;
	assert_true(vars_glob("a*c?", 4, slice_of("abbbcd")));
	assert_false(vars_glob("a*c?", 4, slice_of("abbbc")));
	assert_true(vars_glob("*", 1, slice_of("")));
	assert_false(vars_glob("", 0, slice_of("x")));
	table_init(&t);
	v = vars_new(&t, "db.*,req*/s,http*{code=2*,m=*}");
	for (int i = 0; i < 2; i++) {
		vars_begin(v);
		vars_expvar(v, "db.open", 3);
		vars_expvar(v, "requests", 100 + 10 * i);
		vars_expvar(v, "other", 1);
		vars_take(v, (uint64_t)(i + 1) * 2 * NS_PER_S);
		assert_int_equal(vars_left_out(v), 0);
	}
	is(&t, "db.open", 3);
	is(&t, "requests", 5);
	assert_string_equal(t.def[table_find(&t, "requests")].unit, "/s");
	assert_int_equal(table_find(&t, "other"), -1);
	/* not told any more */
	vars_begin(v);
	vars_take(v, 6 * NS_PER_S);
	assert_non_null(strstr(t.def[table_find(&t, "db.open")].missing, "any more"));
	vars_free(v);
	table_fini(&t);
}

static void
counters(void **state)
{
	struct gauge_table t;
	struct vars *v;
	char le[8], big[300];

	(void)state;
	table_init(&t);
	v = vars_new(&t, NULL);
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	for (int i = 0; i < 3; i++) {
		vars_begin(v);
		feed(NULL, v, "in_bytes_total", "dev", "e0", PROM_COUNTER, NULL,
		    i < 2 ? 1000 * i : 5);
		feed(NULL, v, "queue", "q", big, PROM_GAUGE, NULL, 7);
		big[280] = 'y';
		feed(NULL, v, "queue", "q", big, PROM_GAUGE, NULL, 8);
		big[280] = 'x';
		for (int k = 1; k <= 4; k++) {
			snprintf(le, sizeof le, "%d", k);
			feed(NULL, v, "lat_seconds_bucket", "le", k < 4 ? le : "+Inf",
			    PROM_HISTOGRAM, "lat_seconds", 100 * i * k);
		}
		feed(NULL, v, "lat_seconds_sum", NULL, NULL, PROM_HISTOGRAM, "lat_seconds", 9);
		feed(NULL, v, "lat_seconds_count", NULL, NULL, PROM_HISTOGRAM, "lat_seconds",
		    400 * i);
		vars_take(v, (uint64_t)(i + 1) * NS_PER_S);
		if (i == 1) {
			is(&t, "in_bytes_total{dev=e0}", 1000);
			is(&t, "lat_seconds_count", 400);
			is(&t, "lat_seconds.p50", 2);
		}
	}
	is_missing(&t, "in_bytes_total{dev=e0}");       /* it fell: a gap, no negative rate */
	assert_string_equal(t.def[table_find(&t, "in_bytes_total{dev=e0}")].unit, "B/s");
	assert_int_equal(table_find(&t, "lat_seconds_sum"), -1);
	/* two long names stay two */
	assert_int_equal(t.n, 6);
	for (unsigned i = 0; i < 1000; i++) {
		char name[32];

		snprintf(name, sizeof name, "many_%u", i);
		feed(NULL, v, name, NULL, NULL, PROM_GAUGE, NULL, i);
	}
	assert_true(vars_left_out(v) > 900);
	assert_true(t.n < 2 * VARS_FREE);
	vars_free(v);
	table_fini(&t);
}

static void
specs(void **state)
{
	static const struct { const char *spec; bool is; enum err e; } rows[] = {
		{ "http://board:6060", true, ERR_OK }, { ":6060", true, ERR_OK },
		{ "ssh:board:6060", true, ERR_OK }, { "ssh:board", false, ERR_OK },
		{ "ssh://board:2222", false, ERR_OK }, { "exec:sh", false, ERR_OK },
		{ "serial:/dev/ttyUSB0", false, ERR_OK }, { "unix:/run/a.sock", true, ERR_OK },
		{ "unix:a", true, ERR_USAGE }, { "pid:12", true, ERR_OK },
		{ "pid:x", true, ERR_USAGE }, { "gops:12", true, ERR_USAGE },
		{ "http://a b", true, ERR_USAGE }, { "what:ever", false, ERR_OK },
		{ "exec:1234", false, ERR_OK }, { "board", false, ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (program_is(rows[i].spec) != rows[i].is)
			print_message("%s\n", rows[i].spec);
		assert_int_equal(program_is(rows[i].spec), rows[i].is);
		if (rows[i].is)
			assert_int_equal(program_check(rows[i].spec, NULL), rows[i].e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_paths), cmocka_unit_test(json_long),
		cmocka_unit_test(prom_lines), cmocka_unit_test(prom_limits),
		cmocka_unit_test(windows), cmocka_unit_test(ring),
		cmocka_unit_test(runtime_metrics), cmocka_unit_test(live_heap),
		cmocka_unit_test(choices), cmocka_unit_test(counters), cmocka_unit_test(specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
