/* history.c - fetching, searching and walking the part of a console that was never sent here. */
#include "ui/history.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/places.h"
#include "ui/streamfind.h"
#include "ui/streamjump.h"
#include "ui/ui_streams.h"
#include "ui/window.h"

enum { PIECE = 256 << 10, BEFORE = 192 << 10, NEAR = 128 << 10 };

enum asks { ASK_NONE, ASK_OLDER, ASK_NEWER, ASK_PLACE, ASK_SEEK };

struct history {
	uint32_t id;                    /* of the console's stream */
	char name[64];
	struct window win[2];
	int shown;                      /* which of them, -1: what was sent */
	uint64_t end;                   /* of the log, as last told */
	enum asks asking;
	char line[480];                 /* what was asked */
	/* what is to be done when the answer is there */
	long steps;                     /* rows still to move */
	bool exact;                     /* the cursor goes to offset `place`, else that is asked */
	uint64_t place;
	/* what is looked for */
	bool seeking, back, wrapped;
	char what[8];
	uint64_t start, at;             /* where it began; the next piece begins or ends here */
};

/* ---- the part that was sent */

static struct streamview *
sent_view(struct ui *u, const struct history *h)
{
	struct replica_stream *s = replica_stream(u->replica, h->id);

	return s != NULL ? ui_view(u, s, false) : NULL;
}

/* Number of its first line behind the last gap. */
static uint64_t
sent_first(const struct streamview *v)
{
	const uint64_t solid = replica_stream_solid(v->stream);
	size_t low = 0, high = v->lines;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (v->line[mid] < solid)
			low = mid + 1;
		else
			high = mid;
	}
	return v->first + (low < v->lines ? low : v->lines - 1);
}

/* Offset of the bench where it begins: all before that is to be fetched. */
static uint64_t
sent_from(const struct streamview *v)
{
	return replica_stream_offset(v->stream, replica_stream_solid(v->stream));
}

static uint64_t
sent_end(const struct streamview *v)
{
	return replica_stream_offset(v->stream, v->stream->ring.end);
}

/* ---- what there is */

void
history_free(struct history *h)
{
	if (h == NULL)
		return;
	window_fini(&h->win[0]);
	window_fini(&h->win[1]);
	mem_free(h);
}

/* The history of the console shown; NULL: none is. */
static struct history *
wanted(struct ui *u)
{
	struct replica_console *c = ui_console(u);
	struct history *h;

	if (c == NULL || u->focus == PANE_JOBS)
		return NULL;
	if (u->past != NULL && u->past->id == c->stream.id)
		return u->past;
	history_leave(u);
	history_free(u->past);
	u->past = h = mem_zero(1, sizeof *h);
	h->id = c->stream.id;
	h->shown = -1;
	snprintf(h->name, sizeof h->name, "%s", c->name);
	window_init(&h->win[0], h->id);
	window_init(&h->win[1], h->id);
	return h;
}

static struct window *
shown(struct history *h)
{
	return h->shown >= 0 ? &h->win[h->shown] : NULL;
}

static struct window *
other(struct history *h)
{
	return &h->win[h->shown == 0];
}

static void
forget_goals(struct history *h)
{
	h->asking = ASK_NONE;
	h->line[0] = '\0';
	h->steps = 0;
	h->seeking = false;
}

void
history_leave(struct ui *u)
{
	struct history *h = u->past;
	struct streamview *sent;

	if (h == NULL)
		return;
	sent = sent_view(u, h);
	if (h->shown >= 0 && sent != NULL)
		streamview_hand_over(shown(h)->view, sent);
	h->shown = -1;
	forget_goals(h);
}

struct streamview *
history_view(struct ui *u, struct replica_console *c)
{
	struct history *h = u->past;

	if (h != NULL && (!u->nav || h->id != c->stream.id))
		history_leave(u);
	else if (h != NULL && h->shown >= 0)
		return shown(h)->view;
	return ui_view(u, &c->stream, false);
}

/* The part that was sent, with the cursor at this offset. */
static struct streamview *
to_sent(struct ui *u, struct history *h, uint64_t offset)
{
	struct streamview *v = sent_view(u, h);

	history_leave(u);
	if (v == NULL)
		return NULL;
	streamview_goto_offset(v, replica_stream_local(v->stream, offset));
	v->bottom = v->cur;
	return v;
}

/* The other window becomes the one that is shown. */
static void
show_other(struct ui *u, struct history *h)
{
	struct streamview *sent = sent_view(u, h);
	struct window *w = other(h);

	if (h->shown >= 0)
		streamview_hand_over(shown(h)->view, w->view);
	else if (sent != NULL)
		streamview_hand_over(sent, w->view);
	h->shown = h->shown == 0;
	w->view->follow = false;
	u->nav = true;
}

/* ---- asking */

static void
ask(struct ui *u, struct history *h, enum asks what, const char *range)
{
	h->asking = what;
	snprintf(h->line, sizeof h->line, "console.read console=%s bytes=%d as=base64 %.300s",
	    h->name, PIECE, range);
	u->ops->command(u->arg, h->line);
}

static void
ask_older(struct ui *u, struct history *h, enum asks what, uint64_t to)
{
	char range[64];

	snprintf(range, sizeof range, "last=on to=@%llu", (unsigned long long)to);
	ask(u, h, what, range);
}

static void
ask_newer(struct ui *u, struct history *h, enum asks what, uint64_t from)
{
	char range[64];

	snprintf(range, sizeof range, "from=@%llu", (unsigned long long)from);
	ask(u, h, what, range);
}

/* A window around an offset, with the cursor at it. */
static void
ask_around(struct ui *u, struct history *h, uint64_t at)
{
	h->exact = true;
	h->place = at;
	ask_newer(u, h, ASK_PLACE, at > BEFORE ? at - BEFORE : 0);
}

/* ---- moving */

static void
say_looking(struct ui *u, const struct history *h)
{
	char done[16], all[16];

	bytes_fmt_short((int64_t)h->at, done, sizeof done);
	bytes_fmt_short((int64_t)h->end, all, sizeof all);
	ui_say(u, UI_INFO, "looking at %sB of %sB; Esc stops", done, all);
}

/* Moves in this view; returns the rows that were not to be had. */
static long
walk(struct streamview *v, long by, uint64_t top)
{
	while (by != 0) {
		const uint64_t cur = v->cur, hex = v->hex_at;

		if (by < 0 && v->mode != STREAMVIEW_HEX && cur <= top)
			break;
		streamview_move(v, by < 0 ? -1 : 1);
		if (v->cur < top && v->mode != STREAMVIEW_HEX) {
			v->cur = top;
			break;
		}
		if (v->cur == cur && (v->mode != STREAMVIEW_HEX || v->hex_at == hex))
			break;
		by += by < 0 ? 1 : -1;
	}
	return by;
}

/* In the part that was sent: past its first line the rest is fetched. */
static void
move_sent(struct ui *u, struct history *h, struct streamview *v, long by)
{
	const long rest = by < 0 ? walk(v, by, sent_first(v)) : by;

	if (by >= 0)
		streamview_move(v, by);
	if (rest >= 0 || by >= 0 || sent_from(v) == 0)
		return;
	h->steps = rest;
	ask_around(u, h, sent_from(v));
}

/* Down into the part that was sent, when a screen of it lies above the cursor. */
static bool
is_sent(const struct streamview *sent, uint64_t offset)
{
	const uint64_t local = replica_stream_local(sent->stream, offset);
	const uint64_t screen = sent_first(sent) + (unsigned)sent->height;

	return offset >= sent_from(sent) && screen <= streamview_last(sent) &&
	       local >= sent->line[screen - sent->first];
}

static void
move_shown(struct ui *u, struct history *h, long by)
{
	struct window *w = shown(h);
	struct streamview *v = w->view, *sent = sent_view(u, h);
	const long rest = walk(v, by, v->first);
	const uint64_t at = v->line[v->cur - v->first];

	if (rest < 0 && ring_first(&w->stream.ring) > w->oldest) {
		h->steps = rest;
		h->at = ring_first(&w->stream.ring);
		if (v->filter != NULL)
			say_looking(u, h);
		ask_older(u, h, ASK_OLDER, h->at);
	} else if (by > 0 && sent != NULL && !v->selecting &&
	    (is_sent(sent, at) || (rest > 0 && window_to(w) >= sent_end(sent)))) {
		v = to_sent(u, h, at);
		streamview_move(v, rest);
	} else if (rest > 0) {
		h->steps = rest;
		ask_newer(u, h, ASK_NEWER, window_to(w));
	} else {
		h->steps = 0;
	}
}

void
history_move(struct ui *u, long by)
{
	struct history *h = wanted(u);
	struct streamview *v = ui_current_view(u);

	if (h == NULL || v == NULL)
		return;
	if (h->seeking)
		(void)history_cancel(u);
	if (h->steps != 0 || h->asking == ASK_PLACE) {  /* on the way already */
		h->steps += by == LONG_MIN ? 0 : by;
		return;
	}
	if (by == LONG_MIN && !v->selecting && (h->shown >= 0 || sent_from(v) != 0)) {
		(void)history_goto_offset(u, 0);
		return;
	}
	if (by == LONG_MIN || by == LONG_MAX)
		streamview_move(v, by);
	else if (h->shown >= 0)
		move_shown(u, h, by);
	else
		move_sent(u, h, v, by);
}

/* ---- places */

bool
history_goto_offset(struct ui *u, uint64_t at)
{
	struct history *h = wanted(u);
	struct streamview *sent = h != NULL ? sent_view(u, h) : NULL;
	struct window *w;

	if (sent == NULL)
		return false;
	forget_goals(h);
	w = shown(h);
	if (at >= sent_from(sent)) {
		(void)to_sent(u, h, at);
	} else if (w != NULL && at >= window_from(w) && at < window_to(w)) {
		streamview_goto_offset(w->view, at);
	} else {
		ask_around(u, h, at);
	}
	return true;
}

bool
history_goto_time(struct ui *u, uint64_t t)
{
	struct history *h = wanted(u);
	struct streamview *sent = h != NULL ? sent_view(u, h) : NULL;
	char range[64];

	if (sent == NULL)
		return false;
	forget_goals(h);
	if (sent_from(sent) == 0 ||
	    t >= replica_stream_time(sent->stream, replica_stream_solid(sent->stream))) {
		history_leave(u);
		streamview_goto(sent, t);
		return true;
	}
	h->exact = false;
	snprintf(range, sizeof range, "from=t:%lluns", (unsigned long long)t);
	ask(u, h, ASK_PLACE, range);
	return true;
}

bool
history_goto_mark(struct ui *u, const char *text)
{
	struct history *h = wanted(u);
	struct buf range;
	char mark[80];

	if (h == NULL)
		return false;
	forget_goals(h);
	h->exact = false;
	buf_init(&range, 512);
	snprintf(mark, sizeof mark, "mark:%.60s", text);
	(void)buf_add_str(&range, "from=");
	command_quote(mark, &range);
	ask(u, h, ASK_PLACE, buf_str(&range));
	buf_fini(&range);
	return true;
}

/* ---- looking for something */

/* The search and the filter of the view that is shown, for this one to look with. */
static bool
look_in(struct ui *u, struct history *h, struct streamview *in)
{
	struct streamview *owner = h->shown >= 0 ? shown(h)->view : sent_view(u, h);
	const bool lent = owner != NULL && owner != in;
	struct pattern *find = in->find;
	struct filter *filter = in->filter;
	const uint64_t judged = in->judged;
	bool found;

	if (lent) {
		in->find = owner->find;
		in->filter = owner->filter;
		in->judged = in->first; /* each line is looked at as it comes */
		in->mode = owner->mode;
	}
	found = streamjump(in, h->what, h->back);
	if (lent) {
		in->find = find;
		in->filter = filter;
		in->judged = judged;
	}
	return found;
}

static bool
finds(const struct history *h)
{
	return strcmp(h->what, "find") == 0;
}

static void
say_found(struct ui *u, struct history *h, uint64_t at, uint64_t t)
{
	char back[16], when[16];

	bytes_fmt_short((int64_t)(h->end > at ? h->end - at : 0), back, sizeof back);
	clock_fmt_hms(replica_wall(u->replica, t), when, sizeof when);
	ui_say(u, UI_INFO, "%s: at %s, %sB back%s", finds(h) ? "found" : h->what, when, back,
	    h->wrapped ? ", search went around the end" : "");
}

static void
say_none(struct ui *u, struct history *h)
{
	const struct streamview *v = ui_current_view(u);

	if (finds(h))
		ui_say(u, UI_WARN, "not found: %.100s", v != NULL ? v->find_text : "");
	else
		ui_say(u, UI_WARN, "no %s %s this line", h->what, h->back ? "before" : "after");
	forget_goals(h);
}

/* A window's cursor before its first or behind its last line: all of it is looked at. */
static void
at_edge(struct streamview *v, bool back)
{
	v->cur = back ? streamview_last(v) : v->first - 1;
	v->hex_at = back ? v->stream->ring.end : ring_first(&v->stream->ring) - 1;
}

/* In all of the part that was sent. True: it is shown there. */
static bool
look_sent(struct ui *u, struct history *h)
{
	struct streamview *v = sent_view(u, h);
	const uint64_t cur = v->cur, hex = v->hex_at, first = sent_first(v);
	uint64_t at;

	at_edge(v, h->back);
	if (!h->back && first > v->first)
		v->cur = first - 1;
	if (!look_in(u, h, v) || v->cur < first) {
		v->cur = cur;
		v->hex_at = hex;
		return false;
	}
	at = replica_stream_offset(v->stream, v->line[v->cur - v->first]);
	say_found(u, h, at, streamview_cur_time(v));
	(void)to_sent(u, h, at);
	u->nav = true;
	return true;
}

/* At the end of what was fetched: whether there is more to look at, and then from where. */
static bool
turn_round(struct ui *u, struct history *h, const struct streamview *sent)
{
	if (sent == NULL || (h->wrapped && h->back) || ((h->back || h->wrapped) && !finds(h)))
		return false;
	/* around the end, or from the fetched part into the one that was sent */
	h->wrapped |= h->back;
	if (look_sent(u, h))
		return true;
	if (!h->back && (h->wrapped || !finds(h)))
		return false;
	h->wrapped = true;
	h->at = h->back ? sent_from(sent) : 0;
	return !h->back || h->start < h->at;    /* it began there: all was looked at */
}

static bool
went_round(const struct history *h)
{
	return h->wrapped && (h->back ? h->at <= h->start : h->at > h->start);
}

/* Asks for the next piece, or goes on at the other end. */
static void
seek_on(struct ui *u, struct history *h, uint64_t oldest)
{
	const struct streamview *sent = sent_view(u, h);
	const bool out = sent == NULL || (h->back ? h->at <= oldest : h->at >= sent_from(sent));

	if (went_round(h) || (out && (!turn_round(u, h, sent) || (h->seeking && went_round(h))))) {
		say_none(u, h);
	} else if (h->seeking) {
		say_looking(u, h);
		if (h->back)
			ask_older(u, h, ASK_SEEK, h->at);
		else
			ask_newer(u, h, ASK_SEEK, h->at);
	}
}

bool
history_seek(struct ui *u, const char *what, bool back)
{
	struct history *h = wanted(u);
	struct streamview *v = ui_current_view(u), *sent = h != NULL ? sent_view(u, h) : NULL;
	struct window *w;

	if (v == NULL || sent == NULL || u->overlay != NULL)
		return false;
	if (h->shown < 0 && sent_from(sent) == 0)
		return false;
	forget_goals(h);
	w = shown(h);
	h->seeking = true;
	h->back = back;
	h->wrapped = false;
	snprintf(h->what, sizeof h->what, "%s", what);
	h->end = sent_end(sent);
	h->start = replica_stream_offset(v->stream, v->line[v->cur - v->first]);
	if (w != NULL) {
		h->at = back ? window_from(w) : window_last_line(w);
	} else if (back) {
		h->at = sent_from(sent);
	} else {                        /* the newest line is passed: from the beginning */
		h->wrapped = true;
		h->at = 0;
		if (strcmp(what, "find") != 0) {
			forget_goals(h);
			return false;
		}
	}
	seek_on(u, h, w != NULL ? w->oldest : 0);
	return true;
}

bool
history_whole(struct ui *u, struct streamview *v, uint64_t was)
{
	struct history *h = wanted(u);
	uint64_t first;

	if (h == NULL || h->shown >= 0)
		return true;
	first = sent_first(v);
	if (v->cur >= first || was < first || sent_from(v) == 0)
		return true;
	v->cur = was;
	v->hex_at = v->line[was - v->first];
	return false;
}

bool
history_cancel(struct ui *u)
{
	struct history *h = u->past;
	const bool busy = h != NULL && (h->seeking || h->steps != 0 || h->asking == ASK_PLACE);

	if (h == NULL)
		return false;
	if (busy)
		ui_say(u, UI_INFO, "stopped");
	forget_goals(h);
	return busy;
}

/* ---- answers */

static void
sought(struct ui *u, struct history *h, const struct window_piece *p)
{
	struct window *w = other(h);
	const struct replica_stream *live = replica_stream(u->replica, h->id);
	uint64_t next;

	if (p->data.len == 0) {
		h->at = h->back ? p->first : UINT64_MAX;
		seek_on(u, h, p->first);
		return;
	}
	window_set(w, p, live);
	at_edge(w->view, h->back);
	if (look_in(u, h, w->view)) {
		const uint64_t at = w->view->line[w->view->cur - w->view->first];

		w->view->bottom = w->view->cur;
		show_other(u, h);
		say_found(u, h, at, streamview_cur_time(w->view));
		forget_goals(h);
		return;
	}
	w->view->cur = w->view->first;
	next = h->back ? window_from(w) : window_last_line(w);
	if (h->back)
		h->at = next < p->to ? next : p->from;
	else
		h->at = next > p->from ? next : p->to;
	if (h->back && p->from <= p->first)
		h->at = p->first;
	seek_on(u, h, p->first);
}

/* Older or newer bytes beside the window that is shown; across a hole it begins anew. */
static void
grown(struct ui *u, struct history *h, const struct window_piece *p, bool older)
{
	struct window *w = shown(h);
	const struct replica_stream *live = replica_stream(u->replica, h->id);
	const long steps = h->steps;

	h->steps = 0;
	if (w == NULL)
		return;
	if (!window_add(w, p, live)) {
		w->edge[older ? 0 : 1] = true;
		if (steps == 0 || p->data.len == 0)
			return;         /* not before somebody goes there */
		window_set(w, p, live);
		window_gap(w, older ? p->to : p->from, p->missing);
		w->view->cur = w->view->bottom = older ? streamview_last(w->view) : w->view->first;
	}
	if (steps != 0)
		move_shown(u, h, steps);
	if (h->steps == 0 && strncmp(u->message, "looking at ", 11) == 0)
		u->message[0] = '\0';
}

static void
placed(struct ui *u, struct history *h, const struct window_piece *p)
{
	struct window *w = other(h);
	const long steps = h->steps;

	if (!h->exact && p->data.len != 0) {    /* now it is known where that is */
		ask_around(u, h, p->from);
		return;
	}
	h->steps = 0;
	if (p->data.len == 0)
		return;
	window_set(w, p, replica_stream(u->replica, h->id));
	streamview_goto_offset(w->view, h->place);
	w->view->bottom = w->view->cur;
	show_other(u, h);
	if (steps != 0)
		move_shown(u, h, steps);
}

static void
take(struct ui *u, struct history *h, const struct window_piece *p, enum asks was)
{
	h->end = p->end;
	if (was == ASK_SEEK && h->seeking)
		sought(u, h, p);
	else if (was == ASK_PLACE)
		placed(u, h, p);
	/* nothing moves below a prompt that knows its place by lines */
	else if ((was == ASK_OLDER || was == ASK_NEWER) && (u->overlay == NULL || h->steps != 0))
		grown(u, h, p, was == ASK_OLDER);
}

bool
history_answer(struct ui *u, const char *line, const json_t *result, const struct err_msg *err)
{
	struct history *h = u->past;
	struct window_piece p;
	enum asks was;

	if (strncmp(line, "console.read console=", 21) != 0 || strstr(line, "as=base64") == NULL)
		return false;
	if (h == NULL || h->asking == ASK_NONE || strcmp(line, h->line) != 0)
		return true;            /* nobody waits for it any more */
	was = h->asking;
	h->asking = ASK_NONE;
	if (err != NULL) {
		forget_goals(h);
		ui_say_err(u, err);
		return true;
	}
	if (window_piece_read(&p, result) && sent_view(u, h) != NULL)
		take(u, h, &p, was);
	window_piece_fini(&p);
	return true;
}

/* ---- beside the screen */

void
history_drawn(struct ui *u)
{
	struct history *h = u->past;
	struct window *w = h != NULL ? shown(h) : NULL;
	uint64_t at, first;

	if (w == NULL || !u->nav || h->asking != ASK_NONE || h->steps != 0 || h->seeking ||
	    u->overlay != NULL)
		return;
	at = w->view->line[w->view->cur - w->view->first];
	first = ring_first(&w->stream.ring);
	if (!w->edge[0] && first > w->oldest && at - first < NEAR)
		ask_older(u, h, ASK_OLDER, first);
	else if (!w->edge[1] && window_to(w) < h->end && window_to(w) - at < NEAR)
		ask_newer(u, h, ASK_NEWER, window_to(w));
}

void
history_title(struct ui *u, char *out, size_t size)
{
	struct history *h = u->past;
	struct window *w = h != NULL ? shown(h) : NULL;
	const struct streamview *sent = w != NULL ? sent_view(u, h) : NULL;
	char back[16];
	uint64_t at;

	out[0] = '\0';
	if (h != NULL && (h->seeking || h->steps != 0)) {
		snprintf(out, size, "looking");
	} else if (sent != NULL) {
		at = w->view->line[w->view->cur - w->view->first];
		bytes_fmt_short((int64_t)(sent_end(sent) - at), back, sizeof back);
		snprintf(out, size, "%sB back", back);
	}
}

/* ---- the view that commands are about */

struct streamview *
ui_current_view(struct ui *u)
{
	struct replica_console *c = ui_console(u);
	struct replica_job *j = ui_job(u);

	if (u->focus == PANE_JOBS && j != NULL)
		return ui_view(u, &j->stream, j->pty);
	return c != NULL ? history_view(u, c) : NULL;
}

struct streamview *
ui_scrollback(struct ui *u)
{
	struct streamview *v;

	if (u->focus != PANE_JOBS)
		u->focus = PANE_CONSOLE;
	v = ui_current_view(u);
	if (v == NULL)
		return NULL;
	if (u->focus == PANE_CONSOLE && !u->nav)
		streamview_hold(v);
	u->nav = u->nav || u->focus == PANE_CONSOLE;
	if (u->focus == PANE_JOBS)
		u->zoom = u->log = true;
	return v;
}
