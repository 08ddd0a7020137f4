/* wire_replay.c - feeding a log into a socket that the transport reads. */
#include "transport/wire_replay.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "core/json.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/time.h"

enum { CHUNK = 16 << 10, JOURNAL_MAX = 4 << 20, POINTS_MAX = 65536, LINE_MAX_BYTES = 64 << 10 };
static const uint64_t STEP_NS = 10 * NS_PER_MS, WAIT_MAX_NS = 3600 * NS_PER_S;
static const double SPEED_MAX = 1000;

struct point { uint64_t offset, t; };

struct replay {
	struct transport *t;
	int file, feed;
	bool text, paused, ended;
	double speed;
	uint64_t at, line_t;            /* next byte of the file; time of the last line given */
	double played;                  /* ns of the log played so far */
	uint64_t looked;                /* sys_mono() of the last step */
	struct point *points;
	size_t n;
	struct buf out;                 /* given, not yet taken by the socket */
	struct buf line;                /* text: read, not yet a whole line */
	uint64_t line_at;               /* played time at which the line in `line` comes */
	struct loop_timer *timer;
};

/* ---- text logs: "2026-11-21T14:03:07.123Z | text" */

static bool
two(const char *p, unsigned max, unsigned *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
	return *out <= max;
}

/* Nanoseconds since the start of the line's day: at midnight the clock only seems to stand. */
static bool
line_time(struct slice s, uint64_t *t, char *kind)
{
	unsigned h, m, sec, ms = 0;

	if (s.n < 28 || s.p[4] != '-' || s.p[10] != 'T' || !two(s.p + 11, 23, &h) ||
	    !two(s.p + 14, 59, &m) || !two(s.p + 17, 60, &sec) || s.p[19] != '.' ||
	    s.p[23] != 'Z' || s.p[24] != ' ' || s.p[26] != ' ')
		return false;
	for (int i = 20; i < 23; i++)
		ms = ms * 10 + (unsigned)(s.p[i] - '0') % 10;
	*t = ((uint64_t)(h * 3600 + m * 60 + sec) * 1000 + ms) * NS_PER_MS;
	*kind = s.p[25];
	return true;
}

/* \xNN becomes the byte again. */
static void
unescape(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint64_t v;

		if (s.p[i] == '\\' && i + 3 < s.n && s.p[i + 1] == 'x' &&
		    slice_hex(slice_make(s.p + i + 2, 2), &v)) {
			(void)buf_add_byte(out, (char)v);
			i += 3;
		} else {
			(void)buf_add_byte(out, s.p[i]);
		}
	}
	(void)buf_add(out, "\r\n", 2);
}

/* The next whole line of the file in *line; false: none for now (or at all: ended). */
static bool
next_line(struct replay *r, struct slice *line)
{
	for (;;) {
		const char *nl = r->line.len != 0 ? memchr(r->line.data, '\n', r->line.len) : NULL;
		char piece[CHUNK];
		ssize_t n;

		if (nl != NULL || r->line.len > LINE_MAX_BYTES) {
			*line = slice_make(r->line.data,
			    nl != NULL ? (size_t)(nl - r->line.data) : r->line.len);
			return true;
		}
		n = sys_pread(r->file, piece, sizeof piece, (off_t)r->at);
		if (n <= 0) {
			r->ended = true;
			return false;
		}
		r->at += (uint64_t)n;
		(void)buf_add(&r->line, piece, (size_t)n);
	}
}

static void
step_text(struct replay *r)
{
	struct slice line;
	uint64_t t;
	char kind;

	while (r->out.len < CHUNK && next_line(r, &line)) {
		const bool good = line_time(line, &t, &kind);

		if (good && r->line_t == UINT64_MAX)
			r->line_t = t;
		if (good && t > r->line_t && t - r->line_t < WAIT_MAX_NS)
			r->line_at += t - r->line_t;
		if (good)
			r->line_t = t;
		if ((double)r->line_at > r->played)
			return;         /* its time is kept: it is not added again */
		if (good && kind == '|')
			unescape(&r->out, slice_skip(line, 27));
		buf_eat(&r->line, line.n < r->line.len ? line.n + 1 : line.n);
	}
}

/* ---- raw logs */

/* Where the log stood at the played time: by the journal's points, else by speed. */
static uint64_t
due_offset(const struct replay *r)
{
	const uint32_t baud = r->t->set.baud != 0 ? r->t->set.baud : 115200;
	const double per_ns = (double)baud / 10 / (double)NS_PER_S;

	for (size_t i = 1; i < r->n; i++) {
		const struct point *a = &r->points[i - 1], *b = &r->points[i];
		const double from = (double)(a->t - r->points[0].t),
			     to = (double)(b->t - r->points[0].t);

		if (r->played < to)
			return a->offset + (uint64_t)((double)(b->offset - a->offset) *
			    (r->played - from) / (to - from));
	}
	if (r->n < 2)
		return (uint64_t)(r->played * per_ns);
	return r->points[r->n - 1].offset + (uint64_t)((r->played -
	    (double)(r->points[r->n - 1].t - r->points[0].t)) * per_ns);
}

static void
step_raw(struct replay *r)
{
	const uint64_t due = due_offset(r);
	char piece[CHUNK];

	while (r->at < due && r->out.len < CHUNK) {
		const uint64_t want = due - r->at < sizeof piece ? due - r->at : sizeof piece;
		const ssize_t n = sys_pread(r->file, piece, (size_t)want, (off_t)r->at);

		if (n <= 0) {
			r->ended = true;
			return;
		}
		r->at += (uint64_t)n;
		(void)buf_add(&r->out, piece, (size_t)n);
	}
}

static void
add_point(struct replay *r, uint64_t offset, uint64_t t)
{
	const struct point *last = r->n != 0 ? &r->points[r->n - 1] : NULL;

	if (r->n == POINTS_MAX || (last != NULL && (offset < last->offset || t <= last->t)))
		return;
	r->points = mem_resize(r->points, r->n + 1, sizeof *r->points);
	r->points[r->n++] = (struct point){ offset, t };
}

static void
read_points(struct replay *r, const char *file)
{
	const char *slash = strrchr(file, '/');
	char *journal = slash != NULL ? mem_fmt("%.*s/journal.jsonl", (int)(slash - file), file)
	    : mem_str("journal.jsonl");
	struct slice rest;
	struct buf b;

	buf_init(&b, JOURNAL_MAX + 65536);
	if (path_exists(journal) && sys_file_read(journal, JOURNAL_MAX, &b, NULL) == ERR_OK) {
		add_point(r, 0, 0);
		rest = slice_make(b.data, b.len);
		while (rest.n != 0) {
			const struct slice line = slice_cut(rest, '\n', &rest);
			json_t *o = slice_find(line, slice_of("\"offset\"")) >= 0
			    ? json_read(line.p, line.n, journal, NULL) : NULL;

			if (o != NULL && json_get_int(o, "offset", 0) > 0)
				add_point(r, (uint64_t)json_get_int(o, "offset", 0),
				    (uint64_t)json_get_int(o, "at", json_get_int(o, "t", 0)));
			json_decref(o);
		}
	}
	buf_fini(&b);
	mem_free(journal);
}

/* ---- the wire */

static void
over(struct replay *r)
{
	struct err_msg why;

	err_set(&why, ERR_LOST, r->t->spec, "console.retry plays it again", "the log ends here");
	transport_lost(r->t, &why);
}

static void
step(void *arg)
{
	struct replay *r = arg;
	const uint64_t now = sys_mono();
	char drop[256];

	if (!r->paused)
		r->played += (double)(now - r->looked) * r->speed;
	r->looked = now;
	if (!r->ended && r->text)
		step_text(r);
	else if (!r->ended)
		step_raw(r);
	while (sys_read(r->feed, drop, sizeof drop) > 0)
		;
	if (r->out.len != 0) {
		const ssize_t put = sys_write(r->feed, r->out.data, r->out.len);

		if (put > 0)
			buf_eat(&r->out, (size_t)put);
	}
	if (r->ended && r->out.len == 0) {
		sys_close(r->feed);     /* the reader takes what is left, then sees the end */
		r->feed = -1;
		loop_timer_stop(r->timer);
		r->timer = NULL;
	}
}

static bool
hangup(struct transport *t)
{
	over(t->priv);
	return true;
}

/* "?speed=4" off the end. */
static enum err
take_speed(char *path, double *speed, struct err_msg *why)
{
	char *q = strrchr(path, '?');

	*speed = 1;
	if (q == NULL)
		return ERR_OK;
	if (strncmp(q, "?speed=", 7) != 0 || !slice_f64(slice_of(q + 7), speed) ||
	    !(*speed > 0) || *speed > SPEED_MAX)
		return err_set(why, ERR_USAGE, path, NULL, "?speed= is up to %.0f", SPEED_MAX);
	*q = '\0';
	return ERR_OK;
}

static void
look_at_file(struct replay *r, const char *path)
{
	char head[64];
	const ssize_t n = sys_pread(r->file, head, sizeof head, 0);
	uint64_t t;
	char kind;

	r->text = n > 0 && line_time(slice_make(head, (size_t)n), &t, &kind);
	if (!r->text)
		read_points(r, path);
}

static enum err
start(struct transport *t, const char *path, double speed, struct err_msg *why)
{
	struct replay *r;
	int pair[2], file = sys_open(path, O_RDONLY | O_NONBLOCK, 0);

	if (file < 0)
		return err_set(why, ERR_NOENT, path, "name a log file or a bench's folder",
		    "it cannot be opened");
	if (!sys_socketpair(pair)) {
		sys_close(file);
		return err_set(why, ERR_IO, path, NULL, "no socket for it");
	}
	t->fd = pair[0];
	t->priv = r = mem_zero(1, sizeof *r);
	*r = (struct replay){ .t = t, .file = file, .feed = pair[1], .speed = speed,
		.line_t = UINT64_MAX, .looked = sys_mono() };
	buf_init(&r->out, 4 * LINE_MAX_BYTES);
	buf_init(&r->line, 4 * LINE_MAX_BYTES);
	look_at_file(r, path);
	r->timer = loop_timer_start(t->loop, STEP_NS, STEP_NS, step, r);
	t->state = TRANSPORT_OPEN;
	return ERR_OK;
}

static enum err
wire_open(struct transport *t, const char *rest, struct err_msg *why)
{
	char *path = mem_str(rest), *raw;
	double speed;
	enum err e = take_speed(path, &speed, why);

	raw = path_is_dir(path) ? path_join(path, "console-main.raw") : mem_str(path);
	if (e == ERR_OK)
		e = start(t, raw, speed, why);
	mem_free(raw);
	mem_free(path);
	return e;
}

static void
wire_close(struct transport *t)
{
	struct replay *r = t->priv;

	loop_timer_stop(r->timer);
	sys_close(r->feed);
	sys_close(r->file);
	buf_fini(&r->out);
	buf_fini(&r->line);
	mem_free(r->points);
}

static enum err
encode(struct transport *t, const void *p, size_t n)
{
	(void)t;
	(void)p;
	(void)n;
	return ERR_OK;                  /* nobody is there to read it */
}

static enum err
replay(struct transport *t, double speed, bool paused, struct err_msg *why)
{
	struct replay *r = t->priv;

	if (!(speed > 0) || speed > SPEED_MAX)
		return err_set(why, ERR_USAGE, "speed", NULL, "is up to %.0f", SPEED_MAX);
	r->speed = speed;
	r->paused = paused;
	return ERR_OK;
}

const struct wire_ops wire_replay_ops = {
	.scheme = "replay", .open = wire_open, .hangup = hangup, .encode = encode,
	.replay = replay, .close = wire_close,
};
