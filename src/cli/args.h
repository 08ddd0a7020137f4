/*
 * args.h - options of a subcommand: one table, values checked, words in between allowed.
 *
 * Layer   cli. Nothing is copied: results point into argv. --json, --bench NAME,
 *         --trust-hash and --clean are known everywhere.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "cli/cli.h"

enum { ARGS_SETS_MAX = 64 };

struct args_sets {
	const char *v[ARGS_SETS_MAX];
	size_t n;
}; /* "key=value" */

enum args_kind {
	ARGS_FLAG,  /* bool */
	ARGS_TEXT,  /* const char * */
	ARGS_SPAN,  /* const char *, a duration such as 500ms */
	ARGS_COUNT, /* const char *, a number from 1 */
	ARGS_SET,   /* struct args_sets, may be given again */
	ARGS_LIST,  /* struct args_sets of any words, may be given again */
};

struct args_option {
	const char *name;
	enum args_kind kind;
	void *to;
};

enum { ARGS_MANY = 1 << 20 };

/* options ends with a NULL name, may be NULL. min..max words must remain. Words behind --
 * are c->rest. */
enum err args_parse(struct cli_call *c, const struct args_option *options, size_t min, size_t max,
    struct err_msg *why);

/* --log-level: ERR_OK for NULL, debug, info, warn and error. */
enum err args_level(const char *level, struct err_msg *why);
/* Is the flag among the words behind argv[0], before a "--"? Also when they are not read yet. */
bool args_given(int argc, char **argv, const char *flag);
/* --help or -h before a "--": usage is printed. */
bool args_help(const struct cli_call *c, const char *usage);
/* --help or -h before a "--"? */
bool args_want_help(const struct cli_call *c);

#endif
