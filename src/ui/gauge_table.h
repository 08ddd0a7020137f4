/*
 * gauge_table.h - the zoomed board pane: a row for each gauge, and the chart of the chosen one.
 *
 * Layer   ui. Pure drawing; u->board_row is the chosen row of gauge_table_rows().
 */
#ifndef UI_GAUGE_TABLE_H
#define UI_GAUGE_TABLE_H
#include "grid/grid.h"
#include "ui/gauge_view.h"

/* The gauges that have a row, in order; at most LIMIT_GAUGES. */
size_t gauge_table_rows(const struct ui *u, const struct gauge_frame *f,
    const struct replica_gauge **out);
/* The chosen one; NULL: there is none. */
const struct replica_gauge *gauge_table_chosen(const struct ui *u, const struct gauge_frame *f);
void gauge_table_draw(struct ui *u, struct grid *g, struct grid_rect r, bool stale);

#endif
