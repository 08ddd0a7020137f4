/*
 * mod_stream.h - streams for Lua: expect, read_line, settle, on_line.
 *
 * Layer   script. Adds its C functions to the core table on top of the stack; the runtime in
 *         lua/vise builds on them.
 */
#ifndef SCRIPT_MOD_STREAM_H
#define SCRIPT_MOD_STREAM_H
#include <lua.h>
#include "script/stream.h"

#define MOD_STREAM_META "vise.stream"

void mod_stream_open(lua_State *L);
/* borrowed: the link frees streams after the state */
void mod_stream_push(lua_State *L, struct stream *s);
/* Argument 1 of a method; raises usage. */
struct stream *mod_stream_check(lua_State *L);

#endif
