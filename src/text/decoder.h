/*
 * decoder.h - one decoder: which lines are its own, and the record it makes of them, a title and
 * rows of words and addresses.
 *
 * Layer   text. decode.h has all decoders and runs them; a record is plain values, filled by its
 *         decoder and read by everybody else.
 */
#ifndef TEXT_DECODER_H
#define TEXT_DECODER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decoder_ops;

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

/* The runtime's or a library's, not the program's own. */
bool decode_is_library(const char *func, const char *file);

/* ---- for decoders */

/* A new row, NULL when there is no room; text may be NULL. */
struct decode_row *decode_row(struct decode_record *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct decode_row *decode_row_addr(struct decode_record *r, const char *role, uint64_t addr,
    bool call);
void decode_text(char *out, size_t size, const char *p, size_t n);      /* cut at a character */
/* Hex digits with or without 0x at p; how many bytes it took, 0: no number. */
size_t decode_hex(const char *p, size_t n, uint64_t *out);

#endif
