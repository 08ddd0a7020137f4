/*
 * plugins.h - which plugin provides a board or a workflow, read from plugin.json alone.
 *
 * Layer   cli. Strings and references belong to the caller.
 */
#ifndef CLI_PLUGINS_H
#define CLI_PLUGINS_H
#include <stdbool.h>
#include "base/err.h"
#include "core/json.h"

/* All rows of core/plugin.h for the working folder; new reference. */
json_t *plugins_rows(void);
/* The usable ones. New reference. */
json_t *plugins_list(void);
/* The words for vise-script that run the plugin that provides KIND:ID. New reference. */
enum err plugins_find(const char *kind, const char *id, json_t **words, struct err_msg *why);
/* What is known of board profiles: rows { id, plugin, name, vendor, chip, match, console }, from
 * the manifests; a profile in a file of its own is run for it ("problem" when that fails). New
 * reference. */
json_t *plugins_boards(void);
/* The same without running anything: of profiles in files of their own the id. */
json_t *plugins_named_boards(void);
/* One row, or NULL. New reference. */
json_t *plugins_board(const char *id);
/* The error for KIND:ID that nothing usable provides: that there is none, or why it is not used. */
enum err plugins_missing(const char *kind, const char *id, struct err_msg *why);
bool plugins_have(const char *kind, const char *id);
/* "go3, sim" of one kind into out. */
void plugins_names(const char *kind, char *out, size_t size);

#endif
