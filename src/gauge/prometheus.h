/*
 * prometheus.h - a gauge set as Prometheus text (exposition format 0.0.4).
 *
 * Layer   gauge. "mem.used" in bytes is vise_mem_used_bytes; what there are several of has a label:
 *         vise_temp_celsius{sensor="soc"}, vise_cpu_percent{cpu="0"}. A missing gauge is left out,
 *         as Prometheus expects; vise_gauges_missing counts them, vise_up says whether a board
 *         answers. A further source has a label too: {source="pi4"}. Labels of a program's
 *         own metric are one: "queue{of=in}" is vise_queue{labels="of=in"}.
 * Source  prometheus.io/docs/instrumenting/exposition_formats, .../practices/naming.
 */
#ifndef GAUGE_PROMETHEUS_H
#define GAUGE_PROMETHEUS_H
#include "base/buf.h"
#include "gauge/set.h"

enum err gauge_set_prometheus(const struct gauge_set *g, struct buf *out);

#endif
