/*
 * rules.h - thresholds with a hold time: samples in, alarms out.
 *
 * Layer   gauge. A value at or over warn (crit) for `hold_ns` raises an alarm
 *         (at or under, where def.below says so); it ends when the
 *         value has been under warn by the slack (2 C, else 3 % of the limit) for as long. A gap
 *         neither raises nor ends one.
 * Owns    one state per gauge, by index of the table.
 */
#ifndef GAUGE_RULES_H
#define GAUGE_RULES_H
#include <stddef.h>
#include <stdint.h>
#include "gauge/gauge.h"
#include "gauge/table.h"

typedef void (*rules_cb)(void *arg, const struct gauge_alarm *a);

struct rule_state {
	enum gauge_level level;         /* in force */
	bool over[GAUGE_CRIT + 1];      /* of each level: the samples ask for it, or not, */
	uint64_t since[GAUGE_CRIT + 1]; /* since then */
};

struct rules {
	struct rule_state *state;
	size_t n;
	size_t *watched, watch_n;       /* those with limits, or over one */
	uint64_t hold_ns;
};

void rules_init(struct rules *r, uint64_t hold_ns);
void rules_fini(struct rules *r);
/* Definitions have changed: limits are looked for anew. */
void rules_defs(struct rules *r, const struct gauge_table *t);
void rules_check(
    struct rules *r, const struct gauge_table *t, uint64_t now, rules_cb cb, void *arg);
/* "71.5 C", "1.2G", "44 %": as rules and tables show a value. */
void rules_value(char *out, size_t size, double v, const char *unit);

#endif
