/*
 * json.h - gauges in the words of the bench's protocol. The functions are those of set.h.
 *
 * Layer   gauge. GAUGE {id, group, name, unit, min?, max?, warn?, crit?, trips?:[{type,temp}],
 *         source, missing?}
 */
#ifndef GAUGE_JSON_H
#define GAUGE_JSON_H
#include "core/json.h"
#include "gauge/gauge.h"

json_t *gauge_json_def(const struct gauge_def *d);

#endif
