/* reports.c - every report of go tool pprof, as text or as JSON; merges and diffs to a file. */
#include "worker/reports.h"

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "pprof/encode.h"
#include "pprof/list.h"
#include "pprof/merge.h"
#include "pprof/raw.h"
#include "pprof/report.h"
#include "pprof/tags.h"
#include "pprof/traces.h"
#include "sys/io.h"
#include "sys/path.h"
#include "worker/profile_args.h"
#include "worker/rowjson.h"

enum { SOURCE_MAX = 8 << 20, TREE_NODES = 80 };

/* A report in the making. */
struct asked {
	struct profile_args args;
	const json_t *params;
	const char *pattern;
	bool json;
	size_t max;                     /* about the bytes an answer may have */
	json_t *o;
	struct buf text;
	struct err_msg *why;
};

static enum err
too_long(struct asked *a)
{
	return err_set(a->why, ERR_LIMIT, a->args.now_name, "focus on a part of it",
	    "the report is longer than %u MiB", LIMIT_PROFILE_OUT >> 20);
}

/* The answer itself to descriptor 1; what stays of it are the notes. */
static enum err
print_json(struct asked *a)
{
	json_t *notes = json_incref(json_object_get(a->o, "notes"));
	enum err e;

	buf_clear(&a->text);
	e = json_write(a->o, &a->text);
	if (e == ERR_OK)
		e = buf_add_byte(&a->text, '\n');
	json_decref(a->o);
	a->o = json_object();
	if (notes != NULL)
		json_put(a->o, "notes", notes);
	return e;
}

/* Text or JSON to descriptor 1, or into the answer when it fits. */
static enum err
hand_over(struct asked *a)
{
	if (json_get_bool(a->params, "stdout", false)) {
		if (a->json && print_json(a) != ERR_OK)
			return too_long(a);
		if (!sys_write_all(1, buf_str(&a->text), a->text.len))
			return err_set(a->why, ERR_IO, "output", NULL, "cannot be written");
		return ERR_OK;
	}
	if (a->json)
		return ERR_OK;
	if (a->text.len > a->max)
		return rowjson_too_long(a->why);
	json_put(a->o, "text", json_text(buf_str(&a->text), a->text.len));
	return ERR_OK;
}

static enum err
make_top(struct asked *a, struct top_report **r)
{
	return top_make(r, a->args.now, a->args.now_name, a->args.base, a->args.base_name,
	    &a->args.o, a->why);
}

/* Rows, text or both. */
static enum err
top_answer(struct asked *a, const struct top_report *r)
{
	enum err e = ERR_OK;

	if (json_get_bool(a->params, "rows", true))
		e = rowjson_rows(a->o, r, &a->args.o, a->max, a->why);
	if (e != ERR_OK)
		return e;
	if (!json_get_bool(a->params, "text", false))
		return json_get_bool(a->params, "stdout", false) ? hand_over(a) : ERR_OK;
	if ((a->args.o.changes ? report_changes(r, &a->text) : report_text(r, &a->text)) != ERR_OK)
		return too_long(a);
	a->json = false;
	return hand_over(a);
}

static enum err
run_top(struct asked *a)
{
	struct top_options *o = &a->args.o;
	struct top_report *r = NULL;
	bool changes = json_get_bool(a->params, "changes", false);
	enum err e;

	if (a->args.base == NULL && (o->grown || o->shrunk || o->relative_growth || changes))
		return err_set(a->why, ERR_USAGE, "growth", "name a base (--base)",
		    "nothing has grown without one");
	o->changes = a->args.base != NULL && (changes || o->relative_growth || a->json);
	e = make_top(a, &r);
	if (e != ERR_OK)
		return e;
	rowjson_summary(a->o, r);
	rowjson_notes(a->o, r, &a->args);
	e = top_answer(a, r);
	top_free(r);
	return e;
}

/* As JSON: those that the pattern matches. */
static enum err
tree_rows(struct asked *a, struct top_report *r, struct rx *rx)
{
	for (uint32_t i = r->row_count; rx != NULL && i-- > 0;)
		if (!rx_match(rx, slice_of(r->row[i].name)))
			top_drop_row(r, i);
	return rowjson_rows(a->o, r, &a->args.o, a->max, a->why);
}

static enum err
run_tree(struct asked *a)
{
	struct top_report *r = NULL;
	struct rx *rx = NULL;
	uint32_t matched = 0;
	enum err e = ERR_OK;

	if (a->pattern != NULL)
		e = rx_new(&rx, "peek", slice_of(a->pattern), a->why);
	a->args.o.edges = true;
	if (e == ERR_OK)
		e = make_top(a, &r);
	if (e == ERR_OK && report_tree(r, rx, &a->text, &matched) != ERR_OK)
		e = too_long(a);
	if (e == ERR_OK && rx != NULL && matched == 0)
		e = err_set(a->why, ERR_NOTHING, "peek", "look at the names with vise pprof top",
		    "no matches found for regexp: %s", a->pattern);
	if (e == ERR_OK) {
		rowjson_summary(a->o, r);
		rowjson_notes(a->o, r, &a->args);
	}
	if (e == ERR_OK && a->json)
		e = tree_rows(a, r, rx);
	rx_free(rx);
	top_free(r);
	return e;
}

/* A hostile profile may name any file: only what looks like source is read. */
static bool
read_source(void *arg, const char *path, struct buf *out)
{
	static const char *const ends[] = { ".go", ".s", ".S", ".c", ".h", ".cc", ".cpp", ".hpp",
		".rs", ".py", ".java" };
	struct slice s = slice_of(path);
	struct stat st;

	(void)arg;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (slice_ends(s, ends[i]))
			return stat(path, &st) == 0 && S_ISREG(st.st_mode)
			    && sys_file_read(path, SOURCE_MAX, out, NULL) == ERR_OK;
	return false;
}

static json_t *
routine_json(const struct list_routine *r)
{
	json_t *o = json_object(), *lines = json_array();

	json_put_str(o, "name", r->name);
	json_put_str(o, "file", r->file);
	json_put_int(o, "flat", r->flat);
	json_put_int(o, "cum", r->cum);
	if (r->error != NULL)
		json_put_str(o, "error", r->error);
	for (size_t i = 0; i < r->count; i++) {
		json_t *line = json_object();

		json_put_int(line, "line", r->line[i].line);
		json_put_int(line, "flat", r->line[i].flat);
		json_put_int(line, "cum", r->line[i].cum);
		if (r->line[i].text != NULL)
			json_put(line, "text",
			    json_text(r->line[i].text, strlen(r->line[i].text)));
		(void)json_array_append_new(lines, line);
	}
	json_put(o, "lines", lines);
	return o;
}

static enum err
run_list(struct asked *a)
{
	char *cwd = path_cwd();
	struct list_reader reader = { .read = read_source, .cwd = cwd };
	struct list *l = NULL;
	json_t *all = json_array();
	enum err e = list_make(&l, a->args.now, a->args.now_name, a->args.base, a->args.base_name,
	    &a->args.o, a->pattern != NULL ? a->pattern : "", &reader, a->why);

	mem_free(cwd);
	if (e == ERR_OK && list_text(l, &a->text) != ERR_OK)
		e = too_long(a);
	if (e == ERR_OK) {
		json_put_str(a->o, "type", l->r->type);
		json_put_str(a->o, "unit", l->r->unit);
		json_put_int(a->o, "total", l->r->total);
	}
	for (size_t i = 0; e == ERR_OK && a->json && i < l->count; i++)
		(void)json_array_append_new(all, routine_json(&l->routine[i]));
	json_put(a->o, "routines", all);
	list_free(l);
	return e;
}

/* The one merged profile that traces, tags and raw are about. */
static enum err
merged(struct asked *a, struct pprof_profile **out)
{
	struct merge_source one = { .p = a->args.now, .what = a->args.now_name };
	uint64_t limit = (uint64_t)json_get_int(a->params, "limit_bytes", 0);

	if (a->args.base == NULL)
		return merge_profiles(out, &one, 1, limit, a->why);
	return merge_diff(out, a->args.now, a->args.now_name, a->args.base, a->args.base_name,
	    a->args.o.base_mode == TOP_BASE_DIFF, a->args.o.normalize, limit, a->why);
}

/* One object for each sample. */
struct trace_rows {
	json_t *all;
	size_t size, max;
};

static enum err
trace_row(const struct traces_one *t, void *arg)
{
	struct trace_rows *rows = arg;
	json_t *o, *frames, *values;

	if (t == NULL || t->frame_count == 0)
		return ERR_OK;
	o = json_object();
	frames = json_array();
	values = json_array();
	json_put_int(o, "value", t->value);
	for (uint32_t i = 0; i < t->type_count; i++)
		(void)json_array_append_new(values, json_integer(t->values[i]));
	for (size_t i = 0; i < t->frame_count; i++) {
		const char *name = t->frame[i].name;

		rows->size += strlen(name) + 8;
		(void)json_array_append_new(frames, json_text(name, strlen(name)));
	}
	json_put(o, "values", values);
	json_put(o, "frames", frames);
	json_put(o, "labels", json_text(t->labels, strlen(t->labels)));
	(void)json_array_append_new(rows->all, o);
	rows->size += strlen(t->labels) + 100;
	return rows->size < rows->max ? ERR_OK : ERR_LIMIT;
}

static enum err
run_traces(struct asked *a)
{
	struct trace_rows rows = { .all = json_array(), .max = a->max };
	struct pprof_profile *p = NULL;
	struct top_report *r = NULL;
	enum err e = merged(a, &p);

	if (e == ERR_OK && !a->json)
		e = traces_text(p, a->args.now_name, &a->args.o, &a->text, a->why);
	else if (e == ERR_OK)
		e = traces_each(p, a->args.now_name, &a->args.o, trace_row, &rows, &r, a->why);
	if (e == ERR_LIMIT && a->json)
		e = rowjson_too_long(a->why);
	if (e == ERR_OK && r != NULL) {
		json_put_str(a->o, "type", r->type);
		json_put_str(a->o, "unit", r->unit);
		json_put_int(a->o, "total", r->total);
	}
	json_put(a->o, "samples", rows.all);
	top_free(r);
	pprof_free(p);
	return e;
}

static json_t *
tag_json(const struct tags_key *k)
{
	json_t *o = json_object(), *values = json_array();

	json_put(o, "key", json_text(k->name, strlen(k->name)));
	json_put_int(o, "total", k->total);
	for (size_t i = 0; i < k->count; i++) {
		json_t *v = json_object();

		json_put(v, "value", json_text(k->value[i].name, strlen(k->value[i].name)));
		json_put_int(v, "sum", k->value[i].sum);
		(void)json_array_append_new(values, v);
	}
	json_put(o, "values", values);
	return o;
}

static enum err
run_tags(struct asked *a)
{
	struct pprof_profile *p = NULL;
	struct tags *t = NULL;
	json_t *all = json_array();
	enum err e = merged(a, &p);

	if (e == ERR_OK)
		e = tags_make(&t, p, a->args.now_name, &a->args.o, a->why);
	if (e == ERR_OK && tags_text(t, &a->text) != ERR_OK)
		e = too_long(a);
	if (e == ERR_OK)
		json_put_str(a->o, "unit", t->unit);
	for (size_t i = 0; e == ERR_OK && i < t->count; i++)
		(void)json_array_append_new(all, tag_json(&t->key[i]));
	json_put(a->o, "tags", all);
	tags_free(t);
	pprof_free(p);
	return e;
}

static enum err
run_raw(struct asked *a)
{
	struct pprof_profile *p = NULL;
	enum err e = merged(a, &p);
	struct slice rest;
	json_t *lines = json_array();

	if (e == ERR_OK)
		e = raw_text(p, a->args.now_name, &a->args.o, &a->text, a->why);
	pprof_free(p);
	rest = slice_make(buf_str(&a->text), a->text.len);
	if (e == ERR_OK && a->json && rest.n > a->max)
		e = rowjson_too_long(a->why);
	while (e == ERR_OK && a->json && rest.n > 0) {
		struct slice one = slice_cut(rest, '\n', &rest);

		(void)json_array_append_new(lines, json_text(one.p, one.n));
	}
	json_put(a->o, "lines", lines);
	return e;
}

static enum err
run_comments(struct asked *a)
{
	struct pprof_profile *p = NULL;
	json_t *all = json_array();
	enum err e = merged(a, &p);

	for (uint32_t i = 0; e == ERR_OK && i < p->comment_count; i++) {
		(void)buf_add(&a->text, p->comment[i].p, p->comment[i].n);
		(void)buf_add_byte(&a->text, '\n');
		(void)json_array_append_new(all, json_text(p->comment[i].p, p->comment[i].n));
	}
	json_put(a->o, "comments", all);
	pprof_free(p);
	return e;
}

/* One row per report; what it is by default, where that is not what top is. */
static const struct report {
	const char *name;
	enum err (*run)(struct asked *a);
	bool pattern, whole;            /* whole: never trimmed */
	enum top_granularity granularity;
	bool own_granularity;
} reports[] = {
	{ "tree", run_tree, false, false, TOP_FUNCTIONS, false },
	{ "peek", run_tree, true, true, TOP_FUNCTIONS, false },
	{ "list", run_list, true, true, TOP_LINES, true },
	{ "traces", run_traces, false, false, TOP_FUNCTIONS, false },
	{ "tags", run_tags, false, false, TOP_FUNCTIONS, false },
	{ "raw", run_raw, false, true, TOP_ADDRESSES, true },
	{ "comments", run_comments, false, false, TOP_FUNCTIONS, false },
};

static enum err
prepare(struct asked *a, const struct report *report)
{
	struct top_options *o = &a->args.o;

	if (report->pattern && (a->pattern == NULL || a->pattern[0] == '\0'))
		return err_set(a->why, ERR_USAGE, report->name, NULL, "needs a regexp");
	if (!report->pattern)
		a->pattern = NULL;
	if (report->run == run_tree && json_object_get(a->params, "nodecount") == NULL
	    && json_get_bool(a->params, "trim", true))
		o->node_count = TREE_NODES;
	if (report->whole) {
		o->node_count = 0;
		o->node_fraction = o->edge_fraction = 0;
	}
	if (report->own_granularity)
		o->granularity = report->granularity;
	return ERR_OK;
}

static void
asked_init(struct asked *a)
{
	buf_init(&a->text, LIMIT_PROFILE_OUT);
	a->max = json_get_bool(a->params, "stdout", false) ? LIMIT_PROFILE_OUT / 4
							    : ROWJSON_MAX / 2;
}

static void
asked_fini(struct asked *a, enum err e, json_t **result)
{
	profile_args_fini(&a->args);
	buf_fini(&a->text);
	if (e == ERR_OK)
		*result = a->o;
	else
		json_decref(a->o);
}

enum err
reports_top(const json_t *params, json_t **result, struct err_msg *why)
{
	struct asked a = { .params = params, .why = why, .o = json_object(),
		.json = !json_get_bool(params, "text", false) };
	enum err e = profile_args_load(&a.args, params, why);

	asked_init(&a);
	if (e == ERR_OK)
		e = run_top(&a);
	asked_fini(&a, e, result);
	return e;
}

enum err
reports_any(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *name = json_get_str(params, "report", "");
	const struct report *report = NULL;
	struct asked a = { .params = params, .why = why, .o = json_object(),
		.json = json_get_bool(params, "json", false),
		.pattern = json_get_str(params, "pattern", NULL) };
	enum err e = ERR_OK;

	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		if (strcmp(reports[i].name, name) == 0)
			report = &reports[i];
	asked_init(&a);
	if (report == NULL)
		e = err_set(why, ERR_USAGE, "report", NULL, "\"%.40s\" is none", name);
	if (e == ERR_OK)
		e = profile_args_load(&a.args, params, why);
	if (e == ERR_OK)
		e = prepare(&a, report);
	if (e == ERR_OK)
		e = report->run(&a);
	if (e == ERR_OK)
		e = hand_over(&a);
	asked_fini(&a, e, result);
	return e;
}

enum err
reports_save(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *out = json_get_str(params, "out", NULL);
	struct asked a = { .params = params, .why = why, .o = json_object() };
	struct pprof_profile *p = NULL;
	enum err e = profile_args_load(&a.args, params, why);

	asked_init(&a);
	if (e == ERR_OK && out == NULL)
		e = err_set(why, ERR_USAGE, "out", NULL, "the request lacks it");
	if (e == ERR_OK)
		e = merged(&a, &p);
	if (e == ERR_OK && encode_gzip(p->raw, p->raw_n, &a.text) != ERR_OK)
		e = too_long(&a);
	if (e == ERR_OK)
		e = sys_file_replace(out, buf_str(&a.text), a.text.len, why);
	if (e == ERR_OK) {
		json_put_str(a.o, "out", out);
		json_put_int(a.o, "bytes", (int64_t)a.text.len);
		json_put_int(a.o, "samples", p->sample_count);
	}
	pprof_free(p);
	asked_fini(&a, e, result);
	return e;
}
