/*
 * plugin.h - the plugins there are: where they lie, what their plugin.json says, whether they may
 * run. No code of theirs is run to know it.
 *
 * Layer   core. Format: research/lua.md 6.1 and vise-plugin(5).
 * Places  the user's init.lua, given (--plugins), project (PROJECT/.vise/boards and plugins, after
 *         trust), user ($XDG_CONFIG_HOME/vise/boards and plugins), shipped. The first of a name
 *         wins, the rest is shadowed; so it is with the boards and all else that they provide.
 * Rows    the manifest's own fields, and: "dir"; "place"; "problem": why it cannot be used; for a
 *         project's "tree" (its .vise folder), "trust" and "hash"; "shadowed": true; for a Lua file
 *         without a manifest (core/lone.h) "file"; "given": options that the project's project.json
 *         (core/project.h) sets. What it switches off has that as its problem.
 */
#ifndef CORE_PLUGIN_H
#define CORE_PLUGIN_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "core/json.h"

/* PLUGIN_API_MAJOR and the one before are served; needing a later minor is refused. */
enum { PLUGIN_API_MAJOR = 1, PLUGIN_API_MINOR = 2, PLUGIN_API_OLDEST = 1 };

struct plugin_where {
	const char *const *given;       /* folders of plugins, NULL-terminated, or NULL */
	const char *from;               /* its project is looked for at and above; NULL: none */
	const char *trust_hash;         /* of the command line, or NULL */
	bool clean;                     /* shipped and given ones only */
};

/* Array of rows, in the order of the places; new reference. */
json_t *plugin_rows(const struct plugin_where *w);
/* Is this manifest one? what: its name in errors. */
enum err plugin_check(const json_t *manifest, const char *what, struct err_msg *why);
/* The checked manifest of the folder: from the tree's bytes where there is one, else from the disk.
 * NULL with the reason. New reference. */
struct tree;
json_t *plugin_manifest(const char *dir, const struct tree *tree, struct err_msg *why);
/* May its code run: neither a problem nor shadowed. */
bool plugin_usable(const json_t *row);
/* "ID" of an entry "KIND:ID" of provides, or NULL. */
const char *plugin_provided(const json_t *entry, const char *kind);
/* The usable row that provides KIND:ID, borrowed, or NULL. */
json_t *plugin_find(const json_t *rows, const char *kind, const char *id);
/* [{id, name, plugin, dir, ...}] of what usable plugins provide of one kind, with what the manifest
 * says of each ("boards": {ID: {...}} and its like). New reference. */
json_t *plugin_kind(const json_t *rows, const char *kind);
/* [{id, plugin, place, by, shadowed}] of what another one, which comes before, provides as well.
 * New reference. */
json_t *plugin_shadowed(const json_t *rows, const char *kind);
/* "1.2.3" against ">=1.0", ">1", "=1.2" or "1.0" (at least). */
bool plugin_version(const char *have, const char *want);
/* Words for a command line of vise-script that runs it: --plugin DIR|FILE, --tree DIR --tree-hash
 * HEX, --uses NAME=DIR|FILE, --run option:NAME.OPTION=VALUE. New reference. */
json_t *plugin_argv(const json_t *rows, const json_t *row);

#endif
