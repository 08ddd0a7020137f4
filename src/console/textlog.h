/*
 * textlog.h - the readable log of a console: one escaped line with its time per line of the board.
 *
 * Layer   console. Reads the ring with its own offset, like the raw log.
 * Format  "2026-11-21T14:03:07.123Z | text" for the board; "... # text" for marks of ours.
 *         Control bytes and bytes that are not UTF-8 stand as \xNN: no line of a board can pass
 *         for a mark or move a terminal.
 */
#ifndef CONSOLE_TEXTLOG_H
#define CONSOLE_TEXTLOG_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/ring.h"
#include "console/times.h"
#include "text/lines.h"

struct textlog {
	const struct ring *ring;
	const struct times *times;
	uint64_t wall_minus_mono;       /* added to a time of the index gives wall time */
	char    *path;
	int      fd;
	uint64_t at;                    /* next offset to read */
	struct lines lines;
	struct buf out;                 /* formatted, not yet written */
	bool     failing;
	struct err_msg why;
};

enum err textlog_open(struct textlog *l, const char *path, const struct ring *ring,
                      const struct times *times, uint64_t wall_minus_mono, struct err_msg *why);
void     textlog_pump(struct textlog *l);
/* behind what came so far */
void     textlog_mark(struct textlog *l, uint64_t t, const char *text);
void     textlog_close(struct textlog *l);

#endif
