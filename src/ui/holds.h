/*
 * holds.h - a trigger's `stop`: the console is held at the line that fired.
 *
 * Layer   ui. holds_news takes the bench's event "trigger"; holds_apply does it once that line's
 *         bytes are here and its console is the one shown, which it then is not live: not
 *         following, and keys are no longer sent.
 */
#ifndef UI_HOLDS_H
#define UI_HOLDS_H
#include "ui/ui_state.h"

void holds_news(struct ui *u, const json_t *body);
void holds_apply(struct ui *u);

#endif
