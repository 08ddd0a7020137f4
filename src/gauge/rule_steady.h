/*
 * rule_steady.h - has the temperature come to rest under this load, and where will it?
 *
 * Layer   gauge. Source: research/gauges.md 3.2, why a window far shorter than the board's time
 *         constant declares rest 18 degrees too early, and the conditions that mend it.
 * Steady  a full window W, all within the band, |slope| W <= 2 C, the load the same (+-10), and
 *         where a settling curve fits, its end within the band. W is what the user says, else the
 *         time constant once it is known (120 .. 900 s), else 300 s.
 */
#ifndef GAUGE_RULE_STEADY_H
#define GAUGE_RULE_STEADY_H
#include "gauge/finding.h"

extern const struct rule_ops rule_steady;

#endif
