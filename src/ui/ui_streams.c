/* ui_streams.c - a view for each stream that was shown. */
#include "ui/ui_streams.h"

static bool
stream_exists(const struct replica *r, const struct streamview *v)
{
	for (size_t i = 0; i < r->consoles; i++)
		if (&r->console[i]->stream == v->stream && v->id == v->stream->id)
			return true;
	for (size_t i = 0; i < r->jobs; i++)
		if (&r->job[i]->stream == v->stream && v->id == v->stream->id)
			return true;
	return false;
}

void
ui_sweep_views(struct ui *u)
{
	for (size_t i = 0; i < UI_STREAMS; i++)
		if (u->view[i] != NULL && !stream_exists(u->replica, u->view[i])) {
			streamview_free(u->view[i]);
			u->view[i] = NULL;
		}
}

struct streamview *
ui_find_view(const struct ui *u, const struct replica_stream *s)
{
	for (size_t i = 0; i < UI_STREAMS; i++)
		if (u->view[i] != NULL && u->view[i]->stream == s)
			return u->view[i];
	return NULL;
}

struct streamview *
ui_view(struct ui *u, struct replica_stream *s, bool always_screen)
{
	struct streamview *v = ui_find_view(u, s);
	size_t i = 0;

	if (v != NULL)
		return v;
	while (i + 1 < UI_STREAMS && u->view[i] != NULL)
		i++;
	streamview_free(u->view[i]);    /* the last place is shared by those that found no other */
	return u->view[i] = streamview_new(s, always_screen);
}
