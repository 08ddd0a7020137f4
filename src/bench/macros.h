/*
 * macros.h - macros on the bench: their runs, step by step, and recording one. Private to bench/.
 *
 * Layer   bench. Owned by the bench. A script host runs the steps and tells of them by macro.begin,
 *         macro.step and macro.end; a run whose host goes away ends as cancelled.
 * Events  "macro" with the whole run to clients; macro.begin, macro.step, at (with its run) and
 *         macro.end to the journal: together they are the transaction's tree.
 */
#ifndef BENCH_MACROS_H
#define BENCH_MACROS_H
#include "bench/hub.h"

void    macros_open(struct bench *b);
void    macros_close(struct bench *b);
void    macros_client_gone(struct bench *b, const struct client *c);
/* An AT transaction ended, typed or sent: for the recording. result is the event's body. */
void    macros_heard(struct bench *b, const json_t *result, const void *client);
void    macros_used(struct bench *b, const char *id);           /* last used first */
json_t *macros_json(const struct bench *b);                     /* the newest runs, oldest first */

extern const struct command bench_macro_commands[];

#endif
