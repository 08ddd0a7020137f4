/*
 * gauge_rules.h - what the gauges' rules say, and the alarms of rules and limits: commands, events,
 * and a list that can be waited for. Private to bench/.
 *
 * Layer   bench. Events: "gauge.alarm" {id, level, gauge, rule, value, text} beside the notice of
 *         the same text; "gauge.rules" {rules} when a verdict changed.
 * Wait    gauge.alarms after=ID wait=10s answers when there is one behind ID, or when the time is
 *         over: what Lua's vise.gauge.on_alarm() stands on. ALARMS_KEPT are kept.
 */
#ifndef BENCH_GAUGE_RULES_H
#define BENCH_GAUGE_RULES_H
#include "bench/hub.h"
#include "gauge/gauge.h"

enum { ALARMS_KEPT = 200, ALARMS_WAITING = 16 };

struct gauge_rules *gauge_rules_new(struct bench *b);
void gauge_rules_free(struct gauge_rules *r);   /* those that wait are answered */
void gauge_rules_alarm(struct bench *b, const struct gauge_alarm *a);
/* After each sample: tells viewers when a verdict has changed. */
void gauge_rules_sample(struct bench *b);

extern const struct command bench_gauge_rule_commands[];

#endif
