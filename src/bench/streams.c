/* streams.c - byte streams on their way to the clients that follow them. */
#include "bench/streams.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"

/* One stream that a client follows. A viewer may be shown less than all of a flood (lossy); a
 * script may not. */
struct sub {
	struct list node;
	uint32_t stream;
	uint64_t next;
	bool lossy;
	uint64_t owed;                  /* up to here all of it, whatever the flood */
};

enum {
	PIECE = 16 << 10,
	LAG = 64 << 10,                 /* a viewer further behind is given the newest part only */
};
static const uint64_t HOLD_NS = 50 * NS_PER_MS; /* and then rests for a frame */

static void
on_hold(void *arg)
{
	struct client *c = arg;

	c->hold = NULL;
	streams_pump(c);
}

/* Where it must stop for now; what is not for showing is passed over. */
static uint64_t
stop_at(struct client *c, struct sub *s, const struct stream *st)
{
	const uint64_t end = st->ring->end;
	uint64_t from, to;

	while (st->hidden != NULL && st->hidden(st->owner, s->next, &from, &to)) {
		if (from > s->next)
			return from < end ? from : end;
		if (to == UINT64_MAX)
			return s->next;
		peer_gap(c->peer, s->stream, to - s->next);
		s->next = to;
	}
	return end;
}

/* False when the client's queue is full: `drained` brings us back. */
static bool
pump_sub(struct client *c, struct sub *s, const struct stream *st)
{
	const uint64_t first = ring_first(st->ring), end = st->ring->end;
	const bool lossy = s->lossy && s->next >= s->owed;
	const uint64_t least = lossy && end - s->next > LAG ? end - LAG : first;

	if (s->next < least) {
		peer_gap(c->peer, s->stream, least - s->next);
		s->next = least;
		if (lossy && c->hold == NULL)
			c->hold = loop_timer_start(c->bench->loop, HOLD_NS, 0, on_hold, c);
	}
	for (uint64_t stop; s->next < (stop = stop_at(c, s, st));) {
		const unsigned char *p;
		size_t n = ring_peek(st->ring, s->next, &p);

		if (n > PIECE)
			n = PIECE;
		if (n > stop - s->next)
			n = (size_t)(stop - s->next);
		if (!peer_bytes(c->peer, s->stream, s->next, st->time_of(st->owner, s->next), p, n))
			return false;
		s->next += n;
	}
	return true;
}

void
streams_pump(struct client *c)
{
	if (c->hold != NULL)
		return;
	LIST_EACH_SAFE(n, &c->subs) {
		struct sub *s = LIST_ENTRY(n, struct sub, node);
		struct stream st;

		if (c->bench->ops->stream_find(c->bench, s->stream, &st) && !pump_sub(c, s, &st))
			return;
	}
}

static void
pump_all(void *arg)
{
	struct bench *b = arg;

	b->pump_due = false;
	LIST_EACH_SAFE(n, &b->clients)
		streams_pump(LIST_ENTRY(n, struct client, node));
}

void
streams_grew(struct bench *b)
{
	if (b->pump_due)
		return;
	b->pump_due = true;
	loop_defer(b->loop, pump_all, b);
}

static struct sub *
sub_add(struct client *c, const struct stream *st, uint64_t from, bool lossy)
{
	struct sub *s = mem_zero(1, sizeof *s);

	s->stream = st->id;
	s->next = from < st->ring->end ? from : st->ring->end;
	s->lossy = lossy;
	list_add_tail(&c->subs, &s->node);
	return s;
}

void
streams_leave(struct client *c, uint32_t id)
{
	LIST_EACH_SAFE(n, &c->subs) {
		struct sub *s = LIST_ENTRY(n, struct sub, node);

		if (s->stream == id || id == 0) {
			list_del(n);
			mem_free(s);
		}
	}
}

void
streams_drop(struct bench *b, uint32_t id)
{
	LIST_EACH(n, &b->clients)
		streams_leave(LIST_ENTRY(n, struct client, node), id);
}

void
streams_view(struct client *c, const struct stream *st)
{
	const uint64_t first = ring_first(st->ring), end = st->ring->end;
	const uint64_t kept =
	    end - first > LIMIT_SNAPSHOT_BYTES ? end - LIMIT_SNAPSHOT_BYTES : first;
	struct sub *s;

	LIST_EACH(n, &c->subs)
		if (LIST_ENTRY(n, struct sub, node)->stream == st->id)
			return;
	s = sub_add(c, st, kept, true);
	s->owed = end;          /* not subject to the lag rule, also while it waits */
	(void)pump_sub(c, s, st);
}

void
streams_new(struct bench *b, uint32_t id)
{
	struct stream st;

	if (!b->ops->stream_find(b, id, &st))
		return;
	LIST_EACH(n, &b->clients)
		if (LIST_ENTRY(n, struct client, node)->streams)
			streams_view(LIST_ENTRY(n, struct client, node), &st);
}

uint64_t
streams_follow(struct client *c, const struct stream *st, int64_t from)
{
	streams_leave(c, st->id);
	return sub_add(c, st, from < 0 ? st->ring->end : (uint64_t)from, false)->next;
}
