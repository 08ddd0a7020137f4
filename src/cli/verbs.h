/*
 * verbs.h - subcommands that have verbs (vise board list): one way to find the verb, one error.
 *
 * Layer   cli. Tables end with a NULL name. c->argv stays as it is: the verb is its first word when
 *         args_parse has read it.
 */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H
#include <stddef.h>
#include "base/err.h"
#include "cli/cli.h"

struct cli_verb {
	const char *name;
	int (*run)(struct cli_call *c);
};

/* Options may stand before the verb. Returns the exit status. */
int verbs_run(struct cli_call *c, const struct cli_verb *verbs);
/* "no such verb", with the one that was meant, or with all. word: NULL or "" when none was given.
 * names: n pointers, stride bytes apart, such as &table[0].name and sizeof *table. */
enum err verbs_refuse(const char *subcommand, const char *word, const char *const *names,
    size_t stride, size_t n, struct err_msg *why);

#endif
