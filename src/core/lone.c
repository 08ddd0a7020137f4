/* lone.c - manifests for Lua files that have none, and whether a user's file is safe to run. */
#include "core/lone.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "core/plugin.h"
#include "sys/path.h"

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static char *
folder_of(const char *path)
{
	const char *base = base_of(path);
	const size_t n = (size_t)(base - path);

	return n == 0 ? mem_str(".") : mem_strn(path, n - (n > 1));
}

bool
lone_is(const char *path)
{
	const char *base = base_of(path);

	return base[0] != '.' && slice_ends(slice_of(base), ".lua") && !path_is_dir(path);
}

bool
lone_is_board(const char *path)
{
	const char *base = base_of(path);

	return base[0] != '_' && !slice_ends(slice_of(base), "_test.lua") && lone_is(path);
}

char *
lone_folder(const char *path)
{
	return lone_is(path) ? folder_of(path) : mem_str(path);
}

/* Everything a manifest can ask for. */
static json_t *
all_needs(void)
{
	return json_pack("{s:[s],s:[s],s:[s],s:[s],s:[s],s:[s,s],s:b}", "exec", "*", "commands",
	    "*", "net", "*", "serve", "*", "places", "*", "fs", "project:rw", "artifacts:rw",
	    "serial", 1);
}

static bool
lies_in_boards(const char *path)
{
	const char *base = base_of(path);
	const size_t n = (size_t)(base - path);

	return n > sizeof LONE_BOARDS &&
	    slice_ends(slice_make(path, n - 1), "/" LONE_BOARDS);
}

json_t *
lone_manifest(const char *path)
{
	const char *base = base_of(path);
	char *stem = mem_strn(base, strlen(base) - (sizeof ".lua" - 1)), api[16];
	json_t *o = json_object(), *provides = json_array();

	if (lies_in_boards(path)) {
		char *name = mem_fmt("board.%s", stem), *what = mem_fmt("board:%s", stem);

		json_put_str(o, "name", name);
		(void)json_array_append_new(provides, json_text(what, strlen(what)));
		mem_free(name);
		mem_free(what);
	} else {
		json_put_str(o, "name", stem);
		json_put_bool(o, "eager", true);
	}
	(void)snprintf(api, sizeof api, "%d.%d", PLUGIN_API_MAJOR, PLUGIN_API_MINOR);
	json_put_str(o, "version", "0");
	json_put_str(o, "api", api);
	json_put_str(o, "entry", base);
	json_put(o, "provides", provides);
	json_put(o, "needs", all_needs());
	json_put_bool(o, "lone", true);
	mem_free(stem);
	return o;
}

/* ---- whose it is */

static enum err
check_one(const char *path, struct err_msg *why)
{
	struct path_facts f;
	const char *what = base_of(path);

	if (!path_facts(path, &f))
		return err_set(why, ERR_NOENT, path, NULL, "is not there");
	if (!f.mine)
		return err_set(why, ERR_DENIED, path, "chown it, or take it away",
		    "belongs to another user (uid %lu): its code is not run", f.uid);
	if (f.open)
		return err_set(why, ERR_DENIED, path, "chmod go-w takes that away",
		    "others may write %s: its code is not run", what);
	return ERR_OK;
}

enum err
lone_safe(const char *path, struct err_msg *why)
{
	char *folder = folder_of(path), *at = path_real(folder), *real = path_real(path),
	     *there = real != NULL ? folder_of(real) : NULL;
	/* where it lies, and when it is a link, what it leads to */
	const char *const list[] = { at, real, there };
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < sizeof list / sizeof *list; i++)
		e = list[i] != NULL ? check_one(list[i], why) :
		    err_set(why, ERR_NOENT, path, NULL, "leads to nothing");
	mem_free(there);
	mem_free(at);
	mem_free(folder);
	mem_free(real);
	return e;
}
