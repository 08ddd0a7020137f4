/* gauge_throttle.c - throttles found in the history of gauges. */
#include "ui/gauge_throttle.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "ui/fmt.h"

enum { FIRST_OF_HISTORY = LIMIT_GAUGE_HISTORY };

static bool
starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool
ends(const char *s, const char *tail)
{
	const size_t n = strlen(s), k = strlen(tail);

	return n >= k && strcmp(s + n - k, tail) == 0;
}

/* Whether this gauge at this value says that something is held back. */
static bool
says_so(const struct replica_gauge *g, double v)
{
	if (isnan(v) || g->gone)
		return false;
	if (strcmp(g->group, "cool") == 0)      /* fans cool as well, and slow nothing down */
		return v >= 1 && strstr(g->name, "throttle ") != NULL;
	if (strcmp(g->group, "freq") == 0 && ends(g->id, ".cap"))
		return v > 0.5;        /* the share that is cut off */
	return starts(gauge_base_id(g), "power.") && v >= 1;
}

static const struct replica_gauge *
cause_at(const struct gauge_frame *f, const char *from, size_t i)
{
	const struct replica_gauge *best = NULL;

	for (size_t k = 0; k < f->n; k++) {
		const struct replica_gauge *g = &f->g[k];

		if (strcmp(g->from, from) != 0 || !says_so(g, g->history[i]))
			continue;
		/* a cooling device or the firmware says why; a cap alone does not */
		if (best == NULL || strcmp(best->group, "freq") == 0)
			best = g;
	}
	return best;
}

static double
hottest(const struct gauge_frame *f, const char *from, size_t i)
{
	double hot = NAN;

	for (size_t k = 0; k < f->n; k++) {
		const struct replica_gauge *g = &f->g[k];

		if (strcmp(g->group, "temp") == 0 && strcmp(g->from, from) == 0 &&
		    !(g->history[i] <= hot) && !isnan(g->history[i]))
			hot = g->history[i];
	}
	return hot;
}

/* The policy whose clock is furthest below its full one. */
static void
clock_at(const struct gauge_frame *f, const char *from, size_t i, struct gauge_throttle *x)
{
	for (size_t k = 0; k < f->n; k++) {
		const struct replica_gauge *g = &f->g[k];
		const double v = g->history[i];

		if (strcmp(g->unit, "Hz") != 0 || strcmp(g->from, from) != 0 || isnan(v) ||
		    !isfinite(g->max) || g->max <= 0)
			continue;
		if (isnan(x->clock) || v / g->max < x->clock / x->full) {
			x->clock = v;
			x->full = g->max;
		}
	}
}

static struct gauge_throttle
begin(const struct gauge_frame *f, size_t i, size_t first, const struct replica_gauge *cause)
{
	struct gauge_throttle x = { .from = f->t[i], .t_low = NAN,
		.t_high = hottest(f, cause->from, i), .clock = NAN, .full = NAN,
		.began_before = i == first,
		.power = strcmp(gauge_base_id(cause), "power.undervoltage") == 0 };

	if (i > first)
		x.t_low = hottest(f, cause->from, i - 1);
	snprintf(x.cause, sizeof x.cause, "%.60s", starts(cause->name, "throttle ") ?
	    cause->name + strlen("throttle ") : cause->name);
	return x;
}

size_t
gauge_throttles(const struct gauge_frame *f, const char *from, struct gauge_throttle *out,
    size_t max)
{
	const size_t first = FIRST_OF_HISTORY - f->samples;
	bool on = false;
	size_t n = 0;

	for (size_t i = first; i < FIRST_OF_HISTORY && max != 0; i++) {
		const struct replica_gauge *cause = cause_at(f, from, i);

		if (cause == NULL) {
			if (on)
				out[n - 1].to = f->t[i];
			on = false;
			continue;
		}
		if (!on) {
			if (n == max)
				memmove(out, out + 1, --n * sizeof *out);
			out[n++] = begin(f, i, first, cause);
		}
		on = true;
		clock_at(f, from, i, &out[n - 1]);
	}
	return n;
}

static size_t
bracket(const struct gauge_throttle *x, char *out, size_t size)
{
	if (x->power || isnan(x->t_high))
		return 0;
	if (isnan(x->t_low) || fabs(x->t_low - x->t_high) < 0.05)
		return (size_t)snprintf(out, size, " at %.1f C", x->t_high);
	return (size_t)snprintf(out, size, " at %.1f-%.1f C", fmin(x->t_low, x->t_high),
	    fmax(x->t_low, x->t_high));
}

void
gauge_throttle_text(const struct ui *u, const struct gauge_throttle *x, char *out, size_t size)
{
	const uint64_t now = replica_time(u->replica, u->mono);
	char clock[16], lasted[24];
	size_t n;

	clock_fmt_hms(replica_wall(u->replica, x->from), clock, sizeof clock);
	fmt_clock((x->to != 0 ? x->to : now > x->from ? now : x->from) - x->from, lasted,
	    sizeof lasted);
	n = (size_t)snprintf(out, size, "%s %s%.8s", x->power ? "under-voltage" : "capped",
	    x->began_before ? "before " : "", clock);
	n += bracket(x, out + n, size - n);
	n += (size_t)snprintf(out + n, size - n, " (%s%s): %.60s", lasted,
	    x->to != 0 ? "" : ", still", x->cause);
	if (!isnan(x->clock) && n < size)
		snprintf(out + n, size - n, ", %.0f of %.0f MHz", x->clock / 1e6, x->full / 1e6);
}
