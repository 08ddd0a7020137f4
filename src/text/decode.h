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

enum {
	DECODE_TITLE = 240, DECODE_TEXT = 240, DECODE_ROWS = 48, DECODE_LINES = 20000,
	DECODE_ROLE = 16, DECODE_REGS = 48, DECODE_LINE_MAX = 4096,
};

enum decode_level { DECODE_INFO, DECODE_WARN, DECODE_CRASH };

/* One line of what a record says; some are addresses whose function is to be found. */
struct decode_row {
	char text[DECODE_TEXT];         /* words; "" for a bare address */
	char role[DECODE_ROLE];         /* "pc", "lr", "#3" */
	uint64_t addr;
	bool has_addr, call;            /* call: a call returns there */
	bool own;                       /* the first place that is the program's, not a library's */
};

struct decode_reg { char name[DECODE_ROLE]; uint64_t value; };

struct decode_record {
	const char *decoder;            /* "go", "tinygo", "cortex-m", ... */
	enum decode_level level;
	uint64_t offset, last, end;     /* stream: its first line, its last line, behind that */
	char title[DECODE_TITLE];
	struct decode_row row[DECODE_ROWS];
	size_t rows;
	/* while it is open */
	const struct decoder_ops *ops;
	unsigned lines, strange;
	size_t indent;                  /* bytes before the text on its first line */
	struct decode_reg reg[DECODE_REGS];
	size_t regs;
	unsigned goroutines;            /* so many had a trace in it */
	unsigned count[8];              /* the decoder's own */
	char note[DECODE_TITLE];
};

struct decode_line {
	const char *p;                  /* without escape sequences and controls; ends in NUL */
	size_t n;
	size_t at;                      /* where the literal stands; 0 when it was not asked for */
	uint64_t offset, end;
};

enum decode_verdict {
	DECODE_NO,                      /* not ours: an open record is over before this line */
	DECODE_MORE,                    /* ours, and the next may be too */
	DECODE_LAST,                    /* ours, and the record is over with it */
	DECODE_DONE,                    /* ours, nothing to be kept (a value was given) */
};

typedef void (*decode_value_cb)(void *arg, const char *name, double value, const char *unit);

struct decode_values { decode_value_cb value; void *arg; };

struct decoder_ops {
	const char *name, *help;
	const char *const *literals;    /* NULL-terminated; each at least LITERALS_LEAST bytes */
	/* A line with one of the literals at l->at. MORE and LAST: it filled r. */
	enum decode_verdict (*begin)(struct decode_record *r, const struct decode_line *l,
	    const struct decode_values *v);
	/* A further line of an open record. NULL: records are of one line. */
	enum decode_verdict (*more)(struct decode_record *r, const struct decode_line *l);
	/* The record is over: its rows are made from what was collected. May be NULL. */
	void (*end)(struct decode_record *r);
};

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

/* The runtime's or a library's, not the program's own. */
bool decode_is_library(const char *func, const char *file);

/* ---- for decoders */

/* Text without escape sequences and control bytes (a tab stays), added to out. */
void decode_plain(const char *p, size_t n, struct buf *out);
/* A new row, NULL when there is no room; text may be NULL. */
struct decode_row *decode_row(struct decode_record *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct decode_row *decode_row_addr(struct decode_record *r, const char *role, uint64_t addr,
    bool call);
void decode_text(char *out, size_t size, const char *p, size_t n);      /* cut at a character */
/* Hex digits with or without 0x at p; how many bytes it took, 0: no number. */
size_t decode_hex(const char *p, size_t n, uint64_t *out);

#endif
