/*
 * source_freq.h - cpufreq policies: the frequency asked for, and how far a policy is held back.
 *
 * Layer   gauge. Runs in a worker. Source: Documentation/admin-guide/pm/cpufreq.rst.
 *         scaling_cur_freq is the last request rather than the clock, and firmware throttling
 *         does not show in it: the source text says so.
 */
#ifndef GAUGE_SOURCE_FREQ_H
#define GAUGE_SOURCE_FREQ_H
#include "gauge/sensor.h"

enum { FREQ_POLICIES = 16 };            /* shown; a server has one for each CPU */

void freq_scan(const struct root *sys, struct sensor_list *out);

#endif
