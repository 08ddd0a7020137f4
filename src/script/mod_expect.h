/*
 * mod_expect.h - waiting for the earliest of several patterns in a stream.
 *
 * Layer   script. Rules: research/lua.md 4.1.
 */
#ifndef SCRIPT_MOD_EXPECT_H
#define SCRIPT_MOD_EXPECT_H
#include <lua.h>
#include <stdbool.h>
#include "script/stream.h"

/* expect(stream, patterns, options, never, name, fail_lost) -> match. Waits.
 * options: timeout, idle, quiet (seconds), strip, from (an offset), watch (looks at what others
 * consume as well, and consumes nothing). */
int  mod_expect(lua_State *L);
void mod_expect_open(lua_State *L);
/* Pushes `last lines: "..."` of what was not consumed, or a word that there was nothing. */
void mod_expect_push_tail(lua_State *L, const struct stream *s, bool strip);

#endif
