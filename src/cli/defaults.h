/*
 * defaults.h - what .vise/project.json says where the command line says nothing.
 *
 * Layer   cli. A subcommand's options are filled in by args_parse, by the table here; what has
 *         options of its own asks for a text. A project.json that waits for trust is not applied,
 *         and is told on stderr, once a command; a denied one is passed over. One that is wrong is
 *         an error of the command.
 * Rules   --place and a port or board exclude each other: who names one has none of the others from
 *         the project; who names a bench (--bench) has no port and no place from it.
 */
#ifndef CLI_DEFAULTS_H
#define CLI_DEFAULTS_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "core/project.h"

/* A command line that is being read, by the names of its options. */
struct defaults_line {
	void *arg;
	const char *command;
	bool bench;                             /* --bench was given */
	size_t words, most;                     /* that are there; that may be */
	bool (*has)(void *arg, const char *option);     /* it is one of the subcommand's */
	bool (*given)(void *arg, const char *option);
	bool (*put)(void *arg, const char *option, const char *value);
	void (*add_word)(void *arg, const char *value);
};

/* The project of the working folder; p->data NULL: nothing to apply. p ends by project_fini. */
enum err defaults_open(struct project *p, struct err_msg *why);
/* The values live in p, which is opened when the command is one that takes any. */
enum err defaults_fill(const struct defaults_line *l, struct project *p, struct err_msg *why);
/* One setting as text, "pprof"; NULL: none. Heap string. An error is told on stderr. */
char    *defaults_text(const char *setting);

#endif
