/*
 * stream_text.h - what a stream said, as text in messages and results.
 *
 * Layer   script.
 */
#ifndef SCRIPT_STREAM_TEXT_H
#define SCRIPT_STREAM_TEXT_H
#include <lauxlib.h>
#include <stdbool.h>
#include <stddef.h>
#include "script/stream.h"

/* Control bytes, quotes and backslashes as in a string of C. */
void stream_text_escape(luaL_Buffer *b, const char *p, size_t n);
/* strip: without the terminal's escape sequences. */
void stream_text_add(luaL_Buffer *b, const char *p, size_t n, bool strip, bool escaped);
/* Pushes `last lines: "..."` of what was not consumed, or a word that there was nothing. */
void stream_text_tail(lua_State *L, const struct stream *s, bool strip);

#endif
