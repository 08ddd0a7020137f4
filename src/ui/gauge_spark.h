/*
 * gauge_spark.h - one gauge as a row of columns over the span of the chart.
 *
 * Layer   ui. Pure drawing. Temperatures stand on a fixed scale from 20 C to the highest trip,
 *         what has a maximum on one up to it, the rest on its own. Of clocks and temperatures the
 *         columns in which a throttle began and ended are marked instead of drawn: the board was
 *         held back from ^ (or a triangle) on, and let go at v.
 */
#ifndef UI_GAUGE_SPARK_H
#define UI_GAUGE_SPARK_H
#include "grid/grid.h"
#include "ui/gauge_view.h"

void gauge_spark(struct ui *u, struct grid *g, int row, int col, int cols,
    const struct gauge_frame *f, const struct replica_gauge *x, bool stale);
bool gauge_unicode(const struct ui *u);

#endif
