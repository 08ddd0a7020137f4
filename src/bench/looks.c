/* looks.c - profile.view, profile.details, profile.export: a worker is asked, its answer passed on.
 * */
#include "bench/looks.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/consoles.h"
#include "bench/news.h"
#include "bench/profile_tasks.h"
#include "bench/shots.h"
#include "bench/watch.h"
#include "sys/path.h"

struct look {
	struct profile_task *task;
	struct command_call *call;
	struct bench *bench;
};

static void
on_answer(void *arg, const json_t *result, const struct err_msg *why)
{
	struct look *l = arg;

	if (why != NULL)
		command_fail(l->call, why);
	else
		command_done(l->call, json_incref((json_t *)(uintptr_t)result));
	l->bench->looks--;
	profile_task_close(l->task);
	mem_free(l);
}

/* ---- arguments to the worker's parameters */

/* Names of arguments that mean the same to the worker, most of them pprof's own words. */
static const char *const passed[] = { "only", "width", "sort", "match", "focus", "ignore", "hide",
	"show", "tagfocus", "tagignore", "columns", "rows", "limit", "fraction", "from",
	    "granularity",
	"function", "source_root", "context", "format", "title", "normalize" };

static json_t *
words(const char *text, char between)
{
	json_t *list = json_array();
	struct slice rest = slice_of(text), one;

	while (rest.n != 0) {
		one = slice_cut(rest, between, &rest);
		if (one.n != 0)
			(void)json_array_append_new(list, json_text(one.p, one.n));
	}
	return list;
}

/* A file, or a word for a snapshot of the timeline. */
static enum err
put_source(const struct bench *b, json_t *params, const char *key, const char *word,
    struct err_msg *why)
{
	char *path = shots_path(b, word, NULL, why);

	if (path == NULL)
		return why->code;
	json_put_str(params, key, path);
	mem_free(path);
	return ERR_OK;
}

static enum err
side(const struct bench *b, const json_t *args, json_t *params, struct err_msg *why)
{
	enum err e;

	const char *now = json_get_str(args, "b", json_string_value(b->profile_b));
	const char *base = json_get_str(args, "a", json_string_value(b->profile_a));

	if (now == NULL)
		return err_set(why, ERR_NOTHING, "profile",
		    "profile.grab URL fetches one, profile.load A B compares two files",
		    "no profile is chosen");
	e = put_source(b, params, "now", now, why);
	/* b=... alone is about that one; a= with nothing behind it leaves A out */
	if (e == ERR_OK && base != NULL && base[0] != '\0' &&
	    (json_object_get(args, "a") != NULL || json_object_get(args, "b") == NULL))
		e = put_source(b, params, "diff_base", base, why);
	return e;
}

static enum err
make_params(const struct bench *b, const json_t *args, json_t *params, struct err_msg *why)
{
	const char *zoom = json_get_str(args, "zoom", NULL), *type = json_get_str(args, "type",
	    NULL), *parts = json_get_str(args, "parts", NULL);

	for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++)
		if (json_object_get(args, passed[i]) != NULL)
			(void)json_object_set(params, passed[i], json_object_get(args, passed[i]));
	if (type != NULL && type[0] != '\0')
		json_put_str(params, "sample_index", type);
	if (zoom != NULL)
		json_put(params, "zoom", words(zoom, ';'));
	if (parts != NULL)
		json_put(params, "parts", words(parts, ','));
	if (json_object_get(params, "source_root") == NULL)
		json_put_str(params, "source_root", options_text(&b->options, OPT_PROFILE_SOURCE));
	json_put_int(params, "limit_bytes",
	    (json_int_t)(options_num(&b->options, OPT_PROFILE_LIMIT) << 20));
	return side(b, args, params, why);
}

static enum err
ask(struct command_call *c, const char *method, json_t *params, const char *write_ok,
    struct err_msg *why)
{
	struct bench *b = c->ctx;
	struct profile_task *t;
	struct look *l;

	if (b->looks >= LOOKS_MAX)
		return err_set(why, ERR_BUSY, "profile", "try again in a moment",
		    "%d requests are being worked on", LOOKS_MAX);
	t = profile_task_open(b, write_ok, why);
	if (t == NULL)
		return ERR_INFRA;
	l = mem_zero(1, sizeof *l);
	*l = (struct look){ t, c, b };
	b->looks++;
	profile_task_ask(t, method, json_incref(params), (uint64_t)LIMIT_WORKER_MS * NS_PER_MS,
	    on_answer, l);
	return ERR_OK;
}

static void
run(struct command_call *c, const char *method)
{
	json_t *params = json_object();
	struct err_msg why = { .code = ERR_OK };
	enum err e = make_params(c->ctx, c->args, params, &why);

	if (e == ERR_OK)
		e = ask(c, method, params, NULL, &why);
	if (e != ERR_OK)
		command_fail(c, &why);
	json_decref(params);
}

static void
cmd_view(struct command_call *c)
{
	run(c, "pprof.flame");
}

static void
cmd_details(struct command_call *c)
{
	run(c, "pprof.details");
}

char *
looks_place(const struct bench *b, const char *file)
{
	const char *home = getenv("HOME");

	if (file[0] == '/')
		return mem_str(file);
	if (strncmp(file, "~/", 2) == 0 && home != NULL)
		return mem_fmt("%s/%s", home, file + 2);
	return bench_path(b, "exports", "%s", file);
}

static void
cmd_export(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *file = json_get_str(c->args, "file", "");
	char *path = NULL, *folder = NULL;
	json_t *params = json_object();
	struct err_msg why = { .code = ERR_OK };
	enum err e = make_params(b, c->args, params, &why);

	if (e == ERR_OK && (file[0] == '\0' || (file[0] != '/' && strstr(file, "..") != NULL)))
		e = err_set(&why, ERR_USAGE, file, "give a path, or a bare name",
		    "no place to write to");
	if (e == ERR_OK) {
		path = looks_place(b, file);
		folder = mem_strn(path, (size_t)(strrchr(path, '/') - path) + 1);
		json_put_str(params, "out", path);
		e = ask(c, "pprof.export", params, folder, &why);
	}
	if (e != ERR_OK)
		command_fail(c, &why);
	mem_free(path);
	mem_free(folder);
	json_decref(params);
}

/* ---- over several snapshots */

/* The series file that the newest watch of this kind keeps, or NULL (borrowed from watches). */
static const char *
series_of(const json_t *watches, const char *kind)
{
	const char *path = NULL;
	const json_t *w;
	size_t i;

	json_array_foreach(watches, i, w) {
		const json_t *s = json_object_get(json_object_get(w, "series"), kind);

		if (json_get_int(s, "snapshots", 0) > 1)
			path = json_get_str(s, "path", path);
	}
	return path;
}

/* The files of that kind that are still there, oldest first. */
static json_t *
files_of(const struct bench *b, const char *kind)
{
	json_t *list = json_array(), *shot;
	size_t i;

	json_array_foreach(b->shots, i, shot)
		if (json_get_bool(shot, "kept", true) &&
		    strcmp(json_get_str(shot, "kind", ""), kind) == 0)
			(void)json_array_append(list, json_object_get(shot, "path"));
	return list;
}

static void
cmd_leaks(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *kind = json_get_str(c->args, "kind", "heap");
	json_t *params = json_copy(c->args), *watches = watches_json(b), *files = files_of(b, kind);
	const char *series = series_of(watches, kind);
	struct err_msg why;
	enum err e = ERR_OK;

	(void)json_object_del(params, "kind");
	if (series != NULL)
		json_put_str(params, "series", series);
	else if (json_array_size(files) > 1)
		json_put(params, "sources", json_incref(files));
	else
		e = err_set(&why, ERR_NOTHING, kind,
		    "watch.start URL takes snapshots regularly, profile.grab one now",
		    "two snapshots are needed to see what grows, three to be sure");
	if (e == ERR_OK)
		e = ask(c, "series.rank", params, NULL, &why);
	if (e != ERR_OK)
		command_fail(c, &why);
	json_decref(files);
	json_decref(watches);
	json_decref(params);
}

enum { CONSOLE_TAIL = 16 << 20 };       /* bytes of a log that are searched for a dump */

/* The sources given, else the first and the last snapshot of goroutines there is. */
static json_t *
goroutine_sources(const struct bench *b, const json_t *args)
{
	json_t *given = json_object_get(args, "sources"), *files, *two;
	const size_t n = json_array_size(given);

	if (n != 0)
		return json_incref(given);
	files = files_of(b, "goroutine");
	two = json_array();
	if (json_array_size(files) > 1)
		(void)json_array_append(two, json_array_get(files, 0));
	if (json_array_size(files) > 0)
		(void)json_array_append(two, json_array_get(files, json_array_size(files) - 1));
	json_decref(files);
	return two;
}

static void
cmd_goroutines(struct command_call *c)
{
	struct bench *b = c->ctx;
	json_t *params = json_copy(c->args), *sources = NULL;
	struct bench_console *k = NULL;
	struct err_msg why;
	enum err e = ERR_OK;

	if (json_object_get(params, "console") != NULL) {
		k = consoles_of(c);
		if (k == NULL) {
			json_decref(params);
			return;
		}
		/* the last dump in its log, or the one at an offset (of a decoded record) */
		sources = json_array();
		(void)json_array_append_new(sources, json_string(k->raw_path));
		if (json_object_get(params, "from") == NULL)
			json_put_int(params, "from", -CONSOLE_TAIL);
	}
	if (sources == NULL)
		sources = goroutine_sources(b, c->args);
	json_put(params, "sources", json_incref(sources));
	if (json_array_size(sources) == 0)
		e = err_set(&why, ERR_NOTHING, "goroutines",
		    "profile.grab URL kind=goroutine, or watch.start with kinds=heap,goroutine",
		    "there is no snapshot of them");
	if (e == ERR_OK)
		e = ask(c, "goroutines.show", params, NULL, &why);
	if (e != ERR_OK)
		command_fail(c, &why);
	json_decref(sources);
	json_decref(params);
}

static const struct command_arg leaks_args[] = {
	{ "kind", ARG_WORD, 0, "heap", "heap, goroutine ..." },
	{ "type", ARG_WORD, 0, NULL, "sample type" },
	{ "limit", ARG_INT, 0, "50", "at most so many stacks" },
	{ "points", ARG_BOOL, 0, "off", "with the value at each snapshot" },
	{ .name = NULL },
};
static const struct command_arg goroutines_args[] = {
	{ "by", ARG_WORD, 0, NULL, "stack, state, creator or age" },
	{ "limit", ARG_INT, 0, "100", "at most so many groups" },
	{ "rules", ARG_WORD, 0, NULL, "what names a leak: default, all, leakprof,stale ..." },
	{ "console", ARG_WORD, 0, NULL, "the last dump in this console's log" },
	{ "from", ARG_INT, 0, NULL, "with console: from this offset; below 0: of the end" },
	{ "bytes", ARG_INT, 0, NULL, "with console: so many bytes" },
	{ "dump", ARG_BOOL, 0, NULL, "of an address: the full dump, which stops the program" },
	{ "yes", ARG_BOOL, 0, NULL, "even for more than half a second" },
	{ "sources", ARG_REST, 0, NULL, "dumps or profiles to compare; else the timeline's" },
	{ .name = NULL },
};

#define LOOK_ARGS \
	{ "type", ARG_WORD, 0, NULL, "sample type; the profile's default if absent" }, \
	{ "only", ARG_WORD, 0, NULL, "both, growth or shrink" }, \
	{ "width", ARG_WORD, 0, NULL, "of boxes: delta or total" }, \
	{ "focus", ARG_WORD, 0, NULL, "only stacks with a frame that matches" }, \
	{ "ignore", ARG_WORD, 0, NULL, "no stacks with a frame that matches" }, \
	{ "hide", ARG_WORD, 0, NULL, "leave out frames that match" }, \
	{ "show", ARG_WORD, 0, NULL, "leave out frames that do not match" }, \
	{ "tagfocus", ARG_WORD, 0, NULL, "only samples with a label that matches" }, \
	{ "tagignore", ARG_WORD, 0, NULL, "no samples with a label that matches" }, \
	{ "zoom", ARG_WORD, 0, NULL, "F;F;F: only stacks that begin so" }, \
	{ "from", ARG_WORD, 0, NULL, "only stacks through it, from there on" }, \
	{ "granularity", ARG_WORD, 0, NULL, "functions, filefunctions, files, lines, addresses" }, \
	{ "normalize", ARG_BOOL, 0, NULL, "scale B to A's total first" }, \
	{ "a", ARG_WORD, 0, NULL, "instead of the chosen A; empty: none" }, \
	{ "b", ARG_WORD, 0, NULL, "instead of the chosen B" }

static const struct command_arg view_args[] = {
	{ "parts", ARG_WORD, 0, NULL, "of table,flame,details; flame if absent" },
	LOOK_ARGS,
	{ "sort", ARG_WORD, 0, NULL, "delta growth flat flat_a cum cum_b error name" },
	{ "match", ARG_WORD, 0, NULL, "only rows whose name matches" },
	{ "limit", ARG_INT, 0, NULL, "most rows of the table (500)" },
	{ "fraction", ARG_NUM, 0, NULL, "smallest share of a row (0.005)" },
	{ "columns", ARG_INT, 0, NULL, "boxes narrower than 1/N are put together (80)" },
	{ "rows", ARG_INT, 0, NULL, "most rows of boxes (64)" },
	{ "function", ARG_WORD, 0, NULL, "whose details" },
	{ "source_root", ARG_WORD, 0, NULL, "where sources are: FOLDER or FROM=TO" },
	{ .name = NULL },
};
static const struct command_arg details_args[] = {
	{ "function", ARG_WORD, ARG_MUST, NULL, "its name, as the rows have it" },
	LOOK_ARGS,
	{ "source_root", ARG_WORD, 0, NULL, "where sources are: FOLDER or FROM=TO" },
	{ "context", ARG_INT, 0, NULL, "lines of source around (3)" },
	{ .name = NULL },
};
static const struct command_arg export_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL,
	    "ending in .svg .folded .speedscope.json .txt or .pb.gz" },
	LOOK_ARGS,
	{ "format", ARG_WORD, 0, NULL, "svg folded speedscope txt pb.gz, whatever its name" },
	{ "title", ARG_WORD, 0, NULL, "of the picture" },
	{ .name = NULL },
};

const struct command bench_look_commands[] = {
	{ "profile.view", "rows and boxes of the profile, or of B against A", view_args, 0,
	    cmd_view },
	{ "profile.details", "callers, callees, lines and stacks of a function", details_args, 0,
	    cmd_details },
	{ "profile.leaks", "what grows over all snapshots, the surest first", leaks_args, 0,
	    cmd_leaks },
	{ "profile.goroutines", "goroutines by stack, with causes, against the first snapshot",
	    goroutines_args, 0, cmd_goroutines },
	{ "profile.export", "write the comparison to a file for other programs", export_args, 0,
	    cmd_export },
	{ .name = NULL },
};
