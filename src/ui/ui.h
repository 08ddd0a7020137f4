/*
 * ui.h - the viewer's state and behaviour without a terminal: keys in, commands out, a grid to
 * show.
 *
 * Layer   ui. ui_new/ui_free. The owner (viewer.c, or a test) feeds the replica and tells what
 *         changed,
 *         sets `mono` before each call, and gets what is to be done through struct ui_ops.
 * Flow    key -> keymap -> command line -> view.* here, all else through ops->command.
 */
#ifndef UI_UI_H
#define UI_UI_H
#include "ui/ui_state.h"

struct ui *ui_new(const struct ui_ops *ops, void *arg, struct options *options);
void ui_free(struct ui *u);
void ui_started(struct ui *u);                          /* the snapshot is in */
void ui_input(struct ui *u, const struct input_event *e);
void ui_news(struct ui *u, const struct replica_news *n);
/* The bench's answer to a line of ops->command. */
void ui_answer(struct ui *u, const char *line, const json_t *result, const struct err_msg *err);
/* Draws everything; the cursor's place is left in cursor_row and cursor_col (-1: hidden). */
void ui_draw(struct ui *u, struct grid *g);
/* When the picture changes by itself next (mono), 0: it does not. */
uint64_t ui_next_change(const struct ui *u);

#endif
