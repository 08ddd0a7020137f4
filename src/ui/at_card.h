/*
 * at_card.h - AT macros, free AT commands; the card with the last result is at_result.
 *
 * Layer   ui.
 */
#ifndef UI_AT_CARD_H
#define UI_AT_CARD_H
#include "ui/ui_state.h"

void at_card_open(struct ui *u);

#endif
