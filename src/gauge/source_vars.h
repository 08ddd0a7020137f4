/*
 * source_vars.h - a program's own numbers as gauges: expvar variables, Prometheus metrics.
 *
 * Layer   gauge. Ids: "requests.ok" (the path in /debug/vars), "http_requests_total{code=200}" (the
 *         labels, without quotes), NAME.p50{...} and NAME.p99{...} of a histogram over 60 s.
 * Rates   Prometheus counters and histogram counts are told by the second; an expvar variable is
 *         told as it stands, or by the second when the choice says so.
 * Choice  globs with commas between: "requests.*,db_*{pool=main}"; one of its name (labels or not),
 *         or its id; a "/s" behind makes a rate. Without a choice the first VARS_FREE come by
 *         themselves, sums and times of creation not; how many were left out is told.
 */
#ifndef GAUGE_SOURCE_VARS_H
#define GAUGE_SOURCE_VARS_H
#include <stdbool.h>
#include <stdint.h>
#include "gauge/prom_scan.h"
#include "gauge/table.h"

enum { VARS_MAX = 128, VARS_FREE = 32, VARS_HISTOGRAMS = 16 };

struct vars;

struct vars *vars_new(struct gauge_table *t, const char *choice);       /* choice: NULL, or globs */
void vars_free(struct vars *s);
void vars_begin(struct vars *s);
void vars_expvar(struct vars *s, const char *path, double v);
void vars_prometheus(struct vars *s, const struct prom_sample *p);
void vars_take(struct vars *s, uint64_t mono);
void vars_forget(struct vars *s);       /* another program, or a gap: rates start anew */
unsigned vars_left_out(const struct vars *s);   /* in the last reading, for want of a choice */

bool vars_chosen(const char *choice, const char *name);
/* '*' any text, '?' one byte. */
bool vars_glob(const char *glob, size_t n, struct slice text);

#endif
