/*
 * mod_task.h - sleep, spawn, await, cancel, now: what makes tasks of functions.
 *
 * Layer   script. Adds its C functions to the core table on top of the stack; the runtime in
 *         lua/vise builds on them.
 */
#ifndef SCRIPT_MOD_TASK_H
#define SCRIPT_MOD_TASK_H
#include <lua.h>
#include <stdint.h>
#include "script/sched.h"

void mod_task_open(lua_State *L);
/* Pushes a handle. */
void mod_task_push(lua_State *L, struct task *t);
/* A duration argument: seconds, or text such as "500ms"; nil or none gives dflt. UINT64_MAX is "for
 * ever". */
uint64_t mod_task_duration(lua_State *L, int arg, uint64_t dflt);

#endif
