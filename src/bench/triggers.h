/*
 * triggers.h - a pattern on the console does something: notice, mark, macro, workflow, command,
 * log, stop. Private to bench/.
 *
 * Layer   bench. Owned by the bench; events "trigger" (it fired) and "triggers" (the list changed).
 * Storms  each has a cool-down (1 s unless told otherwise); what it would have done meanwhile is
 *         counted. One that fires TRIGGERS_STORM times within TRIGGERS_STORM_NS is turned off with
 *         a notice: a board that echoes what its own trigger sends must not run for ever.
 */
#ifndef BENCH_TRIGGERS_H
#define BENCH_TRIGGERS_H
#include "bench/follow.h"

enum { TRIGGERS_MAX = 64, TRIGGERS_STORM = 20 };
#define TRIGGERS_STORM_NS UINT64_C(30000000000)

void    triggers_open(struct bench *b);
void    triggers_close(struct bench *b);
void    triggers_line(struct follow *f, const struct follow_line *l);
json_t *triggers_json(const struct bench *b);           /* new reference */
/* Those of a board profile: [{pattern, action, arg?, once?, cooldown?}]; of the board before go. */
void    triggers_board(struct bench *b, const json_t *list);
/* Those that go with a client. */
void    triggers_forget(struct bench *b, uint32_t owner);

extern const struct command bench_trigger_commands[];

#endif
