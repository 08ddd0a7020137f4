/*
 * source_cross.h - the resident memory of the chosen process by every file that tells it, at one
 * moment: what the rule "cross" judges.
 *
 * Layer   gauge. Reads status, smaps_rollup, status again, statm and stat in a worker, every 30 s
 *         and every 200 times its own cost, without smaps_rollup for a process so large that the
 *         walk stalls it (source_pss.h); and what it was started with. Of another
 *         machine: what its mirror holds, whenever a new rollup came.
 *         The page size of the machine follows from statm and VmSize: 4, 16 or 64 KiB.
 */
#ifndef GAUGE_SOURCE_CROSS_H
#define GAUGE_SOURCE_CROSS_H
#include <sys/types.h>
#include "gauge/finding.h"
#include "gauge/probe.h"
#include "loop/loop.h"

struct cross_source;

struct cross_source *cross_new(struct loop *l, const struct root *proc);
void cross_free(struct cross_source *c);
/* kernel: "6.1.21", of a board; "": this machine's own is read. cpus: how many it has. */
void cross_sample(struct cross_source *c, pid_t pid, double anon, const char *kernel, unsigned cpus,
    uint64_t mono);
/* NULL: no process. */
const struct rule_memory *cross_memory(const struct cross_source *c);
/* What the process was started with, NUL between; NULL: not known (yet, or of a board). */
const char *cross_environ(const struct cross_source *c, size_t *n);
/* From the texts of one moment; pure. Any may be "". */
void cross_parse(const char *status_before, const char *rollup, const char *status_after,
    const char *statm, const char *stat, struct rule_memory *out);

#endif
