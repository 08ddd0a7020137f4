/*
 * at_typed.h - AT commands that are typed by hand: watched, never touched.
 *
 * Layer   console, private to the AT engine; at_typed itself is declared in at.h.
 * Rules   nothing is ever sent for them; keys go on to the board; a new line ends the watch over
 *         the one before; a time-out forgets it without a resync.
 */
#ifndef CONSOLE_AT_TYPED_H
#define CONSOLE_AT_TYPED_H
#include "console/at.h"

#endif
