/*
 * mod_rx.h - vise.rx and vise.lit: pattern values.
 *
 * Layer   script. Adds its C functions to the core table on top of the stack; the runtime in
 *         lua/vise builds on them.
 */
#ifndef SCRIPT_MOD_RX_H
#define SCRIPT_MOD_RX_H
#include <lua.h>
#include <stdbool.h>
#include "script/rx.h"

void mod_rx_open(lua_State *L);
/* The pattern at idx: a string (literal) or a pattern value. False when it is neither. Valid while
 * the value is. */
bool mod_rx_source(lua_State *L, int idx, struct rx_source *out);
/* Pushes named and numbered groups of a match as two tables: cap, named. text(arg, from, to) pushes
 * a piece. */
void mod_rx_push_groups(lua_State *L, const struct rx_pattern *p, const uint64_t *slot,
    void (*text)(lua_State *L, void *arg, uint64_t from, uint64_t to), void *arg);

#endif
