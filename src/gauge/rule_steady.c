/* rule_steady.c - is the temperature at rest? */
#include "gauge/rule_steady.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gauge/track.h"
#include "gauge/trend.h"

enum { ZONES = 16 };

static const double WINDOW = 300, WINDOW_LEAST = 120, WINDOW_MOST = 900, KEPT = 1000,
		    SLOPE_MOST = 2, LOAD_MOST = 10;

struct zone {
	int gauge;                      /* + 1; 0: free */
	struct track temp;
	double tau;                     /* of the last curve that fitted; 0: none yet */
	struct trend_settle curve;
	bool fits;
};

struct steady {
	bool started;
	struct track load;
	struct zone zone[ZONES];
};

/* What the window shows of one zone. */
struct view {
	double window, seen, range, slope, load, now;
};

static double
window_of(const struct zone *z, const struct rule_config *c)
{
	if (c->steady_window > 0)
		return c->steady_window;
	return z->tau > 0 ? fmin(fmax(z->tau, WINDOW_LEAST), WINDOW_MOST) : WINDOW;
}

/* Greatest less least of the last n. */
static double
range(const double *v, size_t n)
{
	double low = v[0], high = v[0];

	for (size_t i = 1; i < n; i++) {
		low = fmin(low, v[i]);
		high = fmax(high, v[i]);
	}
	return high - low;
}

/* Half of what the load moved, over tenths of the window: its own jitter is no change. */
static double
load_moved(const struct track *k, double window)
{
	const size_t n = track_tail(k, window);
	double part[10];

	if (n < 20)
		return 0;
	for (size_t b = 0; b < 10; b++) {
		const size_t from = k->n - n + n * b / 10, to = k->n - n + n * (b + 1) / 10;

		part[b] = 0;
		for (size_t i = from; i < to; i++)
			part[b] += k->mean[i] / (double)(to - from);
	}
	return range(part, 10) / 2;
}

/* One curve is for one load: what lay before a change of it is left out. */
static void
fit(struct zone *z, const struct steady *s, const struct rule_config *c)
{
	const struct track *k = &z->temp;
	const bool all = load_moved(&s->load, track_seconds(k)) <= LOAD_MOST;
	const size_t n = all ? k->n : track_tail(k, window_of(z, c)), from = k->n - n;

	z->fits = trend_settle(k->t + from, k->mean + from, n, &z->curve) &&
	    z->curve.end > -40 && z->curve.end < 150;
	if (z->fits)
		z->tau = z->curve.tau;
}

/* What has come so far, at the newest point; false while there is too little to speak of. */
static bool
view(struct zone *z, const struct steady *s, const struct rule_config *c, struct view *out)
{
	const struct track *k = &z->temp;
	struct trend_line line;
	size_t n;

	out->window = window_of(z, c);
	n = track_tail(k, out->window);
	out->seen = track_seconds(k);
	if (n < 4 || !trend_line(k->t + k->n - n, k->mean + k->n - n, n, &line))
		return false;
	out->range = range(k->mean + k->n - n, n);
	out->slope = line.slope;
	out->load = load_moved(&s->load, out->window);
	out->now = k->mean[k->n - 1];
	return true;
}

static void
predict(const struct zone *z, char *out, size_t size)
{
	out[0] = '\0';
	if (z->fits)
		snprintf(out, size, ", settling to about %.0f C (+-%.0f), time constant %.1f min",
		    z->curve.end, fmax(1, z->curve.error), z->curve.tau / 60);
}

static void
judge(struct finding *x, const char *name, const struct zone *z, const struct view *v,
    const struct rule_config *c)
{
	const double left = v->window - v->seen, rest = fabs(v->slope) * v->window;
	const bool far = z->fits && fabs(z->curve.end - v->now) > fmax(c->steady_band, 1);
	char curve[96];

	predict(z, curve, sizeof curve);
	if (v->load > LOAD_MOST)
		finding_say(x, FINDING_NOTE, "load moves",
		    "%s %.1f C: not judged, the load moved by "
		    "+-%.0f %% within %.0f s", name, v->now, v->load, v->window);
	else if (v->range > 2 * c->steady_band || rest > SLOPE_MOST || far)
		finding_say(x, FINDING_NOTE, v->slope < 0 ? "cooling" : "settling",
		    "%s %.1f C, %+.2f C/min over %.0f s%s", name, v->now, v->slope * 60,
		    fmin(v->seen, v->window), curve);
	else if (left > 0)
		finding_say(x, FINDING_WAITING, "waiting",
		    "%s %.1f C: steady in %d:%02d at the earliest", name, v->now,
		    (int)left / 60, (int)left % 60);
	else
		finding_say(x, FINDING_GOOD, "steady",
		    "%s is steady at %.1f C: +-%.1f C and %+.2f C/min over %.0f s, load +-%.0f %%",
		    name, v->now, v->range / 2, v->slope * 60, v->window, v->load);
	if (x == NULL)
		return;
	x->tell = x->verdict == FINDING_GOOD;
	finding_number(x, "now", v->now, "C");
	finding_number(x, "window", v->window, "s");
	finding_number(x, "seen", fmin(v->seen, v->window), "s");
	finding_number(x, "range", v->range, "C");
	finding_number(x, "slope", v->slope * 60, "C/min");
	finding_number(x, "load_moved", v->load, "%");
	if (z->fits) {
		finding_number(x, "end", z->curve.end, "C");
		finding_number(x, "end_error", z->curve.error, "C");
		finding_number(x, "tau", z->curve.tau, "s");
	}
}

static double
kept(const struct rule_config *c)
{
	return fmax(KEPT, c->steady_window * 1.2);
}

static struct zone *
zone_of(struct steady *s, int gauge, const struct rule_config *c)
{
	for (int i = 0; i < ZONES; i++)
		if (s->zone[i].gauge == gauge + 1)
			return &s->zone[i];
	for (int i = 0; i < ZONES; i++)
		if (s->zone[i].gauge == 0) {
			s->zone[i].gauge = gauge + 1;
			track_init(&s->zone[i].temp, kept(c));
			return &s->zone[i];
		}
	return NULL;
}

static void
look(void *state, const struct rule_look *l, struct found *out)
{
	struct steady *s = state;

	if (!s->started)
		track_init(&s->load, kept(l->config));
	s->started = true;
	(void)track_put(&s->load, l->now, rule_value(l, "cpu.busy"));
	for (size_t i = 0; i < l->table->n; i++) {
		const struct gauge_def *d = &l->table->def[i];
		struct zone *z;
		struct view v;

		if (isnan(l->table->v[i]) || !table_in(l->table, i, "temp") || d->from[0] != '\0')
			continue;
		z = zone_of(s, (int)i, l->config);
		if (z == NULL || !track_put(&z->temp, l->now, l->table->v[i]))
			continue;
		fit(z, s, l->config);
		if (view(z, s, l->config, &v))
			judge(finding_of(out, d->id), d->name, z, &v, l->config);
	}
}

const struct rule_ops rule_steady = {
	.name = "steady", .what = "temperature at rest under this load, and where it is going",
	.needs = "a temperature",
	.size = sizeof(struct steady), .look = look,
};
