/*
 * encode.h - writing profiles: for the simulated board, for tests, and to write back what was
 * decoded.
 *
 * Layer   pprof. A writer owns all it was given; encode_free() ends it. Messages are written as
 *         they come, the string table last, values and location ids packed when more than two: as
 *         Go's runtime does it.
 * Errors  encode_finish: ERR_LIMIT past `max` given to encode_new, ERR_MEMORY. The other calls
 *         remember a failure for it.
 * Example w = encode_new(1 << 20); encode_type(w, "inuse_space", "bytes");
 *         f = encode_function(w, "main.leak", "/src/main.go", 10);
 *         l = encode_location(w, 0x401000, &(struct encode_line){ f, 12 }, 1);
 *         encode_sample(w, &l, 1, &value, 1, &(struct encode_label){ .key = "bytes", .num = 64 },
 *         1);
 *         e = encode_finish(w, true, &out, why);
 */
#ifndef PPROF_ENCODE_H
#define PPROF_ENCODE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "pprof/profile.h"

struct encode;

struct encode_line {
	uint64_t function;              /* what encode_function returned */
	int64_t  line;
};

struct encode_label {
	const char *key;
	const char *str;                /* NULL: a number */
	const char *unit;               /* of the number, or NULL */
	int64_t num;
};

struct encode *encode_new(size_t max);
void     encode_free(struct encode *w);         /* NULL is fine */
void     encode_type(struct encode *w, const char *type, const char *unit);
void     encode_period(struct encode *w, const char *type, const char *unit, int64_t period);
void     encode_time(struct encode *w, int64_t time_nanos, int64_t duration_nanos);
void     encode_default_type(struct encode *w, const char *type);
void     encode_comment(struct encode *w, const char *text);
void     encode_mapping(struct encode *w, uint64_t start, uint64_t limit, const char *file);
uint64_t encode_function(struct encode *w, const char *name, const char *file, int64_t start_line);
uint64_t encode_location(
    struct encode *w, uint64_t address, const struct encode_line *line, size_t n);
/* loc: leaf first. */
void encode_sample(struct encode *w, const uint64_t *loc, size_t loc_count, const int64_t *value,
    size_t value_count, const struct encode_label *label, size_t label_count);
/* The whole profile appended to *out, gzip'd if asked. The writer is spent. */
enum err encode_finish(struct encode *w, bool gzip, struct buf *out, struct err_msg *why);

/* Bytes as one gzip member, appended. */
enum err encode_gzip(const void *p, size_t n, struct buf *out);

/* The same by string indexes, for what copies profiles (merge.c). Ids count from 1. */
struct encode_put_label { uint64_t key, str, unit; int64_t num; };

uint64_t encode_put_text(struct encode *w, struct slice text);
void     encode_put_type(struct encode *w, unsigned field, struct slice type, struct slice unit);
void     encode_put_number(struct encode *w, unsigned field, uint64_t v);      /* 0: left out */
void     encode_put_comment(struct encode *w, struct slice text);
/* field[2] to field[10] of the message Mapping */
uint64_t encode_put_mapping(struct encode *w, const uint64_t field[11]);
uint64_t encode_put_function(struct encode *w, uint64_t name, uint64_t system_name, uint64_t file,
                             int64_t start_line);
uint64_t encode_put_location(struct encode *w, uint64_t mapping, uint64_t address, bool folded,
                             const struct encode_line *line, size_t n);
void     encode_put_sample(struct encode *w, const uint64_t *loc, size_t loc_count,
                           const int64_t *value, size_t value_count,
                           const struct encode_put_label *label, size_t label_count);

/* A decoded profile written again (ids renumbered from 1). ERR_FORMAT when a sample is broken. */
enum err encode_profile(const struct pprof_profile *p, const char *what, bool gzip, struct buf *out,
                        struct err_msg *why);

#endif
