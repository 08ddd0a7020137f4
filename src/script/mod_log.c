/* mod_log.c - lines to stdout and stderr, and to the bench's journal. */
#include "script/mod_log.h"

#include <lauxlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "script/errors.h"
#include "script/host.h"
#include "script/link.h"
#include "sys/io.h"

enum { LINE_MAX_BYTES = 1 << 20 };

/* Board text may be in it: control bytes do not reach the terminal raw. */
static int
put_line(lua_State *L, int fd)
{
	size_t n;
	const char *s = luaL_checklstring(L, 1, &n);
	struct buf b;

	buf_init(&b, 4 * LINE_MAX_BYTES + 16);
	(void)utf8_escape(&b, s, n < LINE_MAX_BYTES ? n : LINE_MAX_BYTES, 1);
	(void)buf_add_byte(&b, '\n');
	(void)sys_write_all(fd, buf_str(&b), b.len);
	buf_fini(&b);
	return 0;
}

static int
l_out(lua_State *L)
{
	return put_line(L, 1);
}

static int
l_err(lua_State *L)
{
	return put_line(L, 2);
}

/* event(level, text): to the bench, if there is one. */
static int
l_event(lua_State *L)
{
	struct host *h = host_of(L);
	const char *level = luaL_checkstring(L, 1), *text = luaL_checkstring(L, 2);

	if (h->link != NULL)
		link_log(h->link, level, text);
	return 0;
}

void
mod_log_open(lua_State *L)
{
	static const luaL_Reg list[] = {
		{ "out", l_out }, { "err", l_err }, { "event", l_event }, { NULL, NULL },
	};

	luaL_setfuncs(L, list, 0);
}
