/*
 * door.h - the bench a subcommand works with: named, the only one, the one that has
 * the target, or a new one.
 *
 * Layer   cli. A bench that door_open starts is ephemeral: it ends when we go.
 *         door_close ends the connection.
 */
#ifndef CLI_DOOR_H
#define CLI_DOOR_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "cli/client.h"
#include "core/json.h"

enum { DOOR_NAME_MAX = 64, DOOR_TARGET_MAX = 4096 };

struct door {
	struct client *client;
	char bench[DOOR_NAME_MAX];
	bool ephemeral;
	char console[DOOR_NAME_MAX]; /* of the target, "" when it is not open yet */
	uint32_t stream;
	uint64_t started_wall; /* of the bench's time 0 */
	const struct client_ops *listens; /* also while door_console waits; or NULL */
	void *arg;
};

/*
 * bench: that one, running. Else target: the bench that has it, else a new one. Else
 * the only one that runs;
 * with may_start a new one when there is none.
 */
enum err door_open(
    struct door *d, const char *bench, const char *target, bool may_start, struct err_msg *why);
/* The same for a script: where several run, those that others made for themselves do not count. */
enum err door_open_run(struct door *d, const char *bench, const char *target, struct err_msg *why);
/* A new bench of our own, whatever else runs. */
enum err door_new(struct door *d, struct err_msg *why);
/* A source of profiles as the bench must be given it: files and patterns made absolute. Heap. */
char *door_source(const char *source);
/* Opens the target's console, unless it is, and waits until it is there. */
enum err door_console(struct door *d, const char *target, const char *baud, struct err_msg *why);
/* Waits for a device that console.open has not opened yet, the row of its answer: why it cannot be
 * had (held by another program, not allowed). Bounded; not to be used on a door. */
enum err door_opened(struct client *k, const json_t *console, struct err_msg *why);
/* One more console, under a name of its own (NULL: the bench finds one): *console. */
enum err door_also(struct door *d, const char *target, const char *name, const char *baud,
    char console[DOOR_NAME_MAX], struct err_msg *why);
/* The command table of the bench: [{name, help, usage}], a new reference in *list. */
enum err door_commands(struct door *d, json_t **list, struct err_msg *why);
void door_close(struct door *d);

/* What to hand to a bench for the words of a user: relative paths and bare port names made
 * absolute. */
void door_spec(const char *target, char out[DOOR_TARGET_MAX]);
/* Whether the word can be a console: a port name, a path, scheme:... */
bool door_is_console(const char *word);
/* The running bench with this target, or with its port open: true, and its name; *console
 * may come back "". */
bool door_find(
    const char *target, char bench[DOOR_NAME_MAX], char console[DOOR_NAME_MAX], uint32_t *stream);
/* Waits until this bench, a row of dial_list() that is ending, is gone: as long as that may
 * take. */
void door_await(const json_t *row);
/* The same of the bench of this name, when it is ending. */
void door_await_name(const char *name);
/* One command line asked of the bench that is there: opened, asked, closed. *result is a new
 * reference, NULL on failure. */
enum err door_ask(const char *bench, const struct buf *line, json_t **result, struct err_msg *why);
/* Adds ` word`, quoted for a command line; `key=` may be NULL. */
void door_add(struct buf *line, const char *key, const char *word);

#endif
