/*
 * debug_card.h - the debugged core on the screen: its state, live variables, and the last answer of
 * an ocd.* command in words, with a key for each of them.
 *
 * Layer   ui. An overlay; what it shows stands in struct ui (debug_card_free), so that a question
 *         before a halt or a reset does not lose it. Words: text/ocd_text.h, as the command line's.
 */
#ifndef UI_DEBUG_CARD_H
#define UI_DEBUG_CARD_H
#include "base/err.h"
#include "ui/ui_state.h"

void debug_card_open(struct ui *u);
/* An answer for it: it is shown, the card opened when it is not. False: another command's. */
bool debug_card_answer(struct ui *u, const char *line, const json_t *result);
/* The same for an error (NULL: none) of what was asked from the card: it stays there to be read. */
bool debug_card_error(struct ui *u, const char *line, const struct err_msg *err);
void debug_card_free(struct debug_card *d);             /* NULL is fine */

#endif
