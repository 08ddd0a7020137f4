/* cli_series.c - the ranking of what leaks, for people or as JSON; appending snapshots. */
#include "cli/cli_series.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/pprof_args.h"

static const char usage[] =
    "usage: vise pprof series [options] PROFILE... | FOLDER | FILE.series\n"
    "       vise pprof series --add PROFILE FILE.series     append one snapshot\n"
    "Ranks the stacks of 2 or more profiles of one program by how surely they grow.\n"
    "  --sample-index X    sample type, by name or position from 0\n"
    "  --no-lines          stacks that differ in line numbers only are one: survives an edit\n"
    "  --min N             the least growth that counts (1 MiB; 5 for counts)\n"
    "  --segment N         the run to look at, from 0 (the last)\n"
    "  --all               what does not grow, too\n"
    "  --stack             whole stacks\n"
    "  --limit N           at most N stacks (50)\n"
    "  --run TEXT          with --add: what another run of the program has not (pid, start time)\n"
    "  --keep N            with --add: snapshots that are kept (720)\n"
    "  --check             exit status 1 when there is a leak\n"
    "  --max-memory SIZE, --timeout TIME, --json\n";

static const struct pprof_option options[] = {
	{ "sample-index", "type", PPROF_TEXT, NULL },
	{ "no-lines", "lines", PPROF_NOFLAG, NULL },
	{ "min", "min", PPROF_BYTES, NULL },
	{ "segment", "segment", PPROF_COUNT, NULL },
	{ "all", "cli_all", PPROF_FLAG, NULL },
	{ "stack", "cli_stack", PPROF_FLAG, NULL },
	{ "limit", "limit", PPROF_COUNT, NULL },
	{ "points", "points", PPROF_FLAG, NULL },
	{ "add", "profile", PPROF_TEXT, NULL },
	{ "run", "cli_run", PPROF_TEXT, NULL },
	{ "keep", "keep", PPROF_COUNT, NULL },
	{ "check", "cli_check", PPROF_FLAG, NULL },
	{ NULL, NULL, PPROF_FLAG, NULL },
};

static const struct pprof_option *const tables[] = { options, pprof_common_options, NULL };

static enum err
need_words(const struct pprof_line *c, bool one, struct err_msg *why)
{
	if (c->words > 0 && (!one || c->words == 1))
		return ERR_OK;
	return err_set(why, ERR_USAGE, "series", "vise pprof series --help",
	    one ? "name the one .series file to add to"
		: "name profiles, a folder, or a .series file");
}

/* ---- one more snapshot */

static enum err
add(struct pprof_line *c, struct err_msg *why)
{
	const char *slash, *run = json_get_str(c->params, "cli_run", NULL);
	json_t *meta = json_object(), *o;
	char *folder;
	enum err e = need_words(c, true, why);

	if (run != NULL)
		json_put_str(meta, "run", run);
	json_put(c->params, "meta", meta);
	if (e != ERR_OK)
		return e;
	json_put_str(c->params, "series", c->word[0]);
	slash = strrchr(c->word[0], '/');
	folder = slash == NULL         ? mem_str(".")
		 : slash == c->word[0] ? mem_str("/")
				       : mem_strn(c->word[0], (size_t)(slash - c->word[0]));
	e = pprof_line_call(c, "series.add", folder, &o, why);
	mem_free(folder);
	if (e != ERR_OK)
		return e;
	if (c->json)
		pprof_print_json(o);
	else
		printf(
		    "%s: %lld snapshots, %lld bytes; %lld of %lld stacks new, %lld changed%s%s\n",
		    c->word[0], (long long)json_get_int(o, "snapshots", 0),
		    (long long)json_get_int(o, "file_bytes", 0),
		    (long long)json_get_int(o, "new_stacks", 0),
		    (long long)json_get_int(o, "stacks", 0),
		    (long long)json_get_int(o, "changed", 0),
		    json_get_str(o, "cut_text", "")[0] != '\0' ? "; " : "",
		    json_get_str(o, "cut_text", ""));
	json_decref(o);
	return ERR_OK;
}

/* ---- the ranking */

static void
print_head(const json_t *o)
{
	const json_t *notes = json_object_get(o, "notes");
	char span[32];

	clock_fmt_span((uint64_t)(json_get_num(o, "seconds", 0) * 1e9), span, sizeof(span));
	printf("%s, %lld snapshots over %s; %lld stacks, %lld moved; %lld leaks, %lld suspects\n",
	    json_get_str(o, "type", ""), (long long)json_get_int(o, "used", 0), span,
	    (long long)json_get_int(o, "stacks", 0), (long long)json_get_int(o, "moved", 0),
	    (long long)json_get_int(o, "leaks", 0), (long long)json_get_int(o, "suspects", 0));
	fflush(stdout);
	for (size_t i = 0; i < json_array_size(notes); i++)
		fprintf(stderr, "vise: note: %s\n", json_string_value(json_array_get(notes, i)));
}

static void
print_stack(const json_t *row)
{
	const json_t *frames = json_object_get(row, "frames");

	for (size_t i = 0; i < json_array_size(frames); i++) {
		const json_t *f = json_array_get(frames, i);

		printf("        %s %s:%lld\n", json_get_str(f, "function", ""),
		    json_get_str(f, "file", ""), (long long)json_get_int(f, "line", 0));
	}
}

static bool
is_shown(const struct pprof_line *c, const json_t *row)
{
	return json_get_bool(c->params, "cli_all", false) ||
	       strcmp(json_get_str(row, "verdict", "none"), "none") != 0 ||
	       strcmp(json_get_str(row, "rule", "no"), "no") != 0;
}

static void
print_table(const struct pprof_line *c, const json_t *o)
{
	const json_t *rows = json_object_get(o, "rows");
	bool stack = json_get_bool(c->params, "cli_stack", false);
	size_t shown = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *r = json_array_get(rows, i);

		if (!is_shown(c, r))
			continue;
		if (shown++ == 0)
			printf("%-8s %10s %-24s %-13s %-8s %-12s %s\n", "VERDICT", "NOW", "GROWTH",
			    "SLOPE", "SHAPE", "+1MB RULE", "WHERE");
		printf("%-8s %10s %-24s %-13s %-8s %-12s %s %s:%lld\n",
		    json_get_str(r, "verdict", ""), json_get_str(r, "last_text", ""),
		    json_get_str(r, "growth_text", ""), json_get_str(r, "slope_text", ""),
		    json_get_str(r, "shape", ""), json_get_str(r, "rule", ""),
		    json_get_str(r, "name", ""), json_get_str(r, "file", ""),
		    (long long)json_get_int(r, "line", 0));
		printf("         %s\n", json_get_str(r, "text", ""));
		if (stack)
			print_stack(r);
	}
	if (shown == 0)
		printf("nothing grows; --all shows what moved\n");
}

static enum err
rank(struct pprof_line *c, bool *leaks, struct err_msg *why)
{
	json_t *sources = json_array(), *o;
	enum err e = need_words(c, false, why);

	for (size_t i = 0; i < c->words; i++)
		(void)json_array_append_new(sources, json_string(c->word[i]));
	json_put(c->params, "sources", sources);
	json_put_bool(c->params, "frames", c->json || json_get_bool(c->params, "cli_stack", false));
	if (e == ERR_OK)
		e = pprof_line_call(c, "series.rank", NULL, &o, why);
	if (e != ERR_OK)
		return e;
	*leaks = json_get_int(o, "leaks", 0) > 0;
	if (c->json) {
		pprof_print_json(o);
	} else {
		print_head(o);
		print_table(c, o);
	}
	json_decref(o);
	return ERR_OK;
}

static enum err
series(struct pprof_line *c, bool *leaks, struct err_msg *why)
{
	return json_object_get(c->params, "profile") != NULL ? add(c, why) : rank(c, leaks, why);
}

int
cli_series(int argc, char **argv)
{
	return pprof_line_run(argc, argv, usage, tables, series);
}
