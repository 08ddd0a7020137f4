/*
 * eol.h - maps of single bytes between a board and its user: line ends, backspace, case.
 *
 * Layer   text. A value: nothing to free. An empty map (eol_init) changes nothing.
 * Words   "in:cr=lf" (what the board sends), "out:lf=crlf" (what is sent to it), several apart by
 *         blanks or commas. A side is cr lf nul tab bs del ff esc space or \xHH; the right one
 *         also crlf, none, and of nul: break. in:msb=lsb turns bits round; out:lower=upper.
 *         The words of tio 3.9 (INLCR ICRNL IGNCR ... ONULBRK) mean what they mean there.
 */
#ifndef TEXT_EOL_H
#define TEXT_EOL_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

enum eol_way { EOL_IN, EOL_OUT };
enum { EOL_TO_MAX = 3, EOL_TEXT_MAX = 200 };

struct eol {
	bool any[2];                            /* the way has a map at all */
	bool breaks;                            /* a NUL sent is a break */
	unsigned char n[2][256];                /* bytes that one byte becomes, 0: it goes */
	char to[2][256][EOL_TO_MAX];
	char text[EOL_TEXT_MAX];                /* the words it was made of */
};

void     eol_init(struct eol *e);
/* "" or "none" is the empty map. On error *e is as it was. */
enum err eol_parse(struct eol *e, const char *words, struct err_msg *why);
/* Adds p, mapped, to out. */
enum err eol_map(const struct eol *e, enum eol_way way, const char *p, size_t n, struct buf *out);
/* After the map of the board's side, does this byte end a line (hold a line feed)? */
bool     eol_ends_line(const struct eol *e, unsigned char c);

#endif
