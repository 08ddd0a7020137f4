/*
 * times.h - when each byte of a stream came: an index of (offset, time).
 *
 * Layer   console. Bounded: at most one entry a millisecond, and the oldest go first.
 */
#ifndef CONSOLE_TIMES_H
#define CONSOLE_TIMES_H
#include <stddef.h>
#include <stdint.h>

enum { TIMES_MAX = 65536 };

/* bytes from offset on came at t, until the next entry */
struct times_entry { uint64_t offset, t; };
struct times { struct times_entry *v; size_t n, cap; };

void     times_init(struct times *x);
void     times_fini(struct times *x);
void     times_add(struct times *x, uint64_t offset, uint64_t t);       /* both never go back */
/* Index of the entry that holds offset; n when it is older than all that is kept. */
size_t   times_find(const struct times *x, uint64_t offset);
uint64_t times_at(const struct times *x, uint64_t offset, uint64_t dflt);

#endif
