/* plugins.c - which plugin provides what. */
#include "cli/plugins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/args.h"
#include "cli/capture.h"
#include "core/plugin.h"
#include "sys/path.h"

enum { NAMES_MAX = 16 };

json_t *
plugins_rows(void)
{
	char *cwd = path_cwd();
	const struct plugin_where w = { .from = cwd, .trust_hash = getenv(ARGS_TRUST),
		.clean = getenv(ARGS_CLEAN) != NULL };
	json_t *rows = plugin_rows(&w);

	mem_free(cwd);
	return rows;
}

json_t *
plugins_list(void)
{
	json_t *rows = plugins_rows(), *out = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (plugin_usable(row))
			(void)json_array_append(out, row);
	json_decref(rows);
	return out;
}

/* One that is there, and may not be used: what is wrong with it says more than that there is
 * none. */
static const json_t *
refused(const json_t *rows, const char *kind, const char *id)
{
	const json_t *row, *entry;
	size_t i, k;

	json_array_foreach(rows, i, row)
		json_array_foreach(json_object_get(row, "provides"), k, entry) {
			const char *have = plugin_provided(entry, kind);

			if (have != NULL && strcmp(have, id) == 0 &&
			    json_object_get(row, "problem") != NULL)
				return row;
		}
	return NULL;
}

enum err
plugins_missing(const char *kind, const char *id, struct err_msg *why)
{
	json_t *rows = plugins_rows();
	const json_t *row = refused(rows, kind, id);
	char names[ERR_NEXT_MAX];
	enum err e;

	plugins_names(kind, names, sizeof names);
	e = row == NULL ? err_set(why, ERR_USAGE, id, names, "no plugin provides this %s", kind) :
	    err_set(why, json_object_get(row, "trust") != NULL &&
		strcmp(json_get_str(row, "trust", ""), "allowed") != 0 ? ERR_DENIED : ERR_USAGE, id,
		NULL, "%s: %s", json_get_str(row, "name", ""), json_get_str(row, "problem", ""));
	json_decref(rows);
	return e;
}

enum err
plugins_find(const char *kind, const char *id, json_t **words, struct err_msg *why)
{
	json_t *list = plugins_list();
	const json_t *found = plugin_find(list, kind, id);

	*words = found != NULL ? plugin_argv(list, found) : NULL;
	json_decref(list);
	return *words != NULL ? ERR_OK : plugins_missing(kind, id, why);
}

/* A profile in a file of its own has no manifest that says what it is: it is run for that. Into
 * row, or what is wrong. */
static void
describe(const json_t *list, json_t *row)
{
	const char *id = json_get_str(row, "id", "");
	const char *rest[] = { "--describe", "--board", id, NULL };
	const json_t *plugin = plugin_find(list, "board", id);
	json_t *all = NULL, *words, *board;
	struct err_msg why;
	int status = 0;

	if (json_object_get(plugin, "file") == NULL)
		return;
	words = plugin_argv(list, plugin);
	board = capture_plugin(words, rest, &all, &status, &why) == ERR_OK ?
	    json_array_get(json_object_get(all, "boards"), 0) : NULL;
	if (board != NULL)
		(void)json_object_update(row, board);
	else
		json_put_str(row, "problem", "its file cannot be loaded");
	json_decref(all);
	json_decref(words);
}

json_t *
plugins_named_boards(void)
{
	json_t *list = plugins_list(), *out = plugin_kind(list, "board");

	json_decref(list);
	return out;
}

json_t *
plugins_boards(void)
{
	json_t *list = plugins_list(), *out = plugin_kind(list, "board"), *row;
	size_t i;

	json_array_foreach(out, i, row)
		describe(list, row);
	json_decref(list);
	return out;
}

json_t *
plugins_board(const char *id)
{
	json_t *list = plugins_list(), *out = plugin_kind(list, "board"),
	       *row = json_incref(json_row(out, id));

	if (row != NULL)
		describe(list, row);
	json_decref(out);
	json_decref(list);
	return row;
}

bool
plugins_have(const char *kind, const char *id)
{
	json_t *list = plugins_list();
	const bool have = plugin_find(list, kind, id) != NULL;

	json_decref(list);
	return have;
}

void
plugins_names(const char *kind, char *out, size_t size)
{
	json_t *list = plugins_list();
	size_t n = (size_t)snprintf(out, size, "there is"), count = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *provides = json_object_get(json_array_get(list, i), "provides");

		for (size_t k = 0; k < json_array_size(provides); k++) {
			const char *id = plugin_provided(json_array_get(provides, k), kind);

			count += id != NULL;
			if (id != NULL && n < size)
				n += (size_t)snprintf(out + n, size - n, " %s", id);
		}
	}
	if (count == 0)
		(void)snprintf(out, size, "there is none");
	else if (count > NAMES_MAX)
		(void)snprintf(out, size, "vise %s list names all %zu", kind, count);
	json_decref(list);
}
