/*
 * snapshot_say.h - the answers to snapshot.take and snapshot.open as one sentence.
 *
 * Layer   ui. Nothing is kept. Said in the message row: what could be had, what not and why, where.
 */
#ifndef UI_SNAPSHOT_SAY_H
#define UI_SNAPSHOT_SAY_H
#include "ui/ui_state.h"

/* False: the line is another command, nothing was said. */
bool snapshot_say(struct ui *u, const char *line, const json_t *result);

#endif
