/*
 * target_check.h - what a board told, held against what a program needs: a word for each finding,
 * and the remedy.
 *
 * Layer   gauge. Pure: facts in, rows out. The facts are those of preflight.h; the needs are the
 *         answer of the worker's elf.needs (elf/needs.h), NULL without a program.
 * States  good, note (works, but), bad (it will not run, or not rightly).
 */
#ifndef GAUGE_TARGET_CHECK_H
#define GAUGE_TARGET_CHECK_H
#include <stdbool.h>
#include <stdint.h>
#include "core/json.h"

enum target_state { TARGET_GOOD, TARGET_NOTE, TARGET_BAD };

/* text and mend (NULL: none) live during the call. */
typedef void (*target_row)(void *arg, enum target_state s, const char *what, const char *text,
    const char *mend);

struct target_facts {
	const char *(*fact)(const void *from, const char *key); /* NULL: not told */
	const void *from;
	uint64_t wall;                  /* our clock when the board's was read, ns */
	const json_t *needs;
};

void target_check(const struct target_facts *f, target_row row, void *arg);

#endif
