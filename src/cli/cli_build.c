/* cli_build.c - `vise build`: options, rows, progress. */
#include "cli/cli_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/build_row.h"
#include "cli/build_run.h"
#include "cli/build_text.h"
#include "cli/cli_boards.h"
#include "cli/defaults.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "sys/path.h"

enum { JOBS_MAX = 32, EVENT_OUTPUT = 4096 };

struct given {
	struct args_sets boards;
	const char *dir, *jobs, *tags, *ldflags, *smoke_time, *smoke_runs;
	const json_t *project;          /* "build" of its project.json, or NULL */
	bool trimpath, csv, events;
	struct build_opts o;
	struct cli_call *call;
	bool tty, line;                 /* line: a progress line stands on the terminal */
	int status;                     /* of a plugin that said itself what is wrong */
	size_t said[BUILD_ROWS_MAX];    /* findings of each row that were said before the build */
};

/* ---- progress, for who sits there and for who reads lines */

static void
clear_line(struct given *g)
{
	if (g->line)
		fputs("\r\033[K", stderr);
	g->line = false;
}

static void
on_tick(void *arg, const json_t *rows)
{
	struct given *g = arg;
	size_t i, done = 0, n = 0;
	char names[60] = "";
	const json_t *r;

	if (!g->tty)
		return;
	json_array_foreach(rows, i, r) {
		const char *state = json_get_str(r, "state", "");
		const bool waits = strcmp(state, "waiting") == 0;

		done += !waits && strcmp(state, "building") != 0;
		if (strcmp(state, "building") == 0 && n < sizeof names)
			n += (size_t)snprintf(names + n, sizeof names - n, " %s",
			    json_get_str(r, "row", ""));
	}
	clear_line(g);
	fprintf(stderr, "%zu of %zu%s%.58s", done, json_array_size(rows), n != 0 ? ", building" :
	    "", names);
	(void)fflush(stderr);
	g->line = true;
}

static void
on_changed(void *arg, const json_t *row, size_t done, size_t all)
{
	struct given *g = arg;
	const char *state = json_get_str(row, "state", "");

	if (g->events) {
		/* a line that whoever reads lines takes whole */
		json_t *few = json_copy((json_t *)(uintptr_t)row), *o;
		const char *output = json_get_str(row, "output", NULL);

		if (output != NULL)
			json_put_strn(few, "output", output, strnlen(output, EVENT_OUTPUT));
		o = json_pack("{s:s,s:o,s:I,s:I}", "type", "row", "row", few, "done",
		    (json_int_t)done, "all", (json_int_t)all);
		say_json(o);
		json_decref(o);
		(void)fflush(stdout);
	}
	if (strcmp(state, "building") == 0 || g->o.dry)
		return;
	clear_line(g);
	fprintf(stderr, "%3zu%% ", all != 0 ? 100 * done / all : 100);
	build_text_state(stderr, row);
}

/* What speaks against a row is said before the first is built. */
static void
on_checked(void *arg, const json_t *rows)
{
	struct given *g = arg;
	const json_t *r;
	size_t i;

	clear_line(g);
	json_array_foreach(rows, i, r)
		g->said[i] = build_text_row(stderr, r, 0);
}

/* ---- rows */

static bool
is_env_file(const char *word)
{
	return slice_ends(slice_of(word), ".env") && path_exists(word);
}

static enum err
add_board(struct given *g, const char *id, json_t *rows, struct err_msg *why)
{
	json_t *profile = NULL, *row = NULL;
	enum err e = boards_load(id, &profile, &g->status, why);

	if (e == ERR_OK && profile != NULL)
		e = build_row_board(id, profile, &row, why);
	json_decref(profile);
	return e == ERR_OK && row != NULL ? build_row_add(rows, row, why) : e;
}

/* What all rows are given, where they say nothing themselves. */
static void
common(const struct given *g, json_t *row)
{
	if (g->tags != NULL && json_object_get(row, "tags") == NULL)
		json_put_str(row, "tags", g->tags);
	if (g->ldflags != NULL && json_object_get(row, "ldflags") == NULL)
		json_put_str(row, "ldflags", g->ldflags);
	if (g->trimpath)
		json_put_bool(row, "trimpath", true);
}

static enum err
add_word(struct given *g, const char *word, json_t *rows, struct err_msg *why)
{
	json_t *row = NULL;
	char host[80];
	enum err e;

	if (strncmp(word, "board:", 6) == 0)
		return add_board(g, word + 6, rows, why);
	if (is_env_file(word)) {
		e = build_row_file(word, &row, why);
	} else if (strcmp(word, "host") == 0 || strncmp(word, "host,", 5) == 0) {
		snprintf(host, sizeof host, "%s/%s", g->o.go->hostos, g->o.go->hostarch);
		char *whole = mem_fmt("%s%s", host, word + 4);

		e = build_row_word(whole, &row, why);
		mem_free(whole);
	} else {
		e = build_row_word(word, &row, why);
	}
	return e == ERR_OK ? build_row_add(rows, row, why) : e;
}

static bool
is_row(const struct given *g, const char *word)
{
	return strncmp(word, "board:", 6) == 0 || is_env_file(word) ||
	    strcmp(word, "host") == 0 || strncmp(word, "host,", 5) == 0 ||
	    build_row_is(word, g->o.go->targets);
}

/* A row, a board's id, or the package. */
static enum err
add_any(struct given *g, const char *word, json_t *rows, struct err_msg *why)
{
	if (is_row(g, word))
		return add_word(g, word, rows, why);
	if (strchr(word, '/') == NULL && !path_exists(word) && plugins_have("board", word))
		return add_board(g, word, rows, why);
	if (g->o.package != NULL)
		return err_set(why, ERR_USAGE, word,
		    "rows: linux/arm64, linux/arm/7, tinygo:pico, FILE.env, a board, host",
		    "is no row, and the package is %s already", g->o.package);
	g->o.package = word;
	return ERR_OK;
}

/* No row was named: those of the project. */
static enum err
project_rows(struct given *g, json_t *rows, struct err_msg *why)
{
	enum err e = ERR_OK;
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(g->project, "rows"), i, v)
		if (e == ERR_OK)
			e = add_any(g, json_string_value(v), rows, why);
	return e;
}

static enum err
add_rows(struct given *g, struct cli_call *c, json_t *rows, struct err_msg *why)
{
	enum err e = ERR_OK;
	json_t *row;
	size_t i;

	for (i = 0; i < c->words && e == ERR_OK; i++)
		e = add_any(g, c->word[i], rows, why);
	for (i = 0; i < g->boards.n && e == ERR_OK; i++)
		e = add_board(g, g->boards.v[i], rows, why);
	if (e == ERR_OK && json_array_size(rows) == 0)
		e = project_rows(g, rows, why);
	if (e == ERR_OK && g->status == 0 && json_array_size(rows) == 0)
		e = err_set(why, ERR_USAGE, "build", "vise help build",
		    "no row: say linux/arm64, linux/mipsle/softfloat, FILE.env, a board or host");
	json_array_foreach(rows, i, row) {
		if (e == ERR_OK)
			e = build_row_check(row, g->o.go->targets, g->o.go->minor, why);
		common(g, row);
		if (e == ERR_OK)
			build_check_row(g->o.go, row);
	}
	if (g->o.package == NULL)
		g->o.package = json_get_str(g->project, "package", ".");
	if (json_array_size(rows) < g->o.jobs)
		g->o.jobs = (unsigned)json_array_size(rows);
	return e;
}

/* ---- the whole */

/* What its project.json says of a build, where the command line says nothing. */
static enum err
take_project(struct given *g, struct cli_call *c, struct err_msg *why)
{
	const enum err e = defaults_open(&c->project, why);

	g->project = json_object_get(c->project.data, "build");
	if (g->dir == NULL)
		g->dir = json_get_str(g->project, "out", NULL);
	if (g->tags == NULL)
		g->tags = json_get_str(g->project, "tags", NULL);
	if (g->ldflags == NULL)
		g->ldflags = json_get_str(g->project, "ldflags", NULL);
	g->trimpath = g->trimpath || json_get_bool(g->project, "trimpath", false);
	return e;
}

static enum err
options(struct given *g, struct cli_call *c, struct err_msg *why)
{
	const struct args_option table[] = {
		{ "-p", ARGS_LIST, &g->boards }, { "--board", ARGS_LIST, &g->boards },
		{ "-o", ARGS_TEXT, &g->dir }, { "-j", ARGS_COUNT, &g->jobs },
		{ "--tags", ARGS_TEXT, &g->tags }, { "--ldflags", ARGS_TEXT, &g->ldflags },
		{ "--trimpath", ARGS_FLAG, &g->trimpath }, { "--smoke", ARGS_FLAG, &g->o.smoke },
		{ "--smoke-args", ARGS_TEXT, &g->o.smoke_args },
		{ "--smoke-time", ARGS_SPAN, &g->smoke_time },
		{ "--smoke-runs", ARGS_COUNT, &g->smoke_runs },
		{ "--expect", ARGS_TEXT, &g->o.expect }, { "--sbom", ARGS_FLAG, &g->o.sbom },
		{ "--csv", ARGS_FLAG, &g->csv }, { "--events", ARGS_FLAG, &g->events },
		{ "-n", ARGS_FLAG, &g->o.dry }, { "--dry-run", ARGS_FLAG, &g->o.dry },
		{ NULL, ARGS_FLAG, NULL },
	};
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t n = cpus > 0 ? (uint64_t)cpus : 1;
	enum err e = args_parse(c, table, 0, ARGS_MANY, why);

	if (e == ERR_OK)
		e = take_project(g, c, why);
	g->o.cpus = (unsigned)n;
	n = n > 4 ? 4 : n;
	if (e == ERR_OK && g->jobs != NULL && !slice_u64(slice_of(g->jobs), JOBS_MAX, &n))
		e = err_set(why, ERR_USAGE, "-j", NULL, "at most %d at a time", JOBS_MAX);
	g->o.jobs = (unsigned)n;
	n = 1;
	if (e == ERR_OK && g->smoke_runs != NULL && !slice_u64(slice_of(g->smoke_runs),
	    SMOKE_RUNS_MAX, &n))
		e = err_set(why, ERR_USAGE, "--smoke-runs", NULL, "at most %d", SMOKE_RUNS_MAX);
	g->o.smoke_runs = (unsigned)n;
	g->o.smoke_ns = 10 * NS_PER_S;
	if (g->smoke_time != NULL)
		(void)slice_duration(slice_of(g->smoke_time), &g->o.smoke_ns);
	g->o.smoke = g->o.smoke || g->o.smoke_args != NULL || n > 1 || g->o.expect != NULL;
	g->o.dir = g->dir != NULL ? g->dir : "dist";
	g->o.extra = c->rest;
	g->o.extras = c->rests;
	g->tty = isatty(STDERR_FILENO) == 1;
	return e;
}

/* The worst of the rows: a verdict before what is missing here. */
static int
status_of(const json_t *rows)
{
	const json_t *r, *f;
	size_t i, k;
	int status = 0;

	json_array_foreach(rows, i, r) {
		const char *state = json_get_str(r, "state", "");

		if (strcmp(state, "failed") == 0 || strcmp(state, "refused") == 0)
			return err_exit_status(ERR_VERIFY);
		json_array_foreach(json_object_get(r, "findings"), k, f)
			if (strcmp(json_get_str(f, "level", ""), "unfit") == 0)
				return err_exit_status(ERR_VERIFY);
		if (strcmp(json_get_str(json_object_get(r, "smoke"), "state", ""), "missing") == 0)
			status = err_exit_status(ERR_NOENT);
	}
	return status;
}

static json_t *
whole(const struct given *g, json_t *rows)
{
	json_t *o = json_object();

	if (g->events)
		json_put_str(o, "type", "end");
	json_put_str(o, "go", g->o.go->version);
	json_put_str(o, "package", g->o.package);
	json_put_str(o, "dir", g->o.dir);
	(void)json_object_set(o, "rows", rows);
	return o;
}

static void
print(const struct given *g, json_t *rows)
{
	const json_t *r;
	size_t i;

	if (g->call->json || g->events) {
		json_t *o = whole(g, rows);

		say_json(o);
		json_decref(o);
		return;
	}
	if (g->o.dry) {
		build_text_plan(stdout, rows);
		return;
	}
	if (g->csv)
		build_text_csv(stdout, rows);
	else
		build_text_table(stdout, rows);
	json_array_foreach(rows, i, r)
		(void)build_text_row(g->csv ? stderr : stdout, r, g->said[i]);
}

int
cli_build(struct cli_call *c)
{
	struct build_go go = { .minor = 0 };
	struct given g = { .call = c, .o = { .go = &go, .changed = on_changed, .tick = on_tick,
	    .checked = on_checked } };
	json_t *rows = json_array();
	struct err_msg why = { .code = ERR_OK };
	enum err e = options(&g, c, &why);
	int status, end;

	g.o.arg = &g;
	if (e == ERR_OK)
		e = build_go_init(&go, &why);
	if (e == ERR_OK)
		e = add_rows(&g, c, rows, &why);
	if (e == ERR_OK && g.status == 0 && !g.o.dry)
		e = path_make(g.o.dir, &why);
	if (e == ERR_OK && g.status == 0) {
		e = build_run(rows, &g.o, &why);
		clear_line(&g);
		print(&g, rows);
	}
	status = g.status != 0 ? g.status : status_of(rows);
	end = say_end(c, e, &why);
	json_decref(rows);
	build_go_fini(&go);
	return end != 0 ? end : status;
}
