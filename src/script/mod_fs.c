/* mod_fs.c - vise.fs. */
#include "script/mod_fs.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/link.h"
#include "script/sched.h"
#include "script/value.h"
#include "sys/io.h"
#include "sys/path.h"

static const char *const names[] = { "project", "artifacts", "plugin" };

/* ---- the roots */

/* What the manifest gives: 0 nothing, 1 to read, 2 to write too. */
static int
right(const json_t *manifest, const char *root)
{
	const json_t *list = json_object_get(json_object_get(manifest, "needs"), "fs"), *v;
	const size_t n = strlen(root);
	int best = 0;
	size_t i;

	json_array_foreach(list, i, v) {
		const char *s = json_string_value(v);
		const int is = strncmp(s, root, n) != 0 || s[n] != ':' ? 0 :
		    strcmp(s + n, ":rw") == 0 ? 2 : strcmp(s + n, ":r") == 0 ? 1 : 0;

		best = is > best ? is : best;
	}
	return best;
}

static char *
env_dir(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && v[0] == '/' ? path_real(v) : NULL;
}

static char *
bench_files(const struct host *h)
{
	const char *dir = h->link == NULL ? NULL :
	    json_get_str(json_object_get(h->link->snapshot, "bench"), "dir", NULL);
	char *path = dir != NULL ? path_join(dir, "files") : NULL, *real = NULL;

	if (path != NULL && path_make_private(path, NULL) == ERR_OK)
		real = path_real(path);
	mem_free(path);
	return real;
}

static void
take(struct fs_roots *r, int which, char *path, int may)
{
	if (may == 0) {
		mem_free(path);
		path = NULL;
	}
	r->path[which] = path;
	r->write[which] = may == 2;
}

void
mod_fs_roots(struct host *h, const char *plugin_dir)
{
	const bool script = h->manifest == NULL;
	char *cwd = path_cwd(), *project = env_dir("VISE_PROJECT"),
	     *artifacts = env_dir("VISE_ARTIFACTS");

	if (script) {
		mem_free(project);
		project = path_real(cwd);
	}
	if (artifacts == NULL)
		artifacts = script ? mem_str(project) : right(h->manifest, "artifacts") != 0 ?
		    bench_files(h) : NULL;
	take(&h->fs, FS_PROJECT, project, script ? 2 : right(h->manifest, "project"));
	take(&h->fs, FS_ARTIFACTS, artifacts, script ? 2 : right(h->manifest, "artifacts"));
	take(&h->fs, FS_OWN, plugin_dir != NULL ? path_real(plugin_dir) : NULL, 1);
	mem_free(cwd);
}

void
mod_fs_fini(struct fs_roots *r)
{
	for (int i = 0; i < FS_ROOTS; i++)
		mem_free(r->path[i]);
	memset(r, 0, sizeof *r);
}

/* ---- paths */

static bool
below(const char *root, const char *path)
{
	const size_t n = strlen(root);

	return strcmp(root, "/") == 0 ||
	    (strncmp(root, path, n) == 0 && (path[n] == '/' || path[n] == '\0'));
}

/* The real path of what is there, or of a new name in a folder that is. Heap, or NULL. */
static char *
resolve(const char *whole)
{
	char *real = path_real(whole), *parent, *folder;
	const char *slash = strrchr(whole, '/');
	struct path_facts f;

	if (real != NULL || path_facts(whole, &f))      /* a link that leads nowhere is none */
		return real;
	if (slash[1] == '\0' || strcmp(slash, "/.") == 0 || strcmp(slash, "/..") == 0)
		return NULL;
	parent = slash == whole ? mem_str("/") : mem_strn(whole, (size_t)(slash - whole));
	folder = path_real(parent);
	real = folder != NULL ? path_join(folder, slash + 1) : NULL;
	mem_free(parent);
	mem_free(folder);
	return real;
}

static char *
absolute(const struct host *h, const char *path)
{
	const char *from = h->fs.path[FS_PROJECT];

	if (path[0] == '/')
		return mem_str(path);
	if (from == NULL)
		from = h->fs.path[FS_ARTIFACTS];
	if (from == NULL)
		from = h->fs.path[FS_OWN];
	return from != NULL ? path_join(from, path) : NULL;
}

static enum err
may(const struct host *h, const char *path, bool write, struct err_msg *why)
{
	const char *what = write ? "rw" : "r";

	for (int i = 0; i < FS_ROOTS; i++)
		if (h->fs.path[i] != NULL && below(h->fs.path[i], path) &&
		    (!write || h->fs.write[i]))
			return ERR_OK;
	if (h->manifest == NULL)
		return err_set(why, ERR_DENIED, path, "vise.fs.project is the folder there is",
		    "lies outside what a script may %s", write ? "write" : "read");
	for (int i = 0; i < FS_OWN; i++)
		if (h->fs.path[i] != NULL && below(h->fs.path[i], path))
			return err_set(why, ERR_DENIED, path, i == FS_PROJECT ?
			    "\"needs\": { \"fs\": [\"project:rw\"] } would allow it" :
			    "\"needs\": { \"fs\": [\"artifacts:rw\"] } would allow it",
			    "the plugin may only read here");
	return err_set(why, ERR_DENIED, path, "\"needs\": { \"fs\": [\"project:r\"] } in its "
	    "plugin.json, if it lies there", "the plugin does not declare fs %s for it", what);
}

/* The real path at argument 1, heap; raises when it is none or not allowed. */
static char *
path_arg(lua_State *L, const char *call, bool write)
{
	const struct host *h = host_of(L);
	struct err_msg why;
	size_t n;
	const char *text;
	char *whole, *real;
	enum err e = ERR_OK;

	(void)sched_begin(L, call);
	if (lua_type(L, 1) != LUA_TSTRING)
		errors_raise(L, "usage", "%s: a path is a text, not a %s", call,
		    luaL_typename(L, 1));
	text = lua_tolstring(L, 1, &n);
	if (n == 0 || strlen(text) != n)
		errors_raise(L, "usage", "%s: a path without NUL bytes is needed", call);
	whole = absolute(h, text);
	if (whole == NULL)
		errors_raise(L, "denied", "%s: this plugin has no folder; \"needs\": { \"fs\": "
		    "[\"project:r\"] } in its plugin.json gives it one", call);
	real = resolve(whole);
	e = may(h, real != NULL ? real : whole, write, &why);
	if (e == ERR_OK && real == NULL)
		e = err_set(&why, ERR_NOENT, whole, NULL, "there is no such file or folder");
	mem_free(whole);
	if (e != ERR_OK) {
		mem_free(real);
		errors_raise_msg(L, &why);
	}
	return real;
}

static int
failed(lua_State *L, char *path, const char *doing)
{
	struct err_msg why;

	(void)err_errno(&why, errno, path, doing);
	mem_free(path);
	return errors_raise_msg(L, &why);
}

/* ---- the functions */

static int
l_read(lua_State *L)
{
	char *path = path_arg(L, "vise.fs.read", false);
	struct path_facts f;
	struct err_msg why;
	struct buf b;
	enum err e;

	buf_init(&b, FS_FILE_MAX + (1 << 17));
	/* a pipe would hold the whole process up */
	e = path_facts(path, &f) && f.kind != PATH_FILE ?
	    err_set(&why, ERR_USAGE, path, NULL, "is no plain file") :
	    sys_file_read(path, FS_FILE_MAX, &b, &why);
	mem_free(path);
	if (e == ERR_OK)
		return value_take_buf(L, &b);
	buf_fini(&b);
	return errors_raise_msg(L, &why);
}

/* put(path, text, append) */
static int
l_put(lua_State *L)
{
	const bool more = lua_toboolean(L, 3) != 0;
	const char *call = more ? "vise.fs.append" : "vise.fs.write", *p;
	struct stat st;
	char *path;
	size_t n;
	int fd;
	bool good;

	if (lua_type(L, 2) != LUA_TSTRING)
		return errors_raise(L, "usage", "%s: a text is needed, not a %s", call,
		    luaL_typename(L, 2));
	p = lua_tolstring(L, 2, &n);
	if (n > FS_FILE_MAX)
		return errors_raise(L, "usage", "%s: 16 MB are enough", call);
	path = path_arg(L, call, true);
	fd = sys_open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
	    (more ? O_APPEND : O_TRUNC), 0666);
	if (fd < 0)
		return failed(L, path, "writing");
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size + n > (uint64_t)FS_FILE_MAX * 16) {
		sys_close(fd);
		errno = EFBIG;
		return failed(L, path, "writing");
	}
	good = sys_write_all(fd, p, n);
	sys_close(fd);
	if (!good)
		return failed(L, path, "writing");
	mem_free(path);
	return 0;
}

static bool
add_name(const char *name, void *arg)
{
	json_t *list = arg;

	(void)json_array_append_new(list, json_text(name, strlen(name)));
	return json_array_size(list) < FS_NAMES;
}

static int
push_list(lua_State *L)
{
	value_push(L, lua_touserdata(L, 1));
	return 1;
}

static int
l_list(lua_State *L)
{
	char *path = path_arg(L, "vise.fs.list", false);
	json_t *list = json_array();
	struct err_msg why;
	const enum err e = path_each(path, add_name, list, &why);
	int status = LUA_OK;

	mem_free(path);
	if (e == ERR_OK) {
		lua_pushcfunction(L, push_list);
		lua_pushlightuserdata(L, list);
		status = lua_pcall(L, 1, 1, 0);
	}
	json_decref(list);
	if (e != ERR_OK)
		return errors_raise_msg(L, &why);
	return status == LUA_OK ? 1 : lua_error(L);
}

/* stat(path) -> type, size, mtime; nothing when it is not there */
static int
l_stat(lua_State *L)
{
	char *path = path_arg(L, "vise.fs.stat", false);
	struct stat st;
	const int got = stat(path, &st);

	mem_free(path);
	if (got != 0)
		return 0;
	lua_pushstring(L, S_ISDIR(st.st_mode) ? "folder" : S_ISREG(st.st_mode) ? "file" : "other");
	lua_pushinteger(L, (lua_Integer)st.st_size);
	lua_pushinteger(L, (lua_Integer)st.st_mtime);
	return 3;
}

static int
l_mkdir(lua_State *L)
{
	char *path = path_arg(L, "vise.fs.mkdir", true);

	if (mkdir(path, 0777) != 0 && (errno != EEXIST || !path_is_dir(path)))
		return failed(L, path, "making the folder");
	mem_free(path);
	return 0;
}

static int
l_remove(lua_State *L)
{
	char *path = path_arg(L, "vise.fs.remove", true);
	const struct fs_roots *r = &host_of(L)->fs;

	for (int i = 0; i < FS_ROOTS; i++)
		if (r->path[i] != NULL && strcmp(r->path[i], path) == 0) {
			mem_free(path);
			return errors_raise(L, "denied",
			    "vise.fs.remove: not the folder itself that was given");
		}
	if ((path_is_dir(path) ? rmdir(path) : unlink(path)) != 0)
		return failed(L, path, "removing");
	mem_free(path);
	return 0;
}

/* root("project" or "artifacts") -> path or nil */
static int
l_root(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);

	for (int i = 0; i < FS_ROOTS; i++)
		if (strcmp(names[i], name) == 0)
			lua_pushstring(L, host_of(L)->fs.path[i]);
	return lua_gettop(L) - 1;
}

/* file(path): the bytes of a file that the bench made; for the runtime alone. */
static int
l_file(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct err_msg why;
	struct buf b;
	enum err e;

	buf_init(&b, FS_FILE_MAX + (1 << 17));
	e = sys_file_read(path, FS_FILE_MAX, &b, &why);
	if (e == ERR_OK)
		return value_take_buf(L, &b);
	buf_fini(&b);
	return errors_raise_msg(L, &why);
}

void
mod_fs_open(lua_State *L)
{
	static const luaL_Reg list[] = {
		{ "fs_read", l_read }, { "fs_put", l_put }, { "fs_list", l_list },
		{ "fs_stat", l_stat }, { "fs_mkdir", l_mkdir }, { "fs_remove", l_remove },
		{ "fs_root", l_root }, { "file", l_file }, { NULL, NULL },
	};

	luaL_setfuncs(L, list, 0);
}
