/*
 * sensor_value.h - what one reading of a sensor means: a value in the table, or why there is none.
 *
 * Layer   gauge. Runs in the loop's thread. What a driver says is not believed out of its range:
 *         a clock of 0, a state above its maximum, a negative count.
 */
#ifndef GAUGE_SENSOR_VALUE_H
#define GAUGE_SENSOR_VALUE_H
#include <stdint.h>
#include "gauge/sensor.h"
#include "gauge/table.h"

void sensor_put(struct gauge_table *t, struct sensor *s, uint64_t mono);

#endif
