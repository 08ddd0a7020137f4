/* scrollback.c - two rings: units, and lines that name runs of them. */
#include "term/scrollback.h"

#include "base/alloc.h"

enum { MIN_BYTES = 64 << 10 };

void
scrollback_init(struct scrollback *s, size_t max_bytes)
{
	*s = (struct scrollback){ .max_bytes = max_bytes > MIN_BYTES ? max_bytes : MIN_BYTES };
}

void
scrollback_fini(struct scrollback *s)
{
	mem_free(s->unit);
	mem_free(s->line);
	*s = (struct scrollback){ 0 };
}

void
scrollback_clear(struct scrollback *s)
{
	s->first = s->end = 0;
	s->line_first = s->lines = 0;
}

size_t
scrollback_bytes(const struct scrollback *s)
{
	return (size_t)(s->end - s->first) * sizeof *s->unit + s->lines * sizeof *s->line;
}

static struct scrollback_line *
line_at(const struct scrollback *s, size_t i)
{
	const size_t at = s->line_first + i;

	return &s->line[at < s->line_cap ? at : at - s->line_cap];
}

static void
drop_oldest(struct scrollback *s)
{
	const struct scrollback_line *l = line_at(s, 0);

	s->first = l->at + l->n;
	s->line_first = s->line_first + 1 < s->line_cap ? s->line_first + 1 : 0;
	if (--s->lines == 0)
		scrollback_clear(s);
}

void
scrollback_limit(struct scrollback *s, size_t max_bytes)
{
	s->max_bytes = max_bytes > MIN_BYTES ? max_bytes : MIN_BYTES;
	while (scrollback_bytes(s) > s->max_bytes)
		drop_oldest(s);
}

/* Room for n more units, in a bigger ring when needed; positions start anew. */
static void
grow_units(struct scrollback *s, size_t n)
{
	const size_t used = (size_t)(s->end - s->first);
	struct grid_cell *unit;
	size_t cap = s->cap * 2 > 1024 ? s->cap * 2 : 1024;

	if (used + n <= s->cap)
		return;
	if (cap > s->max_bytes / sizeof *unit)
		cap = s->max_bytes / sizeof *unit;
	if (cap < used + n)
		cap = used + n;
	unit = mem_alloc(cap * sizeof *unit);
	for (size_t i = 0; i < used; i++)
		unit[i] = s->unit[(s->first + i) % s->cap];
	mem_free(s->unit);
	for (size_t i = 0; i < s->lines; i++)
		line_at(s, i)->at -= s->first;
	s->unit = unit;
	s->cap = cap;
	s->first = 0;
	s->end = used;
}

static void
grow_lines(struct scrollback *s)
{
	const size_t cap = s->line_cap * 2 > 256 ? s->line_cap * 2 : 256;
	struct scrollback_line *line;

	if (s->lines < s->line_cap)
		return;
	line = mem_alloc(cap * sizeof *line);
	for (size_t i = 0; i < s->lines; i++)
		line[i] = *line_at(s, i);
	mem_free(s->line);
	s->line = line;
	s->line_cap = cap;
	s->line_first = 0;
}

void
scrollback_push(struct scrollback *s, const struct grid_cell *unit, size_t n)
{
	size_t most = (s->max_bytes - sizeof *s->line) / sizeof *unit;

	while (n > 0 && unit[n - 1].ch == 0 && unit[n - 1].style == 0)
		n--;
	if (n > most)
		n = most;
	while (s->lines > 0 &&
	    scrollback_bytes(s) + n * sizeof *unit + sizeof *s->line > s->max_bytes)
		drop_oldest(s);
	grow_units(s, n);
	grow_lines(s);
	for (size_t i = 0; i < n; i++)
		s->unit[(s->end + i) % s->cap] = unit[i];
	s->lines++;
	*line_at(s, s->lines - 1) = (struct scrollback_line){ s->end, n };
	s->end += n;
}

size_t
scrollback_units(const struct scrollback *s, size_t line)
{
	return line < s->lines ? line_at(s, line)->n : 0;
}

struct grid_cell
scrollback_unit(const struct scrollback *s, size_t line, size_t i)
{
	return s->unit[(line_at(s, line)->at + i) % s->cap];
}
