/*
 * smaps.h - adding up /proc/PID/smaps, for kernels without smaps_rollup (before 4.14).
 *
 * Layer   gauge. Pure: pieces of the file in, sums out. One entry for each mapping; a header line
 *         starts with an address and is no field. Pss of the kernel is rounded down to a kB for
 *         each mapping there, so the sum may be a little under the rollup's.
 */
#ifndef GAUGE_SMAPS_H
#define GAUGE_SMAPS_H
#include <stddef.h>
#include <stdint.h>
#include "gauge/procfs.h"

struct smaps {
	int64_t kb[ROLLUP_FIELDS];      /* -1: no such line yet */
	char line[128];                 /* the piece of a line that came so far */
	size_t n;
};

void smaps_init(struct smaps *s);
void smaps_feed(struct smaps *s, const char *p, size_t n);
void smaps_end(struct smaps *s);        /* the last line may have no newline */

#endif
