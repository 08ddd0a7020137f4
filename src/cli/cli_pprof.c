/* cli_pprof.c - profiles from the command line; the work is done by a worker process. */
#include "cli/cli_pprof.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/about.h"
#include "cli/args.h"
#include "cli/cli_flame.h"
#include "cli/cli_grab.h"
#include "cli/cli_series.h"
#include "cli/pprof_args.h"
#include "cli/verbs.h"

const char cli_pprof_usage[] =
    "usage: vise pprof top [options] SOURCE...      rows of go tool pprof -top\n"
    "       vise pprof diff [options] A B [-o FILE] what changed, with error bars; or as .pb.gz\n"
    "       vise pprof merge -o FILE SOURCE...      several profiles as one\n"
    "       vise pprof tree SOURCE...               callers and callees of every function\n"
    "       vise pprof peek REGEXP SOURCE...        the same of those that match\n"
    "       vise pprof list REGEXP SOURCE...        source lines of those that match\n"
    "       vise pprof traces|tags|raw|comments SOURCE...\n"
    "       vise pprof info SOURCE                  what kind of profile, when, how much\n"
    "       vise pprof grab|watch|series|flame ...  each has its own --help\n"
    "SOURCE: a file, a pattern, http://HOST:PORT/debug/pprof/heap, https://..., HOST:PORT,\n"
    "        unix:SOCKET:/PATH, ssh:HOST:PORT/PATH, gops:PID, pid:PID\n"
    "  --base A           what changed since A, in percent of A (go's -diff_base)\n"
    "  --subtract-base A  the same, in percent of the change (go's -base)\n"
    "  --normalize        scale SOURCE to the base's total first\n"
    "  --growth, --shrink only what grew, or shrank\n"
    "  --relative-growth  sort by growth in percent of what was\n"
    "  --identity X       what is the same in A and B: function, file, line, address\n"
    "  --cum              sort by cum\n"
    "  --sample-index X   sample type, by name or position from 0; --inuse-space ...\n"
    "  --mean --divide-by N --unit U --relative-percentages\n"
    "  --functions --filefunctions --files --lines --addresses --noinlines\n"
    "  --nodecount N      at most N rows; --nodefraction F (0.005), --edgefraction F (0.001)\n"
    "  --no-trim          all of them\n"
    "  --focus --ignore --hide --show --show-from --prune-from REGEXP\n"
    "  --tagfocus --tagignore --tagshow --taghide X, --tagroot --tagleaf KEYS\n"
    "  --trim-path --source-path FOLDERS\n"
    "  --limit SIZE       most bytes a profile may inflate to (1G)\n"
    "  --max-memory SIZE  most memory for the work (6G)\n"
    "  --timeout TIME     for each fetch (60s)\n"
    "  --quiet            no notes\n"
    "  --json             values as JSON\n"
    "Options of go tool pprof work as they are: -show_from=x is --show-from x.\n";

static const struct pprof_option *const report_tables[] = { pprof_report_options,
	pprof_common_options, NULL };
static const struct pprof_option save_options[] = {
	{ "o", "out", PPROF_TEXT, NULL },
	{ "output", "out", PPROF_TEXT, NULL },
	{ NULL, NULL, PPROF_FLAG, NULL },
};
static const struct pprof_option *const save_tables[] = { save_options, pprof_report_options,
	pprof_common_options, NULL };
static const struct pprof_option *const info_tables[] = { pprof_common_options, NULL };

/* What a report says beside its rows. */
static void
notes(const struct pprof_line *c, const json_t *result)
{
	const json_t *lines = json_object_get(result, "notes");

	for (size_t i = 0; !json_get_bool(c->params, "quiet", false) && !c->json
	     && i < json_array_size(lines); i++)
		fprintf(stderr, "vise: note: %s\n", json_string_value(json_array_get(lines, i)));
}

static enum err
table(struct pprof_line *c, struct err_msg *why)
{
	json_t *result;
	enum err e;

	json_put_bool(c->params, "text", !c->json);
	json_put_bool(c->params, "stdout", true);
	json_put_bool(c->params, "rows", c->json);
	e = pprof_line_call(c, "pprof.top", NULL, &result, why);
	if (e != ERR_OK)
		return e;
	notes(c, result);
	json_decref(result);
	return ERR_OK;
}

static enum err
top(struct pprof_line *c, struct err_msg *why)
{
	enum err e = pprof_line_sources(c, 0, why);

	return e != ERR_OK ? e : table(c, why);
}

static void
print_info(const json_t *o)
{
	static const char *const keys[] = { "samples", "locations", "functions", "inflated_bytes" };
	const json_t *types = json_object_get(o, "types");
	char when[64];

	printf("Mapping: %s\n", json_get_str(o, "mapping", "-"));
	for (size_t i = 0; i < json_array_size(types); i++) {
		const json_t *t = json_array_get(types, i);

		printf("Type %zu: %s/%s, sum %lld\n", i, json_get_str(t, "type", ""),
		    json_get_str(t, "unit", ""), (long long)json_get_int(t, "sum", 0));
	}
	printf("Period: %lld %s/%s\n", (long long)json_get_int(o, "period", 0),
	    json_get_str(o, "period_type", ""), json_get_str(o, "period_unit", ""));
	if (json_get_int(o, "time_nanos", 0) > 0) {
		clock_fmt_iso((uint64_t)json_get_int(o, "time_nanos", 0), when, sizeof(when));
		printf("Time: %s\n", when);
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		printf("%s: %lld\n", keys[i], (long long)json_get_int(o, keys[i], 0));
}

static enum err
info(struct pprof_line *c, struct err_msg *why)
{
	json_t *result;
	enum err e;

	if (c->words != 1)
		return pprof_usage(why, "info", "name one file or URL");
	json_put_str(c->params, "file", c->word[0]);
	e = pprof_line_call(c, "pprof.info", NULL, &result, why);
	if (e != ERR_OK)
		return e;
	if (c->json)
		pprof_print_json(result);
	else
		print_info(result);
	json_decref(result);
	return ERR_OK;
}

/* tree, peek, list, traces, tags, raw, comments: text goes from the worker to stdout itself. */
static enum err
report(struct pprof_line *c, const char *name, bool pattern, struct err_msg *why)
{
	json_t *result;
	enum err e;

	if (pattern && c->words == 0)
		return pprof_usage(why, name, "give a regexp, then a source");
	e = pprof_line_sources(c, pattern ? 1 : 0, why);
	if (e != ERR_OK)
		return e;
	json_put_str(c->params, "report", name);
	json_put_bool(c->params, "stdout", true);
	if (pattern)
		json_put_str(c->params, "pattern", c->word[0]);
	e = pprof_line_call(c, "pprof.report", NULL, &result, why);
	if (e != ERR_OK)
		return e;
	notes(c, result);
	json_decref(result);
	return ERR_OK;
}

/* A merge, or a difference, into a file that go tool pprof opens. */
static enum err
save(struct pprof_line *c, struct err_msg *why)
{
	const char *out = json_get_str(c->params, "out", "");
	char *folder = cli_grab_folder(out);
	json_t *result;
	enum err e = pprof_line_call(c, "pprof.save", folder, &result, why);

	mem_free(folder);
	if (e != ERR_OK)
		return e;
	if (c->json)
		pprof_print_json(result);
	else
		printf("%s: %lld samples, %lld bytes\n", out,
		    (long long)json_get_int(result, "samples", 0),
		    (long long)json_get_int(result, "bytes", 0));
	json_decref(result);
	return ERR_OK;
}

static enum err
merge(struct pprof_line *c, struct err_msg *why)
{
	enum err e = pprof_line_sources(c, 0, why);

	if (e == ERR_OK && json_get_str(c->params, "out", "")[0] == '\0')
		e = pprof_usage(why, "merge", "say where to: -o FILE");
	return e != ERR_OK ? e : save(c, why);
}

/* diff A B: what changed from A to B. */
static enum err
diff(struct pprof_line *c, struct err_msg *why)
{
	bool named = json_get_str(c->params, "base", NULL) != NULL
		  || json_get_str(c->params, "diff_base", NULL) != NULL;

	if (c->words != (named ? 1 : 2))
		return pprof_usage(why, "diff", "name two sources: diff A B");
	if (!named)
		json_put_str(c->params, "diff_base", c->word[0]);
	json_put_str(c->params, "now", c->word[named ? 0 : 1]);
	if (json_get_str(c->params, "out", NULL) != NULL)
		return save(c, why);
	json_put_bool(c->params, "changes", true);
	return table(c, why);
}

static const struct verb {
	const char *name;
	const struct pprof_option *const *options;
	enum err (*run)(struct pprof_line *c, struct err_msg *why);     /* NULL: a report */
	bool pattern;
} verbs[] = {
	{ "top", report_tables, top, false },
	{ "text", report_tables, top, false },
	{ "diff", save_tables, diff, false },
	{ "merge", save_tables, merge, false },
	{ "tree", report_tables, NULL, false },
	{ "peek", report_tables, NULL, true },
	{ "list", report_tables, NULL, true },
	{ "traces", report_tables, NULL, false },
	{ "tags", report_tables, NULL, false },
	{ "raw", report_tables, NULL, false },
	{ "comments", report_tables, NULL, false },
	{ "info", info_tables, info, false },
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static enum err
run_verb(struct pprof_line *c, bool *found, struct err_msg *why)
{
	const struct verb *verb = find_verb(c->verb);

	*found = false;
	return verb->run != NULL ? verb->run(c, why) : report(c, verb->name, verb->pattern, why);
}

/* Those that have a file of their own stand in this list for the error's sake. */
static int
refuse(int argc, char **argv)
{
	static const char *const others[] = { "flame", "series", "grab", "watch" };
	enum { OWN = sizeof verbs / sizeof verbs[0], ALL = OWN + sizeof others / sizeof *others };
	const char *names[ALL];
	struct err_msg why;

	for (size_t i = 0; i < ALL; i++)
		names[i] = i < OWN ? verbs[i].name : others[i - OWN];
	(void)verbs_refuse("pprof", argc > 1 ? argv[1] : NULL, names, sizeof *names, ALL,
	    &why);
	return pprof_failed(args_given(argc, argv, "--json"), &why);
}

int
cli_pprof(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct verb *verb = find_verb(name);

	if (strcmp(name, "flame") == 0)
		return cli_flame(argc - 1, argv + 1);
	if (strcmp(name, "series") == 0)
		return cli_series(argc - 1, argv + 1);
	if (verb != NULL)
		return pprof_line_run(argc - 1, argv + 1, cli_pprof_usage, verb->options, run_verb);
	if (strcmp(name, "help") != 0 && strcmp(name, "--help") != 0 && strcmp(name, "-h") != 0)
		return refuse(argc, argv);
	about_text(cli_pprof_usage);
	return 0;
}
