/*
 * sampling.h - how far a heap profile's figures may be off, from the profile alone.
 *
 * Layer   pprof. Pure.
 * Rule    an object of size s is sampled with p = 1 - e^(-s/rate); the profile shows c/p for c
 *         sampled ones, so one site's figure has the variance n s^2 (1-p)/p, n the figure itself in
 *         objects (research/pprof.md 3.2: checked against real programs). Between snapshots only
 *         what was allocated or freed in between adds variance, objects that stayed do not: with
 *         allocations A and frees F = A - change it is (A + F) s^2 (1-p)/p, and A is in the file.
 */
#ifndef PPROF_SAMPLING_H
#define PPROF_SAMPLING_H
#include <stdbool.h>
#include "pprof/cursor.h"

struct sampling {
	bool     known;                 /* the type is a sampled figure of a heap profile */
	bool     bytes;                 /* of space, not of objects */
	bool     alloc;                 /* alloc_*, not inuse_* */
	int64_t  rate;                  /* 0 or 1: exact */
	uint32_t objects, space;        /* types of this kind */
	uint32_t allocs;                /* type alloc_objects, or objects when there is none */
};

void     sampling_init(struct sampling *s, const struct pprof_profile *p, uint32_t type);
/* (1-p)/p times size^2 (or 1): the variance one object adds. */
double   sampling_of_object(const struct sampling *s, int64_t size);
/* The size of a sample's objects: its label "bytes", else the mean. 0: unknown. */
int64_t  sampling_size(
    const struct sampling *s, const struct pprof_profile *p, const struct pprof_sample *sample);
/* Variance of one sample's figure: alone, or (between) as one side of a difference. */
double   sampling_variance(const struct sampling *s, const struct pprof_profile *p,
                           const struct pprof_sample *sample, bool between);

#endif
