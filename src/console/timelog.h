/*
 * timelog.h - when each byte of a raw log came: PATH.times beside it, for what memory forgot.
 *
 * Layer   console. Follows the arrival index (times.h) with its own place. A disk that is full
 *         costs times, never bytes; it is no alarm, for the raw log tells of it.
 * Format  a line an entry, 34 bytes: offset (15 digits), a space, ns since the start (17 digits).
 *         Bytes from that offset on came then. At most one entry each 10 ms.
 */
#ifndef CONSOLE_TIMELOG_H
#define CONSOLE_TIMELOG_H
#include <stdbool.h>
#include "base/buf.h"
#include "console/times.h"

enum { TIMELOG_LINE = 34 };

struct timelog {
	const struct times *times;
	char    *path;
	int      fd;
	uint64_t start;                 /* the index' time of 0 */
	uint64_t base, n;               /* lines before ours; ours, also those that wait */
	struct times_entry last;        /* the newest of them */
	uint64_t written;               /* its time when last written */
	struct buf wait;
};

/* Appends; one that cannot be opened stays silent. */
void     timelog_open(struct timelog *l, const char *raw_path, const struct times *times,
                      uint64_t start);
void     timelog_pump(struct timelog *l, bool all);     /* all: also what would wait for more */
void     timelog_close(struct timelog *l);

/* What was written at one moment, for another thread: it reads, and blocks. */
struct timeread { char *path; uint64_t base, n; };

void     timeread_init(struct timeread *r, const struct timelog *l);
void     timeread_fini(struct timeread *r);
/* The offset of the first bytes that came at t (ns since the start) or later; UINT64_MAX: none. */
uint64_t timeread_offset(const struct timeread *r, uint64_t t);
/* The entry that holds offset `from` and those behind it below `to`, at most max, evenly
 * thinned; t of them is ns since the start. */
size_t   timeread_entries(const struct timeread *r, uint64_t from, uint64_t to,
                          struct times_entry *out, size_t max);

#endif
