/* rawread.c - stream offsets to places of the raw log. */
#include "console/rawread.h"

#include <string.h>

#include "base/alloc.h"
#include "sys/io.h"

void
rawread_init(struct rawread *r, const struct rawlog *l)
{
	*r = (struct rawread){ .path = mem_str(l->path), .base = l->base, .first = l->first,
	    .end = l->at < l->known ? l->at : l->known };
	if (l->hole_from != l->hole_to && l->hole_from < r->end)
		r->end = l->hole_from;  /* nothing was written behind it yet */
	r->hole = mem_zero(l->hole_n + 1, sizeof *r->hole);
	if (l->hole_n != 0)
		memcpy(r->hole, l->holes, l->hole_n * sizeof *r->hole);
	r->holes = l->hole_n;
	for (size_t i = 0; i < r->holes; i++)
		rawread_skip(r, r->hole[i].from, r->hole[i].to);
}

void
rawread_fini(struct rawread *r)
{
	mem_free(r->path);
	mem_free(r->hole);
	mem_free(r->out);
	*r = (struct rawread){ .path = NULL };
}

void
rawread_skip(struct rawread *r, uint64_t from, uint64_t to)
{
	size_t i = r->outs;

	if (from >= to)
		return;
	r->out = mem_resize(r->out, r->outs + 1, sizeof *r->out);
	for (; i > 0 && r->out[i - 1].from > from; i--)
		r->out[i] = r->out[i - 1];
	r->out[i] = (struct rawlog_range){ from, to };
	r->outs++;
}

bool
rawread_run(const struct rawread *r, uint64_t at, uint64_t *from, uint64_t *to)
{
	uint64_t begin = r->first;

	for (size_t i = 0; i < r->outs; i++) {
		const struct rawlog_range *o = &r->out[i];

		if (o->from > begin && o->from > at)
			break;
		begin = o->to > begin ? o->to : begin;
	}
	*from = begin;
	*to = r->end;
	for (size_t i = r->outs; i-- > 0;)
		if (r->out[i].from >= begin && r->out[i].from < *to)
			*to = r->out[i].from;
	return *from < *to && *to > at;
}

bool
rawread_run_before(const struct rawread *r, uint64_t at, uint64_t *from, uint64_t *to)
{
	uint64_t a, b, next = 0;
	bool any = false;

	while (rawread_run(r, next, &a, &b) && a < at) {
		*from = a;
		*to = b;
		any = true;
		next = b;
	}
	return any;
}

size_t
rawread_get(const struct rawread *r, int fd, uint64_t at, void *p, size_t n)
{
	uint64_t place = r->base + (at - r->first);
	size_t got = 0;

	for (size_t i = 0; i < r->holes && r->hole[i].from < at; i++)
		place -= r->hole[i].to - r->hole[i].from;
	while (got < n) {
		const ssize_t k = sys_pread(fd, (char *)p + got, n - got, (off_t)(place + got));

		if (k <= 0)
			break;
		got += (size_t)k;
	}
	return got;
}
