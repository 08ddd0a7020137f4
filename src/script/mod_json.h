/*
 * mod_json.h - vise.json: decode, encode, null, array.
 *
 * Layer   script. Adds its C functions to the core table on top of the stack; the runtime in
 *         lua/vise builds on them.
 */
#ifndef SCRIPT_MOD_JSON_H
#define SCRIPT_MOD_JSON_H
#include <lua.h>

void mod_json_open(lua_State *L);

#endif
