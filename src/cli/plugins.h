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
/* What the manifests say of board profiles: rows { id, plugin, name, vendor, chip, match,
 * console }. New reference. */
json_t *plugins_boards(void);
/* Does its manifest say which USB device the board is? */
bool plugins_board_has_port(const char *id);
bool plugins_have(const char *kind, const char *id);
/* "go3, sim" of one kind into out. */
void plugins_names(const char *kind, char *out, size_t size);

#endif
