/*
 * status.h - the last two rows: the message for six seconds, and mode, target and hints from the
 * key table.
 *
 * Layer   ui. The functions are declared in parts.h; `? help` is the last hint to be cut.
 */
#ifndef UI_STATUS_H
#define UI_STATUS_H
#include "ui/parts.h"

#endif
