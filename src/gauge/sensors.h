/*
 * sensors.h - all sensors of a machine: found in a worker, read in a worker, with a deadline.
 *
 * Layer   gauge. A sensor whose read hangs keeps its thread; it is marked missing, the others are
 *         read in a fresh round, and it comes back when its read returns. At most
 *         SENSORS_LOST_MAX threads may hang at once. A search that hangs is begun anew without
 *         the folder it hung in, which is told as a gauge that is missing.
 * Slow    a file that costs more than 0.5 ms is read only every 200 times its cost, and its last
 *         value stands meanwhile.
 * Owns    its sensors. sensors_free() may be called with reads under way: they end in the loop,
 *         later.
 */
#ifndef GAUGE_SENSORS_H
#define GAUGE_SENSORS_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "gauge/probe.h"
#include "gauge/table.h"
#include "loop/loop.h"

enum { SENSORS_LOST_MAX = 2 };          /* of libuv's four threads; searches count */

struct sensors;
/* A round that sensors_start() began is over: the table holds its values. */
typedef void (*sensors_cb)(void *arg);

/* Files of a mirror are read at once, in the loop: nothing there can hang. */
struct sensors *sensors_new(struct loop *loop, struct gauge_table *t, const struct root *sys,
                            sensors_cb done, void *arg);
void sensors_free(struct sensors *s);
/* Begins a round, unless one runs; done() follows within the deadline. */
void sensors_start(struct sensors *s, uint64_t mono, uint64_t deadline_ns);
void sensors_rescan(struct sensors *s);
bool sensors_scanned(const struct sensors *s);  /* the first search is over */
/* What a board has to tell in its samples besides the usual (remote.h), each with a blank before
 * it; on a slow wire without what is long. */
void sensors_files(const struct sensors *s, bool slow_wire, struct buf *out);
/* Threads that hang in a driver now. Ending the process with one hanging takes _Exit(). */
unsigned sensors_hanging(const struct sensors *s);

#endif
