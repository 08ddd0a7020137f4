/* rule_leak.c - anonymous memory that goes on growing. */
#include "gauge/rule_leak.h"

#include <math.h>
#include <stdio.h>

#include "gauge/track.h"
#include "gauge/trend.h"

enum { PARTS = 12 };

static const double RISING = 0.75, LATE = 0.6, GROWTH_SHARE = 0.01, GROWTH_LEAST = 512 << 10,
		    HOLD = 0.5;

struct leak {
	bool started, leaks;
	struct track anon;
	double since;                   /* s; the drift has been sure since then; 0: it is not */
};

/* Is this growth one that goes on? */
static bool
grows(const struct trend_drift *d, double level, double seconds)
{
	const double growth = d->slope * seconds;

	return d->low > 0 && d->rising >= RISING && d->late >= d->early * LATE &&
	    growth >= fmax(GROWTH_LEAST, level * GROWTH_SHARE);
}

static void
words(double seconds, char *out, size_t size)
{
	if (seconds > 2 * 86400)
		snprintf(out, size, "%.0f days", seconds / 86400);
	else if (seconds > 2 * 3600)
		snprintf(out, size, "%.0f h", seconds / 3600);
	else
		snprintf(out, size, "%.0f min", seconds / 60);
}

static void
judge(struct leak *s, struct finding *x, const struct trend_drift *d, double level, double window)
{
	const double mib_min = 60.0 / 1048576, error = (d->high - d->low) / 2 * mib_min,
		     seen = track_seconds(&s->anon), now = s->anon.t[s->anon.n - 1];
	char when[32];

	words(level / d->slope, when, sizeof when);
	if (!grows(d, level, seen))
		s->since = 0;
	else if (s->since <= 0)
		s->since = now;
	s->leaks = s->since > 0 && (s->leaks || now - s->since >= window * HOLD);
	if (s->leaks)
		finding_say(x, FINDING_WARN, "leaking", "anonymous memory grows by %.3f +-%.3f "
		    "MiB/min over %.0f s, %.1f MiB now: twice as much in %s", d->slope * mib_min,
		    error, seen, level / 1048576, when);
	else if (s->since > 0)
		finding_say(x, FINDING_NOTE, "growing", "anonymous memory grows by %.3f +-%.3f "
		    "MiB/min; a leak if that holds for %.0f s more", d->slope * mib_min, error,
		    window * HOLD - (now - s->since));
	else
		finding_say(x, FINDING_GOOD, "level", "anonymous memory %.1f MiB, %+.3f +-%.3f "
		    "MiB/min over %.0f s: no growth that goes on", level / 1048576,
		    d->slope * mib_min, error, seen);
	finding_number(x, "level", level, "B");
	finding_number(x, "slope", d->slope, "B/s");
	finding_number(x, "slope_low", d->low, "B/s");
	finding_number(x, "slope_high", d->high, "B/s");
	finding_number(x, "rising", 100 * d->rising, "%");
	finding_number(x, "early", d->early, "B/s");
	finding_number(x, "late", d->late, "B/s");
	finding_number(x, "seen", seen, "s");
}

static void
look(void *state, const struct rule_look *l, struct found *out)
{
	struct leak *s = state;
	const double lazy = rule_value(l, "proc.lazyfree"), window = l->config->leak_window,
		     v = rule_value(l, "proc.anon") - (isnan(lazy) ? 0 : lazy);
	double t[PARTS], low[PARTS], left;
	struct trend_drift d;
	struct finding *x;

	if (isnan(v))
		return;
	if (!s->started)
		track_init(&s->anon, window);
	s->started = true;
	if (!track_put(&s->anon, l->now, v))
		return;
	left = window * 0.95 - track_seconds(&s->anon);
	x = finding_of(out, "proc.anon");
	if (left > 0 || track_floor(&s->anon, PARTS, t, low) == 0 ||
	    !trend_drift(t, low, PARTS, &d))
		finding_say(x, FINDING_WAITING, "waiting", "%.0f s of %.0f s seen",
		    track_seconds(&s->anon), window);
	else
		judge(s, x, &d, low[PARTS - 1], window);
}

const struct rule_ops rule_leak = {
	.name = "leak", .what = "anonymous memory of a process that goes on growing",
	.needs = "a process (--process, gauge.pid)", .of_process = true,
	.size = sizeof(struct leak), .look = look,
};
