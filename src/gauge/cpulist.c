/* cpulist.c - sets of processors in the kernel's list form. */
#include "gauge/cpulist.h"

#include <string.h>

static bool
range(struct slice part, struct cpulist *out)
{
	struct slice tail;
	const struct slice head = slice_cut(part, '-', &tail);
	uint64_t from, to;

	if (!slice_u64(head, CPULIST_MAX - 1, &from))
		return false;
	to = from;
	if (head.n != part.n && !slice_u64(tail, CPULIST_MAX - 1, &to))
		return false;
	for (uint64_t i = from; i <= to; i++)
		out->bit[i / 64] |= UINT64_C(1) << i % 64;
	return from <= to;
}

bool
cpulist_parse(struct slice text, struct cpulist *out)
{
	memset(out, 0, sizeof *out);
	text = slice_trim(text);
	while (text.n != 0)
		if (!range(slice_cut(text, ',', &text), out))
			return false;
	return true;
}

unsigned
cpulist_count(const struct cpulist *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CPULIST_MAX; i++)
		n += cpulist_has(c, i);
	return n;
}

bool
cpulist_has(const struct cpulist *c, unsigned cpu)
{
	return cpu < CPULIST_MAX && (c->bit[cpu / 64] >> cpu % 64 & 1) != 0;
}

struct cpulist
cpulist_minus(const struct cpulist *a, const struct cpulist *b)
{
	struct cpulist out;

	for (size_t i = 0; i < CPULIST_MAX / 64; i++)
		out.bit[i] = a->bit[i] & ~b->bit[i];
	return out;
}
