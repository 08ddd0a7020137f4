/*
 * mod_event.h - news of the bench for Lua: those types that were asked for, in order.
 *
 * Layer   script. `want(type)` asks; `on_event(fn)` says who gets them: fn(type, body), a
 *         callback that does not wait.
 */
#ifndef SCRIPT_MOD_EVENT_H
#define SCRIPT_MOD_EVENT_H
#include <lua.h>
#include "core/json.h"

struct host;

void mod_event_open(lua_State *L);
void mod_event_news(struct host *h, const char *type, const json_t *body);

#endif
