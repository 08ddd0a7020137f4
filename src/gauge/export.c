/* export.c - the history of gauges as CSV, JSON and SVG. */
#include "gauge/export.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "gauge/json.h"
#include "gauge/past.h"
#include "gauge/rules.h"

enum { WIDTH = 1000, LEFT = 170, RIGHT = 90, STRIP = 72, GAP = 16, TOP = 28 };

/* The gauges and samples that are asked for. */
struct part {
	const struct gauge_set *set;
	const struct gauge_def *def;
	const struct series *series;
	const struct tiers *tiers;
	struct past_point *point;       /* what is written, oldest first */
	size_t points;
	size_t gauge[LIMIT_GAUGES], n;
	uint64_t epoch_wall;
};

/* A sample, or the mean of an older slice. */
static double
value(const struct part *p, size_t gauge, size_t i)
{
	if (p->point[i].tier < 0)
		return series_at(p->series, gauge, (size_t)p->point[i].i);
	return (double)past_value(p->series, p->tiers, gauge, &p->point[i]).mean;
}

static bool
has_values(const struct part *p, size_t gauge)
{
	for (size_t i = p->points; i-- > 0;)
		if (!isnan(value(p, gauge, i)))
			return true;
	return false;
}

static enum err
choose(struct part *p, size_t defs, const char *ids, struct err_msg *why)
{
	struct slice rest = slice_of(ids != NULL ? ids : "");

	for (size_t i = 0; ids == NULL && i < defs; i++)
		if (has_values(p, i))
			p->gauge[p->n++] = i;
	while (rest.n != 0) {
		const struct slice id = slice_trim(slice_cut(rest, ',', &rest));
		size_t i = 0;

		while (i < defs && !slice_is(id, p->def[i].id))
			i++;
		if (i == defs)
			return err_set(why, ERR_NOENT, "gauges", "`gauge.list` names them",
			    "no gauge %.*s", (int)(id.n < 60 ? id.n : 60), id.p);
		if (p->n < LIMIT_GAUGES)
			p->gauge[p->n++] = i;
	}
	return ERR_OK;
}

/* ---- CSV and JSON */

static enum err
csv(const struct part *p, struct buf *out)
{
	(void)buf_add_str(out, "t,wall");
	for (size_t k = 0; k < p->n; k++)
		(void)buf_add_fmt(out, ",%s", p->def[p->gauge[k]].id);
	(void)buf_add_byte(out, '\n');
	for (size_t i = 0; i < p->points; i++) {
		const uint64_t t = p->point[i].t;
		char wall[40];

		clock_fmt_iso(p->epoch_wall + t, wall, sizeof wall);
		(void)buf_add_fmt(out, "%.3f,%s", (double)t / 1e9, wall);
		for (size_t k = 0; k < p->n; k++) {
			const double v = value(p, p->gauge[k], i);

			if (isnan(v))
				(void)buf_add_byte(out, ',');
			else
				(void)buf_add_fmt(out, ",%.12g", v);
		}
		(void)buf_add_byte(out, '\n');
	}
	return ERR_OK;
}

/* [t, its length, [min, max], ...] of a slice whose mean stands among the samples. */
static json_t *
slice_json(const struct part *p, const struct past_point *at)
{
	json_t *row = json_array(), *pair;

	(void)json_array_append_new(row, json_integer((json_int_t)at->t));
	(void)json_array_append_new(row, json_integer((json_int_t)at->span));
	for (size_t k = 0; k < p->n; k++) {
		const struct tier_value v = past_value(p->series, p->tiers, p->gauge[k], at);

		pair = json_array();
		(void)json_array_append_new(pair, json_double((double)v.min));
		(void)json_array_append_new(pair, json_double((double)v.max));
		(void)json_array_append_new(row, pair);
	}
	return row;
}

static enum err
json(const struct part *p, struct buf *out)
{
	json_t *o = json_object(), *defs = json_array(), *samples = json_array(),
	       *slices = json_array();
	char wall[40];
	enum err e;

	clock_fmt_iso(p->epoch_wall, wall, sizeof wall);
	json_put_str(o, "wall", wall);
	for (size_t k = 0; k < p->n; k++)
		(void)json_array_append_new(defs, gauge_json_def(&p->def[p->gauge[k]]));
	for (size_t i = 0; i < p->points; i++) {
		json_t *row = json_array();

		(void)json_array_append_new(row, json_integer((json_int_t)p->point[i].t));
		for (size_t k = 0; k < p->n; k++)
			(void)json_array_append_new(row,
			    json_double(value(p, p->gauge[k], i)));
		(void)json_array_append_new(samples, row);
		if (p->point[i].tier >= 0)
			(void)json_array_append_new(slices, slice_json(p, &p->point[i]));
	}
	json_put(o, "defs", defs);
	json_put(o, "samples", samples);
	json_put(o, "slices", slices);
	e = json_write(o, out);
	json_decref(o);
	(void)buf_add_byte(out, '\n');
	return e;
}

/* ---- SVG */

static void
escaped(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '<')
			(void)buf_add_str(out, "&lt;");
		else if (*s == '&')
			(void)buf_add_str(out, "&amp;");
		else
			(void)buf_add_byte(out, *s);
	}
}

static void
text_at(struct buf *out, double x, double y, const char *class, const char *text)
{
	(void)buf_add_fmt(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	escaped(out, text);
	(void)buf_add_str(out, "</text>\n");
}

struct strip {
	const struct part *p;
	size_t gauge;
	double top, lo, hi, t0, span;
};

static double
y_of(const struct strip *s, double v)
{
	return s->top + STRIP - (v - s->lo) / (s->hi - s->lo) * STRIP;
}

static void
limit_line(const struct strip *s, double v, struct buf *out)
{
	if (isfinite(v) && v >= s->lo && v <= s->hi)
		(void)buf_add_fmt(out,
		    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"limit\"/>\n", LEFT,
		    WIDTH - RIGHT, y_of(s, v), y_of(s, v));
}

/* Runs of values, cut at the gaps. */
static void
curve(const struct strip *s, struct buf *out)
{
	bool open = false;

	for (size_t i = 0; i < s->p->points; i++) {
		const double v = value(s->p, s->gauge, i);
		const double x = LEFT + ((double)s->p->point[i].t - s->t0) / s->span *
		    (WIDTH - LEFT - RIGHT);

		if (isnan(v)) {
			if (open)
				(void)buf_add_str(out, "\"/>\n");
			open = false;
			continue;
		}
		(void)buf_add_fmt(out, "%s%.1f,%.1f", open ? " " :
		    "<polyline class=\"curve\" points=\"", x, y_of(s, v));
		open = true;
	}
	if (open)
		(void)buf_add_str(out, "\"/>\n");
}

static void
bounds(struct strip *s)
{
	s->lo = s->hi = NAN;
	for (size_t i = 0; i < s->p->points; i++) {
		const double v = value(s->p, s->gauge, i);

		if (isnan(v))
			continue;
		s->lo = isnan(s->lo) || v < s->lo ? v : s->lo;
		s->hi = isnan(s->hi) || v > s->hi ? v : s->hi;
	}
}

static void
one_strip(struct strip *s, struct buf *out)
{
	const struct gauge_def *d = &s->p->def[s->gauge];
	char lo[32], hi[32], now[32];

	bounds(s);
	rules_value(lo, sizeof lo, s->lo, d->unit);
	rules_value(hi, sizeof hi, s->hi, d->unit);
	rules_value(now, sizeof now, value(s->p, s->gauge, s->p->points - 1), d->unit);
	text_at(out, 8, s->top + 16, "name", d->name);
	text_at(out, 8, s->top + 34, "id", d->id);
	if (isnan(s->lo)) {
		text_at(out, LEFT + 8, s->top + STRIP / 2, "id", d->missing[0] != '\0' ?
		    d->missing : "no values");
		return;
	}
	text_at(out, WIDTH - RIGHT + 6, s->top + 10, "id", hi);
	text_at(out, WIDTH - RIGHT + 6, s->top + STRIP, "id", lo);
	text_at(out, WIDTH - RIGHT + 6, s->top + STRIP / 2 + 5, "name", now);
	if (s->hi - s->lo <= 0) {
		s->lo -= 1;
		s->hi += 1;
	}
	limit_line(s, d->warn, out);
	limit_line(s, d->crit, out);
	for (unsigned i = 0; i < d->trip_count; i++)
		limit_line(s, d->trips[i].temp, out);
	curve(s, out);
}

static enum err
svg(const struct part *p, struct buf *out)
{
	const uint64_t t0 = p->point[0].t, t1 = p->point[p->points - 1].t;
	const size_t height = TOP + p->n * (STRIP + GAP) + GAP;
	char from[40], to[40];

	clock_fmt_iso(p->epoch_wall + t0, from, sizeof from);
	clock_fmt_iso(p->epoch_wall + t1, to, sizeof to);
	(void)buf_add_fmt(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%zu\" viewBox=\"0 0 %d %zu\">\n<style>text{font:12px sans-serif}"
	    ".id{font-size:10px;fill:#666}.name{font-weight:bold}.curve{fill:none;stroke:#1f5fa8;"
	    "stroke-width:1.3}.limit{stroke:#c33;stroke-dasharray:4 3}.box{fill:#f6f6f6}</style>\n",
	    WIDTH, height, WIDTH, height);
	text_at(out, LEFT, 18, "id", from);
	text_at(out, WIDTH - RIGHT - 130, 18, "id", to);
	for (size_t k = 0; k < p->n; k++) {
		struct strip s = { .p = p, .gauge = p->gauge[k], .t0 = (double)t0,
			.top = (double)(TOP + k * (STRIP + GAP)),
			.span = t1 > t0 ? (double)(t1 - t0) : 1 };

		(void)buf_add_fmt(out, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%d\" "
		    "class=\"box\"/>\n", LEFT, s.top, WIDTH - LEFT - RIGHT, STRIP);
		one_strip(&s, out);
	}
	return buf_add_str(out, "</svg>\n");
}

static const struct {
	const char *end;
	enum err (*write)(const struct part *p, struct buf *out);
} formats[] = { { ".csv", csv }, { ".json", json }, { ".svg", svg } };

static enum err
write_part(struct part *p, const char *file, struct gauge_export *x, size_t defs,
    struct buf *out, struct err_msg *why)
{
	const size_t n = strlen(file);
	const enum err e = choose(p, defs, x->ids, why);

	if (e != ERR_OK)
		return e;
	if (p->points == 0 || p->n == 0)
		return err_set(why, ERR_NOTHING, "gauges", NULL, "no samples in that time");
	x->gauges = p->n;
	x->rows = p->points;
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		const size_t k = strlen(formats[i].end);

		if (n > k && strcmp(file + n - k, formats[i].end) == 0)
			return formats[i].write(p, out) == ERR_OK ? ERR_OK :
			    err_set(why, ERR_LIMIT, "gauges", NULL, "too much for one file");
	}
	return err_set(why, ERR_USAGE, file, "end it in .csv, .json or .svg",
	    "no format goes by that name");
}

enum err
gauge_export(const struct gauge_set *g, const char *file, struct gauge_export *x, struct buf *out,
    struct err_msg *why)
{
	struct part p = { .set = g, .series = gauge_set_series(g), .tiers = gauge_set_tiers(g),
		.epoch_wall = x->epoch_wall };
	size_t defs;
	enum err e;

	p.def = gauge_set_defs(g, &defs);
	p.point = past_points(p.series, p.tiers, x->from, x->to != 0 ? x->to : UINT64_MAX,
	    &p.points);
	e = write_part(&p, file, x, defs, out, why);
	mem_free(p.point);
	return e;
}
