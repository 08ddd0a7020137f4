/* rowjson.c - rows, summaries and notes of reports. */
#include "worker/rowjson.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "pprof/report.h"
#include "pprof/units.h"

static json_t *
header_lines(const struct top_report *r)
{
	json_t *lines = json_array();
	struct slice rest, one;
	struct buf b;

	buf_init(&b, ROWJSON_MAX);
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

static void
put_changes(json_t *o, const struct top_row *row)
{
	json_put_int(o, "flat_was", row->flat_was);
	json_put_int(o, "cum_was", row->cum_was);
	json_put_int(o, "flat_now", (int64_t)((uint64_t)row->flat_was + (uint64_t)row->flat));
	json_put_int(o, "cum_now", (int64_t)((uint64_t)row->cum_was + (uint64_t)row->cum));
	json_put_num(o, "flat_error", row->flat_error);
	json_put_num(o, "cum_error", row->cum_error);
}

static json_t *
edges_json(const struct top_report *r, const struct top_edge *edge, uint32_t n)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < n; i++) {
		json_t *o = json_object();

		json_put_str(o, "name", r->edge_name[edge[i].row]);
		json_put_int(o, "weight", edge[i].weight);
		json_put_bool(o, "inline", edge[i].inlined);
		(void)json_array_append_new(all, o);
	}
	return all;
}

static json_t *
row_json(const struct top_report *r, const struct top_row *row, const struct top_options *opt)
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
	if (opt->changes)
		put_changes(o, row);
	if (opt->edges) {
		json_put(o, "callers", edges_json(r, row->in, row->in_count));
		json_put(o, "callees", edges_json(r, row->out, row->out_count));
	}
	return o;
}

enum err
rowjson_rows(json_t *o, const struct top_report *r, const struct top_options *opt, size_t max,
    struct err_msg *why)
{
	json_t *rows = json_array();
	size_t size = 0;

	for (uint32_t i = 0; i < r->row_count && size < max; i++) {
		const struct top_row *row = &r->row[i];

		size += 320 + 4 * strlen(row->name)
			+ (size_t)(opt->edges ? row->in_count + row->out_count : 0) * 128;
		(void)json_array_append_new(rows, row_json(r, row, opt));
	}
	json_put(o, "rows", rows);
	return size < max ? ERR_OK : rowjson_too_long(why);
}

static json_t *
hidden_json(const struct top_hidden *h)
{
	json_t *o = json_object();

	json_put_int(o, "rows", h->rows);
	json_put_int(o, "cutoff", h->cutoff);
	json_put_int(o, "flat", h->flat);
	json_put_int(o, "grown", h->grown);
	json_put_int(o, "shrunk", h->shrunk);
	if (h->largest != NULL)
		json_put_str(o, "largest", h->largest);
	json_put_int(o, "largest_flat", h->largest_flat);
	return o;
}

void
rowjson_summary(json_t *o, const struct top_report *r)
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
	json_put_bool(o, "sampled", r->sampled);
	json_put(o, "hidden", hidden_json(&r->hidden));
	if (r->file != NULL)
		json_put_str(o, "file", r->file);
	json_put(o, "header", header_lines(r));
}

enum err
rowjson_too_long(struct err_msg *why)
{
	return err_set(why, ERR_LIMIT, "answer",
	    "ask for fewer rows (nodecount), or a coarser granularity",
	    "the rows take more than %d MiB", (ROWJSON_MAX >> 20) + 1);
}

static void
note(json_t *notes, const struct buf *b)
{
	(void)json_array_append_new(notes, json_text(buf_str(b), b->len));
}

/* pprof prints a limit that is not the one it used, and not what went: here is both. */
static void
hidden_note(json_t *notes, const struct top_report *r)
{
	const struct top_hidden *h = &r->hidden;
	char limit[UNITS_LABEL_MAX], all[UNITS_LABEL_MAX], up[UNITS_LABEL_MAX],
	    down[UNITS_LABEL_MAX], most[UNITS_LABEL_MAX];
	struct buf b;

	if (h->rows == 0)
		return;
	report_value(r, h->cutoff, limit);
	report_value(r, h->flat, all);
	report_value(r, h->grown, up);
	report_value(r, h->shrunk, down);
	report_value(r, h->largest_flat, most);
	buf_init(&b, 1 << 16);
	(void)buf_add_fmt(&b, "%" PRIu32 " row%s hidden", h->rows, h->rows == 1 ? "" : "s");
	if (r->dropped > 0)
		(void)buf_add_fmt(&b, " (cum below %s)", limit);
	(void)buf_add_fmt(&b, ": flat %s in all", all);
	if (h->shrunk < 0)
		(void)buf_add_fmt(&b, " (%s and %s)", up, down);
	(void)buf_add_fmt(&b, ", the largest %s ", most);
	if (h->largest != NULL)
		(void)utf8_escape(&b, h->largest, strlen(h->largest), 0);
	(void)buf_add_str(&b, "; --no-trim shows them");
	note(notes, &b);
	buf_fini(&b);
}

/* Two snapshots that cannot be compared in earnest. */
static void
pair_notes(json_t *notes, const struct profile_args *a)
{
	const struct pprof_profile *p = a->now, *q = a->base;

	if (p == NULL || q == NULL)
		return;
	if (p->period != q->period)
		(void)json_array_append_new(
		    notes, json_sprintf("the sampling rates differ: %lld and "
					"%lld; figures of sampled kinds compare badly",
			       (long long)q->period, (long long)p->period));
	if (p->time_nanos != 0 && q->time_nanos > p->time_nanos)
		(void)json_array_append_new(
		    notes, json_string("the base is younger than what it is compared with"));
	if (p->time_nanos != 0 && q->time_nanos == p->time_nanos && p->raw_n == q->raw_n)
		(void)json_array_append_new(
		    notes, json_string("both were taken at the same instant"));
}

void
rowjson_notes(json_t *o, const struct top_report *r, const struct profile_args *a)
{
	json_t *notes = json_array();
	struct slice rest = slice_of(r->misses);

	hidden_note(notes, r);
	while (rest.n > 0) {
		struct slice one = slice_cut(rest, '\n', &rest);

		(void)json_array_append_new(notes, json_text(one.p, one.n));
	}
	pair_notes(notes, a);
	json_put(o, "notes", notes);
}
