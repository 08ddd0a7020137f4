/* overlay.c - opening and closing what stands over the panes; lists in it. */
#include "ui/overlay.h"

#include <string.h>

#include "base/alloc.h"

void
overlay_close(struct ui *u)
{
	struct overlay *o = u->overlay;

	if (o == NULL)
		return;
	u->overlay = NULL;
	o->ops->fini(o->state);
	mem_free(o);
}

void
overlay_open(struct ui *u, const struct overlay_ops *ops, void *state)
{
	overlay_close(u);
	u->overlay = mem_zero(1, sizeof *u->overlay);
	u->overlay->ops = ops;
	u->overlay->state = state;
}

bool
overlay_is(const struct ui *u, const struct overlay_ops *ops)
{
	return u->overlay != NULL && u->overlay->ops == ops;
}

bool
overlay_list_key(struct overlay_list *l, const char *key, size_t n, size_t page)
{
	static const struct { const char *key; int step; bool page; } keys[] = {
		{ "Up", -1, false }, { "^P", -1, false }, { "Down", 1, false }, { "^N", 1, false },
		{ "PgUp", -1, true }, { "PgDn", 1, true },
	};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const size_t by = keys[i].page && page > 1 ? page - 1 : 1;

		if (strcmp(key, keys[i].key) != 0)
			continue;
		if (keys[i].step < 0)
			l->sel = l->sel > by ? l->sel - by : 0;
		else
			l->sel = l->sel + by < n ? l->sel + by : n != 0 ? n - 1 : 0;
		return true;
	}
	return false;
}

size_t
overlay_list_top(struct overlay_list *l, size_t n, size_t height)
{
	if (l->sel >= n)
		l->sel = n != 0 ? n - 1 : 0;
	if (l->sel < l->top)
		l->top = l->sel;
	if (height != 0 && l->sel >= l->top + height)
		l->top = l->sel - height + 1;
	if (l->top + height > n)
		l->top = n > height ? n - height : 0;
	return l->top;
}
