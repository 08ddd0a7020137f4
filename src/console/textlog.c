/* textlog.c - lines with their time, escaped. */
#include "console/textlog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "sys/io.h"

enum { OUT_FULL = 64 << 10, OUT_MAX = 4 << 20 };

enum err
textlog_open(struct textlog *l, const char *path, const struct ring *ring,
    const struct times *times,
    uint64_t wall_minus_mono, struct err_msg *why)
{
	*l = (struct textlog){ .ring = ring, .times = times, .wall_minus_mono = wall_minus_mono,
	    .fd = -1,
	    .at = ring->end };
	l->fd = sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
	if (l->fd < 0)
		return err_errno(why, errno, path, "opening the text log");
	l->path = mem_str(path);
	lines_init(&l->lines, LIMIT_LINE, l->at);
	buf_init(&l->out, OUT_MAX);
	return ERR_OK;
}

static void
add_line(struct textlog *l, uint64_t t, char kind, const char *text, size_t n)
{
	char when[40];

	clock_fmt_iso(t + l->wall_minus_mono, when, sizeof when);
	(void)buf_add_fmt(&l->out, "%s %c ", when, kind);
	(void)utf8_escape(&l->out, text, n, 0);
	(void)buf_add_byte(&l->out, '\n');
}

static void
on_line(void *arg, const struct lines_line *line)
{
	struct textlog *l = arg;

	add_line(l, times_at(l->times, line->offset, 0), '|', line->text, line->n);
}

static void
write_out(struct textlog *l)
{
	size_t done = 0;

	while (done < l->out.len) {
		const ssize_t put = sys_write(l->fd, l->out.data + done, l->out.len - done);

		if (put <= 0) {
			l->failing = true;
			err_errno(&l->why, put < 0 ? errno : ENOSPC, l->path,
			    "writing the text log");
			break;
		}
		l->failing = false;
		done += (size_t)put;
	}
	buf_eat(&l->out, done);
}

static void
skip_overrun(struct textlog *l)
{
	const uint64_t first = ring_first(l->ring);
	char text[64];
	struct buf b;

	if (l->at >= first)
		return;
	buf_init(&b, sizeof text);
	(void)buf_add_fmt(&b, "%llu bytes are missing", (unsigned long long)(first - l->at));
	lines_flush(&l->lines, on_line, l);
	add_line(l, times_at(l->times, first, 0), '#', buf_str(&b), b.len);
	buf_fini(&b);
	l->at = first;
	lines_reset(&l->lines, first);
}

void
textlog_pump(struct textlog *l)
{
	const unsigned char *p = NULL;
	size_t n;

	if (l->fd < 0)
		return;
	write_out(l);
	while (l->out.len == 0) {
		skip_overrun(l);
		n = ring_peek(l->ring, l->at, &p);
		if (n == 0 && l->out.len == 0)
			break;
		if (n > OUT_FULL)
			n = OUT_FULL;
		lines_feed(&l->lines, (const char *)p, n, on_line, l);
		l->at += n;
		if (l->out.len == 0)
			continue;
		write_out(l);
	}
}

void
textlog_mark(struct textlog *l, uint64_t t, const char *text)
{
	if (l->fd < 0)
		return;
	textlog_pump(l);
	lines_flush(&l->lines, on_line, l);
	add_line(l, t, '#', text, strlen(text));
	write_out(l);
}

void
textlog_close(struct textlog *l)
{
	if (l->fd < 0)
		return;
	textlog_pump(l);
	lines_flush(&l->lines, on_line, l);
	write_out(l);
	sys_close(l->fd);
	lines_fini(&l->lines);
	buf_fini(&l->out);
	mem_free(l->path);
	l->fd = -1;
	l->path = NULL;
}
