/*
 * overlay.h - what stands over the panes and has the keys: palette, help, dialog, AT card, notices,
 * prompt.
 *
 * Layer   ui. At most one at a time; opening one closes the other. An overlay may close itself from
 *         its key function,
 *         and must not touch its state after that.
 */
#ifndef UI_OVERLAY_H
#define UI_OVERLAY_H
#include "ui/ui_state.h"

struct overlay_ops {
	const char *mode;               /* word of the hint row: "AT" */
	const char *hints;              /* its keys */
	void (*draw)(struct ui *u, void *state, struct grid *g);
	void (*key)(struct ui *u, void *state, const struct input_event *e);
	void (*fini)(void *state);      /* frees state */
};

struct overlay {
	const struct overlay_ops *ops;
	void *state;
};

void overlay_open(struct ui *u, const struct overlay_ops *ops, void *state);
void overlay_close(struct ui *u);
bool overlay_is(const struct ui *u, const struct overlay_ops *ops);

/* A list that scrolls: keeps sel in 0..n-1 and says which row comes first in a window of `height`.
 * */
struct overlay_list { size_t sel, top; };
bool overlay_list_key(struct overlay_list *l, const char *key, size_t n, size_t page);
size_t overlay_list_top(struct overlay_list *l, size_t n, size_t height);

#endif
