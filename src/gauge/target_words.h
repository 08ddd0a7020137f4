/*
 * target_words.h - what the checks of a board share: facts as numbers, rows as sentences. Private
 * to target_check.c and target_elf.c.
 *
 * Layer   gauge. Pure.
 */
#ifndef GAUGE_TARGET_WORDS_H
#define GAUGE_TARGET_WORDS_H
#include "gauge/target_check.h"

struct target {
	const struct target_facts *facts;
	target_row row;
	void *arg;
};

const char *target_fact(const struct target *t, const char *key);       /* NULL: not told */
const char *target_or(const struct target *t, const char *key, const char *none);
double target_number(const struct target *t, const char *key);          /* -1: not told */
double target_kb(const char *meminfo, const char *name);                /* -1 */
/* "6.1.21-v8+" is 6001021; 0: none. */
unsigned target_version(const char *text);
const char *target_need(const struct target *t, const char *key);       /* "" without a program */
double target_need_number(const struct target *t, const char *key);     /* 0 */
void target_say(struct target *t, enum target_state s, const char *what, const char *mend,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
