/*
 * plain.h - the viewer as lines: for TERM=dumb, pipes, screen readers (ACCESSIBLE=1) and --plain.
 *
 * Layer   ui. No terminal modes, no redraw: one line per console line and per event; each line read
 *         from stdin is
 *         a command of the palette ("help" lists them, "detach" leaves). Board bytes are stripped
 *         to text.
 */
#ifndef UI_PLAIN_H
#define UI_PLAIN_H
#include "ui/viewer.h"

int plain_run(const struct ui_options *o);      /* like ui_run */

#endif
