/*
 * tiers.h - what gauges were long ago: the least, the mean and the most of each slice of time, two
 * hours of 10 s and two days of a minute behind the samples of series.h.
 *
 * Layer   gauge. Pure. tiers_init/tiers_fini.
 * Slices  count from 0 of the set's clock: slice i is [i * every, (i + 1) * every). A slice without
 *         a value is NAN, a gap. The one that is still filling is not told.
 * Memory  12 bytes for each gauge and slice, taken 64 slices at a time as they come, none for a
 *         gauge without values: at most 43 kB a gauge after two days, then no more.
 * Cost    a few operations for each gauge and sample; a minute is folded from its 10 s.
 */
#ifndef GAUGE_TIERS_H
#define GAUGE_TIERS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIERS = 2 };

struct tier_value { float min, mean, max; };    /* NAN: nothing */

struct tier_part { double sum; float min, max; unsigned n; };   /* of the slice that fills */

struct tier {
	uint64_t every;
	size_t cap;                     /* slices kept */
	uint64_t next;                  /* the slice that fills */
	uint64_t first;                 /* the oldest that is kept; == next: none */
	bool begun;
	struct tier_part *part;         /* of each gauge */
	struct tier_value ***v;         /* chunks of each gauge, NULL: only gaps */
};

struct tiers {
	struct tier tier[TIERS];
	size_t gauges;
};

void tiers_init(struct tiers *t);
void tiers_fini(struct tiers *t);
void tiers_put(struct tiers *t, uint64_t time, const double *v, size_t n);
void tiers_clear_gauge(struct tiers *t, size_t gauge);
/* Slices first .. next - 1 of a tier are told; others are gaps. */
struct tier_value tiers_at(const struct tiers *t, int tier, size_t gauge, uint64_t slice);

#endif
