/*
 * source_thermal.h - thermal zones, hwmon temperatures and cooling devices: finding them, and
 * judging what they say.
 *
 * Layer   gauge. thermal_scan() reads files and runs in a worker; thermal_judge() is pure.
 * Source  Documentation/driver-api/thermal/sysfs-api.rst,
 *         Documentation/hwmon/sysfs-interface.rst; the errors and lies of research/gauges.md 1.4,
 *         each a row of the test.
 */
#ifndef GAUGE_SOURCE_THERMAL_H
#define GAUGE_SOURCE_THERMAL_H
#include <stddef.h>
#include <stdint.h>
#include "gauge/sensor.h"

void thermal_scan(const struct root *sys, struct sensor_list *out);

/* The value in degrees, or NAN and the reason in `why`. Remembers what it needs in *past. */
double thermal_judge(const struct sensor_reading *r, const char *type, struct sensor_past *past,
                     uint64_t mono, char *why, size_t size);

#endif
