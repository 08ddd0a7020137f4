/*
 * ocd_names.h - addresses by their names in the ELF file in use. Private to bench/.
 *
 * Layer   bench. Asks the worker (elf.vars, worker/elves.h).
 */
#ifndef BENCH_OCD_NAMES_H
#define BENCH_OCD_NAMES_H
#include "bench/ocd.h"

/* The address that the word is or names, and its size (0: not known); `then` goes on with the call,
 * or the call was refused. */
void ocd_name(struct command_call *c, const char *word,
    void (*then)(struct command_call *c, uint64_t addr, uint64_t size));

#endif
