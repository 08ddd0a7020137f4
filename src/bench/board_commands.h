/*
 * board_commands.h - using what plugins provide: bench_board_commands of hub.h, and what script
 * hosts say of boards. Private to bench/.
 *
 * Layer   bench.
 */
#ifndef BENCH_BOARD_COMMANDS_H
#define BENCH_BOARD_COMMANDS_H
#include "bench/hub.h"

/* What a script host registered after loading its plugin. */
enum err board_commands_register(struct bench *b, const json_t *params, struct err_msg *why);
/* Runs the profiles that have no manifest (core/lone.h), each once, for what they say of their
 * boards. */
void     board_commands_learn(struct bench *b);

#endif
