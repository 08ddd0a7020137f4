/*
 * build_run.h - the rows of a build matrix, several at a time: check, build, look, run, list parts.
 *
 * Layer   cli. Turns a loop of its own until all is done or a signal came; then every row has
 *         a "state": refused, built, cached (the same bytes as before), failed, cancelled or
 *         planned.
 * Rows    get: command [word], env, file, bytes, sha256, seconds, output (of a failure), facts (of
 *         `vise image show`), smoke { state, how, ms, status, said }, sbom { file, tool }.
 */
#ifndef CLI_BUILD_RUN_H
#define CLI_BUILD_RUN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "cli/build_check.h"
#include "core/json.h"

enum { SMOKE_RUNS_MAX = 100 };

struct build_opts {
	const struct build_go *go;
	const char *package, *dir;
	unsigned jobs, cpus;
	bool smoke, sbom, dry;
	const char *smoke_args, *expect;        /* or NULL */
	uint64_t smoke_ns;
	unsigned smoke_runs;            /* each result is run so often; the median counts */
	char **extra;                   /* words for go build */
	size_t extras;
	/* A row's state is another. all: of those, how many are done. */
	void (*changed)(void *arg, const json_t *row, size_t done, size_t all);
	void (*tick)(void *arg, const json_t *rows);    /* each second */
	void (*checked)(void *arg, const json_t *rows); /* before the first is built */
	void *arg;
};

/* ERR_CANCELLED after a signal. */
enum err build_run(json_t *rows, const struct build_opts *o, struct err_msg *why);

#endif
