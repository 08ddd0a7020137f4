/*
 * source_hwmon.h - what hwmon has besides temperatures: fans, power, and a Raspberry Pi's alarm for
 * a voltage that is too low.
 *
 * Layer   gauge. Runs in a worker. Documentation/hwmon/sysfs-interface.rst: rpm, microwatt. The
 *         chip rpi_volt has in0_lcrit_alarm, which its driver asks for and clears every 2 s: 1 says
 *         "within the last 2 s" (research/gauges.md 1.5). Beside it stands what vcgencmd tells
 *         (source_firmware.h).
 */
#ifndef GAUGE_SOURCE_HWMON_H
#define GAUGE_SOURCE_HWMON_H
#include "gauge/sensor.h"

void hwmon_scan(const struct root *sys, struct sensor_list *out);

#endif
