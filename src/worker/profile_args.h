/*
 * profile_args.h - the parameters that all requests about profiles share, and the profiles they
 * name.
 *
 * Layer   worker. profile_args_load reads the sources; profile_args_fini ends them.
 * Params  now (source, or array of them: merged), base or diff_base (the same), limit_bytes,
 *         timeout_ms, sample_index, unit, granularity, identity, nodecount, nodefraction,
 *         edgefraction, trim, cum, normalize, drop_negative, mean, divide_by, compact_labels,
 *         trim_path, source_path, focus, ignore, hide, show, show_from, prune_from, tagfocus,
 *         tagignore, tagshow, taghide, tagroot, tagleaf, noinlines, relative_percentages, growth,
 *         shrink, relative_growth.
 * Errors  ERR_USAGE for a value that makes no sense; those of the sources and of decoding.
 */
#ifndef WORKER_PROFILE_ARGS_H
#define WORKER_PROFILE_ARGS_H
#include "base/err.h"
#include "core/json.h"
#include "pprof/options.h"
#include "pprof/profile.h"

struct profile_args {
	struct top_options o;           /* texts are borrowed from the parameters */
	struct pprof_profile *now, *base;       /* base NULL: none named */
	char now_name[ERR_WHAT_MAX], base_name[ERR_WHAT_MAX];
};

/* Options only. */
enum err profile_args_options(struct profile_args *a, const json_t *params, struct err_msg *why);
/* Options, then the profiles. On error nothing is left to free. */
enum err profile_args_load(struct profile_args *a, const json_t *params, struct err_msg *why);
void     profile_args_fini(struct profile_args *a);
/* One source: file, URL. *out is for pprof_free. name takes what messages call it. */
enum err profile_args_read(const char *source, const json_t *params, struct pprof_profile **out,
                           char name[ERR_WHAT_MAX], struct err_msg *why);
/* The name of a source in messages: a URL without its secrets. */
void     profile_args_shown(const char *source, char out[ERR_WHAT_MAX]);

#endif
