/*
 * rule_leak.h - does the anonymous memory of a process go on growing?
 *
 * Layer   gauge. The window in 12 parts, the least RssAnon of each (the floor of a garbage
 *         collector's sawtooth), the drift of the floors with its error of 99 % (trend.h).
 * Leaking the lower end of the drift is above 0, three of four parts rise, the second half grows
 *         at least 0.6 times as fast as the first (a warm-up flattens), the growth is at least 1 %
 *         and 512 KiB over the window; and that for half of the window.
 */
#ifndef GAUGE_RULE_LEAK_H
#define GAUGE_RULE_LEAK_H
#include "gauge/finding.h"

extern const struct rule_ops rule_leak;

#endif
