/*
 * mod_serve.h - a listening TCP socket for Lua: vise.http.serve stands on it.
 *
 * Layer   script. core.listen(host, port) -> a socket, its port; sock:accept() -> a connection,
 *         conn:read(timeout) -> up to 16 KiB, nil at the end; conn:write(text, timeout). Waits in
 *         tasks only. Both have :close(), and go with the Lua state.
 * Limits  one listens at most four times, and has SERVE_CONNS connections: who comes then waits.
 */
#ifndef SCRIPT_MOD_SERVE_H
#define SCRIPT_MOD_SERVE_H
#include <lua.h>

enum { SERVE_SOCKETS = 4, SERVE_CONNS = 16 };

void mod_serve_open(lua_State *L);

#endif
