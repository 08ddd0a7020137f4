/*
 * advice_facts.h - gathers what advice.h needs: from the gauges, the process's CPUs, its control
 * groups and what it was started with.
 *
 * Layer   gauge. A few small files, read at once; of another machine from its mirror. What the
 *         process was started with is read in a worker before (source_cross.h).
 */
#ifndef GAUGE_ADVICE_FACTS_H
#define GAUGE_ADVICE_FACTS_H
#include <sys/types.h>
#include "gauge/advice.h"
#include "gauge/probe.h"
#include "gauge/source_cgroup.h"
#include "gauge/table.h"

/* pid 0: no process; live: NAN takes the gauge of the live heap. environ: NUL between, n bytes;
 * NULL: not known. */
struct advice_sources {
	const struct gauge_table *table;
	const struct root *proc, *sys;
	const struct cgroup *cgroup;
	pid_t pid;
	double live;
	const char *environ;
	size_t environ_n;
};

/* MiB available by the gauges alone, for each sample: of the control group or of the machine. */
uint64_t advice_avail_gauged(const struct gauge_table *t);
void advice_facts(const struct advice_sources *s, struct advice_facts *out);

#endif
