/*
 * gauge_throttle.h - when and why the board ran slower than it can, as the samples tell it.
 *
 * Layer   ui. Pure. A throttle is a run of samples in which a cooling device of a CPU is in force,
 *         a policy's scaling_max_freq is below what the CPU can, or a Raspberry Pi's firmware says
 *         so. A falling clock alone is none: the governor does that too.
 * Bracket the board was well at `t_low` C and throttled at `t_high` C, the hottest sensor of the
 *         last good and the first capped sample (NAN: no thermometer).
 */
#ifndef UI_GAUGE_THROTTLE_H
#define UI_GAUGE_THROTTLE_H
#include "ui/gauge_view.h"

struct gauge_throttle {
	uint64_t from, to;              /* to 0: it is still in force */
	double t_low, t_high;
	double clock, full;             /* Hz of the policy that fell most; NAN: not known */
	char cause[64];
	bool power;                     /* under-voltage: no matter of heat */
	bool began_before;              /* already there in the first sample */
};

/* Of the machine `from`. Oldest first, the newest `max`; returns how many. */
size_t gauge_throttles(const struct gauge_frame *f, const char *from, struct gauge_throttle *out,
    size_t max);
/* "capped 13:02:11 at 79.0-80.1 C (2:03): throttle cpufreq-cpu0, 1200 of 1800 MHz" */
void gauge_throttle_text(const struct ui *u, const struct gauge_throttle *x, char *out,
    size_t size);

#endif
