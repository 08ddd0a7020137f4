/*
 * lone.h - Lua files that need no plugin.json beside them: the user's init.lua, and board profiles,
 * a file each: boards/NAME.lua.
 *
 * Layer   core. Research/lua.md 6.1; vise-plugin(5). Such a file is a plugin of its own with a
 *         manifest made up here: it may do what its user may, for it declares nothing.
 * Names   init.lua is the plugin "init"; boards/cam.lua is the plugin "board.cam" and provides the
 *         board "cam". A file whose name begins with _ or a dot, or ends in _test.lua, is none: a
 *         module of the others, a test.
 */
#ifndef CORE_LONE_H
#define CORE_LONE_H
#include <stdbool.h>
#include "base/err.h"
#include "core/json.h"

#define LONE_INIT "init.lua"
#define LONE_BOARDS "boards"

/* A Lua file by its name, and no folder. */
bool    lone_is(const char *path);
/* ... that is a profile where it lies in a folder of boards. */
bool    lone_is_board(const char *path);
/* Its manifest. Nothing is read; new reference. */
json_t *lone_manifest(const char *path);
/* The folder of the file; of anything else itself. Heap string. */
char   *lone_folder(const char *path);
/*
 * May a file of the user's be run? It, what it is a link to, and the folders they lie in must be
 * the user's own, and nobody else's to write: ERR_DENIED.
 */
enum err lone_safe(const char *path, struct err_msg *why);

#endif
