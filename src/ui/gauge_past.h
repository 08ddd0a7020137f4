/*
 * gauge_past.h - history from before the samples that the viewer has: the bench's slices of 10 s
 * and of a minute (gauge/tiers.h), asked for as columns when the chart's span reaches so far.
 *
 * Layer   ui. The answer of gauge.past is kept in struct gauge_view until the next one.
 * Asked   for a few columns more than are shown, on borders that stay put: so once in five minutes
 *         at most while a long span is shown, never else.
 */
#ifndef UI_GAUGE_PAST_H
#define UI_GAUGE_PAST_H
#include "ui/gauge_view.h"

/* Asks for what window w shows from before the samples of f. */
void gauge_past_want(struct ui *u, const struct gauge_frame *f, const struct gauge_window *w);
/* Into the columns that lie before the samples; the others stay. */
void gauge_past_fill(struct ui *u, const struct gauge_frame *f, const struct gauge_window *w,
    const struct replica_gauge *g, double *out);
/* The most of the slice in which t lies; NAN: none. */
double gauge_past_at(const struct ui *u, const struct replica_gauge *g, uint64_t t);
/* Widens lo and hi (NAN: none yet) by what lies before the samples; false: there is nothing.
 * mean may be NULL. */
bool gauge_past_bounds(const struct ui *u, const struct gauge_frame *f,
    const struct replica_gauge *g, double *lo, double *hi, double *mean);
/* How far back the bench can tell. */
uint64_t gauge_past_kept(const struct ui *u);
void gauge_past_fini(struct gauge_view *v);

#endif
