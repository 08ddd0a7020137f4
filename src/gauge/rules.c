/* rules.c - thresholds with a hold time. */
#include "gauge/rules.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

void
rules_init(struct rules *r, uint64_t hold_ns)
{
	*r = (struct rules){ .hold_ns = hold_ns };
}

void
rules_fini(struct rules *r)
{
	mem_free(r->state);
	mem_free(r->watched);
	rules_init(r, 0);
}

void
rules_value(char *out, size_t size, double v, const char *unit)
{
	char b[16];

	if (isnan(v)) {
		snprintf(out, size, "n/a");
	} else if (strcmp(unit, "B") == 0) {
		bytes_fmt_short((int64_t)v, b, sizeof b);
		snprintf(out, size, "%s", b);
	} else if (strcmp(unit, "Hz") == 0) {
		snprintf(out, size, "%.0f MHz", v / 1e6);
	} else {
		/* One decimal, and none where it is .0: sensors have no more to say. */
		const double tenth = round(v * 10) / 10;

		snprintf(out, size, "%.*f%s%s", fabs(tenth - round(tenth)) < 0.05 ? 0 : 1, tenth,
		    unit[0] != '\0' && strcmp(unit, "count") != 0 ? " " : "",
		    strcmp(unit, "count") != 0 ? unit : "");
	}
}

static double
slack(const struct gauge_def *d, double limit)
{
	return strcmp(d->unit, "C") == 0 ? 2 : fabs(limit) * 0.03;
}

/* What one value asks for, given the level in force. */
static enum gauge_level
judge(const struct gauge_def *d, double v, enum gauge_level now)
{
	/* A lower bound is an upper one of the negative. */
	const double sign = d->below ? -1 : 1, crit = sign * d->crit, warn = sign * d->warn;

	v *= sign;
	if (!isnan(crit) && v >= crit)
		return GAUGE_CRIT;
	if (now == GAUGE_CRIT && !isnan(crit) && v >= crit - slack(d, crit))
		return GAUGE_CRIT;
	if (!isnan(warn) && v >= warn)
		return GAUGE_WARN;
	if (now >= GAUGE_WARN && !isnan(warn) && v >= warn - slack(d, warn))
		return GAUGE_WARN;
	return GAUGE_CLEAR;
}

static void
say(struct gauge_alarm *a)
{
	const struct gauge_def *d = a->def;
	const double limit = a->level == GAUGE_CRIT || isnan(d->warn) ? d->crit : d->warn;
	const char *over = d->below ? "below" : "above", *under = d->below ? "above" : "below";
	char v[32], l[32];

	rules_value(v, sizeof v, a->value, d->unit);
	rules_value(l, sizeof l, limit, d->unit);
	if (strcmp(d->group, "cool") == 0 && a->level == GAUGE_CLEAR)
		snprintf(a->text, sizeof a->text, "%s holds nothing back any more", d->name);
	else if (strcmp(d->group, "cool") == 0)
		snprintf(a->text, sizeof a->text, "%s is in force: %s of %.0f", d->name, v, d->max);
	else if (a->level == GAUGE_CLEAR && isnan(limit))
		snprintf(a->text, sizeof a->text, "%s %s has no limit any more", d->name, v);
	else if (a->level == GAUGE_CLEAR)
		snprintf(a->text, sizeof a->text, "%s %s is %s %s %s again", d->name, v, under,
		    isnan(d->warn) ? "crit" : "warn", l);
	else
		snprintf(a->text, sizeof a->text, "%s %s is %s %s %s", d->name, v, over,
		    a->level == GAUGE_CRIT ? "crit" : "warn", l);
}

static void
check_one(
    struct rules *r, size_t i, const struct gauge_table *t, uint64_t now, rules_cb cb, void *arg)
{
	struct rule_state *s = &r->state[i];
	struct gauge_alarm a = { .def = &t->def[i], .value = t->v[i], .t = now };
	const enum gauge_level want = judge(a.def, a.value, s->level);
	const uint64_t hold = isnan(a.def->hold) ? r->hold_ns : (uint64_t)(a.def->hold * 1e9);
	enum gauge_level to = GAUGE_CLEAR;

	/* Each level by itself: what goes to and fro between warn and crit is over warn all the
	 * time. */
	for (int k = GAUGE_WARN; k <= GAUGE_CRIT; k++) {
		const bool over = (int)want >= k;

		if (over != s->over[k] || s->since[k] == 0) {
			s->over[k] = over;
			s->since[k] = now;
		}
		if ((int)s->level >= k ? over || now - s->since[k] < hold :
		    over && now - s->since[k] >= hold)
			to = (enum gauge_level)k;
	}
	if (to == s->level)
		return;
	s->level = a.level = to;
	say(&a);
	cb(arg, &a);
}

void
rules_defs(struct rules *r, const struct gauge_table *t)
{
	if (r->n < t->n) {
		r->state = mem_resize(r->state, t->n, sizeof *r->state);
		memset(r->state + r->n, 0, (t->n - r->n) * sizeof *r->state);
		r->watched = mem_resize(r->watched, t->n, sizeof *r->watched);
		r->n = t->n;
	}
	r->watch_n = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct gauge_def *d = &t->def[i];

		if (!isnan(d->warn) || !isnan(d->crit) || r->state[i].level != GAUGE_CLEAR)
			r->watched[r->watch_n++] = i;
	}
}

void
rules_check(struct rules *r, const struct gauge_table *t, uint64_t now, rules_cb cb, void *arg)
{
	for (size_t i = 0; i < r->watch_n; i++)
		if (!isnan(t->v[r->watched[i]]))
			check_one(r, r->watched[i], t, now, cb, arg);
}
