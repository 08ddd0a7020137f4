/*
 * watch_say.h - how a watch stands, in words of the message row.
 *
 * Layer   ui. Answers to watch.start, .list, .now, .every, .wait and .rank.
 */
#ifndef UI_WATCH_SAY_H
#define UI_WATCH_SAY_H
#include "ui/ui_state.h"

/* Says it and returns true when the answer is one of these. */
bool watch_say(struct ui *u, const char *line, const json_t *result);

#endif
