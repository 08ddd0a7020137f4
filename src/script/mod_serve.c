/* mod_serve.c - listening sockets and their connections, as objects that wait. */
#include "script/mod_serve.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "script/allow.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/mod_task.h"
#include "sys/io.h"
#include "sys/sock.h"

#define SOCK_META "vise.listen"
#define CONN_META "vise.conn"

enum { PIECE = 16 << 10 };

/* A listening socket or a connection; its address is what tasks wait for. */
struct end {
	struct host *host;
	struct loop_fd *watch;
	int fd;                         /* -1: closed */
	bool conn;
	size_t at;                      /* of what is written */
};

static void
on_ready(void *arg, unsigned events)
{
	struct end *s = arg;

	(void)events;
	loop_fd_events(s->watch, 0);
	sched_wake(s->host, s);
}

static struct end *
push(lua_State *L, int fd, const char *meta)
{
	struct end *s = lua_newuserdatauv(L, sizeof *s, 0);

	*s = (struct end){ .host = host_of(L), .fd = fd, .conn = strcmp(meta, CONN_META) == 0 };
	luaL_setmetatable(L, meta);
	s->watch = loop_fd_open(s->host->loop, fd, 0, on_ready, s);
	return s;
}

static struct end *
check(lua_State *L, const char *meta, const char *call)
{
	struct end *s = luaL_checkudata(L, 1, meta);

	if (s->fd < 0)
		errors_raise(L, "eof", "%s: it is closed", call);
	return s;
}

static int
l_close(lua_State *L)
{
	struct end *s = lua_touserdata(L, 1);

	if (s == NULL || s->fd < 0)
		return 0;
	loop_fd_close(s->watch);
	sys_close(s->fd);
	s->fd = -1;
	*(s->conn ? &s->host->conns : &s->host->listens) -= 1;
	sched_wake(s->host, s);
	return 0;
}

/* listen(host, port) -> socket, port */
static int
l_listen(lua_State *L)
{
	struct host *h = host_of(L);
	const char *host = luaL_checkstring(L, 1);
	const lua_Integer port = luaL_checkinteger(L, 2);
	uint16_t got = (uint16_t)port;
	char address[128];
	struct err_msg why;
	int fd = -1;

	(void)sched_begin(L, "vise.http.serve");
	(void)snprintf(address, sizeof address, "%.100s:%d", host, (int)port);
	if (allow_value(h->manifest, "serve", address, &why) != ERR_OK)
		return errors_raise_msg(L, &why);
	if (h->listens == SERVE_SOCKETS)
		return errors_raise(L, "limit", "vise.http.serve: %d servers run already",
		    (int)SERVE_SOCKETS);
	if (sys_tcp_listen(host, &got, &fd, &why) != ERR_OK)
		return errors_raise_msg(L, &why);
	(void)sys_nonblock(fd, true);
	h->listens++;
	(void)push(L, fd, SOCK_META);
	lua_pushinteger(L, got);
	return 2;
}

static int
wait_for(lua_State *L, struct end *s, unsigned events, lua_KFunction k, lua_KContext ctx)
{
	loop_fd_events(s->watch, events);
	return sched_park(L, sched_current(L), s, k, ctx);
}

static int
k_accept(lua_State *L, int status, lua_KContext ctx)
{
	struct end *s = check(L, SOCK_META, "accept");
	struct host *h = s->host;
	int fd;

	(void)status;
	sched_check(L, sched_current(L));
	if (h->conns == SERVE_CONNS) {          /* until one of them is closed: looked at again */
		sched_until(sched_current(L), 20 * NS_PER_MS);
		return sched_park(L, sched_current(L), s, k_accept, ctx);
	}
	sched_until(sched_current(L), UINT64_MAX);
	fd = sys_accept(s->fd);
	if (fd < 0)
		return wait_for(L, s, LOOP_READ, k_accept, ctx);
	(void)sys_nonblock(fd, true);
	h->conns++;
	(void)push(L, fd, CONN_META);
	return 1;
}

static int
l_accept(lua_State *L)
{
	(void)sched_begin(L, "accept");
	lua_settop(L, 1);
	return k_accept(L, LUA_OK, 0);
}

static int
again(lua_State *L, const struct end *s, const char *call)
{
	(void)s;
	if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		return errors_raise(L, "lost", "%s: the other side is gone", call);
	if (sched_due(sched_current(L)))
		return errors_raise(L, "timeout", "%s: not in time", call);
	return 0;
}

static int
k_read(lua_State *L, int status, lua_KContext ctx)
{
	struct end *s = check(L, CONN_META, "read");
	char piece[PIECE];
	ssize_t n;

	(void)status;
	sched_check(L, sched_current(L));
	n = sys_read(s->fd, piece, sizeof piece);
	if (n > 0)
		lua_pushlstring(L, piece, (size_t)n);
	else if (n == 0)
		lua_pushnil(L);
	if (n >= 0)
		return 1;
	(void)again(L, s, "read");
	return wait_for(L, s, LOOP_READ, k_read, ctx);
}

/* read(timeout) */
static int
l_read(lua_State *L)
{
	struct task *t = sched_begin(L, "read");

	sched_until(t, mod_task_duration(L, 2, 10 * NS_PER_S));
	lua_settop(L, 1);
	return k_read(L, LUA_OK, 0);
}

static int
k_write(lua_State *L, int status, lua_KContext ctx)
{
	struct end *s = check(L, CONN_META, "write");
	size_t len;
	const char *text = lua_tolstring(L, 2, &len);

	(void)status;
	sched_check(L, sched_current(L));
	while (s->at < len) {
		const ssize_t n = sys_write(s->fd, text + s->at,
		    len - s->at < PIECE ? len - s->at : PIECE);

		if (n < 0) {
			(void)again(L, s, "write");
			return wait_for(L, s, LOOP_WRITE, k_write, ctx);
		}
		s->at += (size_t)n;
	}
	return 0;
}

/* write(text, timeout) */
static int
l_write(lua_State *L)
{
	struct task *t = sched_begin(L, "write");
	struct end *s = check(L, CONN_META, "write");

	luaL_checkstring(L, 2);
	sched_until(t, mod_task_duration(L, 3, 10 * NS_PER_S));
	lua_settop(L, 2);
	s->at = 0;
	return k_write(L, LUA_OK, 0);
}

static void
meta(lua_State *L, const char *name, const luaL_Reg *methods)
{
	luaL_newmetatable(L, name);
	lua_newtable(L);
	luaL_setfuncs(L, methods, 0);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, l_close);
	lua_setfield(L, -2, "__gc");
	lua_pushcfunction(L, l_close);
	lua_setfield(L, -2, "__close");
	lua_pushstring(L, name);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}

void
mod_serve_open(lua_State *L)
{
	static const luaL_Reg sock[] = { { "accept", l_accept }, { "close", l_close },
		{ NULL, NULL } };
	static const luaL_Reg conn[] = { { "read", l_read }, { "write", l_write },
		{ "close", l_close }, { NULL, NULL } };

	meta(L, SOCK_META, sock);
	meta(L, CONN_META, conn);
	lua_pushcfunction(L, l_listen);
	lua_setfield(L, -2, "listen");
}
