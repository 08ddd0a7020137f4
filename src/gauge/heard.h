/*
 * heard.h - gauges out of the lines that a program or a board prints: gctrace, scavtrace and
 * schedtrace as Go writes them, and `name=value` where it is chosen.
 *
 * Layer   gauge. Reads only, never writes. Decoders are text/decode.h's, numbers with names
 *         text/values.h's. A bench has the same of its own consoles (bench/meters.h); this is for a
 *         set without a bench.
 * Specs   "lines:" and what transport.h takes, with @BAUD behind a port: lines:/dev/ttyUSB0@115200,
 *         lines:tcp:HOST:PORT, "lines:exec:env GODEBUG=gctrace=1 ./api".
 * Values  stand for a minute (source_given.h), then there is a gap; pauses have p50, p99, max over
 *         a minute. A wire that is lost is opened again after 1 s, then later, at most 30.
 * Bounds  HEARD_LINES lines in HEARD_WINDOW_NS are looked at, the rest of a flood is not.
 */
#ifndef GAUGE_HEARD_H
#define GAUGE_HEARD_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "gauge/table.h"
#include "loop/loop.h"

enum { HEARD_LINES = 200 };
#define HEARD_WINDOW_NS UINT64_C(100000000)

struct heard;

bool heard_is(const char *spec);
enum err heard_check(const char *spec, struct err_msg *why);
/* choice: NULL: only what decoders find; else also these numbers with names (source_vars.h). */
struct heard *heard_new(struct loop *l, struct gauge_table *t, const char *spec,
    const char *choice);
void heard_free(struct heard *h);
/* The newest values into the table. Why there are none to come, NULL while the wire holds. */
const struct err_msg *heard_sample(struct heard *h, uint64_t mono);

#endif
