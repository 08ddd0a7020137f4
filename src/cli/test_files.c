/* test_files.c - looking for test files. */
#include "cli/test_files.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/path.h"

enum { DEPTH_MAX = 16, FILES_MAX = 4096 };

struct found {
	const char *dir;
	json_t *files, *dirs;
};

static bool
is_test(const char *name)
{
	const size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".lua") == 0 &&
	       (strncmp(name, "test_", 5) == 0 ||
		   (n > 9 && strcmp(name + n - 9, "_test.lua") == 0));
}

static bool
look(const char *name, void *arg)
{
	struct found *f = arg;
	char *path = path_join(f->dir, name);

	if (name[0] != '.' && path_is_dir(path))
		(void)json_array_append_new(f->dirs, json_string(path));
	else if (is_test(name) && json_array_size(f->files) < FILES_MAX)
		(void)json_array_append_new(f->files, json_string(path));
	mem_free(path);
	return true;
}

/* One level of folders; gives the next. */
static enum err
level(const json_t *dirs, json_t *files, json_t *next, struct err_msg *why)
{
	enum err e = ERR_OK;
	json_t *dir;
	size_t i;

	json_array_foreach(dirs, i, dir)
	{
		struct found f = { json_string_value(dir), files, next };

		if (e == ERR_OK)
			e = path_each(f.dir, look, &f, why);
	}
	return e;
}

enum err
test_files(const char *word, json_t *out, struct err_msg *why)
{
	json_t *dirs;
	enum err e = ERR_OK;

	if (!path_exists(word))
		return err_set(why, ERR_USAGE, word, NULL, "no such file or folder");
	if (!path_is_dir(word)) {
		(void)json_array_append_new(out, json_string(word));
		return ERR_OK;
	}
	dirs = json_pack("[s]", word);
	for (int d = 0; e == ERR_OK && d < DEPTH_MAX && json_array_size(dirs) != 0; d++) {
		json_t *next = json_array();

		e = level(dirs, out, next, why);
		json_decref(dirs);
		dirs = next;
	}
	json_decref(dirs);
	return e;
}
