/* flame.c - table, icicle and details of a comparison as JSON. */
#include "worker/flame.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "pprof/details.h"
#include "pprof/table.h"
#include "text/pattern.h"
#include "worker/compare.h"
#include "worker/srcfile.h"

enum { ANSWER_MAX = LIMIT_FRAME - (256 << 10), CONTEXT = 3, CALLS_MAX = 64 };

/* ---- icicle */

static json_t *
box_json(const struct compare *c, const struct flame_box *b)
{
	json_t *o = json_object();

	if (b->frame == FLAME_MORE)
		json_put_int(o, "more", b->more);
	else
		json_put_str(o, "name", stacks_name(c->stacks, b->frame));
	json_put_int(o, "depth", b->depth);
	json_put_int(o, "parent", b->parent == STACKS_NONE ? -1 : (int64_t)b->parent);
	json_put_num(o, "x", b->x);
	json_put_num(o, "w", b->w);
	json_put_int(o, "a", b->a);
	json_put_int(o, "b", b->b);
	if (b->self_a != 0 || b->self_b != 0) {
		json_put_int(o, "self_a", b->self_a);
		json_put_int(o, "self_b", b->self_b);
	}
	return o;
}

static enum err
put_flame(const struct compare *c, const json_t *params, json_t *o, size_t *size,
    struct err_msg *why)
{
	struct flame_options fo;
	struct flame *f = NULL;
	uint32_t *zoom;
	json_t *out, *boxes;
	enum err e = compare_flame_options(c, params, &fo, &zoom, why);

	if (e == ERR_OK)
		e = flame_make(&f, c->stacks, &fo, why);
	mem_free(zoom);
	if (e != ERR_OK)
		return e;
	out = json_object();
	boxes = json_array();
	json_put_num(out, "w", f->w);
	json_put_int(out, "a", f->a);
	json_put_int(out, "b", f->b);
	json_put_int(out, "depth", f->depth);
	json_put_int(out, "stacks", f->stacks);
	for (uint32_t i = 0; i < f->count && *size < ANSWER_MAX; i++) {
		*size += 200 + (f->box[i].frame == FLAME_MORE ? 0 :
		    2 * strlen(stacks_name(c->stacks, f->box[i].frame)));
		(void)json_array_append_new(boxes, box_json(c, &f->box[i]));
	}
	json_put_bool(out, "cut", f->cut || json_array_size(boxes) < f->count);
	json_put(out, "boxes", boxes);
	json_put(o, "flame", out);
	flame_free(f);
	return ERR_OK;
}

/* ---- table */

static json_t *
row_json(const struct compare *c, const struct table_row *r)
{
	json_t *o = json_object();

	json_put_str(o, "name", stacks_name(c->stacks, r->frame));
	json_put_int(o, "flat", stacks_delta(r->flat_a, r->flat_b));
	json_put_int(o, "cum", stacks_delta(r->cum_a, r->cum_b));
	json_put_int(o, "flat_a", r->flat_a);
	json_put_int(o, "flat_b", r->flat_b);
	json_put_int(o, "cum_a", r->cum_a);
	json_put_int(o, "cum_b", r->cum_b);
	if (c->stacks->sampled) {
		json_put_num(o, "sd", sqrt(r->var_flat));
		json_put_num(o, "sd_cum", sqrt(r->var_cum));
	}
	return o;
}

/* One byte per frame whose text matches. NULL with ERR_OK: no pattern was given. */
static enum err
matching(const struct compare *c, const json_t *params, unsigned char **out, struct err_msg *why)
{
	const char *text = json_get_str(params, "match", "");
	struct pattern_match m;
	struct pattern *p;
	enum err e;

	*out = NULL;
	if (text[0] == '\0')
		return ERR_OK;
	e = pattern_new(text, strlen(text), PATTERN_ICASE, &p, why);
	if (e != ERR_OK)
		return e;
	*out = mem_zero(c->stacks->frame_count + (size_t)1, 1);
	for (uint32_t i = 0; i < c->stacks->frame_count; i++) {
		const char *name = stacks_name(c->stacks, i);

		(*out)[i] = pattern_find(p, name, strlen(name), 0, &m) == PATTERN_YES;
	}
	pattern_free(p);
	return ERR_OK;
}

static enum err
table_options(const struct compare *c, const json_t *params, struct table_options *o,
    struct err_msg *why)
{
	const char *sort = json_get_str(params, "sort", "delta");
	struct flame_options fo;
	uint32_t *zoom = NULL;
	enum err e = compare_flame_options(c, params, &fo, &zoom, why);

	mem_free(zoom);
	table_defaults(o);
	o->fraction = json_get_num(params, "fraction", o->fraction);
	o->limit = (uint32_t)json_get_int(params, "limit", o->limit);
	if (e != ERR_OK)
		return e;
	o->only = fo.only;
	if (!table_sort_parse(sort, &o->sort))
		return err_set(why, ERR_USAGE, "sort",
		    "give delta, growth, flat, flat_a, cum, cum_b, error or name",
		    "\"%.40s\" is none", sort);
	if (o->limit < 1 || o->limit > 4096 || !(o->fraction >= 0 && o->fraction <= 1))
		return err_set(why, ERR_USAGE, "limit, fraction", NULL,
		    "1 to 4096 rows, a share from 0 to 1");
	return ERR_OK;
}

static enum err
put_table(const struct compare *c, const json_t *params, json_t *o, size_t *size,
    struct err_msg *why)
{
	struct table_options to;
	struct table *t = NULL;
	unsigned char *match = NULL;
	json_t *out, *rows;
	enum err e = table_options(c, params, &to, why);

	if (e == ERR_OK)
		e = matching(c, params, &match, why);
	to.match = match;
	if (e == ERR_OK)
		e = table_make(&t, c->stacks, &to, why);
	mem_free(match);
	if (e != ERR_OK)
		return e;
	out = json_object();
	rows = json_array();
	for (uint32_t i = 0; i < t->count && *size < ANSWER_MAX; i++) {
		*size += 300 + 2 * strlen(stacks_name(c->stacks, t->row[i].frame));
		(void)json_array_append_new(rows, row_json(c, &t->row[i]));
	}
	json_put_str(out, "sort", table_sort_word(to.sort));
	json_put_int(out, "all", t->all);
	json_put_int(out, "small", t->small);
	json_put_int(out, "unmatched", t->unmatched);
	json_put_int(out, "other_way", t->other_way);
	json_put_int(out, "beyond", (int64_t)t->beyond + t->count -
	    (int64_t)json_array_size(rows));
	json_put_num(out, "whole", t->whole);
	json_put_num(out, "cutoff", t->cutoff);
	json_put_num(out, "hidden_delta", t->hidden_delta);
	json_put_num(out, "hidden_max", t->hidden_max);
	json_put(out, "rows", rows);
	json_put(o, "table", out);
	table_free(t);
	return ERR_OK;
}

/* ---- details */

static json_t *
call_json(const struct stacks *s, const struct details_row *r)
{
	const struct slice name = details_function(s, r->frame);
	json_t *o = json_object();

	json_put_strn(o, "name", name.p, name.n);
	json_put_int(o, "a", r->a);
	json_put_int(o, "b", r->b);
	return o;
}

static json_t *
calls_json(const struct stacks *s, const struct details *d, enum details_list list)
{
	json_t *out = json_array();

	for (uint32_t i = 0; i < d->count[list] && i < CALLS_MAX; i++)
		(void)json_array_append_new(out, call_json(s, &d->row[list][i]));
	return out;
}

static json_t *
lines_json(const struct stacks *s, const struct details *d)
{
	json_t *out = json_array();

	for (uint32_t i = 0; i < d->count[DETAILS_LINES] && i < SRCFILE_LINES; i++) {
		const struct details_row *r = &d->row[DETAILS_LINES][i];
		const struct slice file = slice_of(s->frame[r->frame].file);
		json_t *o = json_object();

		json_put_strn(o, "file", file.p, file.n);
		json_put_int(o, "line", r->line);
		json_put_int(o, "flat_a", r->a);
		json_put_int(o, "flat_b", r->b);
		json_put_int(o, "cum_a", r->cum_a);
		json_put_int(o, "cum_b", r->cum_b);
		(void)json_array_append_new(out, o);
	}
	return out;
}

static json_t *
stacks_json(const struct stacks *s, const struct details *d)
{
	json_t *out = json_array();

	for (uint32_t i = 0; i < d->stacks; i++) {
		const struct stacks_one *st = &s->stack[d->stack[i]];
		json_t *o = json_object(), *frames = json_array();

		for (uint32_t j = 0; j < st->count && j < 256; j++) {
			const char *name = stacks_name(s, s->of[st->first + j]);

			(void)json_array_append_new(frames, json_text(name, strlen(name)));
		}
		json_put_int(o, "a", st->was);
		json_put_int(o, "b", st->now);
		if (s->sampled)
			json_put_num(o, "sd", sqrt(st->variance));
		json_put(o, "frames", frames);
		(void)json_array_append_new(out, o);
	}
	return out;
}

static void
put_source(const struct stacks *s, const struct details *d, const json_t *params, json_t *o)
{
	const struct details_row *r = d->row[DETAILS_LINES];
	const uint32_t n = d->count[DETAILS_LINES];
	const int64_t context = json_get_int(params, "context", CONTEXT);
	json_t *source;
	int64_t first;

	if (n == 0 || r[n - 1].line <= 0 || context < 0 || context > 1000)
		return;
	first = r[0].line - context;
	source = srcfile_lines(s->frame[d->frame].file, json_get_str(params,
	    "source_root", NULL),
	    first < 1 ? 1 : first, r[n - 1].line + context);
	if (source != NULL)
		json_put(o, "source", source);
}

static enum err
put_details(const struct compare *c, const json_t *params, json_t *o, struct err_msg *why)
{
	const char *name = json_get_str(params, "function", NULL);
	const struct stacks *s = c->stacks;
	struct details *d;
	json_t *out;
	enum err e;

	if (name == NULL)
		return err_set(why, ERR_USAGE, "function", NULL, "the request lacks it");
	e = details_make(&d, s, name, why);
	if (e != ERR_OK)
		return e;
	out = json_object();
	json_put_str(out, "name", name);
	json_put_str(out, "file", s->frame[d->frame].file);
	json_put_int(out, "flat_a", d->flat_a);
	json_put_int(out, "flat_b", d->flat_b);
	json_put_int(out, "cum_a", d->cum_a);
	json_put_int(out, "cum_b", d->cum_b);
	if (s->sampled) {
		json_put_num(out, "sd", sqrt(d->var_flat));
		json_put_num(out, "sd_cum", sqrt(d->var_cum));
	}
	json_put(out, "callers", calls_json(s, d, DETAILS_CALLERS));
	json_put(out, "callees", calls_json(s, d, DETAILS_CALLEES));
	json_put(out, "lines", lines_json(s, d));
	json_put(out, "stacks", stacks_json(s, d));
	json_put_int(out, "stacks_all", d->stacks_all);
	put_source(s, d, params, out);
	json_put(o, "details", out);
	details_free(d);
	return ERR_OK;
}

/* ---- requests */

static bool
wants(const json_t *params, const char *part)
{
	const json_t *parts = json_object_get(params, "parts"), *v;
	size_t i;

	if (parts == NULL)
		return strcmp(part, "flame") == 0;
	json_array_foreach(parts, i, v)
		if (json_is_string(v) && strcmp(json_string_value(v), part) == 0)
			return true;
	return false;
}

/* Details need lines, the others what was asked for: the stacks are made again from the profiles
 * in memory. */
static enum err
add_details(const struct compare *c, const json_t *params, json_t *o, struct err_msg *why)
{
	struct compare lines = *c;
	enum err e;

	lines.args.o.granularity = TOP_LINES;
	e = stacks_make(&lines.stacks, c->args.now, c->args.now_name, c->args.base,
	    c->args.base_name, &lines.args.o, why);
	if (e != ERR_OK)
		return e;
	e = put_details(&lines, params, o, why);
	stacks_free(lines.stacks);
	return e;
}

enum err
flame_pprof(const json_t *params, json_t **result, struct err_msg *why)
{
	struct compare c;
	size_t size = 0;
	json_t *o;
	enum err e = compare_open(&c, params, NULL, why);

	if (e != ERR_OK)
		return e;
	o = json_object();
	compare_put(&c, o);
	if (wants(params, "table"))
		e = put_table(&c, params, o, &size, why);
	if (e == ERR_OK && wants(params, "flame"))
		e = put_flame(&c, params, o, &size, why);
	if (e == ERR_OK && wants(params, "details"))
		e = add_details(&c, params, o, why);
	compare_close(&c);
	if (e != ERR_OK)
		json_decref(o);
	else
		*result = o;
	return e;
}

enum err
flame_details(const json_t *params, json_t **result, struct err_msg *why)
{
	struct compare c;
	json_t *o;
	enum err e = compare_open(&c, params, "lines", why);

	if (e != ERR_OK)
		return e;
	o = json_object();
	compare_put(&c, o);
	e = put_details(&c, params, o, why);
	compare_close(&c);
	if (e != ERR_OK)
		json_decref(o);
	else
		*result = o;
	return e;
}
