/* cli_pprof.c - profiles from the command line; the work is done by a worker process. */
#include "cli/cli_pprof.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "cli/cli_worker.h"
#include "core/json.h"

const char cli_pprof_usage[] =
    "usage: vise pprof top [options] SOURCE       rows of go tool pprof -top\n"
    "       vise pprof info [--json] SOURCE       what kind of profile, when, how much\n"
    "       vise pprof grab URL -o FILE [--gc]    save a profile (checked, whole or not at all)\n"
    "SOURCE: a file, http://HOST:PORT/debug/pprof/heap, https://..., unix:SOCKET:/PATH\n"
    "  --base A           what changed since A, in percent of A (go's -diff_base)\n"
    "  --subtract-base A  the same, in percent of the change (go's -base)\n"
    "  --normalize        scale SOURCE to the base's total first\n"
    "  --cum              sort by cum\n"
    "  --sample-index X   sample type, by name or position from 0\n"
    "  --nodecount N      at most N rows\n"
    "  --nodefraction F   leave out rows below this share of the total (0.005)\n"
    "  --edgefraction F   the same for calls; decides which (inline) marks are shown (0.001)\n"
    "  --granularity G    functions, filefunctions, files, lines, addresses\n"
    "  --unit U           print values in this unit\n"
    "  --drop-negative    leave out what shrank\n"
    "  --limit SIZE       most bytes a profile may inflate to (1G)\n"
    "  --timeout TIME     for each fetch (60s)\n"
    "  --json             rows as JSON\n";

enum kind { TEXT, FLAG, COUNT, NUMBER, BYTES, TIME };

/* One row per option: its parameter in the worker's request, and how its value is read. */
struct option {
	const char *name, *key;
	enum kind kind;
};

static const struct option top_options[] = {
	{ "--base", "diff_base", TEXT },
	{ "--diff-base", "diff_base", TEXT },
	{ "--subtract-base", "base", TEXT },
	{ "--normalize", "normalize", FLAG },
	{ "--cum", "cum", FLAG },
	{ "--sample-index", "sample_index", TEXT },
	{ "--nodecount", "nodecount", COUNT },
	{ "--nodefraction", "nodefraction", NUMBER },
	{ "--edgefraction", "edgefraction", NUMBER },
	{ "--granularity", "granularity", TEXT },
	{ "--unit", "unit", TEXT },
	{ "--drop-negative", "drop_negative", FLAG },
	{ "--limit", "limit_bytes", BYTES },
	{ "--timeout", "timeout_ms", TIME },
	{ "--json", "json", FLAG },
	{ NULL, NULL, FLAG },
};

static const struct option info_options[] = {
	{ "--limit", "limit_bytes", BYTES },
	{ "--timeout", "timeout_ms", TIME },
	{ "--json", "json", FLAG },
	{ NULL, NULL, FLAG },
};

static const struct option grab_options[] = {
	{ "-o", "out", TEXT },
	{ "--output", "out", TEXT },
	{ "--gc", "gc", FLAG },
	{ "--timeout", "timeout_ms", TIME },
	{ "--json", "json", FLAG },
	{ NULL, NULL, FLAG },
};

struct command_line {
	json_t *params;
	const char *source;
	bool json;
};

static enum err
usage(struct err_msg *why, const char *what, const char *text)
{
	return err_set(why, ERR_USAGE, what, "vise pprof --help", "%s", text);
}

/* The value of an option into the request. */
static bool
put(json_t *params, const struct option *o, const char *value)
{
	struct slice s = slice_of(value);
	uint64_t n;
	double d;

	switch (o->kind) {
	case FLAG:
		json_put_bool(params, o->key, true);
		return true;
	case TEXT:
		json_put_str(params, o->key, value);
		return s.n > 0;
	case COUNT:
		if (!slice_u64(s, INT32_MAX, &n))
			return false;
		break;
	case NUMBER:
		if (!slice_f64(s, &d) || !(d >= 0 && d <= 1))
			return false;
		json_put_num(params, o->key, d);
		return true;
	case BYTES:
		if (!slice_bytes(s, &n) || n == 0 || n > UINT32_MAX)
			return false;
		break;
	default:
		if (!slice_duration(s, &n) || n < NS_PER_MS)
			return false;
		n /= NS_PER_MS;
		break;
	}
	json_put_int(params, o->key, (int64_t)n);
	return true;
}

/* "--name" or "--name=value"; *value points into arg then. */
static const struct option *
find(const struct option *table, const char *arg, const char **value)
{
	size_t n = strcspn(arg, "=");

	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	for (; table->name != NULL; table++)
		if (strlen(table->name) == n && strncmp(table->name, arg, n) == 0)
			return table;
	return NULL;
}

/* One option at argv[*i], its value there or behind it. */
static enum err
take_option(const struct option *table, int argc, char **argv, int *i, json_t *params,
    struct err_msg *why)
{
	const char *value;
	const struct option *o = find(table, argv[*i], &value);

	if (o == NULL)
		return usage(why, argv[*i], "no such option");
	if (o->kind == FLAG && value != NULL)
		return usage(why, o->name, "takes no value");
	if (o->kind != FLAG && value == NULL) {
		if (++*i >= argc)
			return usage(why, o->name, "needs a value");
		value = argv[*i];
	}
	return put(params, o, value) ? ERR_OK : usage(why, o->name, "its value makes no sense");
}

static enum err
parse(const struct option *table, int argc, char **argv, struct command_line *c,
    struct err_msg *why)
{
	bool only_names = false;
	enum err e;

	for (int i = 1; i < argc; i++) {
		if (!only_names && strcmp(argv[i], "--") == 0) {
			only_names = true;
		} else if (only_names || argv[i][0] != '-' || argv[i][1] == '\0') {
			if (c->source != NULL)
				return usage(why, argv[i], "one source is enough");
			c->source = argv[i];
		} else {
			e = take_option(table, argc, argv, &i, c->params, why);
			if (e != ERR_OK)
				return e;
		}
	}
	c->json = json_get_bool(c->params, "json", false);
	return c->source == NULL ? usage(why, argv[0], "name a file or a URL") : ERR_OK;
}

/* Two fetches and the work on what came; a URL with seconds=N is given its time by the fetch
 * itself. */
static uint64_t
deadline(const json_t *params)
{
	uint64_t each = (uint64_t)json_get_int(params, "timeout_ms", 0);

	return each == 0 ? 0 : (2 * each + 2 * (uint64_t)LIMIT_WORKER_MS) * NS_PER_MS;
}

static void
print_json(const json_t *o)
{
	struct buf b;

	buf_init(&b, (size_t)LIMIT_FRAME * 2);
	if (json_write(o, &b) == ERR_OK)
		printf("%s\n", buf_str(&b));
	buf_fini(&b);
}

static int
failed(const struct command_line *c, const struct err_msg *why)
{
	char text[1024];

	if (c->json) {
		json_t *o = json_object();

		json_put(o, "error", json_from_err(why));
		print_json(o);
		json_decref(o);
	} else {
		err_format(why, text, sizeof(text));
		fprintf(stderr, "vise: %s\n", text);
	}
	return err_exit_status(why->code);
}

static enum err
top(struct command_line *c, struct err_msg *why)
{
	json_t *params = json_incref(c->params), *result;
	const char *ignored;
	enum err e;

	json_put_str(params, "now", c->source);
	json_put_bool(params, "text", !c->json);
	json_put_bool(params, "rows", c->json);
	e = cli_worker_call("pprof.top", params, NULL, deadline(params), &result, why);
	if (e != ERR_OK)
		return e;
	if (c->json)
		print_json(result);
	else
		fputs(json_get_str(result, "text", ""), stdout);
	ignored = json_get_str(result, "ignored", NULL);
	if (ignored != NULL)
		fprintf(stderr, "vise: note: not applied: %s\n", ignored);
	json_decref(result);
	return ERR_OK;
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
info(struct command_line *c, struct err_msg *why)
{
	json_t *params = json_incref(c->params), *result;
	enum err e;

	json_put_str(params, "file", c->source);
	e = cli_worker_call("pprof.info", params, NULL, deadline(params), &result, why);
	if (e != ERR_OK)
		return e;
	if (c->json)
		print_json(result);
	else
		print_info(result);
	json_decref(result);
	return ERR_OK;
}

/* The folder a file stands in: heap string. */
static char *
folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return mem_str(".");
	return slash == file ? mem_str("/") : mem_strn(file, (size_t)(slash - file));
}

static enum err
grab(struct command_line *c, struct err_msg *why)
{
	const char *out = json_get_str(c->params, "out", NULL);
	json_t *params = json_incref(c->params), *result;
	char took[32], *where, *url;
	enum err e;

	if (out == NULL) {
		json_decref(params);
		return usage(why, "grab", "say where to: -o FILE");
	}
	where = folder(out);
	url = json_get_bool(params, "gc", false)
		  ? mem_fmt("%s%cgc=1", c->source, strchr(c->source, '?') == NULL ? '?' : '&')
		  : mem_str(c->source);
	json_put_str(params, "url", url);
	json_put_bool(params, "check", true);
	e = cli_worker_call("fetch", params, where, deadline(params), &result, why);
	mem_free(where);
	mem_free(url);
	if (e != ERR_OK)
		return e;
	if (c->json) {
		print_json(result);
	} else {
		clock_fmt_span((uint64_t)json_get_int(result, "ns", 0), took, sizeof(took));
		printf("%s: %lld bytes in %s\n", out, (long long)json_get_int(result, "bytes", 0),
		    took);
	}
	json_decref(result);
	return ERR_OK;
}

static const struct verb {
	const char *name;
	const struct option *options;
	enum err (*run)(struct command_line *c, struct err_msg *why);
} verbs[] = {
	{ "top", top_options, top },
	{ "info", info_options, info },
	{ "grab", grab_options, grab },
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static bool
wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return argc == 2 && strcmp(argv[1], "help") == 0;
}

int
cli_pprof(int argc, char **argv)
{
	struct command_line c = { .params = NULL };
	struct err_msg why = { .code = ERR_OK };
	const struct verb *verb;
	enum err e;

	if (wants_help(argc, argv)) {
		fputs(cli_pprof_usage, stdout);
		return 0;
	}
	verb = argc < 2 ? NULL : find_verb(argv[1]);
	if (verb == NULL) {
		(void)usage(&why, argc < 2 ? "pprof" : argv[1], "give top, info or grab");
		return failed(&c, &why);
	}
	for (int i = 2; i < argc; i++)
		c.json = c.json || strcmp(argv[i], "--json") == 0;
	c.params = json_object();
	e = parse(verb->options, argc - 1, argv + 1, &c, &why);
	if (e == ERR_OK)
		e = verb->run(&c, &why);
	json_decref(c.params);
	if (e == ERR_OK && fflush(stdout) != 0)
		e = err_set(&why, ERR_IO, "output", NULL, "cannot be written");
	return e == ERR_OK ? 0 : failed(&c, &why);
}
