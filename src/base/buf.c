/* buf.c - growing byte buffer with a ceiling. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_fini(struct buf *b)
{
	mem_free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
}

enum err
buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap;
	char *p;

	if (more > b->max || b->len > b->max - more)
		return ERR_LIMIT;
	need = b->len + more + 1;
	if (need <= b->cap)
		return ERR_OK;
	cap = b->cap < 128 ? 128 : b->cap + b->cap / 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	if (cap < need)
		cap = need;
	p = mem_try_resize(b->data, cap);
	if (p == NULL)
		return ERR_MEMORY;
	b->data = p;
	b->cap = cap;
	b->data[b->len] = '\0';
	return ERR_OK;
}

enum err
buf_add(struct buf *b, const void *p, size_t n)
{
	const enum err e = buf_reserve(b, n);

	if (e != ERR_OK)
		return e;
	if (n != 0)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
	return ERR_OK;
}

enum err
buf_add_str(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

enum err
buf_add_byte(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

enum err
buf_add_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	enum err e;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	e = n < 0 ? ERR_FORMAT : buf_reserve(b, (size_t)n);
	if (e == ERR_OK) {
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
	return e;
}

void
buf_eat(struct buf *b, size_t n)
{
	if (n >= b->len) {
		buf_clear(b);
		return;
	}
	memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
	b->data[b->len] = '\0';
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->data != NULL)
		b->data[0] = '\0';
}

char *
buf_take(struct buf *b)
{
	char *p = b->data != NULL ? b->data : mem_strn("", 0);

	b->data = NULL;
	b->len = b->cap = 0;
	return p;
}

const char *
buf_str(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}
