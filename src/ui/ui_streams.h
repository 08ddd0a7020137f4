/*
 * ui_streams.h - a view for each stream that was shown. They are freed with struct ui, or when
 * their stream is gone.
 *
 * Layer   ui.
 */
#ifndef UI_UI_STREAMS_H
#define UI_UI_STREAMS_H
#include "ui/ui_state.h"

struct streamview *ui_view(struct ui *u, struct replica_stream *s, bool always_screen);
/* NULL: it was not shown yet. */
struct streamview *ui_find_view(const struct ui *u, const struct replica_stream *s);
void ui_sweep_views(struct ui *u);                      /* those whose stream is gone */

#endif
