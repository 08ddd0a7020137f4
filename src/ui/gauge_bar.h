/*
 * gauge_bar.h - the bar of one gauge: memory split by what holds it, temperatures with their trips.
 *
 * Layer   ui. Pure drawing.
 * Memory  [####==::::...|] # what nobody can have back, = buffers, : cache, . free, | the limit:
 *         as htop splits it, while the number beside it is what is available.
 * Trips   a ' where the board has a trip point, | at the lowest limit.
 */
#ifndef UI_GAUGE_BAR_H
#define UI_GAUGE_BAR_H
#include "grid/grid.h"
#include "ui/gauge_view.h"

/* The bar of x at value v; its samples are those of f. */
void gauge_bar(struct ui *u, struct grid *g, int row, int col, int width,
    const struct gauge_frame *f, const struct replica_gauge *x, double v, bool stale);
/* The gauge of this name on the same machine, NULL: none, or it is missing. */
const struct replica_gauge *gauge_of(const struct gauge_frame *f, const char *from,
    const char *base_id);

#endif
