/*
 * prompt.h - one line of text asked for in the message row: find, filter, time, mark.
 *
 * Layer   ui. prompt_open is declared in parts.h. A paste is inserted, never run.
 */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H
#include "ui/overlay.h"
#include "ui/parts.h"

#endif
