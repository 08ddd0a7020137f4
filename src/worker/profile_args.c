/* profile_args.c - options and sources of a request about profiles. */
#include "worker/profile_args.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "fetch/url.h"
#include "pprof/merge.h"
#include "pprof/profile_load.h"
#include "pprof/top.h"
#include "worker/source.h"

enum { NODES_MAX = 1 << 20 };

void
profile_args_shown(const char *source, char out[ERR_WHAT_MAX])
{
	if (url_is(source))
		url_shown(source, out, ERR_WHAT_MAX);
	else
		snprintf(out, ERR_WHAT_MAX, "%s", source);
}

enum err
profile_args_read(const char *source, const json_t *params, struct pprof_profile **out,
    char name[ERR_WHAT_MAX], struct err_msg *why)
{
	struct source_limits limits = { .timeout_ms =
					    (uint64_t)json_get_int(params, "timeout_ms", 0) };
	struct buf b;
	enum err e;

	profile_args_shown(source, name);
	buf_init(&b, LIMIT_PROFILE_IN + 1);
	e = source_read(source, &limits, &b, NULL, why);
	if (e == ERR_OK)
		e = pprof_decode(out, buf_str(&b), b.len,
		    (uint64_t)json_get_int(params, "limit_bytes", 0), name, why);
	buf_fini(&b);
	return e;
}

/* Where each text and each flag of the request goes. */
static void
texts(const json_t *params, struct top_options *o)
{
	const struct { const char *key, **to; } row[] = {
		{ "sample_index", &o->sample_index }, { "unit", &o->unit },
		{ "trim_path", &o->trim_path }, { "source_path", &o->source_path },
		{ "focus", &o->filter.focus }, { "ignore", &o->filter.ignore },
		{ "hide", &o->filter.hide }, { "show", &o->filter.show },
		{ "show_from", &o->filter.show_from }, { "prune_from", &o->filter.prune_from },
		{ "tagfocus", &o->filter.tagfocus }, { "tagignore", &o->filter.tagignore },
		{ "tagshow", &o->filter.tagshow }, { "taghide", &o->filter.taghide },
		{ "tagroot", &o->filter.tagroot }, { "tagleaf", &o->filter.tagleaf },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		*row[i].to = json_get_str(params, row[i].key, *row[i].to);
}

static void
flags(const json_t *params, struct top_options *o)
{
	const struct { const char *key; bool *to; } row[] = {
		{ "cum", &o->cum }, { "normalize", &o->normalize },
		{ "drop_negative", &o->drop_negative }, { "mean", &o->mean },
		{ "compact_labels", &o->compact }, { "noinlines", &o->filter.noinlines },
		{ "relative_percentages", &o->filter.relative }, { "growth", &o->grown },
		{ "shrink", &o->shrunk }, { "relative_growth", &o->relative_growth },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		*row[i].to = json_get_bool(params, row[i].key, *row[i].to);
}

static enum err
granularity(const json_t *params, struct top_options *o, struct err_msg *why)
{
	static const struct { const char *identity; enum top_granularity granularity; } row[] = {
		{ "function", TOP_FUNCTIONS }, { "file", TOP_FILEFUNCTIONS }, { "line", TOP_LINES },
		{ "address", TOP_ADDRESSES },
	};
	const char *name = json_get_str(params, "granularity", "functions"),
		   *identity = json_get_str(params, "identity", NULL);

	if (!top_granularity_parse(name, &o->granularity))
		return err_set(why, ERR_USAGE, "granularity",
		    "give functions, filefunctions, files, lines or addresses",
		    "\"%.40s\" is none", name);
	if (identity == NULL)
		return ERR_OK;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (strcmp(row[i].identity, identity) == 0) {
			o->granularity = row[i].granularity;
			return ERR_OK;
		}
	}
	return err_set(why, ERR_USAGE, "identity", "give function, file, line or address",
	    "\"%.40s\" is none", identity);
}

enum err
profile_args_options(struct profile_args *a, const json_t *params, struct err_msg *why)
{
	struct top_options *o = &a->o;
	int64_t count = json_get_int(params, "nodecount", 0);

	*a = (struct profile_args){ .now = NULL };
	top_defaults(o);
	texts(params, o);
	flags(params, o);
	o->node_count = count < 0 || count > NODES_MAX ? 0 : (long)count;
	o->node_fraction = json_get_num(params, "nodefraction", o->node_fraction);
	o->edge_fraction = json_get_num(params, "edgefraction", o->edge_fraction);
	o->divide_by = json_get_num(params, "divide_by", o->divide_by);
	if (!json_get_bool(params, "trim", true)) {
		o->node_count = 0;
		o->node_fraction = o->edge_fraction = 0;
	}
	if (!(o->divide_by < 0 || o->divide_by > 0))
		return err_set(why, ERR_USAGE, "divide_by", "give another number",
		    "nothing can be divided by it");
	return granularity(params, o, why);
}

static enum err
base_of(struct profile_args *a, const json_t *params, const char **base, struct err_msg *why)
{
	const char *subtract = json_get_str(params, "base", NULL);
	const char *diff = json_get_str(params, "diff_base", NULL);

	if (subtract != NULL && diff != NULL)
		return err_set(why, ERR_USAGE, "base", "give one of them",
		    "base and diff_base exclude each other");
	*base = subtract != NULL ? subtract : diff;
	a->o.base_mode = subtract != NULL ? TOP_BASE_SUBTRACT : TOP_BASE_DIFF;
	if (*base == NULL && a->o.normalize)
		return err_set(
		    why, ERR_USAGE, "normalize", "name a base", "there is no base to normalize to");
	return ERR_OK;
}

/* Several sources become one. */
static enum err
read_all(const json_t *list, const json_t *params, struct profile_args *a, struct err_msg *why)
{
	size_t n = json_array_size(list);
	struct merge_source *src = mem_zero(n + 1, sizeof(*src));
	char (*name)[ERR_WHAT_MAX] = mem_zero(n + 1, sizeof(*name));
	enum err e = n == 0 ? err_set(why, ERR_USAGE, "now", NULL, "no source is named") : ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		const char *source = json_string_value(json_array_get(list, i));
		struct pprof_profile *p = NULL;

		if (source == NULL)
			e = err_set(why, ERR_USAGE, "now", NULL, "a source is no text");
		else
			e = profile_args_read(source, params, &p, name[i], why);
		src[i] = (struct merge_source){ .p = p, .what = name[i] };
	}
	if (e == ERR_OK)
		e = merge_profiles(&a->now, src, n,
		    (uint64_t)json_get_int(params, "limit_bytes", 0), why);
	snprintf(a->now_name, sizeof(a->now_name), "%s", name[0]);
	for (size_t i = 0; i < n; i++)
		pprof_free((struct pprof_profile *)(uintptr_t)src[i].p);
	mem_free(src);
	mem_free(name);
	return e;
}

enum err
profile_args_load(struct profile_args *a, const json_t *params, struct err_msg *why)
{
	const json_t *now = json_object_get(params, "now");
	const char *base = NULL;
	enum err e = profile_args_options(a, params, why);

	if (e == ERR_OK)
		e = base_of(a, params, &base, why);
	if (e == ERR_OK && json_is_array(now))
		e = read_all(now, params, a, why);
	else if (e == ERR_OK && !json_is_string(now))
		e = err_set(why, ERR_USAGE, "now", NULL, "the request lacks it");
	else if (e == ERR_OK)
		e = profile_args_read(json_string_value(now), params, &a->now, a->now_name, why);
	if (e == ERR_OK && base != NULL)
		e = profile_args_read(base, params, &a->base, a->base_name, why);
	if (e != ERR_OK)
		profile_args_fini(a);
	return e;
}

void
profile_args_fini(struct profile_args *a)
{
	pprof_free(a->now);
	pprof_free(a->base);
	a->now = a->base = NULL;
}
