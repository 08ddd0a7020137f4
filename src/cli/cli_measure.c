/* cli_measure.c - `vise measure`: options, boards one after the other, the table. */
#include "cli/cli_measure.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/measure_table.h"
#include "cli/say.h"
#include "gauge/set.h"
#include "gauge/sources.h"
#include "sys/path.h"
#include "sys/time.h"

enum { BOARDS_MAX = 64 };

struct given {
	struct args_sets boards;        /* [NAME=]SPEC */
	const char *there, *port, *path, *connections, *runs, *load;
	const char *warm, *window, *settle, *sys_root;
	const char *format;
	bool keep, csv, cold;
	struct buf args;
};

static void
on_interrupt(void *arg)
{
	((struct measure_loop *)arg)->signal = SIGINT;
}

static void
on_terminate(void *arg)
{
	((struct measure_loop *)arg)->signal = SIGTERM;
}

/* Progress is for who sits there. */
static void
progress(const char *board, const char *what)
{
	fprintf(stderr, "vise: %s: %s\n", board, what);
}

static uint64_t
span(const char *text, uint64_t otherwise)
{
	uint64_t ns;

	return text != NULL && slice_duration(slice_of(text), &ns) ? ns : otherwise;
}

static unsigned
count(const char *text, unsigned otherwise)
{
	uint64_t n;

	return text != NULL && slice_u64(slice_of(text), 1000000, &n) ? (unsigned)n : otherwise;
}

static enum err
check(const struct cli_call *c, const struct given *g, const struct measure_opts *o,
    struct err_msg *why)
{
	uint64_t port;

	if ((c->words == 0) == (g->there == NULL))
		return err_set(why, ERR_USAGE, "measure", "vise help measure",
		    "give a program to copy, or --there PATH of one on the board");
	if (o->program != NULL && access(o->program, X_OK) != 0)
		return err_set(why, ERR_NOENT, o->program, NULL, "no program that can be run");
	if (!slice_u64(slice_of(o->port), 65535, &port) || port == 0)
		return err_set(why, ERR_USAGE, "measure --port", NULL, "not a port: %s", o->port);
	if (o->connections > HTTPLOAD_MAX || o->runs > MEASURE_RUNS_MAX)
		return err_set(why, ERR_USAGE, "measure", NULL,
		    "at most %d connections and %d runs", HTTPLOAD_MAX, MEASURE_RUNS_MAX);
	for (size_t i = 0; i < g->boards.n; i++) {
		const char *spec = g->boards.v[i] + source_given_name(g->boards.v[i]);

		spec += spec != g->boards.v[i];
		if (strcmp(spec, "local") != 0 && strncmp(spec, "ssh:", 4) != 0 &&
		    strncmp(spec, "exec:", 5) != 0)
			return err_set(why, ERR_USAGE, spec, "local, ssh:HOST or exec:PROGRAM",
			    "not a board that a program can be measured on");
	}
	return ERR_OK;
}

static enum err
options(struct cli_call *c, struct given *g, struct measure_opts *o, struct err_msg *why)
{
	const struct args_option table[] = {
		{ "--on", ARGS_LIST, &g->boards }, { "--there", ARGS_TEXT, &g->there },
		{ "--port", ARGS_TEXT, &g->port }, { "--path", ARGS_TEXT, &g->path },
		{ "-c", ARGS_COUNT, &g->connections }, { "--runs", ARGS_COUNT, &g->runs },
		{ "--for", ARGS_SPAN, &g->load }, { "--warm", ARGS_SPAN, &g->warm },
		{ "--window", ARGS_SPAN, &g->window }, { "--settle", ARGS_SPAN, &g->settle },
		 { "--keep-governor", ARGS_FLAG, &g->keep },
		{ "--csv", ARGS_FLAG, &g->csv }, { "--no-heat", ARGS_FLAG, &g->cold },
		 { "--sys-root", ARGS_TEXT, &g->sys_root },
		{ NULL, ARGS_FLAG, NULL },
	};
	const enum err e = args_parse(c, table, 0, 1, why);

	if (e != ERR_OK)
		return e;
	if (g->boards.n == 0)
		g->boards.v[g->boards.n++] = "local";
	for (size_t i = 0; i < c->rests; i++) {
		measure_quote(c->rest[i], &g->args);
		(void)buf_add_byte(&g->args, ' ');
	}
	*o = (struct measure_opts){ .program = c->words != 0 ? c->word[0] : NULL,
		.there = g->there, .args = buf_str(&g->args), .sys_root = g->sys_root,
		.port = g->port != NULL ? g->port : "8080", .path = g->path != NULL ? g->path : "/",
		.connections = count(g->connections, 50), .runs = count(g->runs, 3),
		.load_ns = span(g->load, 10 * NS_PER_S),
		.warm_ns = g->cold ? 0 : span(g->warm, 900 * NS_PER_S),
		.settle_ns = span(g->settle, NS_PER_S),
		.window_ns = span(g->window, 300 * NS_PER_S), .pin = !g->keep,
		.progress = isatty(STDERR_FILENO) == 1 ? progress : NULL };
	return check(c, g, o, why);
}

static void
one(struct measure_loop *l, const char *given, const struct measure_opts *o,
    struct measure_row *r)
{
	const size_t n = source_given_name(given);
	char name[GAUGE_FROM_MAX];

	if (n != 0)
		snprintf(name, sizeof name, "%.*s", (int)n, given);
	else
		source_name(given, name);
	measure_row_init(r, strcmp(given, "local") == 0 ? "local" : name);
	(void)measure_run(l, n != 0 ? given + n + 1 : given, o, r);
}

static enum err
print(const struct cli_call *c, const struct given *g, const struct measure_row *rows, size_t n,
    const struct measure_opts *o)
{
	if (c->json) {
		json_t *j = measure_json(rows, n, o);

		say_json(j);
		json_decref(j);
	} else if (g->csv) {
		measure_csv(stdout, rows, n);
	} else {
		measure_text(stdout, rows, n, o);
	}
	for (size_t i = 0; i < n; i++)
		if (rows[i].error.code != ERR_OK)
			return rows[i].error.code;
	return ERR_OK;
}

static enum err
run(struct cli_call *c, const struct given *g, const struct measure_opts *o)
{
	struct measure_loop l = { .loop = loop_new() };
	struct measure_row *rows = mem_zero(g->boards.n, sizeof *rows);
	size_t n = 0;
	enum err e;

	(void)loop_signal_watch(l.loop, SIGINT, on_interrupt, &l);
	(void)loop_signal_watch(l.loop, SIGTERM, on_terminate, &l);
	for (; n < g->boards.n && l.signal == 0; n++)
		one(&l, g->boards.v[n], o, &rows[n]);
	e = print(c, g, rows, n, o);
	loop_free(l.loop);
	mem_free(rows);
	return e;
}

int
cli_measure(struct cli_call *c)
{
	struct given g = { .there = NULL };
	struct measure_opts o;
	struct err_msg why = { .code = ERR_OK };
	enum err e;

	buf_init(&g.args, 64 << 10);
	e = options(c, &g, &o, &why);
	if (e != ERR_OK) {
		buf_fini(&g.args);
		return say_end(c, e, &why);
	}
	e = run(c, &g, &o);
	buf_fini(&g.args);
	(void)fflush(stdout);
	return err_exit_status(e);
}
