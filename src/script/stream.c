/* stream.c - windows over the bytes of a stream. */
#include "script/stream.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "sys/time.h"

enum { WINDOW_MAX = 3 * LIMIT_EXPECT_WINDOW };  /* trimming late spares moves of memory */

void
stream_init(struct stream *s, uint32_t id, const char *name)
{
	memset(s, 0, sizeof *s);
	s->id = id;
	snprintf(s->name, sizeof s->name, "%s", name);
	buf_init(&s->window, WINDOW_MAX);
	list_init(&s->node);
	list_init(&s->expects);
	list_init(&s->subs);
}

void
stream_fini(struct stream *s)
{
	buf_fini(&s->window);
	list_del(&s->node);
}

uint64_t
stream_end(const struct stream *s)
{
	return s->base + s->window.len;
}

/* Bytes leave the window: consumed ones at once, others when more than the limit wait. */
static void
trim(struct stream *s)
{
	const uint64_t end = stream_end(s);

	if (end - s->base > LIMIT_EXPECT_WINDOW && s->cursor + LIMIT_EXPECT_WINDOW < end) {
		s->dropped += end - LIMIT_EXPECT_WINDOW - s->cursor;
		s->cursor = end - LIMIT_EXPECT_WINDOW;
	}
	if (s->cursor > s->base && (s->window.len > 2 * LIMIT_EXPECT_WINDOW || s->cursor >= end)) {
		const uint64_t cut = (s->cursor < end ? s->cursor : end) - s->base;

		buf_eat(&s->window, (size_t)cut);
		s->base += cut;
	}
}

/* Bytes that never came to us. */
static void
gap(struct stream *s, uint64_t offset)
{
	if (s->started)
		s->dropped += offset - stream_end(s);
	buf_clear(&s->window);
	s->base = offset;
	if (s->cursor < offset)
		s->cursor = offset;
	LIST_EACH(n, &s->expects)
		rx_run_skip(LIST_ENTRY(n, struct stream_expect, node)->run, offset);
	LIST_EACH(n, &s->subs)
		buf_clear(&LIST_ENTRY(n, struct stream_sub, node)->part);
}

static void
give_line(struct stream_sub *sub, const char *p, size_t n)
{
	while (n != 0 && p[n - 1] == '\r')
		n--;
	sub->line(sub->arg, p, n);
}

static void
give_part(struct stream_sub *sub, const char *p, size_t n)
{
	(void)buf_add(&sub->part, p, n);
	give_line(sub, buf_str(&sub->part), sub->part.len);
	buf_clear(&sub->part);
}

/* Whole lines go out as they lie; only the tail of a piece is copied. LIMIT_LINE bytes without an
 * end are a line. */
static void
give(struct stream_sub *sub, const char *p, size_t n)
{
	while (n != 0) {
		const char *nl = memchr(p, '\n', n);
		const size_t len = nl != NULL ? (size_t)(nl - p) : n,
			     room = LIMIT_LINE - sub->part.len;

		if (len > room) {
			give_part(sub, p, room);
			p += room;
			n -= room;
			continue;
		}
		if (nl == NULL) {
			(void)buf_add(&sub->part, p, len);
			return;
		}
		if (sub->part.len != 0)
			give_part(sub, p, len);
		else
			give_line(sub, p, len);
		p = nl + 1;
		n -= len + 1;
	}
}

static bool
feed_expect(struct stream_expect *e, uint64_t at, const char *p, size_t n)
{
	while (e->strip && n != 0) {
		size_t skipped;
		const size_t plain = strip_next(&e->escapes, p, n, &skipped);

		if (skipped != 0)
			rx_run_jump(e->run, at + skipped);
		if (rx_run_feed(e->run, p + skipped, plain))
			return true;
		p += skipped + plain;
		at += skipped + plain;
		n -= skipped + plain;
	}
	return rx_run_feed(e->run, p, n);
}

static void
hand_out(struct stream *s, uint64_t at, const char *p, size_t n)
{
	const uint64_t ahead = s->cursor > at ? s->cursor - at : 0;
	const size_t skip = ahead < n ? (size_t)ahead : n;      /* consumed before it came */

	LIST_EACH(it, &s->expects) {
		struct stream_expect *e = LIST_ENTRY(it, struct stream_expect, node);

		const size_t from = e->all ? 0 : skip;

		if (!e->decided)
			e->decided = feed_expect(e, at + from, p + from, n - from);
	}
	LIST_EACH_SAFE(it, &s->subs)
		give(LIST_ENTRY(it, struct stream_sub, node), p, n);
}

void
stream_feed(struct stream *s, uint64_t offset, const char *p, size_t n)
{
	if (!s->started || offset > stream_end(s))
		gap(s, offset);
	s->started = true;
	if (offset < stream_end(s)) {                   /* seen already */
		const uint64_t seen = stream_end(s) - offset;

		if (seen >= n)
			return;
		p += seen;
		n -= (size_t)seen;
	}
	s->last_mono = sys_mono();
	while (n != 0) {
		const size_t piece = n < LIMIT_EXPECT_WINDOW / 2 ? n : LIMIT_EXPECT_WINDOW / 2;
		const uint64_t at = stream_end(s);
		const char *from = p;

		/* no memory: the bytes are lost, and said so */
		if (buf_add(&s->window, p, piece) != ERR_OK) {
			s->dropped += piece;
			buf_clear(&s->window);
			s->base = at + piece;
		}
		p += piece;
		n -= piece;
		hand_out(s, at, from, piece);
		trim(s);
	}
	if (s->news != NULL)
		s->news(s->arg, s);
}

void
stream_set_state(struct stream *s, enum stream_state state, const char *why)
{
	if (s->state == state)
		return;
	s->state = state;
	s->losses += state == STREAM_LOST;
	snprintf(s->why, sizeof s->why, "%s", why != NULL ? why : "");
	if (s->news != NULL)
		s->news(s->arg, s);
}

void
stream_consume(struct stream *s, uint64_t offset)
{
	if (offset > s->cursor)
		s->cursor = offset;
	s->passed = s->dropped;
	trim(s);
}

size_t
stream_piece(const struct stream *s, uint64_t from, uint64_t to, const char **p)
{
	*p = "";
	if (from < s->base)
		from = s->base;
	if (to > stream_end(s))
		to = stream_end(s);
	if (from >= to)
		return 0;
	*p = buf_str(&s->window) + (from - s->base);
	return (size_t)(to - from);
}

static void
begin(struct stream_expect *e, uint64_t from)
{
	struct stream *s = e->stream;
	const char *p;
	size_t n;
	int before;

	if (from < s->base)
		from = s->base;
	n = stream_piece(s, from, UINT64_MAX, &p);
	before = from > s->base && n != 0 ? (uint8_t)p[-1] : -1;
	e->run = rx_run_new(e->rx, from, before);
	e->escapes = (struct strip){ 0 };
	e->decided = feed_expect(e, from, p, n);
}

void
stream_expect_start(
    struct stream *s, struct stream_expect *e, struct rx *rx, bool strip, uint64_t from)
{
	*e = (struct stream_expect){ .stream = s, .rx = rx, .strip = strip };
	begin(e, from > s->cursor ? from : s->cursor);
	list_add_tail(&s->expects, &e->node);
}

void
stream_expect_again(struct stream_expect *e, uint64_t from)
{
	rx_run_free(e->run);
	begin(e, from);
}

void
stream_expect_end(struct stream_expect *e)
{
	if (e->rx == NULL)
		return;
	list_del(&e->node);
	rx_run_free(e->run);
	rx_free(e->rx);
	e->run = NULL;
	e->rx = NULL;
}

void
stream_subscribe(struct stream *s, struct stream_sub *sub)
{
	buf_init(&sub->part, LIMIT_LINE + 1);
	list_add_tail(&s->subs, &sub->node);
}

void
stream_unsubscribe(struct stream_sub *sub)
{
	list_del(&sub->node);
	buf_fini(&sub->part);
}

bool
stream_line(struct stream *s, const char **p, size_t *n)
{
	const size_t have = stream_piece(s, s->cursor, UINT64_MAX, p);
	const char *nl = have != 0 ? memchr(*p, '\n', have) : NULL;

	if (nl == NULL)
		return false;
	*n = (size_t)(nl - *p);
	s->passed = s->dropped;
	s->cursor += *n + 1;                    /* trimmed with the next bytes, so that *p stays */
	while (*n != 0 && (*p)[*n - 1] == '\r')
		--*n;
	return true;
}
