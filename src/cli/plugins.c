/* plugins.c - which plugin provides what. */
#include "cli/plugins.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sys/io.h"
#include "sys/path.h"

enum { MANIFEST_MAX = 256 << 10 };

struct scan {
	json_t *list;
	const char *dir;
};

static bool
look(const char *name, void *arg)
{
	struct scan *s = arg;
	char *dir = path_join(s->dir, name), *file = path_join(dir, "plugin.json");
	struct buf b;
	json_t *o;

	buf_init(&b, MANIFEST_MAX * 2);
	if (path_exists(file) && sys_file_read(file, MANIFEST_MAX, &b, NULL) == ERR_OK &&
	    (o = json_read(buf_str(&b), b.len, file, NULL)) != NULL) {
		json_put_str(o, "dir", dir);
		(void)json_array_append_new(s->list, o);
	}
	buf_fini(&b);
	mem_free(dir);
	mem_free(file);
	return true;
}

json_t *
plugins_list(void)
{
	char *config = path_config(), *own = config != NULL ? path_join(config, "plugins") : NULL;
	char *shipped = path_data("plugins");
	struct scan s = { .list = json_array() };

	for (int i = 0; i < 2; i++) {
		s.dir = i == 0 ? own : shipped;
		if (s.dir != NULL && path_is_dir(s.dir))
			(void)path_each(s.dir, look, &s, NULL);
	}
	mem_free(config);
	mem_free(own);
	mem_free(shipped);
	return s.list;
}

/* The ID of "KIND:ID", or NULL. */
static const char *
id_of(const json_t *provided, const char *kind)
{
	const char *text = json_string_value(provided);
	const size_t n = strlen(kind);

	return text != NULL && strncmp(text, kind, n) == 0 && text[n] == ':' ? text + n + 1 : NULL;
}

static const char *
dir_of(const json_t *list, const char *kind, const char *id)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i),
			     *provides = json_object_get(o, "provides");

		for (size_t k = 0; k < json_array_size(provides); k++) {
			const char *have = id_of(json_array_get(provides, k), kind);

			if (have != NULL && strcmp(have, id) == 0)
				return json_get_str(o, "dir", NULL);
		}
	}
	return NULL;
}

enum err
plugins_find(const char *kind, const char *id, char **dir, struct err_msg *why)
{
	json_t *list = plugins_list();
	const char *found = dir_of(list, kind, id);
	char names[ERR_NEXT_MAX];

	*dir = mem_str(found);
	json_decref(list);
	if (*dir != NULL)
		return ERR_OK;
	plugins_names(kind, names, sizeof names);
	return err_set(why, ERR_USAGE, id, names, "no plugin provides this %s", kind);
}

json_t *
plugins_boards(void)
{
	json_t *list = plugins_list(), *out = json_array();
	const char *id;
	json_t *facts;

	for (size_t i = 0; i < json_array_size(list); i++)
		json_object_foreach(json_object_get(json_array_get(list, i), "boards"), id, facts)
		{
			json_t *row = json_copy(facts);

			json_put_str(row, "id", id);
			(void)json_array_append_new(out, row);
		}
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
	const bool have = dir_of(list, kind, id) != NULL;

	json_decref(list);
	return have;
}

void
plugins_names(const char *kind, char *out, size_t size)
{
	json_t *list = plugins_list();
	size_t n = (size_t)snprintf(out, size, "there is");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *provides = json_object_get(json_array_get(list, i), "provides");

		for (size_t k = 0; k < json_array_size(provides); k++) {
			const char *id = id_of(json_array_get(provides, k), kind);

			if (id != NULL && n < size)
				n += (size_t)snprintf(out + n, size - n, " %s", id);
		}
	}
	if (n == 8 && n < size)
		(void)snprintf(out + n, size - n, " none");
	json_decref(list);
}
