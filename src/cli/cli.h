/*
 * cli.h - the command line: one table of subcommands, one way in.
 *
 * Layer   cli. cli_main returns the exit status of design 8. What the screen does
 *         comes in through the
 *         hooks, because this folder may not include ui; the caller keeps them.
 * Errors  one line `vise: what: why; next` on stderr, or {"error":{...}} on stdout with --json.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "core/project.h"

/* --trust-hash of the command line, for us and for what we start (core/trust.h). */
#define ARGS_TRUST "VISE_TRUST_HASH"
/* --clean, for us and for a bench that we start: nothing of the user's or the project's is read. */
#define ARGS_CLEAN "VISE_CLEAN"

struct cli_view {
	const char *bench;
	int fd; /* connected to it; view() owns it */
	bool observe, plain, demo;
	long long job; /* whose terminal is shown first; 0: none */
};

struct cli_hooks {
	int (*view)(const struct cli_view *v); /* the workbench; returns the exit status */
	void (*keys)(bool json);               /* prints the key table */
};

/* One call of a subcommand. args_parse (cli/args.h) fills what stands below the blank line. */
struct cli_call {
	const struct cli_hooks *hooks;
	const struct cli_command *commands; /* all there are, ended by a NULL name */
	const char *name;
	int argc;
	char **argv; /* argv[0] is the subcommand; args_parse reorders it */

	bool json;
	const char *bench; /* --bench NAME */
	char **word;       /* what is no option */
	size_t words;
	char **rest; /* what stands behind -- */
	size_t rests;
	bool has_rest;

	struct project project; /* whose settings were filled in; cli_main ends it */
	char **own; /* word, when it is not part of argv; or NULL */
};

struct cli_command {
	const char *name, *usage, *help;
	int (*run)(struct cli_call *c);
	bool own_options; /* it reads argv by itself, --help too */
};

int cli_main(int argc, char **argv, const struct cli_hooks *hooks);

#endif
