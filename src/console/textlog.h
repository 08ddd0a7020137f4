/*
 * textlog.h - a readable log of a console: the board's lines with their time, in a file.
 *
 * Layer   console. Reads the ring with its own offset, like the raw log; a disk that is full or
 *         fails is an alarm, not an end, and what the ring had to overwrite meanwhile stands in
 *         the file as "N bytes are missing". textlog_new/free; several may run at once.
 * Format  "2026-11-21T14:03:07.123Z | text" for the board (" > " for the rest of a line that a
 *         mark cut), "... # text" for marks of ours. Times may also be seconds since the start,
 *         since the line before, or none (then the text stands alone, marks begin with "# ").
 *         Control bytes and bytes that are not UTF-8 stand as \xNN: no line of a board can pass
 *         for a mark or move a terminal. With `strip` control bytes and sequences are left out.
 * Ends    CR, LF, CR LF, CR CR LF end a line once. Text is written as it comes: a prompt without
 *         an end is in the file at once.
 * Rotate  past `rotate` bytes, at the end of a line: FILE.1 is the one before, FILE.<keep> the
 *         oldest.
 */
#ifndef CONSOLE_TEXTLOG_H
#define CONSOLE_TEXTLOG_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/ring.h"
#include "console/times.h"
#include "text/eol.h"

enum textlog_times { TEXTLOG_WALL, TEXTLOG_START, TEXTLOG_LAST, TEXTLOG_NONE };

struct textlog_options {
	const char *path;
	enum textlog_times times;
	bool     strip, truncate;
	uint64_t rotate;                /* bytes, 0: never */
	unsigned keep;                  /* old files, 1 to TEXTLOG_KEEP_MAX */
};

enum { TEXTLOG_KEEP_MAX = 99 };

/* What a log reads; of the console, borrowed. */
struct textlog_source {
	const struct ring *ring;
	const struct times *times;
	const struct eol *map;
	uint64_t wall_minus_mono;       /* added to a time of the index gives wall time */
	uint64_t start;                 /* the index' time of "since start" 0 */
};

struct textlog {
	const struct textlog_source *from;
	struct textlog_options o;       /* its path is gone: see below */
	char    *path;
	int      fd;
	uint64_t at;                    /* next offset to read */
	uint64_t size, written, lost;   /* of the file; since the start; bytes in holes */
	unsigned rotated;
	/* the line */
	bool     in_line, cut, after_cr;
	int      state;                 /* within a sequence that is stripped */
	unsigned sequence;              /* its bytes so far */
	char     tail[4];               /* a character that may go on */
	size_t   tail_n;
	uint64_t last;                  /* time of the line before */
	struct buf out;                 /* formatted, not yet written */
	struct buf mapped;
	bool     failing;
	struct err_msg why;
};

/* Begins behind what the ring holds now. */
enum err textlog_new(const struct textlog_options *o, const struct textlog_source *from,
                     struct textlog **out, struct err_msg *why);
/* Writes what is new below offset `end`; returns how many bytes were lost to the ring. */
uint64_t textlog_pump(struct textlog *l, uint64_t end);
/* Leaves out [at, to): another hand had these bytes; `text` says so in the file. */
void     textlog_skip(struct textlog *l, uint64_t to, uint64_t t, const char *text);
/* behind what came so far */
void     textlog_mark(struct textlog *l, uint64_t t, const char *text);
bool     textlog_waits(const struct textlog *l);        /* formatted text is not written yet */
void     textlog_free(struct textlog *l);       /* after a last try to write; NULL is fine */

const char *textlog_times_word(enum textlog_times t);   /* "wall" "start" "last" "none" */
bool     textlog_times_of(const char *word, enum textlog_times *out);

#endif
