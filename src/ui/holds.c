/* holds.c - a trigger's `stop` holds the console at its line. */
#include "ui/holds.h"

#include <string.h>

#include "ui/history.h"
#include "ui/streamfind.h"
#include "ui/ui_streams.h"

void
holds_news(struct ui *u, const json_t *body)
{
	struct replica_stream *s;

	if (strcmp(json_get_str(body, "action", ""), "stop") != 0)
		return;
	s = replica_stream(u->replica, (uint32_t)json_get_int(body, "stream", 0));
	if (s == NULL)
		return;
	if (!s->hold) {         /* the first is the one to look at */
		s->hold = true;
		s->hold_at = (uint64_t)json_get_int(body, "offset", 0);
	}
	ui_say(u, UI_WARN, "trigger %.100s: %.60s is held at its line, keys are not sent; "
	    "i goes on", json_get_str(body, "pattern", ""), json_get_str(body, "console", ""));
	holds_apply(u);
}

void
holds_apply(struct ui *u)
{
	struct replica_console *c = ui_console(u);
	struct replica_stream *s = c != NULL ? &c->stream : NULL;
	struct streamview *v;

	/* the event is faster than the bytes */
	if (s == NULL || !s->hold || !s->started || s->base + s->ring.end <= s->hold_at)
		return;
	s->hold = false;
	history_leave(u);
	v = ui_view(u, s, false);
	streamview_update(v);
	u->nav = true;
	streamview_hold(v);
	if (s->hold_at >= s->base)
		streamview_goto_offset(v, s->hold_at - s->base);
}
