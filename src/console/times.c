/* times.c - the arrival index: appended at the end, searched by halves. */
#include "console/times.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

void
times_init(struct times *x)
{
	*x = (struct times){ .n = 0 };
}

void
times_fini(struct times *x)
{
	mem_free(x->v);
	*x = (struct times){ .n = 0 };
}

void
times_add(struct times *x, uint64_t offset, uint64_t t)
{
	if (x->n != 0 && t - x->v[x->n - 1].t < NS_PER_MS)
		return;
	if (x->n == TIMES_MAX) {
		x->n -= TIMES_MAX / 4;
		memmove(x->v, x->v + TIMES_MAX / 4, x->n * sizeof *x->v);
	} else if (x->n == x->cap) {
		x->cap = x->cap == 0 ? 256 : x->cap * 2;
		x->v = mem_resize(x->v, x->cap, sizeof *x->v);
	}
	x->v[x->n++] = (struct times_entry){ offset, t };
}

size_t
times_find(const struct times *x, uint64_t offset)
{
	size_t low = 0, high = x->n;    /* the first entry behind offset lies in [low, high] */

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (x->v[mid].offset <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low != 0 ? low - 1 : x->n;
}

uint64_t
times_at(const struct times *x, uint64_t offset, uint64_t dflt)
{
	const size_t i = times_find(x, offset);

	return i < x->n ? x->v[i].t : dflt;
}
