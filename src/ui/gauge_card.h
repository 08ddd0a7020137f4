/*
 * gauge_card.h - the answers to gauge.advise and gauge.rules as a card that can be read and yanked.
 *
 * Layer   ui. An overlay of lines, wrapped to the width it was opened at; y copies them.
 */
#ifndef UI_GAUGE_CARD_H
#define UI_GAUGE_CARD_H
#include "ui/ui_state.h"

/* False: the line is another command, nothing was done. */
bool gauge_card_answer(struct ui *u, const char *line, const json_t *result);

#endif
