/*
 * commands.h - the table of tables: all that a bench can be told. Private to bench/.
 *
 * Layer   bench. Parts reach it as bench->ops->commands (hub.h).
 */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H
#include "core/command.h"

extern const struct command *const bench_commands[];    /* ends with NULL */

#endif
