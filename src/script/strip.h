/*
 * strip.h - terminal escapes in the bytes of a board: told from its text, for matching.
 *
 * Layer   script; pure. A struct of value zero is between escapes. The result does not depend on
 *         how the bytes are cut.
 * Forms   of ECMA-48: ESC [ ... final (CSI), ESC ] ... BEL or ESC \ (OSC; also DCS, PM, APC, SOS),
 *         ESC and intermediate bytes and a final. A control byte inside ends an escape that is not
 *         whole, and stays text; so does a line's end inside an OSC, and its length over
 *         STRIP_TEXT_MAX: a board that says ESC ] by mistake does not hide its log.
 */
#ifndef SCRIPT_STRIP_H
#define SCRIPT_STRIP_H
#include <stddef.h>
#include <stdint.h>

enum { STRIP_TEXT_MAX = 1024, STRIP_SHORT_MAX = 64 };

struct strip { uint8_t state; uint16_t n; };

/* Skips the escape, or the part of one, that p begins with: *skipped bytes. Gives the number of
 * plain bytes behind it, up to the next escape or the end. */
size_t strip_next(struct strip *s, const char *p, size_t n, size_t *skipped);

#endif
