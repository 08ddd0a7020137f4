/*
 * about.h - the help of a subcommand: its usage in lines of a terminal, its options in words.
 *
 * Layer   cli. Subcommands with own_options print their own. Every option of the table of
 *         complete.c has its words here (tests/cli/complete.t).
 */
#ifndef CLI_ABOUT_H
#define CLI_ABOUT_H
#include "cli/cli.h"

void about_print(const struct cli_command *cmd);        /* on stdout */
/* Help that stands in lines already: those that are wider than a terminal go on below. */
void about_text(const char *text);
/* A verb of a subcommand: its usage, and below it what it does. */
void about_verb(const char *name, const char *verb, const char *usage, const char *help);
/* The word number `n` (from 0) that the usage wants beside options, "TARGET"; "": there is none. */
void about_wanted(const struct cli_command *cmd, size_t n, char *out, size_t size);

#endif
