/*
 * rule_oom.h - how long until memory is at its limit?
 *
 * Layer   gauge. MemAvailable, and the control group against its limit: the newest value over the
 *         speed of its fall, when that fall is sure (trend.h), beside memory pressure. A level
 *         alone counts too: below 5 % and 2 % available.
 */
#ifndef GAUGE_RULE_OOM_H
#define GAUGE_RULE_OOM_H
#include "gauge/finding.h"

extern const struct rule_ops rule_oom;

#endif
