/*
 * rule_cross.h - do the files that tell a process's resident memory agree?
 *
 * Layer   gauge. Source: research/gauges.md 1.2 and 3.2: only sources of the same quantity are held
 *         against each other (PSS < RSS < VSS is no difference), by more than 5 %, 2 MiB and what
 *         this kernel's own counters may be off by; the reason is named. The invariants
 *         PSS <= RSS <= VSS and anon + file + shmem = RSS are held too.
 */
#ifndef GAUGE_RULE_CROSS_H
#define GAUGE_RULE_CROSS_H
#include "gauge/finding.h"

extern const struct rule_ops rule_cross;

#endif
