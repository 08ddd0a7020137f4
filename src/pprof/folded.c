/* folded.c - one line per stack. */
#include "pprof/folded.h"

#include <inttypes.h>

#include "pprof/escape.h"

static enum err
put_path(const struct stacks *s, const struct stacks_one *st, struct buf *out)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < st->count && e == ERR_OK; i++) {
		if (i != 0)
			e = buf_add_byte(out, ';');
		if (e == ERR_OK)
			e = escape_folded(out, slice_of(stacks_name(s, s->of[st->first + i])));
	}
	return e;
}

enum err
folded_write(const struct stacks *s, enum folded_columns columns, struct buf *out)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < s->stack_count && e == ERR_OK; i++) {
		const struct stacks_one *st = &s->stack[i];
		const int64_t one = columns == FOLDED_DELTA ? stacks_delta(st->was, st->now) :
		    st->now;

		if (st->count == 0 || (columns == FOLDED_BOTH ? st->was == 0 && st->now == 0 :
		    one == 0))
			continue;
		e = put_path(s, st, out);
		if (e == ERR_OK && columns == FOLDED_BOTH)
			e = buf_add_fmt(out, " %" PRId64 " %" PRId64 "\n", st->was, st->now);
		else if (e == ERR_OK)
			e = buf_add_fmt(out, " %" PRId64 "\n", one);
	}
	return e;
}
