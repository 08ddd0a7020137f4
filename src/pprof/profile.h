/*
 * profile.h - a decoded profile: tables in memory, samples read from the inflated bytes on demand.
 *
 * Layer   pprof; value header (plain structs, read-only for everyone but profile_decode.c).
 * Made    by pprof/profile_load.h; samples: pprof/cursor.h.
 * Format  google/pprof proto/profile.proto; raw or gzip. What is refused is what pprof's Parse and
 *         CheckValid refuse (research/pprof.md 1.1, 1.2); legacy text formats are refused with
 *         advice.
 * Owns    pprof_free() ends it with all its strings; a cursor borrows it and has its own scratch
 *         memory.
 * Memory  inflated bytes at most limit_bytes (LIMIT_PROFILE_OUT if 0, never over 4 GiB); the tables
 *         are a few times the bytes that describe them, taken with mem_try: too much is ERR_MEMORY.
 * Order   samples may stand before the tables they name; that is why they are walked afterwards.
 *         pprof_decode checks everything but the samples; each first walk over them checks them.
 */
#ifndef PPROF_PROFILE_H
#define PPROF_PROFILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"

#define PPROF_NONE UINT64_MAX           /* no mapping; no function */

struct pprof_type {
	struct slice type, unit;
};

struct pprof_mapping {
	uint64_t start, limit, offset;
	uint32_t file, build_id;        /* string indexes */
	/* has_functions, _filenames, _line_numbers, _inline_frames */
	uint32_t bits;
};

struct pprof_function {
	uint32_t name, system_name, file;       /* string indexes */
	int64_t  start_line;
};

struct pprof_line {
	/* index; PPROF_NONE in the one line of a location without any */
	uint64_t function;
	int64_t  line;
};

struct pprof_location {
	uint64_t address;
	uint64_t mapping;               /* index or PPROF_NONE */
	uint32_t first_line;
	uint32_t line_count : 31;       /* at least 1; the innermost inlined function first */
	uint32_t folded : 1;
};

/* From ids of the file to indexes. Dense means id = index + 1 throughout. */
struct pprof_ids {
	bool      dense;
	uint32_t  count, expect;
	uint32_t *small;                /* ids up to expect */
	struct hmap big;                /* ids above */
};

struct pprof_profile {
	unsigned char *raw;             /* the inflated message */
	size_t    raw_n, sample_from, sample_to;
	uint32_t *string;               /* offset of each string's length varint in raw */
	uint32_t  string_count;
	struct pprof_type *type;
	struct pprof_mapping *mapping;
	struct pprof_function *function;
	struct pprof_location *location;
	struct pprof_line *line;
	uint32_t  type_count, mapping_count, function_count, location_count, line_count, line_cap;
	uint32_t  sample_count, comment_count, comment_cap;
	struct pprof_ids mapping_ids, function_ids, location_ids;
	struct pprof_type period_type;
	int64_t   time_nanos, duration_nanos, period;
	struct slice default_type, drop_frames, keep_frames;
	struct slice *comment;
	bool      has_base_string;      /* "pprof::base" is in the string table */
	/* Texts a filter made: their indexes follow those of the file. Not owned. */
	const struct slice *extra;
	uint32_t  extra_count;
};

void     pprof_free(struct pprof_profile *p);   /* NULL is fine */
struct slice pprof_string(const struct pprof_profile *p, uint32_t index);

/* Position (0..) of a sample type by number, name (inuse_ optional) or, for NULL or "", the
 * default. */
enum err pprof_type_index(
    const struct pprof_profile *p, const char *name, uint32_t *index, struct err_msg *why);

#endif
