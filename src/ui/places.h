/*
 * places.h - going to a place of a console: an error, a boot, a crash, a mark, a time, an offset.
 *
 * Layer   ui. What is older than the viewer has is fetched (history.h): the view is there later.
 */
#ifndef UI_PLACES_H
#define UI_PLACES_H
#include "ui/ui_state.h"

/* "-5m", "+30s", "14:03:07", "boot", "error", "crash", "mark:TEXT", "@1234", "0x4d2". False: no
 * such place. v is the view that ui_scrollback gave. */
bool places_go(struct ui *u, struct streamview *v, const char *text);

#endif
