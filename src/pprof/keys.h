/*
 * keys.h - 64-bit keys of stacks that agree exactly where pprof's merge keys agree.
 *
 * Layer   pprof, private to this folder. Equal content gives equal keys in any profile of the
 *         process. Two different samples of a million share a key with a chance below 1 in 10
 *         million.
 * Source  google/pprof profile/merge.go: sample, location, function and mapping keys.
 */
#ifndef PPROF_KEYS_H
#define PPROF_KEYS_H
#include <stdbool.h>
#include "pprof/cursor.h"

struct keys {
	uint64_t *location, *function, *mapping;        /* key of each */
};

bool     keys_init(struct keys *k, const struct pprof_profile *p);      /* false: no memory */
void     keys_fini(struct keys *k);
/* The sample must come with its labels. base: the sample is given the label pprof::base. */
uint64_t keys_sample(
    const struct keys *k, const struct pprof_profile *p, const struct pprof_sample *s, bool base);

#endif
