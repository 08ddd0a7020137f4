/*
 * source_zram.h - swap in compressed memory: what it holds, and what of the RAM it takes.
 *
 * Layer   gauge. /sys/block/zramN/mm_stat (Linux 4.1), all devices together. Gauges come with the
 *         first device. research/gauges.md 1.1: mem_used is part of the RAM, not of the swap.
 */
#ifndef GAUGE_SOURCE_ZRAM_H
#define GAUGE_SOURCE_ZRAM_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "gauge/probe.h"
#include "gauge/table.h"

enum { ZRAM_MAX = 16, ZRAM_USED = 0, ZRAM_ORIG, ZRAM_RATIO, ZRAM_GAUGES };

struct zram {
	struct gauge_table *table;
	struct root root;               /* its path is owned */
	char *path, *dir;
	struct probe file[ZRAM_MAX];
	unsigned n;
	bool added;
	int gauge[ZRAM_GAUGES];
	uint64_t due;                   /* devices are looked for again */
};

void zram_init(struct zram *z, struct gauge_table *t, const struct root *sys);
void zram_fini(struct zram *z);
void zram_sample(struct zram *z, uint64_t mono);
/* What a board has to tell in its samples, each with a blank before it. */
void zram_files(const struct zram *z, struct buf *out);

#endif
