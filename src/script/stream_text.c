/* stream_text.c - what a stream said, for people. */
#include "script/stream_text.h"

#include "script/strip.h"

enum { TAIL_MAX = 400 };

void
stream_text_escape(luaL_Buffer *b, const char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)p[i];

		if (c == '\r' || c == '\n' || c == '\t' || c == '"' || c == '\\') {
			luaL_addchar(b, '\\');
			luaL_addchar(b, c == '\r'   ? 'r'
					: c == '\n' ? 'n'
					: c == '\t' ? 't'
						    : (char)c);
		} else if (c < 32 || c == 127) {
			luaL_addlstring(b, "\\x", 2);
			luaL_addchar(b, hex[c >> 4]);
			luaL_addchar(b, hex[c & 15]);
		} else {
			luaL_addchar(b, (char)c);
		}
	}
}

void
stream_text_add(luaL_Buffer *b, const char *p, size_t n, bool strip, bool escaped)
{
	struct strip s = { 0 };

	while (n != 0) {
		size_t skipped = 0;
		const size_t plain = strip ? strip_next(&s, p, n, &skipped) : n;

		if (escaped)
			stream_text_escape(b, p + skipped, plain);
		else
			luaL_addlstring(b, p + skipped, plain);
		p += skipped + plain;
		n -= skipped + plain;
	}
}

void
stream_text_tail(lua_State *L, const struct stream *s, bool strip)
{
	const char *p;
	size_t n = stream_piece(s, s->cursor, UINT64_MAX, &p), from, lines = 0;
	luaL_Buffer b;

	while (n != 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	if (n == 0) {
		lua_pushliteral(L, "nothing was received");
		return;
	}
	for (from = n; from != 0 && n - from < TAIL_MAX; from--)
		if (p[from - 1] == '\n' && ++lines == 3)
			break;
	luaL_buffinit(L, &b);
	luaL_addstring(&b, "last lines: \"");
	stream_text_add(&b, p + from, n - from, strip, true);
	luaL_addstring(&b, "\"");
	luaL_pushresult(&b);
}
