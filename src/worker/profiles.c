/* profiles.c - loading, comparing and describing profiles; values go out as JSON. */
#include "worker/profiles.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "fetch/url.h"
#include "pprof/cursor.h"
#include "pprof/report.h"
#include "pprof/top.h"
#include "pprof/units.h"
#include "sys/io.h"
#include "worker/profile_args.h"
#include "worker/source.h"

enum { ANSWER_MAX = LIMIT_FRAME - (64 << 10) };

static enum err
missing(const char *name, struct err_msg *why)
{
	return err_set(why, ERR_USAGE, name, NULL, "the request lacks it");
}

static json_t *
header_lines(const struct top_report *r)
{
	json_t *lines = json_array();
	struct slice rest, one;
	struct buf b;

	buf_init(&b, ANSWER_MAX);
	if (report_header(r, &b) == ERR_OK) {
		rest = slice_make(buf_str(&b), b.len);
		while (rest.n > 0) {
			one = slice_cut(rest, '\n', &rest);
			(void)json_array_append_new(lines, json_text(one.p, one.n));
		}
	}
	buf_fini(&b);
	return lines;
}

static void
put_percent(json_t *o, const char *key, int64_t value, int64_t total)
{
	json_put_num(o, key, total == 0 ? 0 : 100.0 * (double)value / (double)total);
}

static void
put_value(json_t *o, const char *key, const struct top_report *r, int64_t value)
{
	char text[UNITS_LABEL_MAX];

	units_label(value, slice_of(r->unit), slice_of(r->shown_unit), text, sizeof(text));
	json_put_str(o, key, text);
}

static json_t *
row_json(const struct top_report *r, const struct top_row *row)
{
	json_t *o = json_object();

	json_put_int(o, "flat", row->flat);
	json_put_int(o, "cum", row->cum);
	json_put_int(o, "sum", row->sum);
	put_value(o, "flat_text", r, row->flat);
	put_value(o, "cum_text", r, row->cum);
	put_percent(o, "flat_pct", row->flat, r->total);
	put_percent(o, "sum_pct", row->sum, r->total);
	put_percent(o, "cum_pct", row->cum, r->total);
	json_put_str(o, "name", row->name);
	json_put_str(o, "inline", report_mark(row->mark));
	if (row->line != 0)
		json_put_int(o, "line", row->line);
	if (row->address != 0)
		json_put_int(o, "address", (int64_t)row->address);
	return o;
}

static void
put_summary(json_t *o, const struct top_report *r)
{
	json_put_str(o, "type", r->type);
	json_put_str(o, "unit", r->unit);
	json_put_str(o, "shown_unit", r->shown_unit);
	json_put_int(o, "total", r->total);
	json_put_int(o, "shown", r->shown_sum);
	json_put_int(o, "dropped", r->dropped);
	json_put_int(o, "cutoff", r->cutoff);
	json_put_int(o, "candidates", r->candidates);
	json_put_int(o, "time_nanos", r->time_nanos);
	json_put_int(o, "duration_nanos", r->duration_nanos);
	if (r->file != NULL)
		json_put_str(o, "file", r->file);
	json_put(o, "header", header_lines(r));
}

static enum err
too_long(struct err_msg *why)
{
	return err_set(why, ERR_LIMIT, "answer",
	    "ask for fewer rows (nodecount), or a coarser granularity",
	    "the rows take more than %d MiB", LIMIT_FRAME >> 20);
}

static enum err
answer(const struct top_report *r, const json_t *params, json_t **result, struct err_msg *why)
{
	json_t *o = json_object(), *rows;
	size_t size = 0;
	struct buf text;

	put_summary(o, r);
	buf_init(&text, ANSWER_MAX / 2);
	if (json_get_bool(params, "text", false) && report_text(r, &text) != ERR_OK)
		size = ANSWER_MAX;
	else if (text.len > 0)
		json_put(o, "text", json_text(text.data, text.len));
	if (json_get_bool(params, "rows", true)) {
		rows = json_array();
		for (uint32_t i = 0; i < r->row_count && size < ANSWER_MAX / 2; i++) {
			size += 320 + 4 * strlen(r->row[i].name);
			(void)json_array_append_new(rows, row_json(r, &r->row[i]));
		}
		json_put(o, "rows", rows);
	}
	buf_fini(&text);
	if (size >= ANSWER_MAX / 2) {
		json_decref(o);
		return too_long(why);
	}
	*result = o;
	return ERR_OK;
}

enum err
profiles_top(const json_t *params, json_t **result, struct err_msg *why)
{
	struct top_report *r = NULL;
	struct profile_args a;
	enum err e = profile_args_load(&a, params, why);

	if (e == ERR_OK)
		e = top_make(&r, a.now, a.now_name, a.base, a.base_name, &a.o, why);
	profile_args_fini(&a);
	if (e == ERR_OK)
		e = answer(r, params, result, why);
	top_free(r);
	return e;
}

static void
put_text(json_t *o, const char *key, struct slice s)
{
	json_put(o, key, json_text(s.p, s.n));
}

/* Sums of each sample type over the whole file: what "total" means without any option. */
static enum err
sums(const struct pprof_profile *p, const char *name, json_t *types, struct err_msg *why)
{
	struct pprof_cursor c;
	struct pprof_sample s;
	json_t *type;
	enum err e = pprof_cursor_init(&c, p, name, false, why);

	while (e == ERR_OK && (e = pprof_cursor_next(&c, &s, why)) == ERR_OK)
		for (uint32_t i = 0; i < p->type_count; i++) {
			type = json_array_get(types, i);
			json_put_int(type, "sum", (int64_t)((uint64_t)json_get_int(type, "sum", 0)
			    + (uint64_t)s.value[i]));
		}
	pprof_cursor_fini(&c);
	return e == ERR_NOTHING ? ERR_OK : e;
}

static void
describe(const struct pprof_profile *p, json_t *o, json_t *types)
{
	for (uint32_t i = 0; i < p->type_count; i++) {
		json_t *type = json_object();

		put_text(type, "type", p->type[i].type);
		put_text(type, "unit", p->type[i].unit);
		json_put_int(type, "sum", 0);
		(void)json_array_append_new(types, type);
	}
	put_text(o, "period_type", p->period_type.type);
	put_text(o, "period_unit", p->period_type.unit);
	json_put_int(o, "period", p->period);
	put_text(o, "default_type", p->default_type);
	json_put_int(o, "time_nanos", p->time_nanos);
	json_put_int(o, "duration_nanos", p->duration_nanos);
	json_put_int(o, "samples", p->sample_count);
	json_put_int(o, "locations", p->location_count);
	json_put_int(o, "functions", p->function_count);
	json_put_int(o, "inflated_bytes", (int64_t)p->raw_n);
	if (p->mapping_count > 0) {
		put_text(o, "mapping", pprof_string(p, p->mapping[0].file));
		put_text(o, "build_id", pprof_string(p, p->mapping[0].build_id));
		json_put_int(o, "mapping_start", (int64_t)p->mapping[0].start);
	}
}

enum err
profiles_info(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *file = json_get_str(params, "file", NULL);
	struct pprof_profile *p = NULL;
	char name[ERR_WHAT_MAX];
	json_t *o, *types;
	enum err e =
	    file == NULL ? missing("file", why) : profile_args_read(file, params, &p, name, why);

	if (e != ERR_OK)
		return e;
	o = json_object();
	types = json_array();
	describe(p, o, types);
	e = sums(p, name, types, why);
	json_put(o, "types", types);
	pprof_free(p);
	if (e != ERR_OK)
		json_decref(o);
	else
		*result = o;
	return e;
}
