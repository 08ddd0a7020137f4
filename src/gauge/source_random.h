/*
 * source_random.h - whether random numbers are ready, and the old kernels' estimate of their pool.
 *
 * Layer   gauge. sys.random is 1 when programs get random bytes without waiting, 0 while they wait.
 * Meaning of /proc/sys/kernel/random/entropy_avail by poolsize, not by version, because the new
 *         driver (5.17, 5.18) was carried back to 4.9 and later: a pool of 256 bits counts up to
 *         256 once and stays: ready or not, no gauge. An older pool (4096 bits, 128 words before
 *         that) is an estimate that falls and rises: sys.entropy; it says nothing of readiness,
 *         which this machine tells by getrandom(2), a board of such a kernel does not.
 *         research/gauges.md 1.1.
 * Cost    once ready it stays ready: with the new pool nothing is read any more.
 */
#ifndef GAUGE_SOURCE_RANDOM_H
#define GAUGE_SOURCE_RANDOM_H
#include <stdbool.h>
#include "base/buf.h"
#include "gauge/probe.h"
#include "gauge/table.h"

struct random {
	struct gauge_table *table;
	struct probe avail;
	struct root root;
	char *dir;
	bool settled;                   /* ready, and no estimate to show */
	bool here;                      /* this machine: it can be asked */
	int ready, entropy;             /* gauges; entropy -1 while there is none */
	int64_t pool;                   /* bits; 0: not known yet */
};

void random_init(struct random *r, struct gauge_table *t, const struct root *proc);
void random_fini(struct random *r);
void random_sample(struct random *r);
/* What a board has to tell in its next sample, each with a blank before it. */
void random_files(const struct random *r, struct buf *out);

#endif
