/* libs.c - safe libraries, and loading of files. */
#include "script/libs.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/clock.h"
#include "core/plugin.h"
#include "core/tree.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/missing.h"
#include "script/requires.h"
#include "script/value.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/time.h"

enum { CHUNK_MAX = 4 << 20 };

#define LOADED "vise.loaded"            /* registry: folder -> module name -> value */

/* ---- replaced functions of the base library */

static int
l_setmetatable(lua_State *L)
{
	const int kind = lua_type(L, 2);

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_argexpected(L, kind == LUA_TNIL || kind == LUA_TTABLE, 2, "nil or table");
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "cannot change a protected metatable");
	if (kind == LUA_TTABLE) {
		lua_pushliteral(L, "__gc");
		if (lua_rawget(L, 2) != LUA_TNIL)
			return errors_raise(
			    L, "usage", "__gc is not offered; use <close> or vise.defer");
	}
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

/* load(text or function [, name [, mode [, env]]]): text only, byte code can crash the interpreter.
 * */
static int
l_load(lua_State *L)
{
	const int top = lua_gettop(L);

	lua_settop(L, 4);
	lua_pushliteral(L, "t");
	lua_replace(L, 3);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	if (top < 4)
		lua_settop(L, 4);               /* no environment: not the same as nil */
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* A message handler runs inside the hook that raised, where no hook runs: a loop in it could not be
 * ended. */
static int
handle_message(lua_State *L)
{
	if (guard_killed(host_of(L)))
		return 1;
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, 1, 1);
	return 1;
}

static int
k_xpcall(lua_State *L, int status, lua_KContext extra)
{
	if (status != LUA_OK && status != LUA_YIELD) {
		lua_pushboolean(L, 0);
		lua_pushvalue(L, -2);
		return 2;
	}
	return lua_gettop(L) - (int)extra;
}

/* As the base library's, but for the handler. */
static int
l_xpcall(lua_State *L)
{
	const int n = lua_gettop(L);

	luaL_checktype(L, 2, LUA_TFUNCTION);
	if (!lua_iscfunction(L, 2)) {
		lua_pushvalue(L, 2);
		lua_pushcclosure(L, handle_message, 1);
		lua_replace(L, 2);
	}
	lua_pushboolean(L, 1);
	lua_pushvalue(L, 1);
	lua_rotate(L, 3, 2);
	return k_xpcall(L, lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, k_xpcall), 2);
}

static int
l_collectgarbage(lua_State *L)
{
	static const char *const words[] = { "collect", "count", NULL };
	const int word = luaL_checkoption(L, 1, "collect", words);

	if (word == 0) {
		lua_pushinteger(L, lua_gc(L, LUA_GCCOLLECT));
		return 1;
	}
	lua_pushnumber(
	    L, (lua_Number)lua_gc(L, LUA_GCCOUNT) + (lua_Number)lua_gc(L, LUA_GCCOUNTB) / 1024.0);
	return 1;
}

static int
l_getenv(lua_State *L)
{
	static const char *const listed[] = { "HOME", "USER", "LANG", "TZ", "TERM", "CI",
		"XDG_RUNTIME_DIR", NULL };
	const char *name = luaL_checkstring(L, 1);
	bool good = strncmp(name, "VISE_", 5) == 0;

	for (const char *const *n = listed; *n != NULL; n++)
		good = good || strcmp(name, *n) == 0;
	lua_pushstring(L, good ? getenv(name) : NULL);
	return 1;
}

static int
l_clock(lua_State *L)
{
	lua_pushnumber(L, (lua_Number)clock() / CLOCKS_PER_SEC);
	return 1;
}

/* ---- the libraries */

static void
drop(lua_State *L, const char *const *names)
{
	for (; *names != NULL; names++) {
		lua_pushnil(L);
		lua_setfield(L, -2, *names);
	}
}

/* A table with only the listed functions of a library, as a global. */
static void
pick(lua_State *L, const char *name, lua_CFunction open, const char *const *list)
{
	lua_newtable(L);
	lua_pushcfunction(L, open);
	lua_call(L, 0, 1);
	for (; *list != NULL; list++) {
		lua_getfield(L, -1, *list);
		lua_setfield(L, -3, *list);
	}
	lua_pop(L, 1);
	lua_setglobal(L, name);
}

static int
l_missing(lua_State *L)
{
	const struct missing *n = lua_touserdata(L, lua_upvalueindex(1));
	struct err_msg why;

	(void)err_set(&why, ERR_USAGE, n->name, n->next, "%s", n->why);
	return errors_raise_msg(L, &why);
}

/* In place of what a script does not have: it says what to use. */
static void
put_missing(lua_State *L, const char *library, const struct missing *list)
{
	lua_getglobal(L, library);
	for (; list->name != NULL; list++) {
		lua_pushlightuserdata(L, (void *)(uintptr_t)list);
		lua_pushcclosure(L, l_missing, 1);
		lua_setfield(L, -2, strchr(list->name, '.') + 1);
	}
	lua_pop(L, 1);
}

static void
base_library(lua_State *L)
{
	static const char *const unsafe[] = { "dofile", "loadfile", NULL };
	static const luaL_Reg own[] = {
		{ "setmetatable", l_setmetatable }, { "xpcall", l_xpcall },
		{ "collectgarbage", l_collectgarbage }, { NULL, NULL },
	};

	lua_pushglobaltable(L);
	drop(L, unsafe);
	luaL_setfuncs(L, own, 0);
	lua_getfield(L, -1, "load");
	lua_pushcclosure(L, l_load, 1);
	lua_setfield(L, -2, "load");
	lua_pop(L, 1);
}

void
libs_open(lua_State *L)
{
	static const luaL_Reg whole[] = {
		{ LUA_GNAME, luaopen_base },
		{ LUA_COLIBNAME, luaopen_coroutine },
		{ LUA_TABLIBNAME, luaopen_table },
		{ LUA_STRLIBNAME, luaopen_string },
		{ LUA_MATHLIBNAME, luaopen_math },
		{ LUA_UTF8LIBNAME, luaopen_utf8 },
	};
	static const char *const of_os[] = { "time", "date", "difftime", NULL };
	static const char *const of_debug[] = { "traceback", NULL };
	static const luaL_Reg own_os[] = { { "getenv", l_getenv }, { "clock", l_clock },
		{ NULL, NULL } };

	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		luaL_requiref(L, whole[i].name, whole[i].func, 1);
		lua_pop(L, 1);
	}
	base_library(L);
	pick(L, "os", luaopen_os, of_os);
	pick(L, "debug", luaopen_debug, of_debug);
	lua_getglobal(L, "os");
	luaL_setfuncs(L, own_os, 0);
	lua_pop(L, 1);
	put_missing(L, "os", missing_of_os);
	put_missing(L, "string", missing_of_string);
	/* the methods of all texts are also the runtime's: nobody takes them away */
	lua_pushliteral(L, "");
	if (lua_getmetatable(L, -1) != 0) {
		lua_pushliteral(L, "string");
		lua_setfield(L, -2, "__metatable");
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	lua_newtable(L);
	lua_setfield(L, LUA_REGISTRYINDEX, LOADED);
}

/* ---- files */

/* A file of code: of a trusted tree the bytes that were hashed, whatever is on the disk by now. */
static enum err
read_code(const struct host *h, const char *path, struct buf *b, struct err_msg *why)
{
	const struct tree_file *f = h->tree != NULL ? tree_find(h->tree, path) : NULL;
	const size_t n = h->tree != NULL ? strlen(h->tree->root) : 0;

	if (f != NULL) {
		(void)buf_add(b, f->data, f->n);
		return ERR_OK;
	}
	if (n != 0 && strncmp(path, h->tree->root, n) == 0)
		return err_set(why, ERR_NOENT, path, NULL, "is not in what was trusted");
	return sys_file_read(path, CHUNK_MAX, b, why);
}

static bool
have_code(const struct host *h, const char *path)
{
	return (h->tree != NULL && tree_find(h->tree, path) != NULL) || path_exists(path);
}

/* load_file(path): the compiled chunk, or an error of code usage (not readable) or script (syntax).
 * */
static int
l_load_file(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct err_msg why;
	struct buf b;
	size_t skip = 0;
	enum err e;
	int status;

	buf_init(&b, 2 * CHUNK_MAX);
	e = read_code(host_of(L), path, &b, &why);
	if (e != ERR_OK) {
		buf_fini(&b);
		why.code = ERR_USAGE;
		return errors_raise_msg(L, &why);
	}
	if (b.len > 2 && b.data[0] == '#' && b.data[1] == '!')
		skip = strcspn(b.data, "\n");
	lua_pushfstring(L, "@%s", path);
	status = luaL_loadbufferx(L, buf_str(&b) + skip, b.len - skip, lua_tostring(L, -1), "t");
	buf_fini(&b);
	if (status != LUA_OK)
		return errors_raise(L, "script", "%s", lua_tostring(L, -1));
	return 1;
}

/* code_text(path): a file of code as it stands, which was compiled before. */
static int
l_code_text(lua_State *L)
{
	struct err_msg why;
	struct buf b;
	enum err e;

	buf_init(&b, 2 * CHUNK_MAX);
	e = read_code(host_of(L), luaL_checkstring(L, 1), &b, &why);
	if (e == ERR_OK)
		return value_take_buf(L, &b);
	buf_fini(&b);
	return errors_raise_msg(L, &why);
}

/* manifest(): plugin.json of the plugin that runs. */
static int
l_manifest(lua_State *L)
{
	value_push(L, host_of(L)->manifest);
	return 1;
}

/* Calls the function on top with nargs arguments in load context: nothing in it may wait, and it
 * has load_ns. */
static void
call_loading(lua_State *L, int nargs, int nres, const char *what)
{
	struct host *h = host_of(L);
	struct guard_frame saved;
	int status;
	const int at = lua_gettop(L) - nargs;

	lua_pushcfunction(L, errors_handler);
	lua_insert(L, at);
	guard_enter(h, &saved, &(struct guard_frame){ .kind = GUARD_LOAD, .what = what, .run = L,
	    .hard_ns = h->opt.load_ns });
	status = lua_pcall(L, nargs, nres, at);
	guard_leave(h, &saved);
	if (status != LUA_OK) {
		errors_wrap(L);
		lua_error(L);
	}
	lua_remove(L, at);
}

/* load(path, what): runs a file in load context, gives its first result. */
static int
l_load_now(lua_State *L)
{
	const char *what = luaL_checkstring(L, 2);

	lua_pushcfunction(L, l_load_file);
	lua_pushvalue(L, 1);
	lua_call(L, 1, 1);
	call_loading(L, 0, 1, what);
	return 1;
}

static bool
name_byte(char c)
{
	return c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* The relative path of a module name: dots are folders, letters, digits, _ and - are allowed. */
static bool
module_path(const char *name, char *out, size_t size)
{
	size_t n = 0;

	for (; name[n] != '\0'; n++) {
		const bool dot = name[n] == '.' && n != 0 && name[n - 1] != '.';

		if (n + 1 == size || (!dot && !name_byte(name[n])))
			return false;
		out[n] = dot ? '/' : name[n];
	}
	out[n] = '\0';
	return n != 0;
}

/* Pushes the path of a file that is there, or nothing. */
static bool
push_module_path(lua_State *L, const char *dir, const char *name, const char *tail)
{
	char rel[256];

	if (!module_path(name, rel, sizeof rel))
		return false;
	lua_pushfstring(L, "%s/%s%s", dir, rel, tail);
	if (have_code(host_of(L), lua_tostring(L, -1)))
		return true;
	lua_pop(L, 1);
	return false;
}

/* The folder of a required plugin that the name begins with, and the rest of the name ("init" when
 * nothing follows); NULL: it is none of them. */
static const char *
used_dir(const struct host *h, const char *name, const char **rest)
{
	for (const char *const *u = h->uses; u != NULL && *u != NULL; u++) {
		const size_t n = strcspn(*u, "=");

		if (strncmp(name, *u, n) != 0 || (name[n] != '\0' && name[n] != '.'))
			continue;
		*rest = name[n] == '.' ? name + n + 1 : "init";
		return *u + n + 1;
	}
	return NULL;
}

static bool
push_found(lua_State *L, const char *dir, const char *name)
{
	const char *rest, *used = used_dir(host_of(L), name, &rest);

	if (dir != NULL && (push_module_path(L, dir, name, ".lua") ||
	    push_module_path(L, dir, name, "/init.lua")))
		return true;
	return used != NULL && (push_module_path(L, used, rest, ".lua") ||
	    push_module_path(L, used, rest, "/init.lua"));
}

/* requires(path): the names of the modules that the file names, and their files; false for one that
 * is not there. */
static int
l_requires(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1), *dir = luaL_checkstring(L, 2);
	json_t *list, *name;
	struct err_msg why;
	struct buf b;
	size_t i;

	buf_init(&b, 2 * CHUNK_MAX);
	if (read_code(host_of(L), path, &b, &why) != ERR_OK) {
		buf_fini(&b);
		return errors_raise_msg(L, &why);
	}
	list = requires_find(buf_str(&b), b.len);
	buf_fini(&b);
	lua_newtable(L);
	json_array_foreach(list, i, name) {
		if (!push_found(L, dir, json_string_value(name)))
			lua_pushboolean(L, 0);
		lua_setfield(L, -2, json_string_value(name));
	}
	json_decref(list);
	return 1;
}

/* "vise.fs": a part of the module, whatever lies in the folder. The table of what is loaded is at
 * 2. */
static bool
push_of_module(lua_State *L, const char *name)
{
	if (strncmp(name, "vise.", 5) != 0 || lua_getfield(L, 2, "vise") != LUA_TTABLE)
		return false;
	if (lua_getfield(L, -1, name + 5) == LUA_TNIL)
		return false;
	return true;
}

/* require(name): upvalue 1 is the folder, or nil. */
static int
l_require(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1), *dir = lua_tostring(L, lua_upvalueindex(1));

	lua_settop(L, 1);
	lua_getfield(L, LUA_REGISTRYINDEX, LOADED);
	lua_getfield(L, 2, dir != NULL ? dir : "");
	lua_remove(L, 2);
	if (lua_getfield(L, 2, name) != LUA_TNIL)
		return 1;
	if (push_of_module(L, name))
		return 1;
	if (!push_found(L, dir, name))
		return errors_raise(L, "usage",
		    "module '%s' not found: require knows 'vise' and the script's own folder%s%s",
		    name, dir != NULL ? " " : "", dir != NULL ? dir : "");
	lua_pushcfunction(L, l_load_file);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 1);
	lua_pushboolean(L, 1);                  /* a ring of modules ends here */
	lua_setfield(L, 2, name);
	lua_pushvalue(L, 1);
	call_loading(L, 1, 1, name);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, 1);
	}
	lua_pushvalue(L, -1);
	lua_setfield(L, 2, name);
	return 1;
}

/* require_dir(dir, vise): makes the global require. */
static int
l_require_dir(lua_State *L)
{
	lua_settop(L, 2);
	lua_getfield(L, LUA_REGISTRYINDEX, LOADED);
	if (lua_getfield(L, 3, lua_tostring(L, 1) != NULL ? lua_tostring(L, 1) : "") == LUA_TNIL) {
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, 3, lua_tostring(L, 1) != NULL ? lua_tostring(L, 1) : "");
	}
	lua_pushvalue(L, 2);
	lua_setfield(L, -2, "vise");
	lua_pushvalue(L, 1);
	lua_pushcclosure(L, l_require, 1);
	lua_setglobal(L, "require");
	return 0;
}

/* manifest_of(dir): plugin.json of a plugin whose board profile is used by tests. */
static int
l_manifest_of(lua_State *L)
{
	struct err_msg why;
	json_t *m = plugin_manifest(luaL_checkstring(L, 1), host_of(L)->tree, &why);

	if (m == NULL)
		return errors_raise_msg(L, &why);
	value_push(L, m);
	json_decref(m);
	return 1;
}

/* program(name): where one of our own programs is, or nil. */
static int
l_program(lua_State *L)
{
	char *path = path_program(luaL_checkstring(L, 1));

	lua_pushstring(L, path);
	mem_free(path);
	return 1;
}

/* used_plugins(): { name, dir, manifest } of the plugins that this one requires. */
static int
l_used_plugins(lua_State *L)
{
	const struct host *h = host_of(L);
	json_t *list = json_array();

	for (const char *const *u = h->uses; u != NULL && *u != NULL; u++) {
		const char *dir = strchr(*u, '=') + 1;
		const bool own = h->tree != NULL &&
		    strncmp(dir, h->tree->root, strlen(h->tree->root)) == 0;
		json_t *m = plugin_manifest(dir, own ? h->tree : NULL, NULL), *o = json_object();

		json_put_strn(o, "name", *u, strcspn(*u, "="));
		json_put_str(o, "dir", dir);
		json_put(o, "manifest", m != NULL ? m : json_object());
		(void)json_array_append_new(list, o);
	}
	value_push(L, list);
	json_decref(list);
	return 1;
}

void
libs_functions(lua_State *L)
{
	static const luaL_Reg list[] = {
		{ "load_file", l_load_file },
		{ "code_text", l_code_text },
		{ "load", l_load_now },
		{ "require_dir", l_require_dir },
		{ "manifest", l_manifest },
		{ "requires", l_requires },
		{ "manifest_of", l_manifest_of },
		{ "program", l_program },
		{ "used_plugins", l_used_plugins },
		{ NULL, NULL },
	};

	luaL_setfuncs(L, list, 0);
}
