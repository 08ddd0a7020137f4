/*
 * at_lines.h - the AT engine's line builder: line ends, result digits, raw payloads.
 *
 * Layer   console, private to the AT engine.
 * Rules   CR, LF, CR LF and CR CR LF all end a line once; S3 and S4 too where they were set;
 *         empty lines and NULs are dropped; a line past LIMIT_AT_LINE is cut and marked so.
 *         A digit and CR without LF is a result code of ATV0 (V.250 6.2.6). Behind a header that
 *         announces n bytes nothing is looked at for n bytes.
 */
#ifndef CONSOLE_AT_LINES_H
#define CONSOLE_AT_LINES_H
#include "console/at.h"

void     at_lines_byte(struct at *a, char c, uint64_t now);
void     at_lines_end(struct at *a, uint64_t now);      /* as if the line's end had come */
uint64_t at_lines_deadline(const struct at *a);         /* of a held digit, UINT64_MAX: none */
void     at_lines_held(struct at *a, uint64_t now);     /* nothing followed it: a result */
void     at_lines_reset(struct at *a);

#endif
