/* gauge_view.c - the board pane's window into the gauges: pause, span, cursor, bounds. */
#include "ui/gauge_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "ui/gauge_ask.h"
#include "ui/gauge_past.h"

enum { LAST = LIMIT_GAUGE_HISTORY - 1, CAREFUL = 10 };

bool
gauge_overview(const struct ui *u)
{
	return u->focus == PANE_BOARD && u->gauges->page == GAUGE_PAGE_OVERVIEW &&
	    (u->zoom || u->layout.kind != LAYOUT_FULL);
}

struct gauge_view *
gauge_view_new(void)
{
	return mem_zero(1, sizeof(struct gauge_view));
}

/* ---- pause */

static void
drop_kept(struct gauge_view *v)
{
	for (size_t i = 0; i < v->kept_n; i++) {
		struct replica_gauge *g = &v->kept[i];
		char *all[] = { g->id, g->group, g->name, g->unit, g->source, g->missing, g->from };

		for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
			mem_free(all[k]);
		mem_free(g->history);
	}
	mem_free(v->kept);
	mem_free(v->kept_t);
	v->kept = NULL;
	v->kept_t = NULL;
	v->kept_n = v->kept_samples = 0;
	v->paused = false;
}

void
gauge_view_pause(struct ui *u, bool on)
{
	struct gauge_view *v = u->gauges;
	const struct replica *r = u->replica;

	drop_kept(v);
	if (!on || r->gauges == 0 || r->sample_t == NULL)
		return;
	v->kept = mem_zero(r->gauges, sizeof *v->kept);
	for (size_t i = 0; i < r->gauges; i++) {
		const struct replica_gauge *g = &r->gauge[i];
		struct replica_gauge *k = &v->kept[i];

		*k = *g;
		k->id = mem_str(g->id);
		k->group = mem_str(g->group);
		k->name = mem_str(g->name);
		k->unit = mem_str(g->unit);
		k->source = mem_str(g->source);
		k->missing = mem_str(g->missing);
		k->from = mem_str(g->from);
		k->history = mem_dup(g->history, LIMIT_GAUGE_HISTORY * sizeof *g->history);
	}
	v->kept_t = mem_dup(r->sample_t, LIMIT_GAUGE_HISTORY * sizeof *r->sample_t);
	v->kept_n = r->gauges;
	v->kept_samples = r->samples;
	v->paused = true;
}

void
gauge_view_free(struct gauge_view *v)
{
	if (v == NULL)
		return;
	drop_kept(v);
	for (size_t i = 0; i < v->hidden_n; i++)
		mem_free(v->hidden[i]);
	gauge_ask_fini(v);
	gauge_past_fini(v);
	mem_free(v);
}

struct gauge_frame
gauge_view_frame(const struct ui *u)
{
	const struct gauge_view *v = u->gauges;
	const struct replica *r = u->replica;

	if (v->paused)
		return (struct gauge_frame){ v->kept, v->kept_n, v->kept_t, v->kept_samples,
			r->gauge_every };
	return (struct gauge_frame){ r->gauge, r->gauges, r->sample_t, r->samples,
		r->gauge_every };
}

/* ---- hidden rows */

const char *
gauge_base_id(const struct replica_gauge *g)
{
	const char *slash = g->from[0] != '\0' ? strchr(g->id, '/') : NULL;

	return slash != NULL ? slash + 1 : g->id;
}

size_t
gauge_view_sources(const struct gauge_frame *f, const char *out[GAUGE_SOURCES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		size_t k = 0;

		while (k < n && strcmp(out[k], f->g[i].from) != 0)
			k++;
		if (k == n && n < GAUGE_SOURCES_MAX && !f->g[i].gone)
			out[n++] = f->g[i].from;
	}
	return n;
}

bool
gauge_view_next_source(struct ui *u)
{
	const struct gauge_frame f = gauge_view_frame(u);
	struct gauge_view *v = u->gauges;
	const char *all[GAUGE_SOURCES_MAX];
	const size_t n = gauge_view_sources(&f, all);
	size_t at = 0;

	while (v->one && at < n && strcmp(all[at], v->from) != 0)
		at++;
	at += v->one;
	v->one = n > 1 && at < n;
	if (v->one)
		snprintf(v->from, sizeof v->from, "%s", all[at]);
	return n > 1;
}

bool
gauge_view_hidden(const struct ui *u, const struct replica_gauge *g)
{
	const char *id = g->id;

	if (strcmp(gauge_base_id(g), "proc.pss.age") == 0)
		return true;            /* it stands beside the PSS */
	if (g->gone || (u->gauges->one && strcmp(g->from, u->gauges->from) != 0))
		return true;
	for (size_t i = 0; i < u->gauges->hidden_n; i++)
		if (strcmp(u->gauges->hidden[i], id) == 0)
			return true;
	return false;
}

bool
gauge_view_hide(struct ui *u, const char *id)
{
	struct gauge_view *v = u->gauges;

	if (v->hidden_n == GAUGE_HIDDEN_MAX)
		return false;
	v->hidden[v->hidden_n++] = mem_str(id);
	return true;
}

void
gauge_view_show_all(struct ui *u)
{
	while (u->gauges->hidden_n != 0)
		mem_free(u->gauges->hidden[--u->gauges->hidden_n]);
}

/* ---- values */

/* The newest sample that is not behind the cursor. */
static size_t
index_now(const struct ui *u, const struct gauge_frame *f)
{
	size_t i = LAST;

	if (u->gauges->cursor != 0)
		while (i > LIMIT_GAUGE_HISTORY - f->samples && f->t[i] > u->gauges->cursor)
			i--;
	return i;
}

struct gauge_now
gauge_view_now(const struct ui *u, const struct gauge_frame *f, const struct replica_gauge *g)
{
	const size_t first = LIMIT_GAUGE_HISTORY - f->samples;
	const size_t now = f->samples != 0 ? index_now(u, f) : 0;

	if (f->samples != 0 && u->gauges->cursor != 0 && u->gauges->cursor < f->t[first])
		return (struct gauge_now){ gauge_past_at(u, g, u->gauges->cursor), 0 };
	if (f->samples == 0 || (g->missing != NULL && u->gauges->cursor == 0))
		return (struct gauge_now){ NAN, 0 };
	for (size_t i = now + 1; i-- > first;)
		if (!isnan(g->history[i]))
			return (struct gauge_now){ g->history[i], f->t[now] - f->t[i] };
	return (struct gauge_now){ NAN, 0 };
}

/* Grows in steps, so that columns stay what they are for a while. */
static uint64_t
all_of(uint64_t kept)
{
	static const uint64_t steps[] = { 120 * NS_PER_S, 300 * NS_PER_S, 600 * NS_PER_S };

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (kept <= steps[i])
			return steps[i];
	return kept;
}

struct gauge_window
gauge_view_window(const struct ui *u, const struct gauge_frame *f, int cols)
{
	const struct gauge_view *v = u->gauges;
	struct gauge_window w = { .cols = cols < 1 ? 1 : cols > GAUGE_COLUMNS_MAX ?
		GAUGE_COLUMNS_MAX : cols };
	const uint64_t newest = f->samples != 0 ? f->t[LAST] : 0;
	const uint64_t oldest = f->samples != 0 ? f->t[LIMIT_GAUGE_HISTORY - f->samples] : 0;
	const uint64_t span = v->span != 0 ? v->span : all_of(newest - oldest + f->every);
	uint64_t end = newest;

	/* A slice is a whole number of samples: else some columns would hold one more. */
	w.slice = (span / (uint64_t)w.cols + f->every - 1) / f->every * f->every;
	if (w.slice == 0)
		w.slice = f->every != 0 ? f->every : NS_PER_S;
	if (v->cursor != 0 && v->cursor + w.slice * (uint64_t)(w.cols - 1) < newest)
		end = v->cursor + w.slice * (uint64_t)(w.cols / 2);
	end = (end < newest ? end : newest) / w.slice + 1;
	w.from = ((int64_t)end - w.cols) * (int64_t)w.slice;
	return w;
}

int
gauge_view_column(const struct gauge_window *w, uint64_t t)
{
	const int64_t i = (int64_t)t >= w->from ? ((int64_t)t - w->from) / (int64_t)w->slice : -1;

	return i < w->cols ? (int)i : -1;
}

void
gauge_view_columns(const struct gauge_window *w, const struct gauge_frame *f,
    const struct replica_gauge *g, double *out)
{
	for (int i = 0; i < w->cols; i++)
		out[i] = NAN;
	for (size_t i = LIMIT_GAUGE_HISTORY - f->samples; i < LIMIT_GAUGE_HISTORY; i++) {
		const int c = gauge_view_column(w, f->t[i]);

		if (c >= 0 && !(g->history[i] <= out[c]) && !isnan(g->history[i]))
			out[c] = g->history[i];
	}
}

void
gauge_view_bounds(const struct ui *u, const struct gauge_frame *f, const struct replica_gauge *g,
    double *lo, double *hi)
{
	const struct gauge_window w = gauge_view_window(u, f, 64);

	*lo = *hi = NAN;
	for (size_t i = LIMIT_GAUGE_HISTORY - f->samples; i < LIMIT_GAUGE_HISTORY; i++) {
		const double v = g->history[i];

		if (isnan(v) || gauge_view_column(&w, f->t[i]) < 0)
			continue;
		*lo = isnan(*lo) || v < *lo ? v : *lo;
		*hi = isnan(*hi) || v > *hi ? v : *hi;
	}
	(void)gauge_past_bounds(u, f, g, lo, hi, NULL);
}

/* ---- limits */

static double
highest_trip(const struct replica_gauge *g)
{
	double top = NAN;

	for (unsigned i = 0; i < g->trips; i++)
		if (isnan(top) || g->trip[i].temp > top)
			top = g->trip[i].temp;
	return top;
}

double
gauge_top(const struct replica_gauge *g)
{
	const double limit = ui_gauge_limit(g), trip = highest_trip(g);

	if (isfinite(g->max) && (g->max > 0 || g->max > g->min))        /* dBm: -120 to -40 */
		return g->max;
	if (strcmp(g->unit, "C") == 0)
		return isfinite(trip) ? trip : isfinite(g->crit) ? g->crit * 1.1 :
		    isfinite(limit) ? limit * 1.2 : 110;
	return strcmp(g->unit, "%") == 0 ? 100 : NAN;
}

double
gauge_fraction(const struct replica_gauge *g, double v)
{
	const double lo = isfinite(g->min) ? g->min : 0, hi = gauge_top(g);

	return hi > lo ? (v - lo) / (hi - lo) : NAN;
}

struct limit { const char *name; double v; };

/* All limits of a gauge, the board's trips among them. */
static size_t
limits(const struct replica_gauge *g, struct limit out[REPLICA_TRIPS_MAX + 2])
{
	size_t n = 0;

	if (isfinite(g->warn) && g->warn > 0)
		out[n++] = (struct limit){ "warn", g->warn };
	if (isfinite(g->crit) && g->crit > 0)
		out[n++] = (struct limit){ "crit", g->crit };
	for (unsigned i = 0; i < g->trips; i++)
		out[n++] = (struct limit){ g->trip[i].type, g->trip[i].temp };
	return n;
}

const char *
gauge_limit_name(const struct replica_gauge *g, double v, double *limit)
{
	struct limit all[REPLICA_TRIPS_MAX + 2];
	const size_t n = limits(g, all);
	const struct limit *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const bool over = v >= all[i].v, was = best != NULL && v >= best->v;

		/* the highest it is over, else the lowest of those above; a trip's name says more
		 * than "warn" at the same value */
		if (best == NULL || (over && (!was || all[i].v >= best->v)) ||
		    (!over && !was && all[i].v <= best->v))
			best = &all[i];
	}
	if (best == NULL)
		return NULL;
	*limit = best->v;
	return best->name;
}

char
gauge_mark(const struct replica_gauge *g, bool stale)
{
	return stale ? '?' : ui_gauge_alarm(g) ? '!' : ' ';
}

/* A temperature within 10 C of its limit is worth a look; how far it is stands beside it. */
static bool
careful(const struct replica_gauge *g)
{
	return strcmp(g->unit, "C") == 0 && !g->below && g->missing == NULL &&
	    replica_value(g) >= ui_gauge_limit(g) - CAREFUL;
}

uint32_t
gauge_style(const struct replica_gauge *g, bool stale)
{
	return stale ? STYLE_STALE : ui_gauge_alarm(g) ? STYLE_ALARM :
	    careful(g) ? STYLE_WARN : STYLE_NORMAL;
}
