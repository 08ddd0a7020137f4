/*
 * streamjump.h - to the nearest place of a kind in the lines of a view.
 *
 * Layer   ui.
 */
#ifndef UI_STREAMJUMP_H
#define UI_STREAMJUMP_H
#include <stdbool.h>
#include "ui/streamview.h"

/* what: find (the view's search), error, boot, crash or mark. False: there is none. */
bool streamjump(struct streamview *v, const char *what, bool back);

#endif
