/*
 * mod_text.h - durations and sizes as people write them.
 *
 * Layer   script. Adds its C functions to the core table on top of the stack; the runtime in
 *         lua/vise builds on them.
 */
#ifndef SCRIPT_MOD_TEXT_H
#define SCRIPT_MOD_TEXT_H
#include <lua.h>

void mod_text_open(lua_State *L);

#endif
