/*
 * series_delta.h - the differences between two states of a series as bytes, and varints.
 *
 * Layer   pprof, private to this folder.
 * Format  count, then for each changed cell: cells skipped since the one before, a mask of the
 *         changed columns, and for each of them the zigzag difference. All are varints of at most
 *         10 bytes, little end first; sums wrap as int64 does in Go.
 */
#ifndef PPROF_SERIES_DELTA_H
#define PPROF_SERIES_DELTA_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

struct series_reader {
	const unsigned char *p, *end;
	bool bad;                       /* something was cut off or made no sense */
};

bool     series_varint(struct buf *b, uint64_t v);
bool     series_zigzag(struct buf *b, int64_t v);
uint64_t series_get(struct series_reader *r);           /* 0 when bad */
int64_t  series_get_zigzag(struct series_reader *r);
/* A number below limit; bad otherwise. */
uint32_t series_get_below(struct series_reader *r, uint64_t limit);

/* before may be NULL (all 0), or of fewer cells. *changed: how many differ. */
bool series_delta_write(const int64_t *before, uint32_t cells_before, const int64_t *now,
                        uint32_t cells, uint32_t types, struct buf *out, uint32_t *changed);
/* Adds the differences to value, and to total (types of them; may be NULL). False: nonsense (both
 * may be half changed). */
bool series_delta_apply(struct series_reader *r, int64_t *value, uint32_t cells, uint32_t types,
                        int64_t *total, uint32_t *changed);

#endif
