/* dump_line.c - numbers and places in the lines of a dump. */
#include "pprof/dump_line.h"

bool
dump_number(struct slice *s, uint64_t *v)
{
	size_t n = 0;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (n == 0 || !slice_u64(slice_make(s->p, n), UINT64_MAX, v))
		return false;
	*s = slice_skip(*s, n);
	return true;
}

bool
dump_place(struct slice line, struct dump_frame *f)
{
	struct slice s = slice_trim(line), rest;
	int64_t tail = slice_find(s, slice_of(" +0x"));
	size_t colon;
	uint64_t v;

	if (tail < 0)
		tail = slice_find(s, slice_of(" fp=0x"));
	if (tail >= 0)
		s.n = (size_t)tail;
	if (slice_starts(s, "#011")) /* what syslog makes of a tab */
		s = slice_skip(s, 4);
	for (colon = s.n; colon > 0 && s.p[colon - 1] != ':'; colon--)
		;
	if (colon < 2)
		return false;
	rest = slice_skip(s, colon);
	if (!dump_number(&rest, &v) || rest.n != 0 || v > INT32_MAX)
		return false;
	f->file = slice_make(s.p, colon - 1);
	f->line = (int64_t)v;
	return true;
}
