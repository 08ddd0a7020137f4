/*
 * looks.h - commands that look at the two chosen profiles, or others: rows, boxes, details, files.
 * Private to bench/.
 *
 * Layer   bench. Each is one worker with one request; nothing is kept, so that two viewers may look
 *         at different things. The commands are bench_look_commands of hub.h.
 */
#ifndef BENCH_LOOKS_H
#define BENCH_LOOKS_H
#include "bench/hub.h"

enum { LOOKS_MAX = 8 };                 /* workers at once; beyond them ERR_BUSY */

/* A path of the user's; a bare name is put into the bench's own folder. Heap string. */
char *looks_place(const struct bench *b, const char *file);

#endif
