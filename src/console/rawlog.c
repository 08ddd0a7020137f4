/* rawlog.c - from the ring to the file, with holes told exactly. */
#include "console/rawlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/path.h"

enum err
rawlog_open(struct rawlog *l, const char *path, const struct ring *ring, rawlog_hole_cb hole,
    void *arg,
    struct err_msg *why)
{
	struct path_stamp stamp;

	*l = (struct rawlog){ .ring = ring, .fd = -1, .at = ring->end, .first = ring->end,
	    .known = UINT64_MAX, .hole = hole, .arg = arg };
	l->fd = sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
	if (l->fd < 0)
		return err_errno(why, errno, path, "opening the log");
	l->path = mem_str(path);
	l->base = path_stamp(path, &stamp) ? stamp.size : 0;
	return ERR_OK;
}

/* The ring has overwritten what was not written yet. */
static void
note_overrun(struct rawlog *l)
{
	const uint64_t first = ring_first(l->ring);

	if (l->at >= first)
		return;
	if (l->hole_from == l->hole_to)
		l->hole_from = l->at;
	l->hole_to = first;
	l->at = first;
}

static void
keep_hole(struct rawlog *l, uint64_t from, uint64_t to)
{
	if (l->hole_n == RAWLOG_HOLES) {
		l->known = l->known < from ? l->known : from;
		return;
	}
	l->holes = mem_resize(l->holes, l->hole_n + 1, sizeof *l->holes);
	l->holes[l->hole_n++] = (struct rawlog_range){ from, to };
}

static void
tell_hole(struct rawlog *l)
{
	const uint64_t from = l->hole_from, to = l->hole_to;
	char *path, line[64];
	int fd, n;

	if (from == to)
		return;
	l->hole_from = l->hole_to = 0;
	l->lost += to - from;
	keep_hole(l, from, to);
	path = mem_fmt("%s.holes", l->path);
	fd = sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
	n = snprintf(line, sizeof line, "%llu %llu\n", (unsigned long long)from,
	    (unsigned long long)to);
	if (fd >= 0)
		(void)sys_write_all(fd, line, (size_t)n);
	sys_close(fd);
	mem_free(path);
	if (l->hole != NULL)
		l->hole(l->arg, from, to);
}

static void
fail(struct rawlog *l, int errnum)
{
	l->failing = true;
	err_errno(&l->why, errnum, l->path, "writing the log");
	snprintf(l->why.next, sizeof l->why.next,
	    "make room; the newest %zu KiB are kept in memory meanwhile",
	    l->ring->cap >> 10);
}

void
rawlog_pump(struct rawlog *l)
{
	const unsigned char *p;
	size_t n;

	if (l->fd < 0)
		return;
	note_overrun(l);
	while ((n = ring_peek(l->ring, l->at, &p)) != 0) {
		const ssize_t put = sys_write(l->fd, p, n);

		if (put <= 0) {
			fail(l, put < 0 ? errno : ENOSPC);
			return;
		}
		l->failing = false;
		l->at += (size_t)put;
		l->written += (size_t)put;
		tell_hole(l);           /* it lies before what was just written */
	}
}

uint64_t
rawlog_pending(const struct rawlog *l)
{
	return l->fd >= 0 ? l->ring->end - l->at : 0;
}

void
rawlog_close(struct rawlog *l)
{
	if (l->fd < 0)
		return;
	rawlog_pump(l);
	if (l->at < l->ring->end) {
		if (l->hole_from == l->hole_to)
			l->hole_from = l->at;
		l->hole_to = l->at = l->ring->end;
	}
	tell_hole(l);
	sys_close(l->fd);
	mem_free(l->path);
	mem_free(l->holes);
	l->fd = -1;
	l->path = NULL;
	l->holes = NULL;
	l->hole_n = 0;
}
