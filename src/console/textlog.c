/* textlog.c - lines with their time, escaped or stripped, written as they come. */
#include "console/textlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "sys/io.h"

enum {
	PIECE = 64 << 10,               /* formatted at a time */
	OUT_MAX = 8 << 20,
	SEQUENCE_MAX = 4096,            /* a longer one is no sequence: the text goes on */
};
enum { TEXT, ESCAPE, CSI, STRING, STRING_ESCAPE, CHARSET };

static const char *const times_words[] = { "wall", "start", "last", "none" };

const char *
textlog_times_word(enum textlog_times t)
{
	return times_words[t];
}

bool
textlog_times_of(const char *word, enum textlog_times *out)
{
	for (unsigned i = 0; i < sizeof times_words / sizeof *times_words; i++)
		if (strcmp(word, times_words[i]) == 0) {
			*out = (enum textlog_times)i;
			return true;
		}
	return false;
}

/* ---- the file */

static enum err
open_file(struct textlog *l, bool truncate, struct err_msg *why)
{
	/* a fifo without a reader fails instead of holding us */
	const int fd = sys_open(l->path, O_WRONLY | O_CREAT | O_NONBLOCK |
	    (truncate ? O_TRUNC : O_APPEND), 0600);
	struct stat st;

	if (fd < 0)
		return err_errno(why, errno, l->path, "opening the text log");
	l->fd = fd;
	l->size = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return ERR_OK;
}

static void
fail(struct textlog *l, int errnum, const char *doing)
{
	l->failing = true;
	err_errno(&l->why, errnum, l->path, doing);
	snprintf(l->why.next, sizeof l->why.next,
	    "make room; it goes on by itself and marks what is missing");
}

/* FILE.1 becomes FILE.2 and so on; the new FILE is empty. What fails leaves the old one in use. */
static void
rotate(struct textlog *l)
{
	bool good = true;

	for (unsigned i = l->o.keep; i > 0 && good; i--) {
		char *to = mem_fmt("%s.%u", l->path, i);
		char *from = i > 1 ? mem_fmt("%s.%u", l->path, i - 1) : mem_str(l->path);

		good = rename(from, to) == 0 || (i > 1 && errno == ENOENT);
		mem_free(from);
		mem_free(to);
	}
	if (good) {
		const int old = l->fd;

		good = open_file(l, false, NULL) == ERR_OK;
		if (good)
			sys_close(old);
	}
	l->rotated += good;
	if (!good)
		l->size = 0;            /* asked for again after as many bytes more */
}

static void
write_out(struct textlog *l)
{
	size_t done = 0;

	while (done < l->out.len) {
		const ssize_t put = sys_write(l->fd, l->out.data + done, l->out.len - done);

		if (put < 0 && errno == EAGAIN)
			break;
		if (put <= 0) {
			fail(l, put < 0 ? errno : ENOSPC, "writing the text log");
			break;
		}
		l->failing = false;
		done += (size_t)put;
	}
	l->size += done;
	l->written += done;
	buf_eat(&l->out, done);
	if (l->o.rotate != 0 && l->size >= l->o.rotate && l->out.len == 0 && !l->in_line)
		rotate(l);
}

/* ---- formatting */

static void
prefix(struct textlog *l, uint64_t t, char kind)
{
	const struct textlog_source *s = l->from;
	char when[40];

	switch (l->o.times) {
	case TEXTLOG_NONE:
		if (kind == '#')
			(void)buf_add_str(&l->out, "# ");
		return;
	case TEXTLOG_WALL:
		clock_fmt_iso(t + s->wall_minus_mono, when, sizeof when);
		break;
	case TEXTLOG_START:
		clock_fmt_since(t > s->start ? t - s->start : 0, when, sizeof when);
		break;
	case TEXTLOG_LAST:
		snprintf(when, sizeof when, "%+10.3f", l->last != 0 && t > l->last ?
		    (double)(t - l->last) / (double)NS_PER_S : 0.0);
		break;
	}
	l->last = t;
	(void)buf_add_fmt(&l->out, "%s %c ", when, kind);
}

static void
end_line(struct textlog *l)
{
	if (l->tail_n != 0)
		(void)utf8_escape(&l->out, l->tail, l->tail_n, 1);
	l->tail_n = 0;
	if (l->in_line)
		(void)buf_add_byte(&l->out, '\n');
	l->in_line = false;
}

static void
begin_line(struct textlog *l, uint64_t offset)
{
	if (l->in_line)
		return;
	prefix(l, times_at(l->from->times, offset, 0), l->cut ? '>' : '|');
	l->in_line = true;
	l->cut = false;
}

/* How many bytes at the end of p are the beginning of a character. */
static size_t
unfinished(const char *p, size_t n)
{
	for (size_t k = 1; k <= 3 && k <= n; k++) {
		const unsigned char c = (unsigned char)p[n - k];

		if ((c & 0xc0) == 0x80)
			continue;
		return c >= 0xc2 && c < 0xf5 && k < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) ? k : 0;
	}
	return 0;
}

/* Text without control bytes (but tabs). */
static void
add_text(struct textlog *l, const char *p, size_t n)
{
	size_t keep;

	while (l->tail_n != 0 && n != 0) {      /* the character that was cut by the read */
		uint32_t cp;

		if (((unsigned char)*p & 0xc0) != 0x80) {
			(void)utf8_escape(&l->out, l->tail, l->tail_n, 1);
			l->tail_n = 0;
			break;
		}
		l->tail[l->tail_n++] = *p++;
		n--;
		if (utf8_decode(l->tail, l->tail_n, &cp) == 0 &&
		    unfinished(l->tail, l->tail_n) != 0)
			continue;
		(void)utf8_escape(&l->out, l->tail, l->tail_n, 1);
		l->tail_n = 0;
	}
	keep = l->tail_n == 0 ? unfinished(p, n) : 0;
	(void)utf8_escape(&l->out, p, n - keep, 1);
	if (keep != 0) {
		memcpy(l->tail, p + n - keep, keep);
		l->tail_n = keep;
	}
}

/* What follows in a sequence whose state is `state`. */
static int
sequence_next(int state, unsigned char c)
{
	if (c == 033)
		return state == STRING ? STRING_ESCAPE : ESCAPE;
	if (state == CSI)
		return c >= 0x40 && c <= 0x7e ? TEXT : CSI;
	if (state == STRING)
		return c == '\a' ? TEXT : STRING;
	if (state == ESCAPE && c == '[')
		return CSI;
	if (state == ESCAPE && memchr("]PX^_", c, 5) != NULL)
		return STRING;
	return state == ESCAPE && memchr("()*+#% ", c, 7) != NULL ? CHARSET : TEXT;
}

/* One byte of a sequence that is being left out. */
static void
strip_byte(struct textlog *l, unsigned char c)
{
	if (++l->sequence > SEQUENCE_MAX || c == 030 || c == 032)
		l->state = TEXT;
	else
		l->state = sequence_next(l->state, c);
}

static void
control(struct textlog *l, unsigned char c)
{
	if (l->o.strip && c == 033) {
		l->state = ESCAPE;
		l->sequence = 0;
	} else if (!l->o.strip) {
		if (l->tail_n != 0)
			(void)utf8_escape(&l->out, l->tail, l->tail_n, 1);
		l->tail_n = 0;
		(void)utf8_escape(&l->out, (const char *)&c, 1, 1);
	}
}

static bool
is_plain(unsigned char c)
{
	return (c >= 0x20 && c != 0x7f) || c == '\t';
}

/* A byte that ends a line, or may. True when it was one. */
static bool
line_end(struct textlog *l, unsigned char c, uint64_t offset)
{
	if (c == '\n') {
		begin_line(l, offset);  /* an empty line is a line */
		end_line(l);
		l->after_cr = false;
		l->state = TEXT;
		return true;
	}
	if (c == '\r') {
		l->after_cr = true;
		return true;
	}
	if (l->after_cr && l->in_line)
		end_line(l);            /* CR alone ended it */
	l->after_cr = false;
	return false;
}

static void
format(struct textlog *l, const char *p, size_t n, uint64_t offset)
{
	for (size_t i = 0; i < n;) {
		const unsigned char c = (unsigned char)p[i];
		size_t k = i;

		if (line_end(l, c, offset)) {
			i++;
			continue;
		}
		if (l->state != TEXT) {
			strip_byte(l, c);
			i++;
			continue;
		}
		while (k < n && is_plain((unsigned char)p[k]))
			k++;
		if (k > i || !l->o.strip)
			begin_line(l, offset);
		if (k > i) {
			add_text(l, p + i, k - i);
			i = k;
		} else {
			control(l, c);
			i++;
		}
	}
}

/* The time of a line is that of its bytes: pieces end where the index has another entry. */
static size_t
same_time(const struct textlog *l, size_t n)
{
	const struct times *x = l->from->times;
	const size_t i = times_find(x, l->at);

	if (i + 1 < x->n && x->v[i + 1].offset > l->at && x->v[i + 1].offset - l->at < n)
		return (size_t)(x->v[i + 1].offset - l->at);
	return n;
}

static void
format_piece(struct textlog *l, const char *p, size_t n)
{
	const struct eol *map = l->from->map;

	if (map == NULL || !map->any[EOL_IN]) {
		format(l, p, n, l->at);
	} else {
		buf_clear(&l->mapped);
		(void)eol_map(map, EOL_IN, p, n, &l->mapped);
		format(l, buf_str(&l->mapped), l->mapped.len, l->at);
	}
	l->at += n;
}

static void
add_mark(struct textlog *l, uint64_t t, const char *text)
{
	l->cut = l->in_line && !l->after_cr;
	end_line(l);
	prefix(l, t, '#');
	(void)utf8_escape(&l->out, text, strlen(text), 0);
	(void)buf_add_byte(&l->out, '\n');
}

static uint64_t
skip_overrun(struct textlog *l)
{
	const uint64_t first = ring_first(l->from->ring);
	uint64_t lost;
	char text[64];

	if (l->at >= first)
		return 0;
	lost = first - l->at;
	snprintf(text, sizeof text, "%llu bytes are missing", (unsigned long long)lost);
	add_mark(l, times_at(l->from->times, first, 0), text);
	l->at = first;
	l->lost += lost;
	l->state = TEXT;
	return lost;
}

/* ---- what others call */

enum err
textlog_new(const struct textlog_options *o, const struct textlog_source *from,
    struct textlog **out, struct err_msg *why)
{
	struct textlog *l = mem_zero(1, sizeof *l);
	enum err e;

	*out = NULL;
	l->from = from;
	l->o = *o;
	l->path = mem_str(o->path);
	l->fd = -1;
	l->at = from->ring->end;
	buf_init(&l->out, OUT_MAX);
	buf_init(&l->mapped, OUT_MAX);
	e = open_file(l, o->truncate, why);
	if (e == ERR_OK)
		*out = l;
	else
		textlog_free(l);
	return e;
}

/* So much of p[0..n) at once; where files are rotated, whole lines if that can be. */
static size_t
piece(const struct textlog *l, const char *p, size_t n)
{
	const size_t most = l->o.rotate != 0 && l->o.rotate < PIECE ? (size_t)l->o.rotate : PIECE;
	const char *nl;

	n = n < most ? n : most;
	nl = l->o.rotate != 0 ? memrchr(p, '\n', n) : NULL;
	return nl != NULL ? (size_t)(nl - p) + 1 : n;
}

uint64_t
textlog_pump(struct textlog *l, uint64_t end)
{
	const size_t most = l->o.rotate != 0 && l->o.rotate < PIECE ? (size_t)l->o.rotate : PIECE;
	const unsigned char *p = NULL;
	uint64_t lost = 0;

	write_out(l);
	while (l->out.len == 0 && l->at < end) {
		size_t n;

		lost += skip_overrun(l);
		n = ring_peek(l->from->ring, l->at, &p);
		for (size_t done = 0; done < n && l->at < end && l->out.len < most;) {
			size_t k = same_time(l, n - done);

			k = k > end - l->at ? (size_t)(end - l->at) : k;
			k = piece(l, (const char *)p + done, k);
			format_piece(l, (const char *)p + done, k);
			done += k;
		}
		write_out(l);
	}
	return lost;
}

void
textlog_skip(struct textlog *l, uint64_t to, uint64_t t, const char *text)
{
	if (to <= l->at)
		return;
	add_mark(l, t, text);
	l->at = to;
	write_out(l);
}

void
textlog_mark(struct textlog *l, uint64_t t, const char *text)
{
	add_mark(l, t, text);
	write_out(l);
}

bool
textlog_waits(const struct textlog *l)
{
	return l->out.len != 0;
}

void
textlog_free(struct textlog *l)
{
	if (l == NULL)
		return;
	if (l->fd >= 0) {
		end_line(l);
		write_out(l);
	}
	sys_close(l->fd);
	buf_fini(&l->out);
	buf_fini(&l->mapped);
	mem_free(l->path);
	mem_free(l);
}
