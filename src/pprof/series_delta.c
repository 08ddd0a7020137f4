/* series_delta.c - what changed, as varints. */
#include "pprof/series_delta.h"

#include "pprof/proto.h"

bool
series_varint(struct buf *b, uint64_t v)
{
	char bytes[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		bytes[n++] = (char)(v | 0x80);
	bytes[n++] = (char)v;
	return buf_add(b, bytes, n) == ERR_OK;
}

bool
series_zigzag(struct buf *b, int64_t v)
{
	return series_varint(b, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

uint64_t
series_get(struct series_reader *r)
{
	uint64_t v;
	const unsigned char *p = r->bad ? NULL : proto_varint(r->p, r->end, &v);

	r->bad = p == NULL;
	if (p == NULL)
		return 0;
	r->p = p;
	return v;
}

int64_t
series_get_zigzag(struct series_reader *r)
{
	uint64_t v = series_get(r);

	return (int64_t)(v >> 1 ^ (~(v & 1) + 1));
}

uint32_t
series_get_below(struct series_reader *r, uint64_t limit)
{
	uint64_t v = series_get(r);

	if (v < limit && v <= UINT32_MAX)
		return (uint32_t)v;
	r->bad = true;
	return 0;
}

static int64_t
old_value(const int64_t *before, uint32_t cells_before, uint32_t cell, uint32_t types, uint32_t i)
{
	return before == NULL || cell >= cells_before ? 0 : before[(size_t)cell * types + i];
}

static uint64_t
mask_of(
    const int64_t *before, uint32_t cells_before, const int64_t *now, uint32_t cell, uint32_t types)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < types; i++)
		if (now[(size_t)cell * types + i] !=
		    old_value(before, cells_before, cell, types, i))
			mask |= UINT64_C(1) << i;
	return mask;
}

bool
series_delta_write(const int64_t *before, uint32_t cells_before, const int64_t *now, uint32_t cells,
    uint32_t types, struct buf *out, uint32_t *changed)
{
	uint32_t next = 0;
	bool ok;

	*changed = 0;
	for (uint32_t c = 0; c < cells; c++)
		*changed += mask_of(before, cells_before, now, c, types) != 0;
	ok = series_varint(out, *changed);
	for (uint32_t c = 0; ok && c < cells; c++) {
		uint64_t mask = mask_of(before, cells_before, now, c, types);

		if (mask == 0)
			continue;
		ok = series_varint(out, c - next) && series_varint(out, mask);
		next = c + 1;
		for (uint32_t i = 0; ok && i < types; i++) {
			uint64_t old = (uint64_t)old_value(before, cells_before, c, types, i);

			if (mask >> i & 1)
				ok = series_zigzag(
				    out, (int64_t)((uint64_t)now[(size_t)c * types + i] - old));
		}
	}
	return ok;
}

static void
add(int64_t *to, int64_t more)
{
	*to = (int64_t)((uint64_t)*to + (uint64_t)more);
}

bool
series_delta_apply(struct series_reader *r, int64_t *value, uint32_t cells, uint32_t types,
    int64_t *total, uint32_t *changed)
{
	uint64_t at = 0;

	*changed = series_get_below(r, (uint64_t)cells + 1);
	for (uint32_t n = 0; n < *changed && !r->bad; n++, at++) {
		uint64_t mask;

		at += series_get_below(r, cells);
		mask = series_get_below(r, UINT64_C(1) << types);
		if (r->bad || at >= cells)
			return false;
		for (uint32_t i = 0; i < types; i++) {
			int64_t more = mask >> i & 1 ? series_get_zigzag(r) : 0;

			add(&value[at * types + i], more);
			if (total != NULL)
				add(&total[i], more);
		}
	}
	return !r->bad;
}
