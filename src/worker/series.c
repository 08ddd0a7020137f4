/* series.c - appending to a series, ranking its stacks, one stack in full. */
#include "worker/series.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "pprof/leaks.h"
#include "pprof/series_file.h"
#include "pprof/units.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/time.h"
#include "worker/profile_args.h"
#include "worker/series_load.h"

enum { ANSWER_MAX = LIMIT_FRAME / 2, FRAMES_SHOWN = 128 };

/* ---- series.add */

/* Appended in one write, if the file is still what was read; else written anew. */
static enum err
store(struct series *s, const char *path, size_t good, size_t size, bool anew, size_t *file_bytes,
    struct err_msg *why)
{
	struct buf b;
	enum err e;
	int fd;

	buf_init(&b, SERIES_FILE_MAX);
	anew = anew || size == 0 || good < size;
	e = anew ? series_write(s, &b, why) : series_write_one(s, s->count - 1, &b, why);
	if (e == ERR_OK && anew) {
		e = sys_file_replace(path, b.data, b.len, why);
		*file_bytes = b.len;
	} else if (e == ERR_OK) {
		fd = sys_open(path, O_WRONLY | O_APPEND | O_NOFOLLOW, 0600);
		if (fd >= 0 && lseek(fd, 0, SEEK_END) != (off_t)size)
			e = err_set(why, ERR_BUSY, path, "try again",
			    "another process writes to the series");
		else if (fd < 0 || !sys_write_all(fd, b.data, b.len))
			e = err_set(why, ERR_IO, path, "is there room on the disk?",
			    "the snapshot cannot be appended");
		sys_close(fd);
		*file_bytes = size + b.len;
	}
	buf_fini(&b);
	return e;
}

static json_t *
added_json(const struct series *s, const char *path, uint32_t stacks_before)
{
	const struct series_snapshot *n = &s->snapshot[s->count - 1];
	json_t *o = json_object(), *totals = json_array();

	json_put_str(o, "series", path);
	json_put_int(o, "snapshots", s->count);
	json_put_int(o, "time_nanos", n->time);
	json_put_int(o, "segment", n->segment);
	json_put_str(o, "cut", series_cut_word(n->cut));
	json_put_str(o, "cut_text", series_cut_text(n->cut));
	json_put_bool(o, "same", n->same);
	json_put_int(o, "changed", n->changed);
	json_put_int(o, "stacks", s->stack_count);
	json_put_int(o, "new_stacks", s->stack_count - stacks_before);
	for (uint32_t i = 0; i < s->type_count; i++) {
		json_t *t = json_object();

		json_put_str(t, "type", s->type[i].type);
		json_put_str(t, "unit", s->type[i].unit);
		json_put_int(t, "total", n->total[i]);
		(void)json_array_append_new(totals, t);
	}
	json_put(o, "totals", totals);
	return o;
}

static enum err
add_one(struct series *s, const json_t *params, const char *source, struct err_msg *why)
{
	const json_t *m = json_object_get(params, "meta");
	struct series_meta meta = { .time = json_get_int(m, "time_nanos", (int64_t)sys_wall()),
		.run = json_get_str(m, "run", NULL) };
	struct pprof_profile *p = NULL;
	char name[ERR_WHAT_MAX];
	enum err e = profile_args_read(source, params, &p, name, why);

	if (e != ERR_OK)
		return e;
	e = series_add(s, p, name, &meta, why);
	pprof_free(p);
	return e;
}

static enum err
open_or_new(const char *path, struct series **s, size_t *good, size_t *size, struct err_msg *why)
{
	*good = *size = 0;
	if (path_exists(path))
		return series_load_file(path, s, good, size, why);
	*s = series_new();
	return ERR_OK;
}

enum err
series_request_add(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *path = json_get_str(params, "series", NULL),
		   *source = json_get_str(params, "profile", NULL);
	int64_t keep = json_get_int(params, "keep", SERIES_KEEP);
	struct series *s = NULL;
	size_t good, size, bytes = 0;
	uint32_t stacks;
	bool anew = false;
	enum err e;

	if (path == NULL || source == NULL || keep < 2 || keep > SERIES_SNAPSHOTS_MAX / 2)
		return err_set(why, ERR_USAGE, "series.add", NULL,
		    "give series, profile, and a keep from 2 to %d", SERIES_SNAPSHOTS_MAX / 2);
	e = open_or_new(path, &s, &good, &size, why);
	if (e != ERR_OK)
		return e;
	stacks = s->stack_count;
	e = add_one(s, params, source, why);
	/* old ones go an eighth at a time: the file is written anew then */
	if (e == ERR_OK && s->count > (uint64_t)keep + (uint64_t)keep / 8) {
		e = series_forget(s, (uint32_t)keep, why);
		anew = true;
	}
	if (e == ERR_OK)
		e = store(s, path, good, size, anew, &bytes, why);
	if (e == ERR_OK) {
		*result = added_json(s, path, stacks);
		json_put_int(*result, "file_bytes", (int64_t)bytes);
		json_put_int(*result, "torn_bytes", (int64_t)(size - good));
	}
	series_free(s);
	return e;
}

/* ---- rows */

static void
amount(const struct leaks *l, double v, char out[UNITS_LABEL_MAX])
{
	struct slice unit = slice_of(l->s->type[l->type].unit);

	if (!l->bytes && fabs(v) < 100)
		snprintf(out, UNITS_LABEL_MAX, "%.3g", v);
	else
		units_label(
		    units_int(units_round(v)), unit, slice_of("auto"), out, UNITS_LABEL_MAX);
}

/* A rate in the unit of time that people can picture. */
static void
pace(const struct leaks *l, double per_second, char *out, size_t n)
{
	char text[UNITS_LABEL_MAX];
	double least = l->bytes ? 1024 : 1, minute = per_second * 60;

	if (fabs(minute) >= least) {
		amount(l, minute, text);
		snprintf(out, n, "%s/min", text);
	} else {
		amount(l, per_second * 3600, text);
		snprintf(out, n, "%s/h", text);
	}
}

static void
put_frame(json_t *o, const struct series *s, const struct series_frame *f, const char *name)
{
	struct slice fn = series_text(s, f->function), file = series_text(s, f->file);

	json_put_strn(o, name, fn.p, fn.n);
	json_put_strn(o, "file", file.p, file.n);
	json_put_int(o, "line", f->line);
}

static json_t *
frames_json(const struct series *s, uint32_t stack)
{
	const struct series_stack *k = &s->stack[stack];
	json_t *list = json_array();

	for (uint32_t i = 0; i < k->count && i < FRAMES_SHOWN; i++) {
		json_t *o = json_object();

		put_frame(o, s, &s->frame[s->stack_frame[k->first + i]], "function");
		(void)json_array_append_new(list, o);
	}
	return list;
}

static const char *
turnover(const struct leaks_row *r)
{
	if (!r->has_alloc || r->allocated <= 0)
		return "";
	if (r->freed <= r->allocated / 10)
		return "; keeps what it allocates";
	return r->freed >= r->allocated - r->allocated / 10 ? "; frees nearly all it allocates"
							    : "; frees a part of what it allocates";
}

static void
sentence(const struct leaks *l, const struct leaks_row *r, char *out, size_t n)
{
	char a[UNITS_LABEL_MAX], b[UNITS_LABEL_MAX], speed[128], low[128];

	pace(l, r->slope, speed, sizeof(speed));
	pace(l, r->slope_low, low, sizeof(low));
	amount(l, (double)r->growth, a);
	amount(l, r->growth_sd, b);
	switch (r->verdict) {
	case LEAKS_LEAK:
		snprintf(out, n, "grows %s, surely %s; up in %u of %u intervals%s", speed, low,
		    r->rises, l->used_count - 1, turnover(r));
		break;
	case LEAKS_SUSPECT:
		snprintf(out, n, "grew %s +- %s, but %u snapshots are no trend; take 5 or more%s",
		    a, b, l->used_count, turnover(r));
		break;
	case LEAKS_CHURN:
		amount(l, (double)r->allocated, b);
		snprintf(out, n, "allocated %s and keeps none of it for long: churn, no leak", b);
		break;
	default:
		snprintf(out, n, "%s%s", leaks_shape_word(r->shape), turnover(r));
		break;
	}
}

static void
put_texts(json_t *o, const struct leaks *l, const struct leaks_row *r)
{
	char a[UNITS_LABEL_MAX], b[UNITS_LABEL_MAX], text[600];

	amount(l, (double)r->growth, a);
	amount(l, r->growth_sd, b);
	snprintf(text, sizeof(text), r->growth_sd > 0 ? "%s%s +- %s" : "%s%s",
	    r->growth > 0 ? "+" : "", a, b);
	json_put_str(o, "growth_text", text);
	pace(l, r->slope, text, sizeof(text));
	json_put_str(o, "slope_text", text);
	amount(l, (double)r->last, a);
	json_put_str(o, "last_text", a);
	sentence(l, r, text, sizeof(text));
	json_put_str(o, "text", text);
}

static json_t *
row_json(const struct leaks *l, const struct leaks_row *r)
{
	const struct series *s = l->s;
	const struct series_stack *k = &s->stack[r->stack];
	json_t *o = json_object();
	char id[24];

	snprintf(id, sizeof(id), "%016llx", (unsigned long long)r->id);
	json_put_str(o, "id", id);
	if (k->count > 0)
		put_frame(o, s, &s->frame[s->stack_frame[k->first + leaks_own_frame(s, r->stack)]],
		    "name");
	else
		json_put_str(o, "name", "(no stack)");
	json_put_str(o, "verdict", leaks_verdict_word(r->verdict));
	json_put_str(o, "shape", leaks_shape_word(r->shape));
	json_put_str(o, "rule", leaks_rule_word(r->rule));
	json_put_int(o, "first", r->first);
	json_put_int(o, "last", r->last);
	json_put_int(o, "growth", r->growth);
	json_put_num(o, "growth_sd", r->growth_sd);
	json_put_num(o, "slope", r->slope);
	json_put_num(o, "slope_sd", r->slope_sd);
	json_put_num(o, "slope_low", r->slope_low);
	json_put_num(o, "theil_sen", r->theil_sen);
	json_put_num(o, "confidence", r->confidence);
	json_put_int(o, "rises", r->rises);
	json_put_int(o, "falls", r->falls);
	if (r->has_alloc) {
		json_put_int(o, "allocated", r->allocated);
		json_put_int(o, "freed", r->freed);
	}
	put_texts(o, l, r);
	return o;
}

static json_t *
points_json(const struct leaks *l, const struct leaks_row *r)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < l->used_count; i++)
		(void)json_array_append_new(list, json_integer(r->point[i]));
	return list;
}

static json_t *
snapshots_json(const struct series *s, uint32_t type)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < s->count; i++) {
		const struct series_snapshot *n = &s->snapshot[i];
		json_t *o = json_object();

		json_put_int(o, "time_nanos", n->time);
		json_put_int(o, "total", n->total[type]);
		json_put_int(o, "segment", n->segment);
		json_put_str(o, "cut", series_cut_word(n->cut));
		json_put_bool(o, "same", n->same);
		(void)json_array_append_new(list, o);
	}
	return list;
}

/* What a person must know before they trust the rows. */
static void
put_notes(json_t *notes, const struct leaks *l)
{
	const struct series *s = l->s;
	uint32_t same = 0, before = 0;
	char text[200];

	for (uint32_t i = 0; i < s->count; i++) {
		const struct series_snapshot *n = &s->snapshot[i];

		same += n->same && n->segment == l->segment;
		before += n->segment != l->segment;
		if (n->cut <= SERIES_FIRST)
			continue;
		snprintf(text, sizeof(text), "snapshot %u: %s; not compared across", i + 1,
		    series_cut_text(n->cut));
		(void)json_array_append_new(notes, json_string(text));
	}
	if (same > 0) {
		snprintf(text, sizeof(text),
		    "%u snapshots equal the one before, no GC between: left out (fetch with gc=1)",
		    same);
		(void)json_array_append_new(notes, json_string(text));
	}
	if (before > 0) {
		snprintf(
		    text, sizeof(text), "%u of %u snapshots are of other runs", before, s->count);
		(void)json_array_append_new(notes, json_string(text));
	}
}

static json_t *
ranking_json(const struct leaks *l, const json_t *params, size_t *size)
{
	bool frames = json_get_bool(params, "frames", true),
	     points = json_get_bool(params, "points", false);
	json_t *o = json_object(), *rows = json_array();

	json_put_str(o, "type", l->s->type[l->type].type);
	json_put_str(o, "unit", l->s->type[l->type].unit);
	json_put_int(o, "segment", l->segment);
	json_put_int(o, "segments", l->s->snapshot[l->s->count - 1].segment + 1);
	json_put_int(o, "used", l->used_count);
	json_put_num(o, "seconds", l->seconds);
	json_put_int(o, "min", l->min_growth);
	json_put_num(o, "level", l->level);
	json_put_int(o, "stacks", l->stacks);
	json_put_int(o, "moved", l->moved);
	json_put_int(o, "leaks", l->leaks);
	json_put_int(o, "suspects", l->suspects);
	json_put(o, "snapshots", snapshots_json(l->s, l->type));
	*size = 256 * (size_t)l->s->count;
	for (uint32_t i = 0; i < l->row_count && *size < ANSWER_MAX; i++) {
		json_t *row = row_json(l, &l->row[i]);

		*size += 1200 + (points ? 21 * (size_t)l->used_count : 0);
		if (frames) {
			json_put(row, "frames", frames_json(l->s, l->row[i].stack));
			*size += 300 * json_array_size(json_object_get(row, "frames"));
		}
		if (points)
			json_put(row, "points", points_json(l, &l->row[i]));
		(void)json_array_append_new(rows, row);
	}
	json_put(o, "rows", rows);
	json_put_int(o, "hidden", l->moved - (int64_t)json_array_size(rows));
	return o;
}

static void
options_of(const json_t *params, struct leaks_options *o)
{
	leaks_defaults(o);
	o->type = json_get_str(params, "type", NULL);
	o->lines_off = !json_get_bool(params, "lines", true);
	o->min_growth = json_get_int(params, "min", 0);
	o->limit = (uint32_t)json_get_int(params, "limit", LEAKS_LIMIT);
	o->segment = json_get_int(params, "segment", -1);
}

enum err
series_request_rank(const json_t *params, json_t **result, struct err_msg *why)
{
	json_t *notes = json_array();
	struct leaks_options o;
	struct series *s = NULL;
	struct leaks l;
	size_t size;
	enum err e = series_load(params, &s, notes, why);

	if (e == ERR_OK) {
		options_of(params, &o);
		e = leaks_rank(&l, s, &o, why);
		if (e == ERR_OK) {
			*result = ranking_json(&l, params, &size);
			put_notes(notes, &l);
			json_put(*result, "notes", json_incref(notes));
			leaks_fini(&l);
		}
		series_free(s);
	}
	json_decref(notes);
	return e;
}

/* ---- one stack */

static enum err
all_points(const struct series *s, uint32_t type, const struct leaks_options *o, json_t *list,
    struct err_msg *why)
{
	struct series_walk w;
	bool *mine = mem_zero(s->stack_count + (size_t)1, sizeof(*mine));
	enum err e = series_walk_init(&w, s, why);

	for (uint32_t i = 0; i < s->stack_count; i++)
		mine[i] = leaks_stack_id(s, i, o->lines_off) == o->only;
	while (e == ERR_OK && series_walk_next(&w)) {
		const struct series_snapshot *n = &s->snapshot[w.next - 1];
		json_t *point = json_object();
		uint64_t sum = 0;

		for (uint32_t c = 0; c < n->cells; c++)
			if (mine[s->cell[c].stack])
				sum += (uint64_t)w.value[(size_t)c * s->type_count + type];
		json_put_int(point, "time_nanos", n->time);
		json_put_int(point, "value", (int64_t)sum);
		json_put_int(point, "segment", n->segment);
		json_put_bool(point, "same", n->same);
		(void)json_array_append_new(list, point);
	}
	series_walk_fini(&w);
	mem_free(mine);
	return e;
}

enum err
series_request_stack(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *id = json_get_str(params, "id", "");
	json_t *notes = json_array(), *list = json_array();
	struct leaks_options o;
	struct series *s = NULL;
	struct leaks l;
	enum err e;

	options_of(params, &o);
	if (!slice_hex(slice_of(id), &o.only) || o.only == 0)
		e = err_set(
		    why, ERR_USAGE, id, "take the id of a row of series.rank", "no id of a stack");
	else
		e = series_load(params, &s, notes, why);
	if (e == ERR_OK)
		e = leaks_rank(&l, s, &o, why);
	if (e == ERR_OK) {
		*result = row_json(&l, &l.row[0]);
		json_put_str(*result, "type", s->type[l.type].type);
		json_put_str(*result, "unit", s->type[l.type].unit);
		json_put(*result, "frames", frames_json(s, l.row[0].stack));
		e = all_points(s, l.type, &o, list, why);
		json_put(*result, "points", json_incref(list));
		if (e != ERR_OK) {
			json_decref(*result);
			*result = NULL;
		}
		leaks_fini(&l);
	}
	series_free(s);
	json_decref(list);
	json_decref(notes);
	return e;
}
