/* json.c - gauges as JSON. */
#include "gauge/json.h"

#include <math.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "gauge/past.h"
#include "gauge/set.h"

/* Of a history that is told at once: a frame holds LIMIT_FRAME. */
enum { VALUES_MAX = 150000 };

static void
put_if(json_t *o, const char *key, double v)
{
	if (!isnan(v))
		json_put(o, key, json_double(v));
}

json_t *
gauge_json_def(const struct gauge_def *d)
{
	json_t *o = json_object();

	json_put_str(o, "id", d->id);
	json_put_str(o, "group", d->group);
	json_put_str(o, "name", d->name);
	json_put_str(o, "unit", d->unit);
	put_if(o, "min", d->min);
	put_if(o, "max", d->max);
	put_if(o, "warn", d->warn);
	put_if(o, "crit", d->crit);
	if (d->below)
		json_put_bool(o, "below", true);
	put_if(o, "hold", d->hold);
	if (d->trip_count != 0) {
		json_t *trips = json_array();

		for (unsigned i = 0; i < d->trip_count; i++) {
			json_t *t = json_object();

			json_put_str(t, "type", d->trips[i].type);
			json_put(t, "temp", json_double(d->trips[i].temp));
			(void)json_array_append_new(trips, t);
		}
		json_put(o, "trips", trips);
	}
	if (d->from[0] != '\0')
		json_put_str(o, "from", d->from);
	if (d->gone)
		json_put_bool(o, "gone", true);
	json_put_str(o, "source", d->source);
	if (d->missing[0] != '\0')
		json_put_str(o, "missing", d->missing);
	return o;
}

json_t *
gauge_set_json_defs(const struct gauge_set *g)
{
	json_t *a = json_array();
	size_t n;
	const struct gauge_def *d = gauge_set_defs(g, &n);

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(a, gauge_json_def(&d[i]));
	return a;
}

json_t *
gauge_set_json_values(const struct gauge_set *g)
{
	const struct series *s = gauge_set_series(g);
	json_t *a = json_array();
	size_t n;

	(void)gauge_set_defs(g, &n);
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(a, json_double(series_now(s, i)));
	return a;
}

json_t *
gauge_set_json_samples(const struct gauge_set *g)
{
	const struct series *s = gauge_set_series(g);
	json_t *a = json_array();
	size_t n, rows;

	(void)gauge_set_defs(g, &n);
	rows = n != 0 && VALUES_MAX / n < s->count ? VALUES_MAX / n : s->count;
	for (size_t i = s->count - rows; i < s->count; i++) {
		json_t *row = json_array();

		(void)json_array_append_new(row, json_integer((json_int_t)series_time(s, i)));
		for (size_t k = 0; k < n; k++)
			(void)json_array_append_new(row, json_double(series_at(s, k, i)));
		(void)json_array_append_new(a, row);
	}
	return a;
}

json_t *
gauge_set_json(const struct gauge_set *g)
{
	json_t *o = json_object();

	json_put(o, "defs", gauge_set_json_defs(g));
	json_put(o, "samples", gauge_set_json_samples(g));
	return o;
}

static bool
chosen(const char *ids, const char *id)
{
	struct slice rest = slice_of(ids != NULL ? ids : "");

	while (rest.n != 0)
		if (slice_is(slice_trim(slice_cut(rest, ',', &rest)), id))
			return true;
	return ids == NULL;
}

json_t *
gauge_set_json_past(const struct gauge_set *g, const char *ids, int64_t from, uint64_t slice,
    size_t n)
{
	const struct series *s = gauge_set_series(g);
	const struct tiers *t = gauge_set_tiers(g);
	size_t defs, points, told = 0;
	const struct gauge_def *d = gauge_set_defs(g, &defs);
	const int64_t end = from + (int64_t)(slice * n);
	struct past_point *p = past_points(s, t, from > 0 ? (uint64_t)from : 0,
	    end > 0 ? (uint64_t)end - 1 : 0, &points);
	json_t *o = json_object(), *all = json_object();

	for (size_t i = 0; i < defs && (told + 1) * n < VALUES_MAX; i++) {
		json_t *one = d[i].gone || !chosen(ids, d[i].id) ? NULL :
		    past_columns(s, t, i, p, points, from, slice, n);

		told += one != NULL;
		if (one != NULL)
			json_put(all, d[i].id, one);
	}
	json_put_int(o, "from", from);
	json_put_int(o, "slice", (int64_t)slice);
	json_put_int(o, "n", (int64_t)n);
	json_put_int(o, "until", points != 0 ? (int64_t)p[points - 1].t : 0);
	json_put(o, "gauges", all);
	mem_free(p);
	return o;
}
