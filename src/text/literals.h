/*
 * literals.h - many literal texts searched at once: which of them stands on this line?
 *
 * Layer   text. literals_new/literals_free. At least LITERALS_LEAST bytes each.
 * How     Wu and Manber: a table of pairs of bytes says how far the next look may be; a line of
 *         80 bytes without any of them costs about 25 looks.
 */
#ifndef TEXT_LITERALS_H
#define TEXT_LITERALS_H
#include <stddef.h>
#include <stdint.h>

enum { LITERALS_LEAST = 4, LITERALS_MAX = 1024 };

struct literals;

/* Texts are copied. Those that are shorter than LITERALS_LEAST are refused: NULL. */
struct literals *literals_new(const char *const *text, size_t n);
void literals_free(struct literals *l);
/* The number of a text that stands in p[0..n) at or after *at, -1: none. *at becomes its place. Of
 * several at one place the first given is found. */
int  literals_find(const struct literals *l, const char *p, size_t n, size_t *at);

#endif
