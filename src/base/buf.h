/*
 * buf.h - a growing byte buffer with a ceiling given at init (curl's dynbuf habit).
 *
 * Layer   base. Owned by whoever declares it; buf_fini() ends it; data is valid until the next
 *         add.
 * Errors  growth past max gives ERR_LIMIT and changes nothing. Memory failure gives
 *         ERR_MEMORY.
 * The content is always followed by a NUL that is not counted.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include <stddef.h>
#include "base/err.h"

struct buf {
	char  *data;
	size_t len, cap, max;
};

void     buf_init(struct buf *b, size_t max);
void     buf_fini(struct buf *b);
enum err buf_reserve(struct buf *b, size_t more);       /* room for `more` bytes beyond len */
enum err buf_add(struct buf *b, const void *p, size_t n);
enum err buf_add_str(struct buf *b, const char *s);
enum err buf_add_byte(struct buf *b, char c);
enum err buf_add_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void     buf_eat(struct buf *b, size_t n);              /* drops n bytes from the front */
void     buf_clear(struct buf *b);                      /* keeps the memory */
char    *buf_take(struct buf *b);                       /* hands the bytes over (mem_free them) */
const char *buf_str(const struct buf *b);               /* never NULL */

#endif
