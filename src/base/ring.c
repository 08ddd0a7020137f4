/* ring.c - the last N bytes of a stream under absolute offsets. */
#include "base/ring.h"

#include <string.h>

#include "base/alloc.h"

void
ring_init(struct ring *r, size_t cap)
{
	size_t c = 64;

	while (c < cap)
		c *= 2;
	*r = (struct ring){ .mem = mem_alloc(c), .cap = c };
}

void
ring_fini(struct ring *r)
{
	mem_free(r->mem);
	*r = (struct ring){ .cap = 0 };
}

static size_t
place(const struct ring *r, uint64_t at)
{
	return (size_t)(at & (r->cap - 1));
}

void
ring_put(struct ring *r, const void *p, size_t n)
{
	const unsigned char *s = p;

	if (n > r->cap) {               /* only the newest cap bytes can stay */
		r->end += n - r->cap;
		s += n - r->cap;
		n = r->cap;
	}
	while (n != 0) {
		unsigned char *to;
		size_t room = ring_room(r, &to);

		if (room > n)
			room = n;
		memcpy(to, s, room);
		ring_advance(r, room);
		s += room;
		n -= room;
	}
}

uint64_t
ring_first(const struct ring *r)
{
	const uint64_t kept = r->end > r->cap ? r->end - r->cap : 0;

	return kept > r->floor ? kept : r->floor;
}

void
ring_restart(struct ring *r, uint64_t at)
{
	r->floor = r->end = at;
}

void
ring_put_front(struct ring *r, const void *p, size_t n)
{
	const unsigned char *s = p;
	const uint64_t first = ring_first(r);
	uint64_t at;

	if (n > r->cap) {               /* those next to what is there */
		s += n - r->cap;
		n = r->cap;
	}
	if (n > first)
		return;
	at = r->floor = first - n;
	if (r->end - at > r->cap)
		r->end = at + r->cap;
	while (at < first) {
		size_t run = r->cap - place(r, at);

		run = run < first - at ? run : (size_t)(first - at);
		memcpy(r->mem + place(r, at), s, run);
		s += run;
		at += run;
	}
}

size_t
ring_peek(const struct ring *r, uint64_t at, const unsigned char **p)
{
	size_t run;

	if (at < ring_first(r) || at >= r->end)
		return 0;
	run = r->cap - place(r, at);
	if (run > r->end - at)
		run = (size_t)(r->end - at);
	*p = r->mem + place(r, at);
	return run;
}

size_t
ring_copy(const struct ring *r, uint64_t at, void *out, size_t n)
{
	unsigned char *o = out;
	size_t got = 0;

	while (got < n) {
		const unsigned char *p;
		size_t run = ring_peek(r, at + got, &p);

		if (run == 0)
			break;
		if (run > n - got)
			run = n - got;
		memcpy(o + got, p, run);
		got += run;
	}
	return got;
}

size_t
ring_room(struct ring *r, unsigned char **p)
{
	*p = r->mem + place(r, r->end);
	return r->cap - place(r, r->end);
}

void
ring_advance(struct ring *r, size_t n)
{
	r->end += n;
}
