/*
 * source_local.h - the machine Vise runs on: memory, load, CPUs, pressure, uptime, zram,
 * random numbers. Reads that do not block.
 *
 * Layer   gauge. Owns its descriptors; fills the table it is given, which must outlive it.
 * Roots   proc_root "/proc" keeps descriptors; any other is a tree of plain files and is opened
 *         anew each time.
 */
#ifndef GAUGE_SOURCE_LOCAL_H
#define GAUGE_SOURCE_LOCAL_H
#include <stdint.h>
#include "base/buf.h"
#include "gauge/probe.h"
#include "gauge/table.h"

struct local;

struct local *local_new(
    struct gauge_table *t, const struct root *proc, const struct root *sys);
void local_free(struct local *l);
/* One sample at `mono`. The first gives no CPU and pressure figures: they are differences. */
void local_sample(struct local *l, uint64_t mono);
/* What a board has to tell for it besides the usual (remote.h), each with a blank before it. */
void local_files(const struct local *l, struct buf *out);

#endif
