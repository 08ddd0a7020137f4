/*
 * say.h - what subcommands print: errors, JSON, text that came from a board.
 *
 * Layer   cli.
 */
#ifndef CLI_SAY_H
#define CLI_SAY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "base/err.h"
#include "cli/cli.h"
#include "core/json.h"

/* The end of a subcommand: prints the error, if any (c may be NULL: no --json), flushes
 * stdout, gives the exit status. */
int say_end(const struct cli_call *c, enum err e, const struct err_msg *why);
/* The same with what caused it (core/cause.h): stolen, may be NULL. */
int say_end_cause(const struct cli_call *c, enum err e, const struct err_msg *why, json_t *cause);
void say_json(const json_t *v); /* one line */
/* Control bytes as \xNN, tab and newline kept. */
void say_text(FILE *f, const char *p, size_t n);
void say_str(FILE *f, const char *s);
/* A word as a shell takes it: quoted where it must be. */
void say_word(FILE *f, const char *word);
/* Rows for people: an array of objects is a table, an object its members, else one line. */
void say_value(const json_t *v);

#endif
