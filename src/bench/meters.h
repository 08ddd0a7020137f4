/*
 * meters.h - gauges out of console lines: what decoders measure, `name=value` (gauge.plot), and the
 * user's own patterns (gauge.pattern). Private to bench/.
 *
 * Layer   bench. Owned by the bench.
 * Cost    METERS_LINES lines of a console in METERS_WINDOW_NS are looked at; in a flood the rest is
 *         not. Names are bounded by the gauge set (gauge/source_given.h).
 */
#ifndef BENCH_METERS_H
#define BENCH_METERS_H
#include "bench/follow.h"

enum { METERS_LINES = 200, METERS_PATTERNS = 32 };
#define METERS_OF_BOARD UINT32_MAX              /* goes with the board profile in use */
#define METERS_WINDOW_NS UINT64_C(100000000)
#define METERS_PAUSES_NS INT64_C(60000000000)   /* quantiles of GC pauses are of so long */

void meters_open(struct bench *b);
void meters_close(struct bench *b);
void meters_line(struct follow *f, const struct follow_line *l);
void meters_value(void *follow, const char *name, double value, const char *unit);
/* args: { pattern, literal?, unit?, console? }; the same name again replaces it. A literal text is
 * what stands before the number. owner: a client, METERS_OF_BOARD, or 0. */
enum err meters_add(struct bench *b, const char *name, const json_t *args, uint32_t owner,
    struct err_msg *why);
/* Patterns that go with their owner, and their gauges. */
void meters_forget(struct bench *b, uint32_t owner);
void meters_console_gone(struct follow *f);

extern const struct command bench_meter_commands[];

#endif
