/*
 * source_firmware.h - what a Raspberry Pi's firmware tells and the kernel does not: under-voltage,
 * capping, throttling, and the clock the cores really have.
 *
 * Layer   gauge. Reads a mirror in which the sampler put the answers of `vcgencmd get_throttled`
 *         and `vcgencmd measure_clock arm` (remote.h); without them there are no such gauges.
 * Bits    0 under-voltage, 1 frequency capped, 2 throttled, 3 soft temperature limit, now; the same
 *         from bit 16: since boot. Source: the firmware's documentation; research/gauges.md 1.5.
 */
#ifndef GAUGE_SOURCE_FIRMWARE_H
#define GAUGE_SOURCE_FIRMWARE_H
#include "gauge/probe.h"
#include "gauge/table.h"

enum { FIRMWARE_BITS = 4 };

struct firmware {
	struct gauge_table *table;
	const struct mirror *mirror;    /* NULL: this machine; nothing is told */
	bool added;
	int bit[FIRMWARE_BITS], clock;
};

void firmware_init(struct firmware *f, struct gauge_table *t, const struct mirror *m);
void firmware_sample(struct firmware *f);

#endif
