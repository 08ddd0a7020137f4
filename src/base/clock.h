/*
 * clock.h - units of time and their text; reading a clock is sys/time.h's work.
 *
 * Layer   base. Times are nanoseconds in uint64_t; "mono" never jumps, "wall" is since 1970
 *         UTC.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
#include <stddef.h>
#include <stdint.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

/* "[   12.031]"-style seconds since start, "14:03:07", "2026-11-21T14:03:07.123Z", "1.3 s"/"38
 * ms"/"8 min". */
void clock_fmt_since(uint64_t ns, char *out, size_t size);
void clock_fmt_hms(uint64_t wall_ns, char *out, size_t size);       /* local time */
void clock_fmt_iso(uint64_t wall_ns, char *out, size_t size);       /* UTC */
void clock_fmt_span(uint64_t ns, char *out, size_t size);
/* "812", "1.2K", "6.5M": at most 5 columns, binary units. */
void bytes_fmt_short(int64_t bytes, char *out, size_t size);

#endif
