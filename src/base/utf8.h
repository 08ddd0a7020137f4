/*
 * utf8.h - decoding, encoding and cleaning of UTF-8 (RFC 3629: no surrogates, nothing over
 * U+10FFFF).
 *
 * Layer   base.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/* Decodes one character of p[0..n): returns its length 1..4 and *cp; 0 when p holds no whole
 * valid one
 * (then *cp is U+FFFD and one byte should be skipped). */
size_t   utf8_decode(const char *p, size_t n, uint32_t *cp);
size_t   utf8_encode(uint32_t cp, char out[4]);         /* 0 when cp is not encodable */
/* Adds p to b with control bytes (but \n and \t when keep_lines), C1 and invalid bytes as \xNN. */
enum err utf8_escape(struct buf *b, const char *p, size_t n, int keep_lines);
/* True when the whole is valid UTF-8. */
int      utf8_valid(const char *p, size_t n);

#endif
