/* rule_oom.c - time until memory is at its limit. */
#include "gauge/rule_oom.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gauge/track.h"
#include "gauge/trend.h"

enum { PARTS = 8 };

static const double SOON = 600, AT_ONCE = 120, LOW = 0.05, LOWEST = 0.02, RISING = 0.7,
		    PRESSED = 10, GROUP_NEAR = 0.95;

struct limit {
	bool started;
	struct track room;              /* bytes that are left */
};

struct oom {
	struct limit system, group;
};

struct view {
	const char *what;
	double room, all, pressure;
	struct trend_drift d;
	bool sure;                      /* the room shrinks, and that is no chance */
	double left, least;             /* s until nothing is left; at the upper end of the speed */
};

static bool
drift(const struct track *k, struct trend_drift *out)
{
	double t[PARTS], v[PARTS];

	if (k->n < PARTS * 3)
		return false;
	for (size_t b = 0; b < PARTS; b++) {
		const size_t from = k->n * b / PARTS, to = k->n * (b + 1) / PARTS;

		t[b] = v[b] = 0;
		for (size_t i = from; i < to; i++) {
			t[b] += k->t[i] / (double)(to - from);
			v[b] -= k->mean[i] / (double)(to - from);
		}
	}
	return trend_drift(t, v, PARTS, out);
}

static enum finding_verdict
verdict(const struct view *v, bool group)
{
	const double share = v->room / v->all;
	const bool near = group ? share < 1 - GROUP_NEAR : share < LOW;

	if ((v->sure && v->left < AT_ONCE) || share < LOWEST)
		return FINDING_ALARM;
	if ((v->sure && v->left < SOON) || near)
		return FINDING_WARN;
	return v->pressure >= PRESSED ? FINDING_NOTE : FINDING_GOOD;
}

static void
say(struct finding *x, const struct view *v, bool group)
{
	const double mib = 1048576;
	const enum finding_verdict is = verdict(v, group);
	char pressed[48] = "";

	if (!isnan(v->pressure))
		snprintf(pressed, sizeof pressed, ", memory pressure %.1f %%", v->pressure);
	if (is >= FINDING_WARN && v->sure)
		finding_say(x, is, "running out",
		    "%s: %.0f of %.0f MiB left, %.1f MiB/min less: at "
		    "its end in about %.0f s (%.0f at the least)%s", v->what, v->room / mib,
		    v->all / mib, v->d.slope * 60 / mib, v->left, v->least, pressed);
	else if (is >= FINDING_WARN)
		finding_say(x, is, "low", "%s: %.0f of %.0f MiB left (%.1f %%)%s", v->what,
		    v->room / mib, v->all / mib, 100 * v->room / v->all, pressed);
	else if (is == FINDING_NOTE)
		finding_say(x, is, "pressed",
		    "%s: %.0f of %.0f MiB left%s: programs wait for memory",
		    v->what, v->room / mib, v->all / mib, pressed);
	else
		finding_say(x, is, "enough", "%s: %.0f of %.0f MiB left, %+.1f MiB/min%s", v->what,
		    v->room / mib, v->all / mib, -v->d.slope * 60 / mib, pressed);
	finding_number(x, "left", v->room, "B");
	finding_number(x, "all", v->all, "B");
	finding_number(x, "slope", -v->d.slope, "B/s");
	finding_number(x, "slope_low", -v->d.high, "B/s");
	finding_number(x, "slope_high", -v->d.low, "B/s");
	if (v->sure) {
		finding_number(x, "seconds", v->left, "s");
		finding_number(x, "seconds_least", v->least, "s");
	}
	finding_number(x, "pressure", v->pressure, "%");
}

static void
one(struct limit *s, const struct rule_look *l, struct view *v, const char *id, bool group,
    struct found *out)
{
	if (isnan(v->room) || isnan(v->all) || v->all <= 0)
		return;
	if (!s->started)
		track_init(&s->room, l->config->oom_window);
	s->started = true;
	if (!track_put(&s->room, l->now, v->room))
		return;
	v->pressure = rule_value(l, "psi.memory");
	if (drift(&s->room, &v->d) &&
	    track_seconds(&s->room) >= l->config->oom_window * 0.5) {
		v->sure = v->d.low > 0 && v->d.rising >= RISING;
		v->left = v->room / v->d.slope;
		v->least = v->room / v->d.high;
	}
	say(finding_of(out, id), v, group);
}

static void
look(void *state, const struct rule_look *l, struct found *out)
{
	struct oom *s = state;
	const int avail = table_find(l->table, "mem.avail"),
		  group = table_find(l->table, "cgroup.mem");
	double cache;
	struct view v = { .what = "memory available", .room = rule_value(l, "mem.avail") };

	v.all = avail >= 0 ? l->table->def[avail].max : (double)NAN;
	one(&s->system, l, &v, "mem.avail", false, out);
	if (group < 0)
		return;
	v = (struct view){ .what = "control group", .all = l->table->def[group].max };
	cache = rule_value(l, "cgroup.cache");
	v.room = v.all - rule_value(l, "cgroup.mem") + (isnan(cache) ? 0 : cache);
	one(&s->group, l, &v, "cgroup.mem", true, out);
}

const struct rule_ops rule_oom = {
	.name = "oom", .what = "time until memory is at its limit",
	.needs = "memory available, or a control group with a limit",
	.size = sizeof(struct oom), .look = look,
};
