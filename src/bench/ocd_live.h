/*
 * ocd_live.h - variables of a program, read again and again while it runs. Private to bench/.
 *
 * Layer   bench. The commands are bench_ocd_live_commands of hub.h.
 * How     names are looked up in the ELF file in use; all are read by one script, the next when it
 *         is answered and the time is over: a slow probe is not asked faster than it can. The core
 *         is not halted. A target that cannot be read while it runs says so in each row's why.
 * Told    event "ocd.live" {t, rows} to clients, not to the journal; numbers are gauges too, named
 *         live.NAME.
 * Row     {name, addr, size, type, kind, value?, number?, changed, why?}: value as text.
 */
#ifndef BENCH_OCD_LIVE_H
#define BENCH_OCD_LIVE_H
#include "bench/ocd.h"

enum { OCD_LIVE_MAX = 64, OCD_LIVE_BYTES = 64 };
#define OCD_LIVE_LEAST_NS UINT64_C(20000000)

size_t ocd_live_count(const struct ocd *o);
void   ocd_live_close(struct ocd *o);

#endif
