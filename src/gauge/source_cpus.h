/*
 * source_cpus.h - which processors are online, and which the scheduler leaves alone.
 *
 * Layer   gauge. /sys/devices/system/cpu/{online,isolated}; looked at every ten seconds: both
 *         change by hand only. isolated is an empty line when nothing is (a
 *         true 0), is absent before Linux 4.2, and does not tell cpuset partitions.
 *         research/gauges.md 1.1.
 */
#ifndef GAUGE_SOURCE_CPUS_H
#define GAUGE_SOURCE_CPUS_H
#include <stdint.h>
#include "gauge/probe.h"
#include "gauge/table.h"

enum { CPUS_ONLINE, CPUS_ISOLATED, CPUS_FILES };

struct cpus {
	struct gauge_table *table;
	struct probe file[CPUS_FILES];
	int gauge[CPUS_FILES];
	uint64_t due;
};

void cpus_init(struct cpus *c, struct gauge_table *t, const struct root *sys);
void cpus_fini(struct cpus *c);
void cpus_sample(struct cpus *c, uint64_t mono);

#endif
