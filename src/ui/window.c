/* window.c - pieces of a log put together, with their times and marks in order. */
#include "ui/window.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/limits.h"
#include "ui/notes.h"
#include "ui/replica_parts.h"

enum { PIECE_MAX = 1 << 20 };
static const uint64_t NUMBERS = UINT64_C(1) << 40;      /* lines in front find room below */

bool
window_piece_read(struct window_piece *p, const json_t *answer)
{
	const char *data = json_get_str(answer, "data", NULL);

	buf_init(&p->data, PIECE_MAX);
	p->from = (uint64_t)json_get_int(answer, "from", 0);
	p->to = (uint64_t)json_get_int(answer, "to", 0);
	p->first = (uint64_t)json_get_int(answer, "first", 0);
	p->end = (uint64_t)json_get_int(answer, "end", 0);
	p->missing = (uint64_t)json_get_int(answer, "missing", 0);
	p->times = json_object_get(answer, "times");
	p->marks = json_object_get(answer, "marks");
	return data != NULL && base64_get(&p->data, slice_of(data)) &&
	       p->to - p->from == p->data.len;
}

void
window_piece_fini(struct window_piece *p)
{
	buf_fini(&p->data);
}

void
window_init(struct window *w, uint32_t id)
{
	stream_init(&w->stream, id, WINDOW_RING);
	w->stream.started = true;
	w->view = streamview_new(&w->stream, false);
	w->view->follow = false;
	w->view->first = w->view->cur = w->view->bottom = w->view->anchor = NUMBERS;
	w->view->judged = NUMBERS;
	w->oldest = 0;
}

void
window_fini(struct window *w)
{
	streamview_free(w->view);
	stream_fini(&w->stream);
}

bool
window_ready(const struct window *w)
{
	return w->stream.ring.end != ring_first(&w->stream.ring);
}

/* ---- times and marks */

static uint64_t
time_offset(const json_t *pair)
{
	return (uint64_t)json_integer_value(json_array_get(pair, 0));
}

/* The piece's entries in front of those that are there; what is too much is the newest. */
static void
times_front(struct replica_stream *s, const json_t *times)
{
	const size_t room = REPLICA_TIMES_MAX - s->times, all = json_array_size(times);
	const size_t n = all < REPLICA_TIMES_MAX ? all : REPLICA_TIMES_MAX;
	const size_t keep = n <= room ? s->times : REPLICA_TIMES_MAX - n;

	memmove(s->time + n, s->time, keep * sizeof *s->time);
	for (size_t i = 0; i < n; i++) {
		const json_t *pair = json_array_get(times, i);

		s->time[i].offset = time_offset(pair);
		s->time[i].t = (uint64_t)json_integer_value(json_array_get(pair, 1));
	}
	s->times = keep + n;
}

static void
times_back(struct replica_stream *s, const json_t *times)
{
	const json_t *pair;
	size_t i;

	json_array_foreach(times, i, pair) {
		const uint64_t at = time_offset(pair);

		if (s->times != 0 && at <= s->time[s->times - 1].offset)
			continue;
		if (s->times == REPLICA_TIMES_MAX) {
			s->times /= 2;
			memmove(s->time, s->time + REPLICA_TIMES_MAX - s->times,
			    s->times * sizeof *s->time);
		}
		s->time[s->times++] = (struct replica_time){ at,
			(uint64_t)json_integer_value(json_array_get(pair, 1)) };
	}
}

static void
add_times(struct replica_stream *s, const json_t *times)
{
	if (s->time == NULL)
		s->time = mem_zero(REPLICA_TIMES_MAX, sizeof *s->time);
	if (s->times != 0 && time_offset(json_array_get(times, 0)) < s->time[0].offset)
		times_front(s, times);
	else
		times_back(s, times);
}

static enum replica_mark_kind
kind_of(const char *text)
{
	if (strncmp(text, "port lost: ", 11) == 0)
		return REPLICA_LOST;
	return strncmp(text, "port back after ", 16) == 0 ? REPLICA_BACK : REPLICA_MARK;
}

/* Into its place; one that is there already stays as it is. */
static void
add_mark(struct replica_stream *s, uint64_t at, uint64_t t, enum replica_mark_kind kind,
    const char *text)
{
	struct replica_mark m;
	size_t i = s->marks;

	for (size_t k = 0; k < s->marks; k++)
		if (s->mark[k].offset == at && s->mark[k].t == t &&
		    strncmp(s->mark[k].text, text, sizeof s->mark[k].text - 1) == 0)
			return;
	stream_mark(s, at, t, kind, text);      /* behind all others */
	i = s->marks - 1;
	m = s->mark[i];
	for (; i > 0 && s->mark[i - 1].offset > at; i--)
		s->mark[i] = s->mark[i - 1];
	s->mark[i] = m;
}

static void
add_marks(struct replica_stream *s, const json_t *marks)
{
	const json_t *m;
	size_t i;

	json_array_foreach(marks, i, m) {
		const char *text = json_get_str(m, "text", "");

		add_mark(s, (uint64_t)json_get_int(m, "offset", 0),
		    (uint64_t)json_get_int(m, "at", 0), kind_of(text), text);
	}
}

void
window_gap(struct window *w, uint64_t at, uint64_t bytes)
{
	char text[96];

	snprintf(text, sizeof text, "%llu bytes are not text of the board (a transfer or a hole)",
	    (unsigned long long)bytes);
	add_mark(&w->stream, at, replica_stream_time(&w->stream, at), REPLICA_GAP, text);
}

/* ---- pieces */

static void
finish(struct window *w, const struct window_piece *p, const struct replica_stream *live,
    bool same)
{
	struct replica_stream *s = &w->stream;

	w->oldest = p->first;
	add_times(s, p->times);
	add_marks(s, p->marks);
	notes_copy(s, live, ring_first(&s->ring), s->ring.end);
	w->view->cut = ring_first(&s->ring) > p->first;
	streamview_again(w->view, same);
	/* too many lines for the index: the first are not in the window */
	if (w->view->lines > STREAMVIEW_LINES * 3 / 4 - 2 && w->view->line[0] > s->ring.floor)
		s->ring.floor = w->view->line[0];
}

void
window_set(struct window *w, const struct window_piece *p, const struct replica_stream *live)
{
	struct replica_stream *s = &w->stream;

	ring_restart(&s->ring, p->from);
	ring_put(&s->ring, p->data.data, p->data.len);
	s->times = s->marks = 0;
	w->edge[0] = w->edge[1] = false;
	finish(w, p, live, false);
}

bool
window_add(struct window *w, const struct window_piece *p, const struct replica_stream *live)
{
	struct ring *r = &w->stream.ring;

	if (p->data.len == 0 || !window_ready(w))
		return false;
	if (p->to == ring_first(r))
		ring_put_front(r, p->data.data, p->data.len);
	else if (p->from == r->end)
		ring_put(r, p->data.data, p->data.len);
	else
		return false;
	finish(w, p, live, true);
	return true;
}

uint64_t
window_from(const struct window *w)
{
	return w->view->line[0];
}

uint64_t
window_to(const struct window *w)
{
	return w->stream.ring.end;
}

uint64_t
window_last_line(const struct window *w)
{
	return w->view->line[w->view->lines - 1];
}
