/*
 * gauge_form.h - the alarm editor: the limits of one gauge and how long it may be over them.
 *
 * Layer   ui. An overlay; Enter runs gauge.limit with what was changed, an empty field is none.
 */
#ifndef UI_GAUGE_FORM_H
#define UI_GAUGE_FORM_H
#include "ui/ui_state.h"

void gauge_form_open(struct ui *u, const struct replica_gauge *g);

#endif
