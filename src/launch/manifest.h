/*
 * manifest.h - what the plugins offer, read from their plugin.json without running any of their
 * code.
 *
 * Layer   launch. Format: research/lua.md 6.1: { "name", "version", "api", "entry",
 *         "provides": ["board:ID", "workflow:ID", "macro:ID"], "needs": {...}, "options":
 *         {...}, "boards": { ID: { "name", "match", "console",
 *         "triggers", "elf" } } }: what is known of a board
 *         before its code runs, in the words of vise.board; "macros": { ID: { "title", "doc",
 *         "keys", "at", "params", "steps", "board" } }: the same for the macros, for the screen.
 * Owns    the list owns its rows. A manifest that cannot be read becomes a row with `problem`
 *         set, it hides no other.
 */
#ifndef LAUNCH_MANIFEST_H
#define LAUNCH_MANIFEST_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "core/json.h"

struct manifest {
	char *name, *version, *dir;
	json_t *provides;               /* array of "kind:id" */
	json_t *options;                /* object or NULL */
	json_t *boards;                 /* object of board ids, or NULL */
	json_t *macros;                 /* object of macro ids, or NULL */
	json_t *decoders;               /* object: id to {literal or pattern, doc}, or NULL */
	char *problem;                  /* why it is not usable, or NULL */
};

struct manifest_list { struct manifest *item; size_t n, cap; };

/* Adds every folder below dir that holds a plugin.json. A missing dir is fine. First name wins. */
void manifest_scan(struct manifest_list *l, const char *dir);
void manifest_list_fini(struct manifest_list *l);
/* The usable plugin that provides "kind:id", or NULL. */
const struct manifest *manifest_find(const struct manifest_list *l, const char *kind,
    const char *id);
/* [{id, name, plugin, dir}] of one kind, and what "boards" adds to a board. New reference. */
json_t *manifest_json(const struct manifest_list *l, const char *kind);

#endif
