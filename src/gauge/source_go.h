/*
 * source_go.h - what a Go program's runtime says of itself: live heap, goal, GC pauses, its share
 * of the CPU, goroutines, threads.
 *
 * Layer   gauge. Numbers come by the names of /debug/vars (memstats, and runtime/metrics that a
 *         program publishes there) or of Prometheus (the Go collectors of client_golang); both fill
 *         the same gauges, under the ids that gctrace and schedtrace have (text/decode_gotrace.h).
 * Live    the heap that the last collection left. Exact where the program tells it
 *         (/gc/heap/live:bytes, Go 1.21); else the least HeapAlloc of the last two cycles and 10 s,
 *         which is above it by what was allocated since (research/gauges.md 3.2).
 * Pauses  over GO_WINDOW_NS. memstats keeps the last 256 collections, each the sum of its pauses,
 *         with the time of its end by the program's clock; go_gc_pauses_seconds (Prometheus) counts
 *         single pauses in buckets; go_gc_duration_seconds tells a sum only, exact while at most
 *         one collection falls between two samples.
 * Source  runtime.MemStats, runtime/metrics; prometheus/client_golang collectors.
 */
#ifndef GAUGE_SOURCE_GO_H
#define GAUGE_SOURCE_GO_H
#include <stdbool.h>
#include <stdint.h>
#include "gauge/prom_scan.h"
#include "gauge/table.h"

#define GO_WINDOW_NS INT64_C(60000000000)

struct go;

struct go *go_new(struct gauge_table *t);
void go_free(struct go *g);
/* A reading: begin, what came in any order, then take it over; or begin again. */
void go_begin(struct go *g);
/* False: not the runtime's. */
bool go_expvar(struct go *g, const char *path, double v);
bool go_prometheus(struct go *g, const struct prom_sample *s);
/* mono: ours; wall: the program's clock in seconds, 0: not known. True: the program was started
 * again since the reading before. */
bool go_take(struct go *g, uint64_t mono, uint64_t wall);
void go_gap(struct go *g);              /* nothing came this time: differences start anew */

#endif
