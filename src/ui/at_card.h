/*
 * at_card.h - AT macros and free AT commands, and the card with the last result.
 *
 * Layer   ui. at_card_open and at_card_answer are declared in parts.h.
 */
#ifndef UI_AT_CARD_H
#define UI_AT_CARD_H
#include "ui/overlay.h"
#include "ui/parts.h"

#endif
