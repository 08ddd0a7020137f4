/*
 * test_gauge_run.h - a set of gauges on a board's tree, run sample by sample, and what it says.
 */
#ifndef TEST_GAUGE_RUN_H
#define TEST_GAUGE_RUN_H
#include "test_gauge_tree.h"

#include <math.h>
#include <stdbool.h>

#include "base/clock.h"
#include "gauge/set.h"
#include "sys/time.h"

struct run {
	struct loop *loop;
	struct gauge_set *set;
	struct board_tree tree;
	unsigned samples, defs, alarms;
	struct gauge_alarm last;
};

static inline void
on_defs(void *arg)
{
	((struct run *)arg)->defs++;
}

static inline void
on_sample(void *arg, const struct gauge_sample *s)
{
	struct run *r = arg;

	assert_true(s->n > 0);
	r->samples++;
	loop_stop(r->loop);
}

static inline void
on_alarm(void *arg, const struct gauge_alarm *a)
{
	struct run *r = arg;

	r->alarms++;
	r->last = *a;
}

static const struct gauge_set_cb cb = {
	.defs_changed = on_defs, .sample = on_sample, .alarm = on_alarm
};

static inline void
start(struct run *r, const struct gauge_set_opts *more)
{
	struct gauge_set_opts o = more != NULL ? *more : (struct gauge_set_opts){ .pid = 0 };

	o.every_ns = GAUGE_SET_EVERY_MIN;
	if (o.proc_root == NULL) {
		o.proc_root = r->tree.proc;
		o.sys_root = r->tree.sys;
	}
	r->loop = loop_new();
	r->set = gauge_set_new(r->loop, &o, &cb, r, NULL);
}

/* Runs until the next sample, or fails after ten seconds. */
static inline void
next(struct run *r)
{
	const unsigned had = r->samples;
	const uint64_t until = sys_mono() + 10 * NS_PER_S;

	while (r->samples == had && sys_mono() < until)
		(void)loop_turn(r->loop, (int64_t)NS_PER_S);
	assert_true(r->samples > had);
}

static inline void
first(struct run *r, const char *tree, const struct gauge_set_opts *more)
{
	memset(r, 0, sizeof *r);
	tree_open(&r->tree, tree);
	start(r, more);
	do
		next(r);
	while (!gauge_set_ready(r->set));
	next(r);
}

static inline void
end(struct run *r)
{
	gauge_set_free(r->set);
	loop_free(r->loop);
	tree_close(&r->tree);
}

static inline const struct gauge_def *
def(struct run *r, const char *id, double *v)
{
	size_t n;
	const struct gauge_def *d = gauge_set_defs(r->set, &n);

	*v = (double)NAN;
	for (size_t i = 0; i < n; i++)
		if (strcmp(d[i].id, id) == 0) {
			*v = series_now(gauge_set_series(r->set), i);
			return &d[i];
		}
	print_message("no gauge %s\n", id);
	fail();
	return NULL;
}

static inline void
is(struct run *r, const char *id, double want)
{
	double v;
	const struct gauge_def *d = def(r, id, &v);

	if (isnan(v) || fabs(v - want) > 1e-6 * fmax(1, fabs(want)) || d->missing[0] != '\0') {
		print_message("%s is %g, want %g (%s)\n", id, v, want, d->missing);
		fail();
	}
}

static inline void
missing(struct run *r, const char *id, const char *why)
{
	double v;
	const struct gauge_def *d = def(r, id, &v);

	if (!isnan(v) || strstr(d->missing, why) == NULL) {
		print_message("%s is %g (%s), want missing: %s\n", id, v, d->missing, why);
		fail();
	}
}

static inline void
absent(struct run *r, const char *id)
{
	size_t n;
	const struct gauge_def *d = gauge_set_defs(r->set, &n);

	for (size_t i = 0; i < n; i++)
		assert_string_not_equal(d[i].id, id);
}

#endif
