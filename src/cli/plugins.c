/* plugins.c - which plugin provides what. */
#include "cli/plugins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/args.h"
#include "core/plugin.h"
#include "sys/path.h"

enum { NAMES_MAX = 16 };

json_t *
plugins_rows(void)
{
	char *cwd = path_cwd();
	const struct plugin_where w = { .from = cwd, .trust_hash = getenv(ARGS_TRUST) };
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

enum err
plugins_find(const char *kind, const char *id, json_t **words, struct err_msg *why)
{
	json_t *list = plugins_list();
	const json_t *found = plugin_find(list, kind, id);
	char names[ERR_NEXT_MAX];

	*words = found != NULL ? plugin_argv(list, found) : NULL;
	json_decref(list);
	if (*words != NULL)
		return ERR_OK;
	plugins_names(kind, names, sizeof names);
	return err_set(why, ERR_USAGE, id, names, "no plugin provides this %s", kind);
}

json_t *
plugins_boards(void)
{
	json_t *list = plugins_list(), *out = plugin_kind(list, "board");

	json_decref(list);
	return out;
}

bool
plugins_board_has_port(const char *id)
{
	json_t *rows = plugins_boards(), *row;
	bool has = false;
	size_t i;

	json_array_foreach(rows, i, row)
		has = has || (strcmp(json_get_str(row, "id", ""), id) == 0 &&
		    json_array_size(json_object_get(row, "match")) != 0);
	json_decref(rows);
	return has;
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
