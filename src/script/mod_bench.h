/*
 * mod_bench.h - requests to the bench: commands, streams, consoles, registration.
 *
 * Layer   script. Adds its C functions to the core table on top of the stack; the runtime in
 *         lua/vise builds on them.
 */
#ifndef SCRIPT_MOD_BENCH_H
#define SCRIPT_MOD_BENCH_H
#include <lua.h>

void mod_bench_open(lua_State *L);

#endif
