/*
 * mod_expect.h - waiting for the earliest of several patterns in a stream.
 *
 * Layer   script. Rules: research/lua.md 4.1.
 */
#ifndef SCRIPT_MOD_EXPECT_H
#define SCRIPT_MOD_EXPECT_H
#include <lua.h>

/* expect(stream, patterns, options, never, name, fail_lost) -> match. Waits.
 * options: timeout, idle, quiet (seconds), strip, from (an offset), watch (looks at what others
 * consume as well, and consumes nothing). */
void mod_expect_open(lua_State *L);             /* after mod_stream_open: a method of its values */

#endif
