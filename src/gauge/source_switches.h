/*
 * source_switches.h - how often the chosen process gives a processor up, and how often one is taken
 * from it: context switches a second, of all its threads.
 *
 * Layer   gauge. /proc/PID/status counts its first thread only, so task/TID/status of each is read;
 *         threads are matched by number, so one that ends makes no negative rate. Above
 *         SWITCHES_THREADS only the first thread is counted, and the source says so.
 * Board   the sampler there adds them up every 10 s (remote.h): /vise/threads.
 * Cost    about 10 us for each thread; at most every 0.9 s, and every 200 times
 *         the last cost.
 */
#ifndef GAUGE_SOURCE_SWITCHES_H
#define GAUGE_SOURCE_SWITCHES_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "gauge/probe.h"
#include "gauge/table.h"

enum { SWITCHES_THREADS = 128, SWITCHES_VOLUNTARY = 0, SWITCHES_INVOLUNTARY, SWITCHES_GAUGES };

struct switches;

struct switches *switches_new(struct gauge_table *t, const struct root *proc);
void switches_free(struct switches *s);
/* pid 0: no process. threads: how many it has, NAN when not known; `clock` as of
 * process_sample(). */
void switches_sample(struct switches *s, pid_t pid, double threads, uint64_t clock);

#endif
