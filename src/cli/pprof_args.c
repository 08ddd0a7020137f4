/* pprof_args.c - options of `vise pprof` into the parameters of a worker's request. */
#include "cli/pprof_args.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "base/slice.h"
#include "cli/about.h"
#include "cli/args.h"
#include "cli/defaults.h"
#include "cli/cli_worker.h"

const struct pprof_option pprof_common_options[] = {
	{ "limit", "limit_bytes", PPROF_BYTES, NULL },
	{ "max-memory", "max_memory", PPROF_BYTES, NULL },
	{ "timeout", "timeout_ms", PPROF_TIME, NULL },
	{ "json", "json", PPROF_FLAG, NULL },
	{ "quiet", "quiet", PPROF_FLAG, NULL },
	{ NULL, NULL, PPROF_FLAG, NULL },
};

const struct pprof_option pprof_report_options[] = {
	{ "base", "diff_base", PPROF_TEXT, NULL },
	{ "diff-base", "diff_base", PPROF_TEXT, NULL },
	{ "subtract-base", "base", PPROF_TEXT, NULL },
	{ "normalize", "normalize", PPROF_FLAG, NULL },
	{ "cum", "cum", PPROF_FLAG, NULL },
	{ "flat", "cum", PPROF_NOFLAG, NULL },
	{ "sample-index", "sample_index", PPROF_TEXT, NULL },
	{ "inuse-space", "sample_index", PPROF_CHOICE, "inuse_space" },
	{ "inuse-objects", "sample_index", PPROF_CHOICE, "inuse_objects" },
	{ "alloc-space", "sample_index", PPROF_CHOICE, "alloc_space" },
	{ "alloc-objects", "sample_index", PPROF_CHOICE, "alloc_objects" },
	{ "total-delay", "sample_index", PPROF_CHOICE, "delay" },
	{ "contentions", "sample_index", PPROF_CHOICE, "contentions" },
	{ "mean", "mean", PPROF_FLAG, NULL },
	{ "divide-by", "divide_by", PPROF_REAL, NULL },
	{ "unit", "unit", PPROF_TEXT, NULL },
	{ "nodecount", "nodecount", PPROF_COUNT, NULL },
	{ "nodefraction", "nodefraction", PPROF_NUMBER, NULL },
	{ "edgefraction", "edgefraction", PPROF_NUMBER, NULL },
	{ "trim", "trim", PPROF_FLAG, NULL },
	{ "no-trim", "trim", PPROF_NOFLAG, NULL },
	{ "granularity", "granularity", PPROF_TEXT, NULL },
	{ "functions", "granularity", PPROF_CHOICE, "functions" },
	{ "filefunctions", "granularity", PPROF_CHOICE, "filefunctions" },
	{ "files", "granularity", PPROF_CHOICE, "files" },
	{ "lines", "granularity", PPROF_CHOICE, "lines" },
	{ "addresses", "granularity", PPROF_CHOICE, "addresses" },
	{ "identity", "identity", PPROF_TEXT, NULL },
	{ "noinlines", "noinlines", PPROF_FLAG, NULL },
	{ "call-tree", "call_tree", PPROF_FLAG, NULL },
	{ "relative-percentages", "relative_percentages", PPROF_FLAG, NULL },
	{ "compact-labels", "compact_labels", PPROF_FLAG, NULL },
	{ "drop-negative", "drop_negative", PPROF_FLAG, NULL },
	{ "focus", "focus", PPROF_TEXT, NULL },
	{ "ignore", "ignore", PPROF_TEXT, NULL },
	{ "hide", "hide", PPROF_TEXT, NULL },
	{ "show", "show", PPROF_TEXT, NULL },
	{ "show-from", "show_from", PPROF_TEXT, NULL },
	{ "prune-from", "prune_from", PPROF_TEXT, NULL },
	{ "tagfocus", "tagfocus", PPROF_TEXT, NULL },
	{ "tagignore", "tagignore", PPROF_TEXT, NULL },
	{ "tagshow", "tagshow", PPROF_TEXT, NULL },
	{ "taghide", "taghide", PPROF_TEXT, NULL },
	{ "tagroot", "tagroot", PPROF_TEXT, NULL },
	{ "tagleaf", "tagleaf", PPROF_TEXT, NULL },
	{ "trim-path", "trim_path", PPROF_TEXT, NULL },
	{ "source-path", "source_path", PPROF_TEXT, NULL },
	{ "growth", "growth", PPROF_FLAG, NULL },
	{ "shrink", "shrink", PPROF_FLAG, NULL },
	{ "relative-growth", "relative_growth", PPROF_FLAG, NULL },
	{ NULL, NULL, PPROF_FLAG, NULL },
};

enum err
pprof_usage(struct err_msg *why, const char *what, const char *text)
{
	return err_set(why, ERR_USAGE, what, "vise pprof --help", "%s", text);
}

static bool
put_number(json_t *params, const struct pprof_option *o, struct slice s)
{
	uint64_t n;
	double d;

	switch (o->kind) {
	case PPROF_COUNT:
		if (!slice_u64(s, INT32_MAX, &n))
			return false;
		break;
	case PPROF_BYTES:
		if (!slice_bytes(s, &n) || n == 0 || n > INT64_MAX)
			return false;
		break;
	case PPROF_TIME:
		if (!slice_duration(s, &n) || n < NS_PER_MS)
			return false;
		n /= NS_PER_MS;
		break;
	default:
		if (!slice_f64(s, &d) || (o->kind == PPROF_NUMBER && !(d >= 0 && d <= 1)))
			return false;
		json_put_num(params, o->key, d);
		return true;
	}
	json_put_int(params, o->key, (int64_t)n);
	return true;
}

/* The value of an option into the request. A flag may be given one too. */
static bool
put(json_t *params, const struct pprof_option *o, const char *value)
{
	struct slice s = slice_of(value);
	bool on = true;

	switch (o->kind) {
	case PPROF_FLAG:
	case PPROF_NOFLAG:
	case PPROF_CHOICE:
		if (value != NULL && !slice_bool(s, &on))
			return false;
		if (o->kind != PPROF_CHOICE)
			json_put_bool(params, o->key, on == (o->kind == PPROF_FLAG));
		else if (on)
			json_put_str(params, o->key, o->value);
		return true;
	case PPROF_TEXT:
		json_put_str(params, o->key, value);
		return true;
	default:
		return put_number(params, o, s);
	}
}

static bool
same_name(const char *name, const char *arg, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name[i] != (arg[i] == '_' ? '-' : arg[i]))
			return false;
	return name[n] == '\0';
}

/* "--name", "-name", either with "=value"; *value points into arg then. */
static const struct pprof_option *
find(const struct pprof_option *const *tables, const char *arg, const char **value)
{
	const char *bare = arg[1] == '-' ? arg + 2 : arg + 1;
	size_t n = strcspn(bare, "=");

	*value = bare[n] == '=' ? bare + n + 1 : NULL;
	for (; *tables != NULL; tables++)
		for (const struct pprof_option *o = *tables; o->name != NULL; o++)
			if (n > 0 && same_name(o->name, bare, n))
				return o;
	return NULL;
}

static enum err
no_such(const struct pprof_option *const *tables, const char *given, struct err_msg *why)
{
	const size_t dashes = strspn(given, "-");
	char name[ERR_WHAT_MAX], next[ERR_NEXT_MAX];
	struct nearest near;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(given + dashes, "="), given + dashes);
	nearest_begin(&near, name);
	for (; *tables != NULL; tables++)
		for (const struct pprof_option *o = *tables; o->name != NULL; o++)
			nearest_offer(&near, o->name);
	if (nearest_of(&near) == NULL)
		return pprof_usage(why, given, "no such option");
	snprintf(next, sizeof next, "did you mean --%s? vise pprof --help", nearest_of(&near));
	return err_set(why, ERR_USAGE, given, next, "no such option");
}

/* One option at argv[*i], its value there or behind it. */
static enum err
take_option(const struct pprof_option *const *tables, int argc, char **argv, int *i,
    json_t *params, struct err_msg *why)
{
	const char *value, *given = argv[*i];
	const struct pprof_option *o = find(tables, given, &value);
	bool flag;

	if (o == NULL)
		return no_such(tables, given, why);
	if (given[1] != '-' && strcmp(o->name, "base") == 0)
		return err_set(why, ERR_USAGE, "-base",
		    "say --base (go's -diff_base) or --subtract-base (go's -base)",
		    "means one thing to go tool pprof and another to vise");
	flag = o->kind == PPROF_FLAG || o->kind == PPROF_NOFLAG || o->kind == PPROF_CHOICE;
	if (!flag && value == NULL) {
		if (++*i >= argc)
			return pprof_usage(why, given, "needs a value");
		value = argv[*i];
	}
	return put(params, o, value) ? ERR_OK : pprof_usage(why, given, "its value makes no sense");
}

enum err
pprof_line_init(struct pprof_line *c, const struct pprof_option *const *tables, int argc,
    char **argv, struct err_msg *why)
{
	bool only_names = false;
	enum err e = ERR_OK;

	*c = (struct pprof_line){ .verb = argv[0], .params = json_object() };
	for (int i = 1; i < argc && e == ERR_OK; i++) {
		if (!only_names && strcmp(argv[i], "--") == 0)
			only_names = true;
		else if (!only_names && argv[i][0] == '-' && argv[i][1] != '\0')
			e = take_option(tables, argc, argv, &i, c->params, why);
		else if (c->words == PPROF_SOURCES)
			e = pprof_usage(why, argv[i], "too many sources");
		else
			c->word[c->words++] = argv[i];
	}
	c->json = json_get_bool(c->params, "json", false);
	return e;
}

void
pprof_line_fini(struct pprof_line *c)
{
	json_decref(c->params);
	c->params = NULL;
}

/* The next step names the help of the verb itself: its usage begins with "usage: vise VERB [". */
static void
point(const char *usage, struct err_msg *why)
{
	char next[ERR_NEXT_MAX], *at = strstr(why->next, "vise pprof --help");
	const size_t head = strlen("usage: "), n = strcspn(usage, "[");

	if (at == NULL || n <= head + 1 || usage[n] == '\0' ||
	    strncmp(usage, "usage: vise pprof top", 21) == 0)
		return;
	snprintf(next, sizeof next, "%.*s%.*s--help", (int)(at - why->next), why->next,
	    (int)(n - head), usage + head);
	snprintf(why->next, sizeof why->next, "%s", next);
}

int
pprof_line_run(int argc, char **argv, const char *usage, const struct pprof_option *const *tables,
    pprof_line_run_fn *run)
{
	struct err_msg why = { .code = ERR_OK };
	bool found = false, check;
	struct pprof_line *c;
	enum err e;

	if (args_given(argc, argv, "--help") || args_given(argc, argv, "-h")) {
		about_text(usage);
		return 0;
	}
	c = mem_zero(1, sizeof *c);
	e = pprof_line_init(c, tables, argc, argv, &why);
	if (e == ERR_OK)
		e = run(c, &found, &why);
	check = json_get_bool(c->params, "cli_check", false);
	pprof_line_fini(c);
	mem_free(c);
	if (e == ERR_OK && fflush(stdout) != 0)
		e = err_set(&why, ERR_IO, "output", NULL, "cannot be written");
	point(usage, &why);
	if (e != ERR_OK)
		return pprof_failed(args_given(argc, argv, "--json"), &why);
	return check && found ? 1 : 0;
}

enum err
pprof_line_sources(struct pprof_line *c, size_t from, struct err_msg *why)
{
	json_t *all;
	char *own = c->words == 0 && from == 0 ? defaults_text("pprof") : NULL;

	if (own != NULL) {
		json_put_str(c->params, "now", own);
		mem_free(own);
		return ERR_OK;
	}
	if (c->words <= from)
		return pprof_usage(why, "source", "name a file or a URL");
	if (c->words == from + 1) {
		json_put_str(c->params, "now", c->word[from]);
		return ERR_OK;
	}
	all = json_array();
	for (size_t i = from; i < c->words; i++)
		(void)json_array_append_new(all, json_string(c->word[i]));
	json_put(c->params, "now", all);
	return ERR_OK;
}

/* Fetches and the work on what came; a URL with seconds=N is given its time by the fetch itself. */
static uint64_t
deadline(const struct pprof_line *c)
{
	uint64_t each = (uint64_t)json_get_int(c->params, "timeout_ms", 0);

	return each == 0 ? 0
			 : ((c->words + 1) * each + 2 * (uint64_t)LIMIT_WORKER_MS) * NS_PER_MS;
}

enum err
pprof_line_call(struct pprof_line *c, const char *method, const char *write_ok, json_t **result,
    struct err_msg *why)
{
	struct cli_worker_ask ask = { .write_ok = write_ok, .timeout_ns = deadline(c),
		.memory = (uint64_t)json_get_int(c->params, "max_memory", 0) };

	return cli_worker_ask(method, json_incref(c->params), &ask, result, why);
}

void
pprof_print_json(const json_t *o)
{
	struct buf b;

	buf_init(&b, (size_t)LIMIT_FRAME * 2);
	if (json_write(o, &b) == ERR_OK)
		printf("%s\n", buf_str(&b));
	buf_fini(&b);
}

int
pprof_failed(bool json, const struct err_msg *why)
{
	char text[1024];

	if (json) {
		json_t *o = json_object();

		json_put(o, "error", json_from_err(why));
		pprof_print_json(o);
		json_decref(o);
	} else {
		err_format(why, text, sizeof(text));
		fprintf(stderr, "vise: %s\n", text);
	}
	return err_exit_status(why->code);
}
