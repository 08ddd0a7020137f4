/*
 * alloc.h - the only door to the heap.
 *
 * Layer   base. The table can be replaced by a test to fail allocation N (mem_set_ops).
 * Rule    mem_alloc & co. never return NULL: out of memory ends the process in one place with
 *         a message. Sizes that a board, a file or a peer controls go through mem_try, which
 *         may return NULL and makes the one request fail instead.
 * State   one process-wide table and two counters; not thread safe to replace while threads
 *         run.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H
#include <stddef.h>
#include <stdarg.h>

struct mem_ops {
	void *(*alloc)(size_t size);
	void *(*resize)(void *p, size_t size);
	void  (*release)(void *p);
};

void  mem_set_ops(const struct mem_ops *ops);           /* NULL restores libc's */
void *mem_alloc(size_t size);
void *mem_zero(size_t count, size_t size);              /* zeroed, overflow checked */
void *mem_resize(void *p, size_t count, size_t size);   /* overflow checked */
void *mem_try(size_t size);                             /* NULL when there is none */
void *mem_try_resize(void *p, size_t size);             /* NULL leaves p as it was */
char *mem_str(const char *s);                           /* copies; NULL gives NULL */
char *mem_strn(const char *s, size_t n);                /* copies n bytes and ends them */
char *mem_fmt(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *mem_dup(const void *p, size_t n);
void  mem_free(void *p);                                /* NULL is fine */

#endif
