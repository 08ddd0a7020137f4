/*
 * at_run.h - the AT command in flight: echo, answer, news, prompt, and its end.
 *
 * Layer   console, private to the AT engine. All but at_run_urc need a command in flight.
 */
#ifndef CONSOLE_AT_RUN_H
#define CONSOLE_AT_RUN_H
#include "console/at.h"

void     at_run_line(struct at *a, struct slice line, uint64_t now);
void     at_run_numeric(struct at *a, struct slice line, uint64_t now);
uint64_t at_run_deadline(const struct at *a);
void     at_run_tick(struct at *a, uint64_t now);
/* ends it; `done` runs */
void     at_run_finish(struct at *a, enum at_code code, int number, struct slice final,
    const char *why, uint64_t now);
/* Raw bytes that came; mine: their header answers the command. False: they are none of its. */
/* The header of raw bytes is what the command waits for: what follows is its too. */
bool     at_run_header(struct at *a, struct slice line, uint64_t now);
bool     at_run_raw(struct at *a, struct slice data, uint64_t offset, bool mine, uint64_t now);
void     at_run_urc(struct at *a, struct slice line, uint64_t offset);

#endif
