/*
 * rawlog.h - the raw log of a console: its bytes, appended to a file from the ring.
 *
 * Layer   console. Has its own offset into the ring; the reading path never waits for it.
 * Safety  a byte is written once, in order. A disk that is full or fails is an alarm, not an
 *         end: bytes wait in the ring; what the ring had to overwrite is a hole, told with
 *         exact offsets when writing goes on, and kept in PATH.holes ("FROM TO" a line), so
 *         that file and stream offsets can be matched.
 */
#ifndef CONSOLE_RAWLOG_H
#define CONSOLE_RAWLOG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/ring.h"

typedef void (*rawlog_hole_cb)(void *arg, uint64_t from, uint64_t to);

enum { RAWLOG_HOLES = 4096 };           /* kept in memory; see rawread.h */

struct rawlog_range { uint64_t from, to; };

struct rawlog {
	const struct ring *ring;
	char    *path;
	int      fd;
	uint64_t base;                  /* place in the file of stream offset `first` */
	uint64_t first;
	struct rawlog_range *holes;     /* in order */
	size_t   hole_n;
	uint64_t known;                 /* the places of bytes behind this offset are not known */
	uint64_t at;                    /* next offset to write */
	uint64_t written, lost;         /* bytes */
	uint64_t hole_from;             /* < hole_to while a hole is open */
	uint64_t hole_to;
	bool     failing;
	struct err_msg why;             /* of the failure */
	rawlog_hole_cb hole;
	void    *arg;
};

/* Appends (mode 0600). The ring and its offsets are the console's. */
enum err rawlog_open(struct rawlog *l, const char *path, const struct ring *ring,
    rawlog_hole_cb hole,
                     void *arg, struct err_msg *why);
void     rawlog_pump(struct rawlog *l);         /* writes what is new; then look at failing */
uint64_t rawlog_pending(const struct rawlog *l);
void     rawlog_close(struct rawlog *l);        /* a last pump; what is left is told as a hole */

#endif
