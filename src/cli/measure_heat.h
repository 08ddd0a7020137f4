/*
 * measure_heat.h - temperature, clock and throttling of a board while it is heated.
 *
 * Layer   cli. Watches the gauges of the board (gauge/set.h) on a link of their own.
 * Rest    all temperatures of the window within 4 C (plus or minus 2), and the line through them
 *         rising or falling by at most 2 C over it (research/gauges.md 3.2).
 * Bracket the hottest sensor in the last sample before, and in the first one with a cause: a
 *         cooling device in force, a capped policy, a word of the firmware.
 */
#ifndef CLI_MEASURE_HEAT_H
#define CLI_MEASURE_HEAT_H
#include "cli/measure_run.h"

struct heat;

enum err heat_open(struct measure_loop *l, const char *spec, const char *sys_root,
    struct heat **out, struct err_msg *why);
void heat_close(struct heat *h);                        /* NULL is fine */
double heat_now(const struct heat *h);                  /* C; NAN: no thermometer */
const char *heat_missing(const struct heat *h);         /* why there is none; "" */
/* From now on; the samples before do not count. */
void heat_begin(struct heat *h);
/* Waits until the temperature rests, or `most` is over. */
enum err heat_wait(struct heat *h, uint64_t window, uint64_t most, bool *at_rest,
    struct err_msg *why);
/* What was seen since heat_begin() goes into the row. */
void heat_tell(const struct heat *h, struct measure_row *r);

#endif
