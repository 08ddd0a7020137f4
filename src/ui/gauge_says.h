/*
 * gauge_says.h - what the bench's rules say about the gauges, on screen.
 *
 * Layer   ui. Pure drawing from replica->gauge_rules, the answer of gauge.rules or its event.
 */
#ifndef UI_GAUGE_SAYS_H
#define UI_GAUGE_SAYS_H
#include "grid/grid.h"
#include "ui/ui_state.h"

/* Asks the bench; the answer is kept, also when there is none. */
void gauge_says_ask(struct ui *u);
/* True: it was for us. */
bool gauge_says_answer(struct ui *u, const char *line, const json_t *result);
/* "settling: 61.4 C, about 72 C": of the rule that has most to say; NULL: none has. */
const char *gauge_says(const struct ui *u, const char *gauge);
/* The gravest of all that is a warning or worse, NULL: there is none. */
const char *gauge_says_gravest(const struct ui *u, uint32_t *style);
/* A row for each finding, the gravest first; returns how many rows were taken. */
int gauge_says_draw(struct ui *u, struct grid *g, struct grid_rect r);

#endif
