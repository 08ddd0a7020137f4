/* lines.c - line ends by memchr; a line that lies whole in the input is not copied. */
#include "text/lines.h"

#include <string.h>

void
lines_init(struct lines *s, size_t max, uint64_t offset)
{
	*s = (struct lines){ .max = max, .at = offset, .start = offset };
	buf_init(&s->part, max + 1);
}

void
lines_fini(struct lines *s)
{
	buf_fini(&s->part);
}

void
lines_reset(struct lines *s, uint64_t offset)
{
	buf_clear(&s->part);
	s->at = s->start = offset;
	s->after_cr = false;
}

/* The first CR or LF of p[0..n), n if none. */
static size_t
find_end(const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	const size_t to = lf != NULL ? (size_t)(lf - p) : n;
	const char *cr = memchr(p, '\r', to);

	return cr != NULL ? (size_t)(cr - p) : to;
}

static void
give(struct lines *s, const char *text, size_t n, bool soft, lines_cb cb, void *arg)
{
	const struct lines_line l = { .text = text, .n = n, .offset = s->start, .end = s->at,
	    .soft = soft };

	cb(arg, &l);
	buf_clear(&s->part);
	s->start = s->at;
}

/* Eats what belongs to the end that was met before: CRs, then one LF. */
static size_t
eat_end(struct lines *s, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] == '\r')
		i++;
	if (i < n) {
		s->after_cr = false;
		if (p[i] == '\n')
			i++;
	}
	s->at += i;
	s->start = s->at;
	return i;
}

/* p[0..to) is text and an end follows it. */
static void
end_line(struct lines *s, const char *p, size_t to, lines_cb cb, void *arg)
{
	const bool whole = s->part.len == 0;

	s->after_cr = p[to] == '\r';
	if (!whole)
		(void)buf_add(&s->part, p, to);
	s->at += to;
	give(s, whole ? p : s->part.data, whole ? to : s->part.len, false, cb, arg);
	s->start = ++s->at;
}

/* p[0..n) is text without an end that fits, or as much of it as makes the piece full. */
static void
keep_text(struct lines *s, const char *p, size_t n, bool full, lines_cb cb, void *arg)
{
	(void)buf_add(&s->part, p, n);
	s->at += n;
	if (full)
		give(s, buf_str(&s->part), s->part.len, true, cb, arg);
}

void
lines_feed(struct lines *s, const char *p, size_t n, lines_cb cb, void *arg)
{
	while (n != 0) {
		const size_t room = s->max - s->part.len;
		size_t used;

		if (s->after_cr) {
			used = eat_end(s, p, n);
		} else if ((used = find_end(p, n)) > room) {
			used = room;
			keep_text(s, p, used, true, cb, arg);
		} else if (used == n) {
			keep_text(s, p, used, false, cb, arg);
		} else {
			end_line(s, p, used, cb, arg);
			used++;
		}
		p += used;
		n -= used;
	}
}

void
lines_flush(struct lines *s, lines_cb cb, void *arg)
{
	if (s->part.len != 0)
		give(s, s->part.data, s->part.len, false, cb, arg);
}
