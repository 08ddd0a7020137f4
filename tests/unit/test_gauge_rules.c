/* test_gauge_rules.c - rules over synthetic and recorded series: right verdicts, and how often they
 * are wrong over many random runs with fixed seeds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gauge/findings.h"
#include "gauge/source_cross.h"
#include "gauge/table.h"
#include "gauge/track.h"
#include "gauge/trend.h"

#define MIB 1048576.0

/* ---- chance, the same on every machine ---- */

static uint64_t dice;

static double
uniform(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (double)(dice >> 11) / 9007199254740992.0;
}

static double
normal(void)
{
	return sqrt(-2 * log(uniform() + 1e-300)) * cos(6.283185307179586 * uniform());
}

/* ---- a machine of a few gauges, and its rules ---- */

struct rig {
	struct gauge_table table;
	struct findings *findings;
	struct rule_memory memory;
	uint64_t now;
	unsigned alarms, cleared, told;
	char last[FINDING_TEXT];
};

static void
on_finding(void *arg, const struct finding *x, enum finding_verdict was)
{
	struct rig *r = arg;

	if (x->verdict >= FINDING_WARN && was < FINDING_WARN) {
		r->alarms++;
		memcpy(r->last, x->text, sizeof r->last);
	}
	r->cleared += x->verdict < FINDING_WARN && was >= FINDING_WARN;
	r->told += x->tell && x->verdict < FINDING_WARN;
}

static int
rig_gauge(struct rig *r, const char *id, const char *group, const char *unit, double max)
{
	const struct gauge_def d = table_def(id, group, id, unit, max, "test");

	return table_add(&r->table, &d);
}

static void
rig_init(struct rig *r, const char *option)
{
	struct err_msg why;

	*r = (struct rig){ .now = 5 * NS_PER_S };
	table_init(&r->table);
	r->findings = findings_new();
	if (option != NULL)
		assert_int_equal(findings_option(r->findings, option, &why), ERR_OK);
}

static void
rig_fini(struct rig *r)
{
	findings_free(r->findings);
	table_fini(&r->table);
}

static void
rig_step(struct rig *r, double seconds)
{
	const struct rule_look l = { .table = &r->table, .now = r->now,
		.memory = r->memory.at != 0 ? &r->memory : NULL };

	findings_look(r->findings, l, on_finding, r);
	r->now += (uint64_t)(seconds * 1e9);
}

static const struct finding *
rig_finding(const struct rig *r, const char *rule, const char *subject)
{
	for (size_t i = 0; i < findings_count(r->findings); i++) {
		const struct finding *x = findings_at(r->findings, i);

		if (strcmp(x->rule, rule) == 0 && (subject == NULL || strcmp(x->subject, subject) == 0))
			return x;
	}
	return NULL;
}

static double
rig_number(const struct rig *r, const char *rule, const char *subject, const char *name)
{
	const struct finding *x = rig_finding(r, rule, subject);

	for (unsigned i = 0; x != NULL && i < x->numbers; i++)
		if (strcmp(x->number[i].name, name) == 0)
			return x->number[i].value;
	return (double)NAN;
}

static bool
rig_is(const struct rig *r, const char *rule, const char *subject, const char *word)
{
	const struct finding *x = rig_finding(r, rule, subject);

	return x != NULL && strcmp(x->word, word) == 0;
}

/* ---- trend ---- */

static void
lines_and_their_errors(void **state)
{
	double t[60], v[60];
	struct trend_line line;
	unsigned missed = 0;

	(void)state;
	dice = 7;
	for (int run = 0; run < 2000; run++) {
		for (int i = 0; i < 60; i++) {
			t[i] = i;
			v[i] = 5 + 0.1 * i + normal();
		}
		assert_true(trend_line(t, v, 60, &line));
		missed += line.low > 0.1 || line.high < 0.1;
	}
	/* 1 % of 2000 is 20. */
	assert_in_range(missed, 5, 45);
	assert_false(trend_line(t, v, 3, &line));
	for (int i = 0; i < 4; i++)
		t[i] = 1;
	assert_false(trend_line(t, v, 4, &line));
}

/* A random walk has no trend: a line's error bar finds one, the drift's does not. */
static void
a_walk_is_no_trend(void **state)
{
	double t[12], v[12];
	struct trend_drift d;
	unsigned found = 0, real = 0;

	(void)state;
	dice = 11;
	for (int run = 0; run < 4000; run++) {
		v[0] = 100;
		for (int i = 0; i < 12; i++) {
			t[i] = i * 50;
			v[i] = (i > 0 ? v[i - 1] : 100) + normal();
		}
		assert_true(trend_drift(t, v, 12, &d));
		found += d.low > 0 || d.high < 0;
		for (int i = 0; i < 12; i++)
			v[i] += 2 * i;
		assert_true(trend_drift(t, v, 12, &d));
		real += d.low > 0;
	}
	assert_in_range(found, 15, 70);         /* 1 % of 4000 is 40 */
	assert_true(real > 3900);
}

static void
settling_curves(void **state)
{
	double t[120], v[120], worst = 0;
	struct trend_settle s;
	unsigned fits = 0;

	(void)state;
	dice = 13;
	for (int run = 0; run < 200; run++) {
		const double tau = 60 + 240 * uniform(), end = 50 + 40 * uniform();

		for (int i = 0; i < 120; i++) {
			t[i] = i * 5;
			v[i] = end + (30 - end) * exp(-t[i] / tau) + 0.2 * normal();
		}
		if (!trend_settle(t, v, 120, &s))
			continue;
		fits++;
		worst = fmax(worst, fabs(s.end - end));
		assert_true(fabs(s.tau / tau - 1) < 0.35);
	}
	assert_true(fits > 190);
	assert_true(worst < 3);
	/* A line that goes on is no curve that settles. */
	for (int i = 0; i < 120; i++)
		v[i] = 40 + 0.05 * t[i];
	assert_false(trend_settle(t, v, 120, &s));
}

static void
tracks_have_spans_and_gaps(void **state)
{
	struct track k;
	double t[12], v[12];

	(void)state;
	track_init(&k, 120);
	for (int i = 0; i <= 300; i++)
		(void)track_put(&k, (uint64_t)i * NS_PER_S, i % 2 != 0 ? 10 : 20);
	assert_int_equal(k.n, TRACK_POINTS);
	assert_true(track_seconds(&k) > 119 && track_seconds(&k) < 122);
	assert_in_range(track_tail(&k, 30), 29, 31);
	assert_int_equal(track_floor(&k, 12, t, v), 12);
	assert_true(v[0] > 9.9 && v[0] < 10.1);
	assert_false(track_put(&k, 301 * NS_PER_S, (double)NAN));
	assert_int_equal(k.n, TRACK_POINTS);
	(void)track_put(&k, 400 * NS_PER_S, 5);        /* 100 s without a value */
	assert_int_equal(k.n, 0);
	assert_int_equal(track_floor(&k, 12, t, v), 0);
}

/* ---- steady ---- */

struct warm { double at, off; };        /* when it was called steady, how far from the end then */

/* A first-order warm-up with a sensor of half degrees and noise (research/gauges.md 3.2). */
static struct warm
warm_up(const char *option, double tau, double from, double end, double load_jitter)
{
	struct rig r;
	struct warm w = { (double)NAN, (double)NAN };
	int temp, busy;

	rig_init(&r, option);
	temp = rig_gauge(&r, "temp.soc", "temp", "C", 110);
	busy = rig_gauge(&r, "cpu.busy", "cpu", "%", 100);
	for (double t = 0; t < 6 * tau + 600 && isnan(w.at); t += 1) {
		const double real = end + (from - end) * exp(-t / tau);

		table_value(&r.table, temp, round((real + 0.3 * normal()) * 2) / 2);
		table_value(&r.table, busy, 90 + load_jitter * normal());
		rig_step(&r, 1);
		if (rig_is(&r, "steady", "temp.soc", "steady")) {
			w.at = t;
			w.off = fabs(end - real);
		}
	}
	rig_fini(&r);
	return w;
}

static void
steady_is_not_said_too_early(void **state)
{
	static const double taus[] = { 60, 150, 300, 600 };
	double worst = 0;

	(void)state;
	dice = 17;
	for (size_t k = 0; k < 4; k++)
		for (int run = 0; run < 5; run++) {
			const struct warm w = warm_up(NULL, taus[k], 35, 75, 2);

			assert_true(!isnan(w.at));
			worst = fmax(worst, w.off);
		}
	print_message("steady by itself: at most %.1f C from the end\n", worst);
	assert_true(worst < 2.5);
	/* The rule as it is often written, 60 s: it speaks while far from the end. */
	assert_true(warm_up("steady:window=60s", 300, 35, 75, 2).off < 6);
}

static void
steady_needs_a_steady_load(void **state)
{
	struct rig r;
	int temp, busy;

	(void)state;
	rig_init(&r, NULL);
	temp = rig_gauge(&r, "temp.soc", "temp", "C", 110);
	busy = rig_gauge(&r, "cpu.busy", "cpu", "%", 100);
	for (int t = 0; t < 700; t++) {
		table_value(&r.table, temp, 60);
		table_value(&r.table, busy, t < 400 ? 20 : 80);
		rig_step(&r, 1);
		if (t == 200) {
			assert_true(rig_is(&r, "steady", "temp.soc", "waiting"));
			assert_non_null(strstr(rig_finding(&r, "steady", NULL)->text,
			    "at the earliest"));
		}
		if (t == 390)
			assert_true(rig_is(&r, "steady", "temp.soc", "steady"));
		if (t == 500)
			assert_true(rig_is(&r, "steady", "temp.soc", "load moves"));
	}
	rig_fini(&r);
}

static void
steady_predicts_the_end(void **state)
{
	struct rig r;
	int temp, busy;

	(void)state;
	dice = 19;
	rig_init(&r, NULL);
	temp = rig_gauge(&r, "temp.soc", "temp", "C", 110);
	busy = rig_gauge(&r, "cpu.busy", "cpu", "%", 100);
	for (int t = 0; t < 500; t++) {
		table_value(&r.table, temp, round((72 - 32 * exp(-t / 300.0)) * 2) / 2);
		table_value(&r.table, busy, 95);
		rig_step(&r, 1);
	}
	assert_true(rig_is(&r, "steady", "temp.soc", "settling"));
	assert_true(fabs(rig_number(&r, "steady", NULL, "end") - 72) < 3);
	assert_true(fabs(rig_number(&r, "steady", NULL, "tau") - 300) < 90);
	assert_non_null(strstr(rig_finding(&r, "steady", NULL)->text, "settling to about 7"));
	rig_fini(&r);
}

/* ---- throttle ---- */

struct board { struct rig r; int temp, cpu, freq, cap, cool; };

static void
board_init(struct board *b)
{
	rig_init(&b->r, NULL);
	b->temp = rig_gauge(&b->r, "temp.cpu", "temp", "C", 110);
	(void)rig_gauge(&b->r, "temp.nvme", "temp", "C", 110);
	b->cpu = rig_gauge(&b->r, "cpu.0", "cpu", "%", 100);
	b->freq = rig_gauge(&b->r, "freq.policy0", "freq", "Hz", 1.8e9);
	b->cap = rig_gauge(&b->r, "freq.policy0.cap", "freq", "%", 100);
	b->cool = rig_gauge(&b->r, "cool.cpufreq-cpu0", "cool", "count", 4);
}

static void
board_step(struct board *b, double temp, double busy, double mhz, double cool)
{
	table_value(&b->r.table, b->temp, temp);
	table_value(&b->r.table, 1, 99);        /* not a processor's */
	table_value(&b->r.table, b->cpu, busy);
	table_value(&b->r.table, b->freq, mhz * 1e6);
	table_value(&b->r.table, b->cap, 0);
	table_value(&b->r.table, b->cool, cool);
	rig_step(&b->r, 1);
}

static void
throttle_is_a_bracket_with_a_cause(void **state)
{
	struct board b;
	const struct finding *x;

	(void)state;
	board_init(&b);
	for (int i = 0; i < 10; i++)
		board_step(&b, 40, 10, 600, 0);         /* idle: slow, and no throttle */
	assert_true(rig_is(&b.r, "throttle", "freq.policy0", "waiting"));
	for (int i = 0; i < 20; i++)
		board_step(&b, 60 + i, 100, 1800, 0);
	assert_true(rig_is(&b.r, "throttle", "freq.policy0", "whole"));
	board_step(&b, 80.5, 100, 1500, 2);
	board_step(&b, 81, 100, 1500, 2);
	assert_int_equal(b.r.alarms, 0);
	board_step(&b, 81, 100, 1500, 2);
	x = rig_finding(&b.r, "throttle", "freq.policy0");
	assert_int_equal(x->verdict, FINDING_WARN);
	assert_non_null(strstr(x->text, "between 79.0 and 80.5 C"));
	assert_non_null(strstr(x->text, "is at 2 of 4"));
	/* The load falls away: that lets nothing go. */
	for (int i = 0; i < 5; i++)
		board_step(&b, 70, 5, 600, 0);
	assert_int_equal(b.r.cleared, 0);
	for (int i = 0; i < 5; i++)
		board_step(&b, 72, 100, 1800, 0);
	assert_true(rig_is(&b.r, "throttle", "freq.policy0", "released"));
	assert_true(fabs(rig_number(&b.r, "throttle", NULL, "free_temp") - 72) < 0.01);
	assert_int_equal(b.r.cleared, 1);
	rig_fini(&b.r);
}

/* Two clusters whose processors do not lie one behind the other (a 4+2 with 0 3 4 5 and 1 2): each
 * policy is judged by its own load, and held back by its own cooling device alone. */
static void
throttle_by_related_cpus(void **state)
{
	static const double busy[6] = { 95, 5, 5, 95, 95, 95 };
	struct rig r;
	int temp, cpu[6], little, big, cool;
	char id[16];

	(void)state;
	rig_init(&r, NULL);
	temp = rig_gauge(&r, "temp.cpu", "temp", "C", 110);
	for (int i = 0; i < 6; i++) {
		snprintf(id, sizeof id, "cpu.%d", i);
		cpu[i] = rig_gauge(&r, id, "cpu", "%", 100);
	}
	little = rig_gauge(&r, "freq.policy0", "freq", "Hz", 1.5e9);
	big = rig_gauge(&r, "freq.policy1", "freq", "Hz", 2e9);
	snprintf(r.table.def[little].cpus, sizeof r.table.def[little].cpus, "0 3 4 5");
	snprintf(r.table.def[big].cpus, sizeof r.table.def[big].cpus, "1 2");
	cool = rig_gauge(&r, "cool.big", "cool", "count", 4);
	snprintf(r.table.def[cool].name, sizeof r.table.def[cool].name, "throttle cpufreq-cpu1");
	for (int step = 0; step < 20; step++) {
		table_value(&r.table, temp, 60 + step);
		for (int i = 0; i < 6; i++)
			table_value(&r.table, cpu[i], busy[i]);
		table_value(&r.table, little, step < 12 ? 1.5e9 : 1.1e9);
		table_value(&r.table, big, 0.6e9);
		table_value(&r.table, cool, step < 12 ? 0 : 2);
		rig_step(&r, 1);
	}
	/* the little ones were busy and are slow, but it is the other cluster that is cooled */
	assert_true(rig_is(&r, "throttle", "freq.policy0", "suspected"));
	/* the big ones idle: their governor keeps them slow */
	assert_true(rig_is(&r, "throttle", "freq.policy1", "waiting"));
	snprintf(r.table.def[cool].name, sizeof r.table.def[cool].name, "throttle cpufreq-cpu4");
	table_value(&r.table, little, 1.1e9);
	rig_step(&r, 1);
	assert_true(rig_is(&r, "throttle", "freq.policy0", "throttled"));
	rig_fini(&r);
}

static void
throttle_without_a_cause_is_suspected(void **state)
{
	struct board b;

	(void)state;
	board_init(&b);
	for (int i = 0; i < 5; i++)
		board_step(&b, 60, 100, 1800, 0);
	for (int i = 0; i < 5; i++)
		board_step(&b, 61, 100, 1200, 0);
	assert_true(rig_is(&b.r, "throttle", "freq.policy0", "suspected"));
	assert_int_equal(b.r.alarms, 0);
	rig_fini(&b.r);
	/* A policy's own cap is a cause. */
	board_init(&b);
	for (int i = 0; i < 5; i++)
		board_step(&b, 60, 100, 1800, 0);
	for (int i = 0; i < 5; i++) {
		table_value(&b.r.table, b.cap, 33);
		table_value(&b.r.table, b.freq, 1.2e9);
		rig_step(&b.r, 1);
	}
	assert_true(rig_is(&b.r, "throttle", "freq.policy0", "throttled"));
	rig_fini(&b.r);
}

/* x86: the request stays, the mean clock falls, the hardware counts. */
static void
throttle_that_is_counted(void **state)
{
	struct board b;
	int mean, count, volts;

	(void)state;
	board_init(&b);
	mean = rig_gauge(&b.r, "freq.policy0.mean", "freq", "Hz", 1.8e9);
	count = rig_gauge(&b.r, "freq.package.throttles", "freq", "count", (double)NAN);
	volts = rig_gauge(&b.r, "power.rpi_volt", "power", "count", 1);
	snprintf(b.r.table.def[volts].name, sizeof b.r.table.def[volts].name, "under-voltage");
	for (int i = 0; i < 8; i++) {
		table_value(&b.r.table, mean, i < 4 ? 1.8e9 : 1.1e9);
		table_value(&b.r.table, count, i < 4 ? 0 : 7);
		table_value(&b.r.table, volts, 0);
		board_step(&b, 90 + i, 100, 1800, 0);
	}
	assert_true(rig_is(&b.r, "throttle", "freq.policy0", "throttled"));
	assert_non_null(strstr(b.r.last, "held to 1100 of 1800 MHz, between 93.0 and 94.0 C: the "
	    "package's throttle counter"));
	/* the sensor of the board's voltage, without the firmware's words */
	table_value(&b.r.table, volts, 1);
	table_value(&b.r.table, count, 0);
	board_step(&b, 90, 100, 1800, 0);
	assert_true(rig_is(&b.r, "throttle", "freq.policy0", "low voltage"));
	rig_fini(&b.r);
}

/* A Raspberry Pi: cpufreq goes on telling 1800 MHz, the firmware the truth. */
static void
throttle_by_the_firmware(void **state)
{
	struct board b;
	int arm, volts, bit;

	(void)state;
	board_init(&b);
	arm = rig_gauge(&b.r, "freq.arm", "freq", "Hz", (double)NAN);
	volts = rig_gauge(&b.r, "power.undervoltage", "power", "count", 1);
	snprintf(b.r.table.def[volts].name, sizeof b.r.table.def[volts].name, "under-voltage");
	bit = rig_gauge(&b.r, "power.throttled", "power", "count", 1);
	for (int i = 0; i < 8; i++) {
		table_value(&b.r.table, arm, i < 4 ? 1.8e9 : 6e8);
		table_value(&b.r.table, volts, i >= 4);
		table_value(&b.r.table, bit, 0);
		board_step(&b, 50, 100, 1800, 0);
	}
	assert_null(rig_finding(&b.r, "throttle", "freq.policy0"));
	assert_true(rig_is(&b.r, "throttle", "freq.arm", "low voltage"));
	for (int i = 0; i < 4; i++) {
		table_value(&b.r.table, bit, 1);
		board_step(&b, 85, 100, 1800, 0);
	}
	assert_true(rig_is(&b.r, "throttle", "freq.arm", "throttled"));
	assert_non_null(strstr(rig_finding(&b.r, "throttle", "freq.arm")->text, "under-voltage as well"));
	rig_fini(&b.r);
}

/* ondemand under a load that comes and goes: 50 runs of 10 minutes, no alarm. */
static void
throttle_false_alarms(void **state)
{
	unsigned alarms = 0;

	(void)state;
	dice = 23;
	for (int run = 0; run < 50; run++) {
		struct board b;
		double busy = 50;

		board_init(&b);
		for (int t = 0; t < 600; t++) {
			if (t % 7 == 0)
				busy = 100 * uniform();
			board_step(&b, 55 + busy / 10, busy, busy > 80 ? 1800 : 600 + 12 * busy, 0);
		}
		alarms += b.r.alarms;
		rig_fini(&b.r);
	}
	assert_int_equal(alarms, 0);
}

/* ---- cross ---- */

static void
memory_look(struct rig *r, double before, double rollup, double after, double stat,
    const char *kernel)
{
	struct rule_memory *m = &r->memory;

	*m = (struct rule_memory){ .at = r->now, .status_before = before * MIB,
		.status_after = after * MIB, .statm = after * MIB, .stat = stat * MIB,
		.rollup = rollup * MIB, .parts = after * MIB, .pss = rollup * MIB * 0.4,
		.vsize = 1200 * MIB, .page = 4096, .threads = 12, .cpus = 4 };
	snprintf(m->kernel, sizeof m->kernel, "%s", kernel);
	rig_step(r, 30);
}

static void
cross_names_the_reason(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, NULL);
	(void)rig_gauge(&r, "proc.rss", "proc", "B", (double)NAN);
	memory_look(&r, 100, 100, 100, 100, "6.6.20");
	assert_true(rig_is(&r, "cross", "proc.rss", "agrees"));
	memory_look(&r, 100, 103, 100, 100, "6.18.1"); /* under 5 % */
	assert_true(rig_is(&r, "cross", "proc.rss", "agrees"));
	memory_look(&r, 20, 21.5, 20, 20, "6.18.1");   /* 7 %, but under 2 MiB */
	assert_true(rig_is(&r, "cross", "proc.rss", "agrees"));
	memory_look(&r, 60, 75, 90, 90, "6.18.1");     /* it grew while it was read */
	assert_true(rig_is(&r, "cross", "proc.rss", "agrees"));
	memory_look(&r, 60, 75, 60, 60, "6.18.1");
	assert_true(rig_is(&r, "cross", "proc.rss", "differs"));
	assert_non_null(strstr(rig_finding(&r, "cross", NULL)->text, "20.0 %"));
	assert_non_null(strstr(rig_finding(&r, "cross", NULL)->text, "sums exactly"));
	assert_int_equal(r.alarms, 1);
	/* field 24 on a current kernel: a known lie of the kernel, no alarm */
	memory_look(&r, 30, 30, 30, 36, "6.18.1");
	assert_int_equal(rig_finding(&r, "cross", NULL)->verdict, FINDING_NOTE);
	assert_non_null(strstr(rig_finding(&r, "cross", NULL)->text, "per-CPU"));
	/* 64 pages for each of 12 threads are 3 MiB on an old kernel */
	memory_look(&r, 20, 22.5, 20, 20, "5.10.110-v8+");
	assert_true(rig_is(&r, "cross", "proc.rss", "agrees"));
	memory_look(&r, 20, 24, 20, 20, "5.10.110-v8+");
	assert_non_null(strstr(rig_finding(&r, "cross", NULL)->text, "each thread"));
	r.memory.at++;
	r.memory.pss = 500 * MIB;
	rig_step(&r, 1);
	assert_true(rig_is(&r, "cross", "proc.rss", "impossible"));
	rig_fini(&r);
}

static void
cross_from_texts(void **state)
{
	struct rule_memory m = { .at = 1 };

	(void)state;
	cross_parse("VmRSS:\t 1000 kB\n", "00400000-7ffe [rollup]\nRss:  1040 kB\nPss: 300 kB\n",
	    "VmSize:\t 9000 kB\nVmRSS:\t 1040 kB\nRssAnon: 500 kB\nRssFile: 540 kB\n"
	    "RssShmem: 0 kB\nThreads:\t7\n", "2250 260 10 1 0 9 0\n",
	    "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 30 12 0 0 20 0 3 0 4242 9216000 259 1\n", &m);
	assert_true(fabs(m.page - 4096) < 1);
	assert_true(fabs(m.statm - 1040 * 1024) < 1);
	assert_true(fabs(m.stat - 259 * 4096) < 1);
	assert_true(fabs(m.parts - 1040 * 1024) < 1);
	assert_true(fabs(m.rollup - 1040 * 1024) < 1);
	assert_int_equal(m.threads, 7);
	/* 16 KiB pages, and no statm: the size follows from field 24 and VmRSS */
	cross_parse("VmRSS: 1040 kB\n", "Rss: 1040 kB\n", "VmRSS: 1040 kB\n", "",
	    "7 (a) S 1 7 7 0 -1 0 0 0 0 0 30 12 0 0 20 0 3 0 4242 9216000 65 1\n", &m);
	assert_true(fabs(m.page - 16384) < 1);
	cross_parse("", "Rss: 9000 kB\nLazyFree:     2048 kB\n", "", "", "", &m);
	assert_true(fabs(m.lazyfree - 2048 * 1024) < 1);
	cross_parse("", "", "", "", "", &m);
	assert_true(isnan(m.rollup) && isnan(m.page) && isnan(m.stat));
	cross_parse("VmRSS", "Rss: x kB", "VmRSS: \nThreads:", "x", ")", &m);
	assert_true(isnan(m.status_after));
}

/* The sentence names what was read on this board, and what of RSS is given back already. */
static void
cross_names_the_files(void **state)
{
	struct rig r;
	const struct finding *x;

	(void)state;
	rig_init(&r, NULL);
	(void)rig_gauge(&r, "proc.rss", "proc", "B", (double)NAN);
	memory_look(&r, 100, 100, 100, 100, "6.18.1");
	x = rig_finding(&r, "cross", NULL);
	assert_non_null(strstr(x->text, "status, statm, smaps_rollup and stat agree"));
	assert_null(strstr(x->text, "LazyFree"));
	/* a board: no statm in a sample; an old one: smaps added up */
	r.memory.at++;
	r.memory.statm = (double)NAN;
	r.memory.summed = true;
	r.memory.lazyfree = 40 * MIB;
	rig_step(&r, 1);
	x = rig_finding(&r, "cross", NULL);
	assert_non_null(strstr(x->text, "; status, smaps (added up) and stat agree"));
	assert_non_null(strstr(x->text, "40.0 MiB of RSS are LazyFree"));
	assert_true(fabs(rig_number(&r, "cross", NULL, "lazyfree") - 40 * MIB) < 1);
	/* another user's process: no rollup, and still something to hold VmRSS against */
	r.memory.at++;
	r.memory.rollup = r.memory.pss = (double)NAN;
	r.memory.no_rollup = "another user's process";
	rig_step(&r, 1);
	x = rig_finding(&r, "cross", NULL);
	assert_int_equal(x->verdict, FINDING_GOOD);
	assert_non_null(strstr(x->text, "status and stat agree within 5 % or 2 MiB; no PSS: "
	    "another user's process"));
	r.memory.at++;
	r.memory.stat = (double)NAN;
	rig_step(&r, 1);
	assert_int_equal(rig_finding(&r, "cross", NULL)->verdict, FINDING_ABSENT);
	rig_fini(&r);
}

/* ---- leak ---- */

enum series_kind { LEVEL, SAWTOOTH, WALK, WARMUP, STEPS, LEAK, LEAK_SAW };

/* One run of RssAnon, sampled each second; true when it was called a leak. */
static bool
leak_run(enum series_kind kind, unsigned seconds, double rate, struct rig *r)
{
	double v = 80, live = 0;
	const int anon = rig_gauge(r, "proc.anon", "proc", "B", (double)NAN);
	bool found = false;

	for (unsigned t = 0; t < seconds; t++) {
		switch (kind) {
		case LEVEL:
			v = 80 + 0.3 * normal();
			break;
		case SAWTOOTH:                  /* a collector with an uneven period */
			live = live > 40 + 10 * normal() ? 0 : live + 3 * uniform();
			v = 60 + live;
			break;
		case WALK:
			v = fmax(20, v + 0.15 * normal());
			break;
		case WARMUP:
			v = 120 - 80 * exp(-(double)t / 400) + 0.3 * normal();
			break;
		case STEPS:                     /* a cache that is filled and emptied by use */
			v = t % 97 == 0 ? 60 + 40 * uniform() : v;
			break;
		case LEAK:
			v = 80 + rate * t + 0.3 * normal();
			break;
		case LEAK_SAW:
			live = live > 40 ? 0 : live + 3 * uniform();
			v = 60 + live + rate * t;
			break;
		}
		table_value(&r->table, anon, floor(v * 256) * 4096);
		rig_step(r, 1);
		found = found || rig_is(r, "leak", "proc.anon", "leaking");
	}
	return found;
}

static void
leak_false_alarms(void **state)
{
	static const struct { enum series_kind kind; const char *name; unsigned most; } row[] = {
		{ LEVEL, "level", 0 }, { SAWTOOTH, "sawtooth", 0 }, { WALK, "random walk", 4 },
		{ WARMUP, "warm-up", 0 }, { STEPS, "steps", 1 },
	};

	(void)state;
	dice = 29;
	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		unsigned wrong = 0;

		for (int run = 0; run < 40; run++) {
			struct rig r;

			rig_init(&r, NULL);
			wrong += leak_run(row[k].kind, 3600, 0, &r);
			rig_fini(&r);
		}
		print_message("leak: %u of 40 hours of %s called a leak\n", wrong, row[k].name);
		assert_true(wrong <= row[k].most);
	}
}

static void
leaks_are_found(void **state)
{
	struct rig r;
	unsigned found = 0;

	(void)state;
	dice = 31;
	for (int run = 0; run < 20; run++) {
		rig_init(&r, NULL);
		found += leak_run(run % 2 != 0 ? LEAK : LEAK_SAW, 1800, 0.02, &r);  /* 1.2 MiB/min */
		if (run == 1) {
			/* slope and its error hold the truth */
			assert_true(rig_number(&r, "leak", NULL, "slope_low") <= 0.02 * MIB);
			assert_true(rig_number(&r, "leak", NULL, "slope_high") >= 0.02 * MIB);
			assert_true(rig_number(&r, "leak", NULL, "slope_low") > 0.01 * MIB);
			assert_non_null(strstr(r.last, "twice as much in"));
		}
		rig_fini(&r);
	}
	print_message("leak: %u of 20 leaks of 1.2 MiB/min found within 30 min\n", found);
	assert_true(found >= 19);
}

/* ---- heap ---- */

/* A program with `live` MiB and a collector at GOGC 100; each look sees one point of the sawtooth. */
struct program { double live, heap, cycles, grows, rate; };

static void
program_run(struct program *p, double seconds)
{
	for (double t = 0; t < seconds; t += 0.01) {
		p->live += p->grows * 0.01;
		p->heap += p->rate * 0.01;
		if (p->heap >= 2 * p->live) {
			p->heap = p->live * (1 + 0.04 * normal());
			p->cycles++;
		}
	}
}

static unsigned
heap_run(const char *option, bool live_told, double grows, unsigned seconds, struct rig *r)
{
	struct program p = { .live = 62, .heap = 62, .grows = grows };
	int alloc, cycles, live = -1;

	p.rate = live_told || option != NULL ? 45 + 20 * uniform() : 8 + 4 * uniform();
	rig_init(r, option);
	alloc = rig_gauge(r, "go.heap.alloc", "go", "B", (double)NAN);
	cycles = rig_gauge(r, "go.gc.count", "go", "count", (double)NAN);
	if (live_told)
		live = rig_gauge(r, "go.heap.live", "go", "B", (double)NAN);
	for (unsigned t = 0; t < seconds; t++) {
		program_run(&p, 1);
		table_value(&r->table, alloc, p.heap * MIB);
		table_value(&r->table, cycles, p.cycles);
		if (live_told)
			table_value(&r->table, live, p.live * (1 + 0.04 * normal()) * MIB);
		rig_step(r, 1);
	}
	return r->alarms;
}

static void
heap_sound_and_raw(void **state)
{
	struct rig r;
	unsigned sound = 0, told = 0, raw = 0;

	(void)state;
	dice = 37;
	for (int run = 0; run < 30; run++) {
		sound += heap_run(NULL, false, 0, 600, &r);
		rig_fini(&r);
		told += heap_run(NULL, true, 0, 600, &r);
		rig_fini(&r);
		raw += heap_run("heap:raw", false, 0, 600, &r);
		assert_true(r.alarms == 0 || strstr(r.last, "raw rule") != NULL);
		rig_fini(&r);
	}
	print_message("heap, healthy, 30 runs of 10 min: sound %u + %u alarms, raw %u\n", sound,
	    told, raw);
	assert_int_equal(sound, 0);
	assert_int_equal(told, 0);
	assert_true(raw > 300);         /* why it is not the default */
	assert_true(heap_run("heap:window=5m", true, 0.2, 600, &r) > 0);
	assert_non_null(strstr(r.last, "live heap grew by"));
	rig_fini(&r);
	assert_true(heap_run(NULL, false, 0.3, 600, &r) > 0);
	assert_non_null(strstr(r.last, "floor of go.heap.alloc"));
	rig_fini(&r);
	/* A collection with each look: HeapAlloc alone cannot tell. */
	assert_int_equal(heap_run("heap:sound", false, 0.3, 600, &r), 0);
	assert_true(rig_is(&r, "heap", "go.heap.alloc", "absent"));
	rig_fini(&r);
}

static void
heap_alone_is_not_judged(void **state)
{
	struct rig r;
	int alloc;

	(void)state;
	rig_init(&r, NULL);
	alloc = rig_gauge(&r, "go.heap.alloc", "go", "B", (double)NAN);
	table_value(&r.table, alloc, 5e6);
	rig_step(&r, 1);
	assert_true(rig_is(&r, "heap", "go.heap.alloc", "absent"));
	rig_fini(&r);
}

/* ---- recorded: two Go programs, eleven minutes each, one of them leaks ---- */

static void
recorded(const char *name, const char *option, bool goal_told, struct rig *r)
{
	const char *root = getenv("srcdir");
	char path[512], line[128];
	double t, v[4];
	int anon, alloc, cycles, goal;
	FILE *f;

	rig_init(r, option);
	anon = rig_gauge(r, "proc.anon", "proc", "B", (double)NAN);
	alloc = rig_gauge(r, "go.heap_alloc", "go", "B", (double)NAN);
	cycles = rig_gauge(r, "go.gc.count", "go", "count", (double)NAN);
	goal = goal_told ? rig_gauge(r, "go.heap_goal", "go", "B", (double)NAN) : -1;
	snprintf(path, sizeof path, "%s/tests/data/gauge/%s.series", root != NULL ? root : ".", name);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "%lf %lf %lf %lf %lf", &t, &v[0], &v[1], &v[2], &v[3]) != 5)
			continue;
		r->now = (uint64_t)((t + 10) * 1e9);
		table_value(&r->table, anon, v[0] * 1024);
		table_value(&r->table, alloc, v[1] * 1024);
		table_value(&r->table, cycles, v[3]);
		table_value(&r->table, goal, v[2] * 1024);
		rig_step(r, 0);
	}
	fclose(f);
}

static void
recorded_programs(void **state)
{
	static const char *const options[] = { "leak:window=4m", "leak:window=8m", NULL };
	struct rig r;

	(void)state;
	for (const char *const *o = options; *o != NULL; o++)
		for (int told = 0; told < 2; told++) {
			recorded("healthy", *o, told != 0, &r);
			assert_int_equal(r.alarms, 0);
			rig_fini(&r);
		}
	recorded("leaking", "leak:window=4m", false, &r);
	assert_true(rig_is(&r, "leak", "proc.anon", "leaking"));
	print_message("recorded leak of 40 KiB/s: %.1f KiB/s, %.1f .. %.1f\n",
	    rig_number(&r, "leak", NULL, "slope") / 1024,
	    rig_number(&r, "leak", NULL, "slope_low") / 1024,
	    rig_number(&r, "leak", NULL, "slope_high") / 1024);
	rig_fini(&r);
	recorded("leaking", "heap:window=4m", true, &r);
	assert_true(rig_is(&r, "heap", "go.heap_goal", "grows"));
	rig_fini(&r);
	recorded("healthy", "heap:raw", false, &r);
	print_message("recorded healthy program, raw rule: %u alarms\n", r.alarms);
	assert_true(r.alarms > 10);
	rig_fini(&r);
}

/* ---- oom ---- */

static unsigned
oom_run(double rate, double noise, unsigned seconds, struct rig *r)
{
	double v = 1000, walk = 0;
	int avail, psi;

	rig_init(r, NULL);
	avail = rig_gauge(r, "mem.avail", "mem", "B", 2000 * MIB);
	psi = rig_gauge(r, "psi.memory", "psi", "%", 100);
	for (unsigned t = 0; t < seconds && v > 0; t++) {
		walk = 0.98 * walk + noise * normal();
		v = 1000 - rate * t + walk;
		table_value(&r->table, avail, fmax(v, 1) * MIB);
		table_value(&r->table, psi, 0.5);
		rig_step(r, 1);
	}
	return r->alarms;
}

static void
oom_by_slope_and_by_level(void **state)
{
	struct rig r;
	unsigned wrong = 0;

	(void)state;
	dice = 41;
	for (int run = 0; run < 40; run++) {
		wrong += oom_run(0, 5, 1800, &r);
		rig_fini(&r);
	}
	print_message("oom: %u alarms in 20 healthy hours\n", wrong);
	assert_true(wrong <= 2);
	assert_true(oom_run(2, 1, 250, &r) > 0);       /* 500 s of 2 MiB/s */
	assert_true(rig_is(&r, "oom", "mem.avail", "running out"));
	assert_true(fabs(rig_number(&r, "oom", NULL, "seconds") - 250) < 60);
	assert_non_null(strstr(r.last, "at its end in about"));
	rig_fini(&r);
	rig_init(&r, NULL);
	(void)rig_gauge(&r, "mem.avail", "mem", "B", 2000 * MIB);
	for (int t = 0; t < 10; t++) {
		table_value(&r.table, 0, 30 * MIB);
		rig_step(&r, 1);
	}
	assert_int_equal(rig_finding(&r, "oom", NULL)->verdict, FINDING_ALARM);
	rig_fini(&r);
}

/* ---- options and JSON ---- */

static void
options_and_what_is_shown(void **state)
{
	struct findings *f = findings_new();
	struct err_msg why;
	json_t *o;

	(void)state;
	assert_int_equal(findings_option(f, "leak:window=30m", &why), ERR_OK);
	assert_int_equal(findings_option(f, "heap:raw,growth=50", &why), ERR_OK);
	assert_int_equal(findings_option(f, "oom:off", &why), ERR_OK);
	assert_int_equal(findings_option(f, "nothing", &why), ERR_USAGE);
	assert_int_equal(findings_option(f, "leak:window=1s", &why), ERR_USAGE);
	assert_int_equal(findings_option(f, "leak:width=1s", &why), ERR_USAGE);
	assert_int_equal(findings_option(f, "steady:raw", &why), ERR_USAGE);
	assert_int_equal(findings_option(f, "steady:band=nan", &why), ERR_USAGE);
	o = findings_json(f, 0);
	assert_int_equal(json_array_size(o), 6);
	assert_true(fabs(json_get_num(json_object_get(json_array_get(o, 4), "options"), "window", 0) -
	    1800) < 0.1);
	assert_string_equal(
	    json_get_str(json_object_get(json_array_get(o, 3), "options"), "mode", ""), "raw");
	assert_true(json_is_false(json_object_get(json_array_get(o, 5), "on")));
	json_decref(o);
	findings_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_their_errors),
		cmocka_unit_test(a_walk_is_no_trend),
		cmocka_unit_test(settling_curves),
		cmocka_unit_test(tracks_have_spans_and_gaps),
		cmocka_unit_test(steady_is_not_said_too_early),
		cmocka_unit_test(steady_needs_a_steady_load),
		cmocka_unit_test(steady_predicts_the_end),
		cmocka_unit_test(throttle_is_a_bracket_with_a_cause),
		cmocka_unit_test(throttle_without_a_cause_is_suspected),
		cmocka_unit_test(throttle_that_is_counted),
		cmocka_unit_test(throttle_by_the_firmware),
		cmocka_unit_test(throttle_false_alarms),
		cmocka_unit_test(cross_names_the_reason),
		cmocka_unit_test(cross_from_texts), cmocka_unit_test(cross_names_the_files),
		cmocka_unit_test(throttle_by_related_cpus),
		cmocka_unit_test(leak_false_alarms),
		cmocka_unit_test(leaks_are_found),
		cmocka_unit_test(heap_sound_and_raw),
		cmocka_unit_test(heap_alone_is_not_judged),
		cmocka_unit_test(recorded_programs),
		cmocka_unit_test(oom_by_slope_and_by_level),
		cmocka_unit_test(options_and_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
