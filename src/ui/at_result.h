/*
 * at_result.h - the last AT answer or macro run as a card: fields with units, steps while it runs,
 * the raw exchange on a key, the values before.
 *
 * Layer   ui. The state is ui->at; at_result_fini ends it. Draws into any rectangle from 5 rows.
 */
#ifndef UI_AT_RESULT_H
#define UI_AT_RESULT_H
#include "ui/ui_state.h"

/* Events at, at.begin, at.progress and macro. */
void at_result_news(struct ui *u, const struct replica_news *n);
void at_result_fini(struct ui_at_result *a);
/* The answer to macro.record: what was written is shown. False: the line is another. */
bool at_result_review(struct ui *u, const char *line, const json_t *result);
bool at_result_running(const struct ui *u);
void at_result_draw(struct ui *u, struct grid *g, struct grid_rect r);
void at_result_yank(struct ui *u);
void at_result_repeat(struct ui *u);

#endif
