/*
 * wire_replay.h - a log as a console: replay:FILE[?speed=N] or replay:BENCH-FOLDER.
 *
 * Layer   transport, private.
 * Times   a text log with wall times gives its lines at their distance; a raw log of a bench gives
 *         its bytes at the times that marks and answers in the journal beside it have, evenly
 *         between them; any other file comes at the console's speed.
 * End     the console is lost at the end of the log; console.retry plays it again. What is typed
 *         goes nowhere.
 */
#ifndef TRANSPORT_WIRE_REPLAY_H
#define TRANSPORT_WIRE_REPLAY_H
#include "transport/wire.h"

extern const struct wire_ops wire_replay_ops;

#endif
