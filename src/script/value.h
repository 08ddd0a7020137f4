/*
 * value.h - JSON to Lua and back.
 *
 * Layer   script. null is the light userdata value_null (vise.json.null). A table with only 1..n
 *         is an array; an empty table is an object unless it has the array mark
 *         (vise.json.array). Depth is bounded.
 */
#ifndef SCRIPT_VALUE_H
#define SCRIPT_VALUE_H
#include <lua.h>
#include "core/json.h"

enum { VALUE_DEPTH_MAX = 40 };
#define VALUE_ARRAY "vise.array"        /* metatable name */

extern const char value_null;

void    value_open(lua_State *L);
/* Pushes the text of b, which it ends, also where memory is too short and it raises; gives 1. */
int     value_take_buf(lua_State *L, struct buf *b);
void    value_push(lua_State *L, const json_t *v);      /* may raise: memory, depth */
/* New reference, or NULL with a text pushed that says why. Never raises. */
json_t *value_get(lua_State *L, int idx);

#endif
