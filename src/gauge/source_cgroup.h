/*
 * source_cgroup.h - the control group of the chosen process: memory against its tightest limit, CPU
 * throttling, OOM kills.
 *
 * Layer   gauge. cgroup v2 and v1 (memory). Reads are short and do not block.
 * Limits  the least memory.max of the group and all its visible ancestors, of memory.high likewise.
 * Source  Documentation/admin-guide/cgroup-v2.rst; research/gauges.md 1.3.
 * Missing a process in the root group has no memory.current; a kernel booted with
 *         cgroup_disable=memory (Raspberry Pi OS) says so with the remedy.
 */
#ifndef GAUGE_SOURCE_CGROUP_H
#define GAUGE_SOURCE_CGROUP_H
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "gauge/probe.h"
#include "gauge/table.h"

struct cgroup;

struct cgroup *cgroup_new(
    struct gauge_table *t, const struct root *proc, const struct root *sys);
void cgroup_free(struct cgroup *c);
/* The files of its group and of those above, a blank before each: a mirror has to have them. */
void cgroup_files(const struct cgroup *c, struct buf *out);
/* The group's folder, NULL before it is known; version 1 or 2. */
const char *cgroup_dir(const struct cgroup *c);
/* Version 1: where the CPU quota of the process stands; NULL: version 2, or not known. */
const char *cgroup_cpu_dir(const struct cgroup *c);
bool cgroup_is_v1(const struct cgroup *c);
void cgroup_sample(struct cgroup *c, pid_t pid, uint64_t mono);

#endif
