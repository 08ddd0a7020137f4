/* alloc.c - the heap's only door; the one place where running out of memory ends the process. */
#include "base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct mem_ops libc_ops = { malloc, realloc, free };
static const struct mem_ops *ops = &libc_ops;   /* process-wide by design: see the header */

void
mem_set_ops(const struct mem_ops *o)
{
	ops = o != NULL ? o : &libc_ops;
}

static void *
must(void *p)
{
	if (p == NULL) {
		fputs("vise: memory: none left; close other programs or lower profile.limit\n",
		    stderr);
		abort();
	}
	return p;
}

static size_t
product(size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		must(NULL);
	return n != 0 ? n : 1;
}

void *
mem_alloc(size_t size)
{
	return must(ops->alloc(size != 0 ? size : 1));
}

void *
mem_zero(size_t count, size_t size)
{
	const size_t n = product(count, size);

	return memset(must(ops->alloc(n)), 0, n);
}

void *
mem_resize(void *p, size_t count, size_t size)
{
	return must(ops->resize(p, product(count, size)));
}

void *
mem_try(size_t size)
{
	return ops->alloc(size != 0 ? size : 1);
}

void *
mem_try_resize(void *p, size_t size)
{
	return ops->resize(p, size != 0 ? size : 1);
}

char *
mem_strn(const char *s, size_t n)
{
	char *p = mem_alloc(product(n, 1) + 1);

	if (n != 0)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *
mem_str(const char *s)
{
	return s != NULL ? mem_strn(s, strlen(s)) : NULL;
}

void *
mem_dup(const void *p, size_t n)
{
	void *q = mem_alloc(n);

	if (n != 0)
		memcpy(q, p, n);
	return q;
}

char *
mem_fmt(const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = mem_alloc((size_t)(n < 0 ? 0 : n) + 1);
	p[0] = '\0';
	if (n > 0)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

void
mem_free(void *p)
{
	if (p != NULL)
		ops->release(p);
}
