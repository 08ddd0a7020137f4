/*
 * source_pss.h - PSS and USS of the chosen process: its pages, shared ones by share.
 *
 * Layer   gauge. /proc/PID/smaps_rollup walks every page of the process and holds its memory lock
 *         meanwhile, so it is read in a worker, at most every PSS_EVERY and every 200 times its own
 *         cost, and not at all for a process so large that the walk would stall it for 5 ms
 *         (research/gauges.md 1.2, 6.3). Between reads the last value stands. A kernel before 4.14
 *         has no rollup: its smaps is added up, mapping by mapping, where a board tells it by
 *         the board (remote.h).
 * Errors  a reason in words: another user's process (EACCES), no such file, a kernel thread, a read
 *         that hangs.
 */
#ifndef GAUGE_SOURCE_PSS_H
#define GAUGE_SOURCE_PSS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "gauge/probe.h"
#include "gauge/procfs.h"
#include "gauge/table.h"
#include "loop/loop.h"

struct pss;

/* Above this much anonymous memory the walk takes longer than 5 ms: 4 KiB pages of 85 ns each. */
#define PSS_ANON_MAX (UINT64_C(240) << 20)

struct pss *pss_new(struct loop *l, struct gauge_table *t, const struct root *proc);
void pss_free(struct pss *p);
/* pid 0: no process. anon: its RssAnon in bytes, NAN when not known. */
void pss_sample(struct pss *p, pid_t pid, double anon, uint64_t mono);

bool pss_hanging(const struct pss *p);  /* a thread waits in the kernel for more than 2 s */

/* The sums of all mappings in DIR/smaps, kB, -1 untold: 0 or an errno. Slow: for a worker. */
int pss_add_up(const char *dir, int64_t kb[ROLLUP_FIELDS]);

#endif
