/*
 * rule_throttle.h - where heat or power begins to hold the clock back.
 *
 * Layer   gauge. Source: research/gauges.md 3.2: busy >= 80 %, a fall >= 5 % below the best seen at
 *         this load for 3 samples, a cause; the frequency alone is only suspected; under-voltage is
 *         no thermal point.
 * Says    a bracket: the temperature of the last good sample to that of the first capped one, and
 *         where it was let go. The clock is the firmware's (freq.arm) where there is one: cpufreq
 *         does not show what a Raspberry Pi's firmware does.
 * CPUs    policyN holds CPU N up to the next policy's number.
 */
#ifndef GAUGE_RULE_THROTTLE_H
#define GAUGE_RULE_THROTTLE_H
#include "gauge/finding.h"

extern const struct rule_ops rule_throttle;

#endif
