/*
 * decode.h - what a line of a console means: panics, faults, runtime traces. Lines in; records and
 * values out.
 *
 * Layer   text. decode_new/decode_free, one per console. Everything is borrowed until the callback
 *         returns.
 * How     a line is looked at only when it has one of the decoders' literals (literals.h), or while
 *         a record of several lines is open. It is freed of colours first, and a decoder finds its
 *         text wherever it stands: behind a time, a level, a tag.
 * Records one line, or several (a goroutine dump, a register dump); a record is told once, when
 *         it is over: by a line that does not belong, by its last line, or by decode_flush() after
 *         silence. At most DECODE_LINES lines.
 */
#ifndef TEXT_DECODE_H
#define TEXT_DECODE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "text/decoder.h"

extern const struct decoder_ops *const decoders[];      /* NULL-terminated */

struct decode_callbacks {
	void (*found)(void *arg, const struct decode_record *r);
	void (*value)(void *arg, const char *name, double value, const char *unit);
};

struct decode;

struct decode *decode_new(const struct decode_callbacks *cb, void *arg);
void decode_free(struct decode *d);
/* One whole line without its end. */
void decode_line(struct decode *d, const char *p, size_t n, uint64_t offset, uint64_t end);
bool decode_open(const struct decode *d);       /* a record waits for more lines */
void decode_flush(struct decode *d);            /* nothing came for a while: it is over */

/* Text without escape sequences and control bytes (a tab stays), added to out. */
void decode_plain(const char *p, size_t n, struct buf *out);

#endif
