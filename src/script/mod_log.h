/*
 * mod_log.h - what a script says: output lines, errors, log events.
 *
 * Layer   script. Adds its C functions to the core table on top of the stack; the runtime in
 *         lua/vise builds on them.
 */
#ifndef SCRIPT_MOD_LOG_H
#define SCRIPT_MOD_LOG_H
#include <lua.h>

void mod_log_open(lua_State *L);

#endif
