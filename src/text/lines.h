/*
 * lines.h - cutting a byte stream into lines, whatever ends them.
 *
 * Layer   text. The text of a line is borrowed until the callback returns.
 * Rule    CR, LF, CR LF and CR CR LF end a line once; CRs after a CR, and one LF after them,
 *         belong to the same end. LF LF and CR LF CR LF hold an empty line. A line over `max`
 *         bytes is given in pieces, each but the last with `soft`.
 */
#ifndef TEXT_LINES_H
#define TEXT_LINES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

struct lines_line {
	const char *text;
	size_t   n;
	uint64_t offset, end; /* in the stream: first byte; behind the last byte of text */
	bool     soft;                  /* broken by the limit, not by the board */
};

typedef void (*lines_cb)(void *arg, const struct lines_line *l);

struct lines {
	struct buf part;                /* the unfinished line */
	uint64_t at, start;             /* stream offset of the next byte; of the unfinished line */
	size_t   max;
	bool     after_cr;
};

void lines_init(struct lines *s, size_t max, uint64_t offset);
void lines_fini(struct lines *s);
void lines_feed(struct lines *s, const char *p, size_t n, lines_cb cb, void *arg);
void lines_flush(struct lines *s, lines_cb cb, void *arg); /* gives the unfinished line, if any */
void lines_reset(struct lines *s, uint64_t offset);             /* forgets it; goes on at offset */

#endif
