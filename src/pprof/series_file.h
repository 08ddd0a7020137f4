/*
 * series_file.h - a series as bytes: what a bench keeps in its snapshots folder (NAME.series).
 *
 * Layer   pprof. Appends to the caller's buf; series_read gives a series for series_free().
 * Format  "viseser1" (the last character is the version), then records: length of the payload and
 *         its CRC-32 (both 4 bytes, little end first), payload. The CRC goes on from that of the
 *         record before, so a record that was made for another file is no part of this one. All
 *         numbers in a payload are varints (series_delta.h). Record 0 is the head: sample types
 *         and units, period type and unit (each text a length and bytes), default type. Every
 *         further record is one snapshot: same flag, cut, segment, time (zigzag), period
 *         (zigzag), run and program (hashes); then what its tables have more than before:
 *         strings, frames (function, file, line zigzag), stacks (count, frames leaf first), cells
 *         (stack, size zigzag); then the differences.
 * Safe    a record is whole or not at all: after a crash in the middle of an append the file is
 *         an exact prefix, and series_read says how far it is good.
 * Hostile every index, count and checksum is looked at; memory is bounded by the file's size.
 */
#ifndef PPROF_SERIES_FILE_H
#define PPROF_SERIES_FILE_H
#include "pprof/series.h"

enum { SERIES_FILE_MAX = 256 << 20 };

/* What a file begins with: magic and head. */
enum err series_write_head(struct series *s, struct buf *out, struct err_msg *why);
/* One snapshot. */
enum err series_write_one(
    struct series *s, uint32_t snapshot, struct buf *out, struct err_msg *why);
/* All of it. */
enum err series_write(struct series *s, struct buf *out, struct err_msg *why);
/* *good: how many bytes were sound; fewer than n when the end was torn off. ERR_FORMAT: no series
 * at all. */
enum err series_read(struct series **out, const void *data, size_t n, const char *what,
                     size_t *good, struct err_msg *why);
bool     series_file_is(const void *data, size_t n);

#endif
