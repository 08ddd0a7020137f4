/* source_vars.c - a program's own numbers as gauges. */
#include "gauge/source_vars.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "gauge/window.h"

static const int64_t WINDOW_NS = INT64_C(60000000000);
enum { ID_ROOM = 512 };

struct var {
	char id[GAUGE_ID_MAX];
	int index;
	bool rate, seen;
	double v, old;                  /* as told; NAN: not in this reading */
};

struct histogram {
	char id[ID_ROOM];               /* without le */
	int p50, p99;
	bool seen;
	size_t n;
	double le[WINDOW_BUCKETS], count[WINDOW_BUCKETS];
	struct window_buckets window;
};

struct vars {
	struct gauge_table *table;
	char *choice;
	struct var var[VARS_MAX];
	size_t n;
	struct histogram *histogram[VARS_HISTOGRAMS];
	size_t histograms;
	unsigned left_out;
	uint64_t at;                    /* of the reading before, 0: none */
};

struct vars *
vars_new(struct gauge_table *t, const char *choice)
{
	struct vars *s = mem_zero(1, sizeof *s);

	s->table = t;
	s->choice = choice != NULL && choice[0] != '\0' ? mem_str(choice) : NULL;
	return s;
}

void
vars_free(struct vars *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->histograms; i++) {
		window_buckets_fini(&s->histogram[i]->window);
		mem_free(s->histogram[i]);
	}
	mem_free(s->choice);
	mem_free(s);
}

void
vars_forget(struct vars *s)
{
	s->at = 0;
	for (size_t i = 0; i < s->histograms; i++)
		window_buckets_fini(&s->histogram[i]->window);
}

void
vars_begin(struct vars *s)
{
	s->left_out = 0;
	for (size_t i = 0; i < s->n; i++) {
		s->var[i].seen = false;
		s->var[i].v = (double)NAN;
	}
	for (size_t i = 0; i < s->histograms; i++) {
		s->histogram[i]->seen = false;
		s->histogram[i]->n = 0;
	}
}

unsigned
vars_left_out(const struct vars *s)
{
	return s->left_out;
}

/* ---- choosing ---- */

/* The last star takes one byte more each time what follows it does not match. */
bool
vars_glob(const char *glob, size_t n, struct slice text)
{
	size_t g = 0, t = 0, star = SIZE_MAX, from = 0;

	while (t < text.n) {
		if (g < n && glob[g] == '*') {
			star = g++;
			from = t;
		} else if (g < n && (glob[g] == '?' || glob[g] == text.p[t])) {
			g++;
			t++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (g < n && glob[g] == '*')
		g++;
	return g == n;
}

/* Commas inside of {} belong to the labels. */
static size_t
one_glob(const char *p)
{
	size_t n = 0;

	for (bool labels = false; p[n] != '\0' && (labels || p[n] != ','); n++)
		labels = p[n] == '{' || (labels && p[n] != '}');
	return n;
}

enum chosen { CHOSEN_NOT, CHOSEN_FREE, CHOSEN, CHOSEN_RATE };

static enum chosen
choose(const char *choice, struct slice name, const char *id)
{
	if (choice == NULL)
		return CHOSEN_FREE;
	for (const char *p = choice; *p != '\0'; p += strspn(p, ", ")) {
		const size_t all = one_glob(p);
		const bool rate = all > 2 && memcmp(p + all - 2, "/s", 2) == 0;
		const size_t n = rate ? all - 2 : all;

		if (vars_glob(p, n, name) || vars_glob(p, n, slice_of(id)))
			return rate ? CHOSEN_RATE : CHOSEN;
		p += all;
	}
	return CHOSEN_NOT;
}

bool
vars_chosen(const char *choice, const char *name)
{
	return choose(choice, slice_of(name), name) != CHOSEN_NOT;
}

/* ---- names ---- */

/* "name.part{a=1,b=2}" without the label that `but` names. False: it does not fit. */
static bool
metric_id(const struct prom_sample *p, const char *part, const char *but, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "%.*s%s", (int)(p->name.n < size ? p->name.n : size),
	    p->name.p, part);
	const char *before = "{";

	for (size_t i = 0; i < p->labels && n < size; i++) {
		const struct prom_label *l = &p->label[i];

		if (but != NULL && slice_is(l->name, but))
			continue;
		n += (size_t)snprintf(out + n, size - n, "%s%.*s=%.*s", before,
		    (int)(l->name.n < size ? l->name.n : size), l->name.p,
		    (int)(l->value.n < size ? l->value.n : size), l->value.p);
		before = ",";
	}
	if (*before == ',' && n < size)
		n += (size_t)snprintf(out + n, size - n, "}");
	return n < size;
}

/* What does not fit a gauge's id ends in a sum of the whole, so that two stay two. */
static void
short_id(const char *id, char out[GAUGE_ID_MAX])
{
	uint32_t sum = 2166136261u;

	for (const char *c = id; *c != '\0'; c++)
		sum = (sum ^ (unsigned char)*c) * 16777619u;
	table_text(out, GAUGE_ID_MAX, id);
	/* room for "NAME/" before it, when the set has several sources */
	if (strlen(id) >= GAUGE_ID_MAX - GAUGE_FROM_MAX)
		snprintf(out + GAUGE_ID_MAX - GAUGE_FROM_MAX - 10, 10, "~%08x", (unsigned)sum);
}

static bool
has_unit(struct slice name, const char *unit)
{
	const int64_t at = slice_find(name, slice_of(unit));
	const size_t end = (size_t)at + strlen(unit);

	return at >= 0 && (end == name.n || name.p[end] == '_' || name.p[end] == '{' ||
	    name.p[end] == '.');
}

static const char *
unit_of(struct slice name, bool rate)
{
	static const struct { const char *word, *unit, *rate; } units[] = {
		{ "_bytes", "B", "B/s" }, { "_seconds", "s", "s/s" }, { "_celsius", "C", "C/s" },
		{ "_percent", "%", "%/s" }, { "_hertz", "Hz", "Hz/s" },
	};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (has_unit(name, units[i].word))
			return rate ? units[i].rate : units[i].unit;
	return rate ? "/s" : "";
}

static int
add_gauge(struct vars *s, const char *id, struct slice name, const char *unit, const char *source)
{
	char text[GAUGE_SOURCE_MAX];
	struct gauge_def d;

	snprintf(text, sizeof text, "%.60s %.*s", source, (int)(name.n < 120 ? name.n : 120),
	    name.p);
	d = table_def(id, "var", id, unit, (double)NAN, text);
	return table_find(s->table, d.id) >= 0 ? table_find(s->table, d.id)
					       : table_add(s->table, &d);
}

/* ---- plain numbers ---- */

static struct var *
var_of(struct vars *s, const char *long_id, struct slice name, bool counter, const char *source)
{
	const enum chosen c = choose(s->choice, name, long_id);
	char id[GAUGE_ID_MAX];
	struct var *v;

	if (c == CHOSEN_NOT)
		return NULL;
	short_id(long_id, id);
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->var[i].id, id) == 0)
			return &s->var[i];
	if (s->n == (c == CHOSEN_FREE ? VARS_FREE : VARS_MAX)) {
		s->left_out++;
		return NULL;
	}
	v = &s->var[s->n++];
	*v = (struct var){ .rate = counter || c == CHOSEN_RATE, .old = (double)NAN };
	memcpy(v->id, id, sizeof v->id);
	v->index = add_gauge(s, id, name, unit_of(name, v->rate), source);
	return v;
}

static void
told(struct var *v, double value)
{
	if (v == NULL)
		return;
	v->v = value;
	v->seen = true;
}

void
vars_expvar(struct vars *s, const char *path, double v)
{
	told(var_of(s, path, slice_of(path), false, "expvar"), v);
}

/* ---- histograms ---- */

static void
add_quantiles(struct vars *s, struct histogram *h, const struct prom_sample *p)
{
	char id[ID_ROOM], mine[GAUGE_ID_MAX];
	const struct prom_sample one = { .name = p->family, .labels = p->labels };
	struct prom_sample named = one;

	memcpy(named.label, p->label, sizeof named.label);
	h->p50 = h->p99 = -1;
	if (metric_id(&named, ".p50", "le", id, sizeof id)) {
		short_id(id, mine);
		h->p50 = add_gauge(s, mine, p->family, unit_of(p->family, false), "median of");
	}
	if (metric_id(&named, ".p99", "le", id, sizeof id)) {
		short_id(id, mine);
		h->p99 = add_gauge(s, mine, p->family, unit_of(p->family, false), "p99 of");
	}
}

static struct histogram *
histogram_of(struct vars *s, const struct prom_sample *p)
{
	char id[ID_ROOM];
	struct histogram *h;

	if (!metric_id(p, "", "le", id, sizeof id))
		return NULL;
	for (size_t i = 0; i < s->histograms; i++)
		if (strcmp(s->histogram[i]->id, id) == 0)
			return s->histogram[i];
	if (choose(s->choice, p->family, id) == CHOSEN_NOT)
		return NULL;
	if (s->histograms == VARS_HISTOGRAMS) {
		s->left_out++;
		return NULL;
	}
	h = mem_zero(1, sizeof *h);
	memcpy(h->id, id, sizeof h->id);
	add_quantiles(s, h, p);
	s->histogram[s->histograms++] = h;
	return h;
}

static void
take_bucket(struct vars *s, const struct prom_sample *p)
{
	struct histogram *h;
	double le;

	for (size_t i = 0; i < p->labels; i++) {
		if (!slice_is(p->label[i].name, "le"))
			continue;
		if (slice_is(p->label[i].value, "+Inf"))
			le = (double)INFINITY;
		else if (!slice_f64(p->label[i].value, &le))
			return;
		h = histogram_of(s, p);
		/* they stand in rising order in every exposition; what does not is left out */
		if (h != NULL && h->n < WINDOW_BUCKETS && (h->n == 0 || h->le[h->n - 1] < le)) {
			h->le[h->n] = le;
			h->count[h->n++] = p->v;
			h->seen = true;
		}
		return;
	}
}

void
vars_prometheus(struct vars *s, const struct prom_sample *p)
{
	const bool count = slice_is(p->part, "_count"),
		   by_itself = !slice_is(p->part, "_sum") && !slice_is(p->part, "_created") &&
			       !slice_is(p->part, "_info");
	char id[ID_ROOM];

	if (slice_is(p->part, "_bucket")) {
		take_bucket(s, p);
		return;
	}
	if ((s->choice == NULL && !by_itself) || !metric_id(p, "", NULL, id, sizeof id))
		return;
	told(var_of(s, id, p->name, p->kind == PROM_COUNTER || count, "prometheus"), p->v);
}

/* ---- a whole reading ---- */

void
vars_take(struct vars *s, uint64_t mono)
{
	for (size_t i = 0; i < s->n; i++) {
		struct var *v = &s->var[i];
		double out = v->v;

		if (v->rate)
			out = s->at != 0 && mono > s->at && v->v >= v->old ?
			    (v->v - v->old) * 1e9 / (double)(mono - s->at) : (double)NAN;
		if (!v->seen)
			table_missing(s->table, v->index, "the program does not tell it any more");
		else
			table_value(s->table, v->index, isfinite(out) ? out : (double)NAN);
		v->old = v->v;
	}
	for (size_t i = 0; i < s->histograms; i++) {
		struct histogram *h = s->histogram[i];

		if (h->seen)
			window_buckets_put(&h->window, (int64_t)mono, WINDOW_NS, h->le, h->count,
			    h->n);
		table_value(s->table, h->p50, window_buckets_quantile(&h->window, 0.5));
		table_value(s->table, h->p99, window_buckets_quantile(&h->window, 0.99));
	}
	s->at = mono;
}
