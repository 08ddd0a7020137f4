/* gauge_past.c - columns of long ago. */
#include "ui/gauge_past.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "ui/gauge_ask.h"

enum { STEP_MAX = 16, COLUMNS_MAX = 600 };

static const uint64_t REFRESH = 300 * NS_PER_S, KEPT = 172800 * NS_PER_S;

void
gauge_past_fini(struct gauge_view *v)
{
	for (size_t i = 0; i < v->past.gauges; i++) {
		mem_free(v->past.g[i].id);
		mem_free(v->past.g[i].max);
	}
	mem_free(v->past.g);
	v->past = (struct gauge_past){ .n = 0 };
}

uint64_t
gauge_past_kept(const struct ui *u)
{
	const struct replica *r = u->replica;
	const uint64_t t = r->samples != 0 ? r->sample_t[LIMIT_GAUGE_HISTORY - 1] : 0;

	return t < KEPT ? t : KEPT;
}

/* ---- asking */

static uint64_t
oldest(const struct gauge_frame *f)
{
	return f->samples != 0 ? f->t[LIMIT_GAUGE_HISTORY - f->samples] : 0;
}

void
gauge_past_want(struct ui *u, const struct gauge_frame *f, const struct gauge_window *w)
{
	int64_t step = (int64_t)(REFRESH / w->slice), from;
	char line[120];
	int n;

	if (f->samples == 0 || w->from >= (int64_t)oldest(f) ||
	    oldest(f) <= f->every + w->slice)   /* the bench is no older */
		return;
	step = (step < 1 ? 1 : step > STEP_MAX ? STEP_MAX : step) * (int64_t)w->slice;
	from = w->from / step * step - (w->from < 0 ? step : 0);
	n = w->cols + (int)(step / (int64_t)w->slice) + 1;
	snprintf(line, sizeof line, "gauge.past from=%lld slice=%llums columns=%d",
	    (long long)from, (unsigned long long)(w->slice / NS_PER_MS),
	    n < COLUMNS_MAX ? n : COLUMNS_MAX);
	gauge_ask(u, GAUGE_ASK_HISTORY, line, REFRESH);
}

/* ---- the answer */

static void
one(struct gauge_past_one *x, const char *id, const json_t *o, size_t n)
{
	const json_t *max = json_object_get(o, "max");

	x->id = mem_str(id);
	x->min = json_get_num(o, "min", NAN);
	x->mean = json_get_num(o, "mean", NAN);
	x->max = mem_zero(n + 1, sizeof *x->max);
	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_array_get(max, i);

		x->max[i] = json_is_number(v) ? json_number_value(v) : NAN;
	}
}

static const struct gauge_past *
past(const struct ui *u)
{
	struct gauge_view *v = u->gauges;
	const struct gauge_asked *a = &v->ask[GAUGE_ASK_HISTORY];
	json_t *all = json_object_get(a->answer, "gauges"), *x;
	const char *id;

	if (a->answers == v->past.answer)
		return &v->past;
	gauge_past_fini(v);
	v->past.answer = a->answers;
	v->past.from = json_get_int(a->answer, "from", 0);
	v->past.slice = (uint64_t)json_get_int(a->answer, "slice", 0);
	v->past.n = (size_t)json_get_int(a->answer, "n", 0);
	if (v->past.slice == 0 || v->past.n > COLUMNS_MAX) {
		v->past.n = 0;
		return &v->past;
	}
	v->past.g = mem_zero(json_object_size(all) + 1, sizeof *v->past.g);
	json_object_foreach(all, id, x)
		one(&v->past.g[v->past.gauges++], id, x, v->past.n);
	return &v->past;
}

static const struct gauge_past_one *
of(const struct gauge_past *p, const char *id)
{
	for (size_t i = 0; i < p->gauges; i++)
		if (strcmp(p->g[i].id, id) == 0)
			return &p->g[i];
	return NULL;
}

/* ---- what is drawn */

void
gauge_past_fill(struct ui *u, const struct gauge_frame *f, const struct gauge_window *w,
    const struct replica_gauge *g, double *out)
{
	const struct gauge_past *p;
	const struct gauge_past_one *x;

	if (w->from >= (int64_t)oldest(f))
		return;
	p = past(u);
	x = of(p, g->id);
	for (size_t i = 0; x != NULL && i < p->n; i++) {
		const int64_t t = p->from + (int64_t)(i * p->slice + p->slice / 2);
		int c;

		if (t < 0 || t >= (int64_t)oldest(f) || isnan(x->max[i]))
			continue;
		c = gauge_view_column(w, (uint64_t)t);
		if (c >= 0 && !(x->max[i] <= out[c]))
			out[c] = x->max[i];
	}
}

double
gauge_past_at(const struct ui *u, const struct replica_gauge *g, uint64_t t)
{
	const struct gauge_past *p = past(u);
	const struct gauge_past_one *x = of(p, g->id);
	const int64_t i = p->n != 0 && (int64_t)t >= p->from ?
	    ((int64_t)t - p->from) / (int64_t)p->slice : -1;

	return x != NULL && i >= 0 && i < (int64_t)p->n ? x->max[i] : (double)NAN;
}

bool
gauge_past_bounds(const struct ui *u, const struct gauge_frame *f, const struct replica_gauge *g,
    double *lo, double *hi, double *mean)
{
	const struct gauge_window w = gauge_view_window(u, f, 64);
	const struct gauge_past *p = past(u);
	const struct gauge_past_one *x = w.from < (int64_t)oldest(f) ? of(p, g->id) : NULL;

	if (x == NULL)
		return false;
	*lo = isnan(*lo) || x->min < *lo ? x->min : *lo;
	for (size_t i = 0; i < p->n; i++)
		if (!isnan(x->max[i]) && (isnan(*hi) || x->max[i] > *hi))
			*hi = x->max[i];
	if (mean != NULL)
		*mean = x->mean;
	return true;
}
