/*
 * pprof_args.h - the command lines of `vise pprof`: options of reports, sources, one way to ask and
 * to fail.
 *
 * Layer   cli. Shared by the files of the subcommands (cli_pprof.c and those that p-verbs live in).
 * Names   --show-from, --show_from, -show_from and -show_from=x are one: what people type for go
 *         tool pprof works here. Only -base does not: --base means something else than go's.
 */
#ifndef CLI_PPROF_ARGS_H
#define CLI_PPROF_ARGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"

enum { PPROF_SOURCES = 512 };
enum pprof_kind { PPROF_TEXT, PPROF_FLAG, PPROF_NOFLAG, PPROF_COUNT, PPROF_NUMBER, PPROF_REAL,
	PPROF_BYTES, PPROF_TIME, PPROF_CHOICE };

/* One row per option: its parameter in the worker's request, and how its value is read. */
struct pprof_option {
	const char *name, *key;         /* name without dashes, '-' between words */
	enum pprof_kind kind;
	const char *value;              /* PPROF_CHOICE: what the bare option stands for */
};

/* Options of every report; a verb's own table may be put before it. */
extern const struct pprof_option pprof_report_options[];
/* timeout, limit, max-memory, json */
extern const struct pprof_option pprof_common_options[];

struct pprof_line {
	const char *verb;
	json_t *params;                 /* a key for every option given */
	const char *word[PPROF_SOURCES];        /* what is no option */
	size_t words;
	bool json;
};

/* *found: what --check asks for is there. */
typedef enum err pprof_line_run_fn(struct pprof_line *c, bool *found, struct err_msg *why);

/* A verb from its words to its exit status: --help prints usage; with --check it is 1 when run
 * found something. */
int      pprof_line_run(int argc, char **argv, const char *usage,
                        const struct pprof_option *const *tables, pprof_line_run_fn *run);
/* argv[0] is the verb. tables: ended by NULL; the first that knows an option takes it. */
enum err pprof_line_init(struct pprof_line *c, const struct pprof_option *const *tables, int argc,
                         char **argv, struct err_msg *why);
void     pprof_line_fini(struct pprof_line *c);
/* The words from `from` on as the parameter "now": one, or an array to be merged. */
enum err pprof_line_sources(struct pprof_line *c, size_t from, struct err_msg *why);
/* Asks a worker with the line's parameters; write_ok as in cli_worker.h. */
enum err pprof_line_call(struct pprof_line *c, const char *method, const char *write_ok,
                         json_t **result, struct err_msg *why);
enum err pprof_usage(struct err_msg *why, const char *what, const char *text);
/* The error as one line or as JSON; returns the exit status. */
int      pprof_failed(bool json, const struct err_msg *why);
void     pprof_print_json(const json_t *o);

#endif
