/*
 * at_sync.h - the AT engine after a time-out: silence, markers, and who owes which answer.
 *
 * Layer   console, private to the AT engine. After a command that got no answer nothing is sent
 *         for a moment, then a marker AT; what comes before its answer belongs to nobody.
 */
#ifndef CONSOLE_AT_SYNC_H
#define CONSOLE_AT_SYNC_H
#include "console/at.h"

/* lost_finals: how many answers may still come; mark: the device speaks AT, so ask it. */
void at_sync_begin(struct at *a, unsigned lost_finals, bool mark, uint64_t now);
void at_sync_final(struct at *a, enum at_code code, uint64_t now);
void at_sync_tick(struct at *a, uint64_t now);
void at_sync_byte(struct at *a, uint64_t now);          /* the device still speaks */
struct at_job;
/* Nothing at all came since the markers went out, and this is not just another marker. */
bool at_sync_worth_a_try(const struct at *a, const struct at_job *j);

#endif
