/*
 * ring.h - the last N bytes of a stream, addressed by their absolute offset since its start.
 *
 * Layer   base. Several readers keep an offset each; a reader that falls behind `ring_first`
 *         lost the difference and can say how much. Never fails after init.
 */
#ifndef BASE_RING_H
#define BASE_RING_H
#include <stddef.h>
#include <stdint.h>

struct ring {
	unsigned char *mem;
	size_t   cap;                   /* a power of two */
	uint64_t floor;                 /* nothing before it was ever put */
	uint64_t end;                   /* offset behind the newest byte: bytes ever written */
};

void     ring_init(struct ring *r, size_t cap);         /* cap is rounded up to a power of two */
void     ring_fini(struct ring *r);
void     ring_put(struct ring *r, const void *p, size_t n);
/* Empty, and what is put next begins at offset `at`. */
void     ring_restart(struct ring *r, uint64_t at);
/* Bytes that belong before ring_first; what then is too much goes at the end. */
void     ring_put_front(struct ring *r, const void *p, size_t n);
uint64_t ring_first(const struct ring *r);              /* offset of the oldest byte kept */
/* The longest run of bytes at `at` (>= ring_first) that lies in one piece; 0 at the end. */
size_t   ring_peek(const struct ring *r, uint64_t at, const unsigned char **p);
/* Copies up to n bytes from `at`; returns how many. */
size_t   ring_copy(const struct ring *r, uint64_t at, void *out, size_t n);
/* Where the reading process may write directly: *p, returns the room in one piece; then
 * ring_advance. */
size_t   ring_room(struct ring *r, unsigned char **p);
void     ring_advance(struct ring *r, size_t n);

#endif
