/*
 * libs.h - the standard libraries a script gets, and those parts it does not.
 *
 * Layer   script. Offered: base (text-only load, no dofile, no __gc through setmetatable), table,
 *         string (no dump), math, utf8, coroutine (see sched.h),
 *         os.time/date/clock/difftime/getenv of listed names, debug.traceback,
 *         collectgarbage("count"|"collect"). Not offered: io, os.execute and the rest, package, C
 *         modules. require finds `vise` and the script's or plugin's own folder, nothing else.
 */
#ifndef SCRIPT_LIBS_H
#define SCRIPT_LIBS_H
#include <lua.h>

void libs_open(lua_State *L);
/* load_file(path) -> function; load(path, what) -> result, in load context; read_text(path);
 * program(name);
 * require_dir(dir, vise). */
void libs_functions(lua_State *L);

#endif
