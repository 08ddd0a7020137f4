/*
 * command.h - the one command table that keys, palette, command line, Lua and the socket enter.
 *
 * Layer   core. Grammar of research/ux.md 6.5:
 *           line = command *( ";" command );  command = name *( SP arg );  arg = value / key "="
 *           value / "--" rest
 *           value = word or "quoted \r \n \t \\ \" \xHH"
 * A command is one row: name, argument specs, help, flags, run. Arguments are checked and filled
 * with
 * defaults before run() sees them, as a JSON object; run() answers now or later, exactly once.
 */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/slice.h"
#include "core/json.h"

enum command_type {
	ARG_WORD,               /* any text: JSON string */
	ARG_INT,                /* JSON integer; K, M suffixes */
	ARG_NUM,                /* JSON real */
	ARG_BOOL,               /* on off true false yes no 1 0: JSON boolean */
	ARG_DURATION,           /* 500ms 2s 10m: JSON integer of nanoseconds */
	ARG_REST,               /* every further positional: JSON array of strings. Last only. */
};

enum { ARG_MUST = 1 };

struct command_arg {
	const char *name;
	enum command_type type;
	unsigned flags;
	const char *dflt;       /* text in the same syntax, NULL: absent */
	const char *help;
};

enum {
	/* changes the board: a viewer asks first, a script passes confirm=on */
	COMMAND_ASKS = 1,
	COMMAND_VIEW = 2,       /* runs in the viewer, not in the bench */
	COMMAND_HIDDEN = 4,
};

struct command_call;
typedef void (*command_run)(struct command_call *c);

struct command {
	const char *name;                       /* noun.verb */
	const char *help;                       /* one line */
	const struct command_arg *args;         /* ended by a NULL name, or NULL */
	unsigned flags;
	command_run run;
};

/* One running call. run() keeps the pointer until it calls command_done or command_fail, once. */
struct command_call {
	const struct command *command;
	json_t *args;                           /* checked, defaults filled in; borrowed */
	void *ctx;                              /* the table's owner: the bench, the viewer */
	void *client;                           /* who asked; NULL: nobody to answer */
	/* private to command.c */
	void (*answer)(void *arg, json_t *result, const struct err_msg *err);
	void *answer_arg;
	bool running, answered;                 /* inside run(); an answer has been given */
};

/* c is over with the answer, or with the return of run() where that comes later: it may read its
 * arguments to its end. Steals result, NULL is null. */
void command_done(struct command_call *c, json_t *result);
void command_fail(struct command_call *c, const struct err_msg *why);
/* cause (borrowed, may be NULL): core/cause.h */
void command_fail_cause(struct command_call *c, const struct err_msg *why, json_t *cause);

/* The answer callback borrows result; err is NULL on success. With err, result is its cause
 * (core/cause.h) or NULL. */
typedef void (*command_answer)(void *arg, json_t *result, const struct err_msg *err);

const struct command *command_find(const struct command *const *tables, struct slice name);
/* tables: NULL-terminated array of arrays, each ended by a row whose name is NULL. */
/* Parses one line and runs its commands in order, stopping at the first error; answer runs once,
 * with the last result. */
void command_line(const struct command *const *tables, const char *line, void *ctx, void *client,
                  command_answer answer, void *arg);
/* Runs one command with arguments already in JSON (script, socket). */
void command_json(const struct command *const *tables, const char *name, const json_t *args,
    void *ctx, void *client,
                  command_answer answer, void *arg);
/* First command name of a line, and whether the line parses. */
enum err command_check(const char *line, char *name, size_t name_size, struct err_msg *why);

/* [{name,help,flags,usage,args:[{name,type,must,default,help}]}] of all tables: palette, help,
 * manual, completion. */
json_t *command_list(const struct command *const *tables);
/* "port.open PORT [baud=115200]" into out. */
void command_usage(const struct command *c, char *out, size_t size);
/* Quotes a value so that it parses back to itself. */
void command_quote(const char *value, struct buf *out);

#endif
