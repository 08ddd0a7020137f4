/*
 * dialog.h - asks before an act that changes the board: exact target, Cancel has the focus.
 *
 * Layer   ui. dialog_ask and dialog_leave are declared in parts.h. y and n answer only when neither
 *         is the key that asked.
 */
#ifndef UI_DIALOG_H
#define UI_DIALOG_H
#include "ui/overlay.h"
#include "ui/parts.h"

#endif
