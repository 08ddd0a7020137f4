/*
 * ui_type.h - bytes to the live stream, and what came of one.
 *
 * Layer   ui.
 */
#ifndef UI_UI_TYPE_H
#define UI_UI_TYPE_H
#include "ui/ui_state.h"

void ui_type(struct ui *u, const char *p, size_t n);    /* to the live stream; says why not */
void ui_bytes(struct ui *u, const struct replica_stream *s);    /* some came */

#endif
