/*
 * keymap.h - the one table of keys: where, which key, what command line it runs, what that does.
 *
 * Layer   ui. Hints, help, palette and `vise keys` are made from it. keymap_init/keymap_fini; rows
 *         are stable
 *         until the next keymap_read.
 * Keys    names of input.h, several one after the other with a blank between: "[ e". A line that
 *         ends in a
 *         blank opens the palette with it.
 * Format  a key file has lines "bind CONTEXT KEYS = LINE" and "unbind CONTEXT KEYS", # comments.
 *         Letters behind
 *         a comma are free for users. A key that is taken is not shadowed: the line is an error.
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/slice.h"

/*	name     word of key files   heading of the help */
#define KEY_CONTEXT_LIST(X) \
	X(LIVE,    "live",    "only behind the prefix, while the console is live") \
	X(GLOBAL,  "global",  "everywhere (behind the prefix while live)") \
	X(CONSOLE, "console", "console, when not live") \
	X(PROCESSES, "processes", "board: overview and processes") \
	X(BOARD,   "board",   "board") \
	X(SNAPSHOTS, "snapshots", "profile: snapshots") \
	X(PROFILE, "profile", "profile") \
	X(JOBS,    "jobs",    "jobs") \
	X(LIST,    "list",    "lists and scrollback")

enum key_context {
#define X(name, word, heading) KEYS_##name,
	KEY_CONTEXT_LIST(X)
#undef X
	KEY_CONTEXTS
};

struct key_row {
	enum key_context context;
	const char *keys, *line, *help;
	const char *hint;               /* short word of the hint row; NULL: not there */
	const char *hint_keys;          /* shown in its place: "2-4"; NULL: keys */
};

struct keymap {
	struct key_row *row;
	size_t rows, cap;
	char **text;                    /* strings of user rows */
	size_t texts;
	char prefix[8];                 /* "^T" */
	char prefix_byte;
};

enum keymap_found { KEYMAP_NONE, KEYMAP_MORE, KEYMAP_ROW };

void keymap_init(struct keymap *m);
void keymap_fini(struct keymap *m);
enum err keymap_prefix(struct keymap *m, const char *name, struct err_msg *why);        /* "^T" */
enum err keymap_read(struct keymap *m, struct slice text, const char *what, struct err_msg *why);
/* What the help and the menu say of a row that keymap_read added. */
void keymap_describe(struct keymap *m, const char *keys, const char *line, const char *help);
/* Looks keys up in the contexts of the set (bit 1 << context), lower ones first. */
enum keymap_found keymap_find(const struct keymap *m, unsigned contexts, const char *keys,
                              const struct key_row **row);
/* The first row that runs the line; NULL if none. */
const struct key_row *keymap_of_line(const struct keymap *m, const char *line);
/* Keys for people: "[ e" is "[e". */
void keymap_show(const char *keys, char *out, size_t size);
const char *keymap_context_word(enum key_context c);
const char *keymap_context_heading(enum key_context c);

#endif
