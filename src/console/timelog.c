/* timelog.c - the arrival index on disk: lines of one width, searched by halves. */
#include "console/timelog.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"

enum { WAIT_MAX = 64 << 10, BATCH = 4 << 10 };
static const uint64_t EVERY_NS = 10 * NS_PER_MS, WRITE_NS = NS_PER_S;

/* ---- writing */

void
timelog_open(struct timelog *l, const char *raw_path, const struct times *times, uint64_t start)
{
	struct path_stamp stamp;

	*l = (struct timelog){ .times = times, .start = start, .fd = -1 };
	l->path = mem_fmt("%s.times", raw_path);
	buf_init(&l->wait, WAIT_MAX);
	l->fd = sys_open(l->path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
	l->base = path_stamp(l->path, &stamp) ? stamp.size / TIMELOG_LINE : 0;
}

/* What a full disk cut stays in front of what waits: lines keep their width. */
static void
write_out(struct timelog *l)
{
	while (l->wait.len != 0) {
		const ssize_t n = sys_write(l->fd, l->wait.data, l->wait.len);

		if (n <= 0)
			return;
		buf_eat(&l->wait, (size_t)n);
	}
	l->written = l->last.t;
}

void
timelog_pump(struct timelog *l, bool all)
{
	const struct times *x = l->times;
	size_t i;

	if (l->fd < 0)
		return;
	i = l->n != 0 ? times_find(x, l->last.offset) : 0;
	for (i = i == x->n ? 0 : i; i < x->n; i++) {
		const struct times_entry *e = &x->v[i];
		const uint64_t t = e->t > l->start ? e->t - l->start : 0;

		if (l->n != 0 && (e->offset <= l->last.offset || t < l->last.t + EVERY_NS))
			continue;
		if (l->wait.len + TIMELOG_LINE > WAIT_MAX ||
		    buf_add_fmt(&l->wait, "%015llu %017llu\n", (unsigned long long)e->offset,
		    (unsigned long long)t) != ERR_OK)
			break;
		l->last = (struct times_entry){ e->offset, t };
		l->n++;
	}
	if (all || l->wait.len >= BATCH || l->last.t - l->written >= WRITE_NS)
		write_out(l);
}

void
timelog_close(struct timelog *l)
{
	if (l->path == NULL)
		return;
	timelog_pump(l, true);
	sys_close(l->fd);
	mem_free(l->path);
	buf_fini(&l->wait);
	*l = (struct timelog){ .fd = -1 };
}

/* ---- reading */

void
timeread_init(struct timeread *r, const struct timelog *l)
{
	/* of a line that is cut its start is in the file: it does not count yet */
	const uint64_t wait = (l->wait.len + TIMELOG_LINE - 1) / TIMELOG_LINE;

	*r = (struct timeread){ .path = mem_str(l->path), .base = l->base, .n = l->n - wait };
}

void
timeread_fini(struct timeread *r)
{
	mem_free(r->path);
	*r = (struct timeread){ .path = NULL };
}

static bool
entry(const struct timeread *r, int fd, uint64_t i, struct times_entry *out)
{
	char line[TIMELOG_LINE];
	const off_t at = (off_t)((r->base + i) * TIMELOG_LINE);

	return sys_pread(fd, line, sizeof line, at) == (ssize_t)sizeof line &&
	       slice_u64(slice_make(line, 15), UINT64_MAX, &out->offset) &&
	       slice_u64(slice_make(line + 16, 17), UINT64_MAX, &out->t);
}

/* How many entries are before `want`, of their offsets or their times. */
static uint64_t
before(const struct timeread *r, int fd, uint64_t want, bool times)
{
	uint64_t low = 0, high = r->n;

	while (low < high) {
		const uint64_t mid = low + (high - low) / 2;
		struct times_entry e;

		if (!entry(r, fd, mid, &e))
			return low;
		if ((times ? e.t : e.offset) < want)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint64_t
timeread_offset(const struct timeread *r, uint64_t t)
{
	const int fd = r->path != NULL ? sys_open(r->path, O_RDONLY | O_NOFOLLOW, 0) : -1;
	struct times_entry e = { .offset = UINT64_MAX };
	uint64_t i;

	if (fd < 0)
		return UINT64_MAX;
	i = before(r, fd, t, true);
	if (i == r->n || !entry(r, fd, i, &e))
		e.offset = UINT64_MAX;
	sys_close(fd);
	return e.offset;
}

size_t
timeread_entries(const struct timeread *r, uint64_t from, uint64_t to, struct times_entry *out,
    size_t max)
{
	const int fd = r->path != NULL ? sys_open(r->path, O_RDONLY | O_NOFOLLOW, 0) : -1;
	uint64_t first, last, step;
	size_t n = 0;

	if (fd < 0)
		return 0;
	first = before(r, fd, from + 1, false);
	first -= first != 0;
	last = before(r, fd, to, false);
	step = last > first ? (last - first + max - 1) / max : 1;
	for (uint64_t i = first; i < last && n < max && entry(r, fd, i, &out[n]); i += step)
		n++;
	sys_close(fd);
	return n;
}
