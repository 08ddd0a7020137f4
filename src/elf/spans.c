/* spans.c - address ranges of an image. */
#include "elf/spans.h"

#include <stdlib.h>

#include "base/alloc.h"

void
spans_add(struct spans *s, uint64_t addr, uint64_t size)
{
	struct span *last = s->n != 0 ? &s->v[s->n - 1] : NULL;

	if (size == 0 || addr + size < addr)
		return;
	if (last != NULL && last->addr + last->size == addr) {
		last->size += size;
		return;
	}
	if (s->n == s->cap) {
		s->cap = s->cap != 0 ? s->cap * 2 : 16;
		s->v = mem_resize(s->v, s->cap, sizeof *s->v);
	}
	s->v[s->n++] = (struct span){ addr, size };
}

static int
by_addr(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

void
spans_close(struct spans *s)
{
	size_t n = 0;

	if (s->n == 0)
		return;
	qsort(s->v, s->n, sizeof *s->v, by_addr);
	for (size_t i = 1; i < s->n; i++) {
		const uint64_t end = s->v[n].addr + s->v[n].size, its = s->v[i].addr + s->v[i].size;

		if (s->v[i].addr > end) {
			s->v[++n] = s->v[i];
			continue;
		}
		s->overlaps += s->v[i].addr < end;
		if (its > end)
			s->v[n].size = its - s->v[n].addr;
	}
	s->n = n + 1;
}

void
spans_fini(struct spans *s)
{
	mem_free(s->v);
	*s = (struct spans){ .v = NULL };
}

uint64_t
spans_bytes(const struct spans *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += s->v[i].size;
	return sum;
}

void
spans_put(const struct spans *s, json_t *o)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n && i < SPANS_SHOWN; i++)
		(void)json_array_append_new(list, json_pack("[I,I]", (json_int_t)s->v[i].addr,
		    (json_int_t)s->v[i].size));
	json_put(o, "ranges", list);
	json_put_int(o, "payload", (int64_t)spans_bytes(s));
	if (s->n > SPANS_SHOWN)
		json_put_int(o, "more_ranges", (int64_t)(s->n - SPANS_SHOWN));
	if (s->overlaps != 0)
		json_put_int(o, "overlaps", (int64_t)s->overlaps);
}
