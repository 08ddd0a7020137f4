/*
 * gauge_chart.h - the history of one gauge, drawn over time with its limits and the throttles.
 *
 * Layer   ui. Pure drawing from the frame of gauge_view.h.
 */
#ifndef UI_GAUGE_CHART_H
#define UI_GAUGE_CHART_H
#include "grid/grid.h"
#include "ui/gauge_throttle.h"

void gauge_chart_draw(struct ui *u, struct grid *g, struct grid_rect r,
    const struct gauge_frame *f, const struct replica_gauge *x);
/* In its place: the throttles of the source `from`, newest first. */
void gauge_chart_events(struct ui *u, struct grid *g, struct grid_rect r,
    const struct gauge_frame *f, const char *from);
/* Change a minute over the last minute of samples; NAN: too few. */
double gauge_slope(const struct gauge_frame *f, const struct replica_gauge *x);

#endif
