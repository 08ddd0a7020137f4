/*
 * source_freq.h - cpufreq policies: the frequency asked for, its mean, how far a policy is held
 * back, and how often the processor throttled itself.
 *
 * Layer   gauge. Runs in a worker. Source: Documentation/admin-guide/pm/cpufreq.rst.
 *         scaling_cur_freq is the last request rather than the clock, and firmware throttling
 *         does not show in it: the source text says so. The mean is cpuinfo_avg_freq, which the
 *         hardware counts (Linux 6.15), or time_in_state, which counts requests. Throttle counters
 *         are those of x86: cpuN/thermal_throttle (Documentation/ABI, sysfs-devices-system-cpu).
 */
#ifndef GAUGE_SOURCE_FREQ_H
#define GAUGE_SOURCE_FREQ_H
#include "gauge/sensor.h"

/* Shown, and shown with mean and counters: a server has a policy for each CPU. */
enum { FREQ_POLICIES = 16, FREQ_DETAILED = 8 };

void freq_scan(const struct root *sys, struct sensor_list *out);

#endif
